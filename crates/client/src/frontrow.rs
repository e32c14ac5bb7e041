//! The client: sends requests, repeats those that may be repeated, and reads lists and streams.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::try_unfold;
use hyper::Uri;
use hyper::header::HeaderValue;
use secrecy::SecretString;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use thiserror::Error as ThisError;

use crate::access_token::AccessTokens;
use crate::availability::{self, Availability};
use crate::call::Call;
use crate::error::Error;
use crate::follow::{EventSource, Follow, TokenEvent};
use crate::ids::{QueueTokenId, ScheduleId};
use crate::page::Page;
use crate::queue;
use crate::sender::{Sender, Settings};
use crate::transport::{Body, BoxError, HttpTransport, Transport};

/// The maximum number of items on a page.
const MAX_PAGE_SIZE: usize = 200;

/// A client of one server, for one user or for a visitor without an access token.
///
/// Clones share the connections. It needs a tokio runtime.
#[derive(Clone)]
pub struct Frontrow(Sender);

/// The settings of a client.
pub struct Builder {
    server: String,
    access_tokens: Option<Arc<dyn AccessTokens>>,
    transport: Option<Arc<dyn Transport>>,
    user_agent: String,
    language: Option<String>,
    retries: u32,
    connect_timeout: Duration,
    timeout: Duration,
    max_response_bytes: usize,
}

/// The settings of a client are invalid.
#[derive(Debug, ThisError)]
pub enum InvalidSettings {
    /// The URL isn't that of a server.
    #[error("{0} is not the URL of a server, like https://tickets.example")]
    Server(String),
    /// The name of the program, or the languages, can't be a header.
    #[error("{0:?} can't be a header")]
    Header(String),
    /// The proxy is not supported, or TLS is not available.
    #[error("no connections can be opened")]
    Connections(#[source] BoxError),
}

impl Builder {
    /// Identifies the caller by an access token.
    #[must_use]
    pub fn access_token(self, token: impl Into<SecretString>) -> Self {
        self.access_tokens(token.into())
    }

    /// Identifies the caller by the current access token of a source.
    #[must_use]
    pub fn access_tokens(self, source: impl AccessTokens + 'static) -> Self {
        Self { access_tokens: Some(Arc::new(source)), ..self }
    }

    /// Prefers languages for problems, as in `Accept-Language`.
    #[must_use]
    pub fn language(self, language: impl Into<String>) -> Self {
        Self { language: Some(language.into()), ..self }
    }

    /// Names the program that sends the requests (`User-Agent`).
    #[must_use]
    pub fn user_agent(self, name: impl Into<String>) -> Self {
        Self { user_agent: name.into(), ..self }
    }

    /// Limits how often a request is repeated: 5 times by default.
    #[must_use]
    pub fn retries(self, retries: u32) -> Self {
        Self { retries, ..self }
    }

    /// Limits the time for opening a connection: 5 s by default.
    #[must_use]
    pub fn connect_timeout(self, limit: Duration) -> Self {
        Self { connect_timeout: limit, ..self }
    }

    /// Limits the time between a request and the end of its response, for each attempt: 30 s by default.
    #[must_use]
    pub fn timeout(self, limit: Duration) -> Self {
        Self { timeout: limit, ..self }
    }

    /// Limits the size of a response: 64 MiB by default.
    #[must_use]
    pub fn max_response_bytes(self, limit: usize) -> Self {
        Self { max_response_bytes: limit, ..self }
    }

    /// Sends requests by another transport than HTTP connections of its own.
    #[must_use]
    pub fn transport(self, transport: impl Transport + 'static) -> Self {
        Self { transport: Some(Arc::new(transport)), ..self }
    }

    /// Creates the client.
    pub fn build(self) -> Result<Frontrow, InvalidSettings> {
        let server = self.server.trim_end_matches('/').to_owned();
        let url: Option<Uri> = server.parse().ok().filter(|url: &Uri| {
            matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some_and(|host| !host.is_empty()) && url.query().is_none()
        });
        let url = url.ok_or_else(|| InvalidSettings::Server(self.server.clone()))?;
        let header = |text: String| HeaderValue::from_str(&text).map_err(|_| InvalidSettings::Header(text));
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(HttpTransport::to(&url, self.connect_timeout).map_err(InvalidSettings::Connections)?),
        };
        let settings = Settings {
            server,
            transport,
            user_agent: header(self.user_agent)?,
            language: self.language.map(header).transpose()?,
            retries: self.retries,
            timeout: self.timeout,
            max_response_bytes: self.max_response_bytes,
        };
        Ok(Frontrow(Sender { settings: Arc::new(settings), access_tokens: self.access_tokens }))
    }
}

impl Frontrow {
    /// Creates a client of the server at `url`, without an access token.
    pub fn new(url: impl Into<String>) -> Result<Self, InvalidSettings> {
        Self::builder(url).build()
    }

    /// Starts with the default settings of a client of the server at `url`.
    pub fn builder(url: impl Into<String>) -> Builder {
        Builder {
            server: url.into(),
            access_tokens: None,
            transport: None,
            user_agent: concat!("frontrow-client/", env!("CARGO_PKG_VERSION")).to_owned(),
            language: None,
            retries: 5,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            max_response_bytes: 64 * 1024 * 1024,
        }
    }

    /// Returns a client for the user with this access token, with the same settings and connections.
    #[must_use]
    pub fn with_access_token(&self, token: impl Into<SecretString>) -> Self {
        Self(Sender { settings: self.0.settings.clone(), access_tokens: Some(Arc::new(token.into())) })
    }

    /// Returns the URL of the server.
    pub fn server(&self) -> &str {
        self.0.server()
    }

    /// Sends a request, and repeats it as long as that may help.
    ///
    /// A POST without an idempotency key gets one, and keeps it while it is repeated: after 429 and 503, when `Retry-After` has passed, and
    /// after a broken connection, unless the request could take effect twice ([`Call::repeatable`]). A `Retry-After` of more than a minute
    /// is left to the caller.
    ///
    /// Dropping the future abandons the request; the server may still execute it.
    pub async fn send<T>(&self, call: Call<T>) -> Result<T, Error> {
        self.0.send(call).await
    }

    /// Reads a list up to `limit` items, from as many pages as necessary. The result has the cursor after the last item, if there are more.
    pub async fn list<T>(&self, call: Call<Page<T>>, limit: usize) -> Result<Page<T>, Error> {
        let mut found = Page { items: Vec::new(), next_cursor: None };
        loop {
            let size = (limit - found.items.len()).min(MAX_PAGE_SIZE);
            let page = self.send(call.clone().query("page_size", size).optional_query("cursor", found.next_cursor.take())).await?;
            let is_empty = page.items.is_empty();
            found.items.extend(page.items);
            found.next_cursor = page.next_cursor;
            if found.next_cursor.is_none() || is_empty || found.items.len() >= limit {
                return Ok(found);
            }
        }
    }

    /// Reads a list, one page after the other, as its items are taken from the stream.
    pub fn items<T: Send + 'static>(&self, call: Call<Page<T>>) -> impl Stream<Item = Result<T, Error>> + Send + use<T> {
        let reading = Reading { client: self.clone(), call, items: Vec::new().into_iter(), cursor: None, is_last: false };
        try_unfold(reading, |mut reading| async move { Ok(reading.next().await?.map(|item| (item, reading))) })
    }

    /// Changes members of the current version of the resource at `path`, and returns the new one. If it is changed concurrently, the change
    /// is refused with `PRECONDITION_FAILED`.
    pub async fn change<T: DeserializeOwned>(&self, path: &str, members: &(impl Serialize + ?Sized)) -> Result<T, Error> {
        let current = self.send(Call::<IgnoredAny>::get(path).versioned()).await?;
        self.send(Call::patch(path, members).if_match(current.etag.unwrap_or_default())).await
    }

    /// Sends a request for a document and returns its body while it arrives, without a limit of time or size. Repeats the request until
    /// there is a response.
    pub async fn download(&self, call: Call<Bytes>) -> Result<Body, Error> {
        Ok(self.0.download(&call).await?.into_body())
    }

    /// Follows a queue token until it has ended: yields its state, and each change of it. Reconnects after interruptions and continues where
    /// the stream was interrupted. Gives up after as many failures in a row as requests are repeated.
    pub fn follow(&self, token: QueueTokenId) -> impl Stream<Item = Result<TokenEvent, Error>> + Send + use<> {
        let follow = Follow::new(EventSource::new(self.0.clone(), queue::follow_queue_token(token)));
        try_unfold(follow, |mut follow| async move { Ok(follow.next().await?.map(|event| (event, follow))) })
    }

    /// Follows the availability of a schedule's seats, for an active user: yields all statuses, then the changes. Reconnects like
    /// [`Self::follow`], and ends with an error when the queue token has ended.
    pub fn follow_availability(
        &self,
        schedule: ScheduleId,
        token: QueueTokenId,
    ) -> impl Stream<Item = Result<Availability, Error>> + Send + use<> {
        let source = EventSource::new(self.0.clone(), availability::follow_availability(schedule, token));
        try_unfold(source, |mut source| async move {
            let Some(event) = source.next().await? else { return Ok(None) };
            let availability = serde_json::from_str(&event.data).map_err(|error| source.invalid(error))?;
            Ok(Some((availability, source)))
        })
    }
}

/// A list, while its items are read.
struct Reading<T> {
    client: Frontrow,
    call: Call<Page<T>>,
    items: std::vec::IntoIter<T>,
    cursor: Option<String>,
    is_last: bool,
}

impl<T> Reading<T> {
    async fn next(&mut self) -> Result<Option<T>, Error> {
        loop {
            if let Some(item) = self.items.next() {
                return Ok(Some(item));
            }
            if self.is_last {
                return Ok(None);
            }
            let page = self.client.send(self.call.clone().optional_query("cursor", self.cursor.take())).await?;
            self.is_last = page.next_cursor.is_none() || page.items.is_empty();
            self.cursor = page.next_cursor;
            self.items = page.items.into_iter();
        }
    }
}
