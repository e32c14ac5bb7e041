//! Sends requests, and repeats those that may be repeated.

use std::sync::Arc;
use std::time::Duration;

use hyper::header::{ACCEPT_LANGUAGE, AUTHORIZATION, HeaderValue, USER_AGENT};
use hyper::{HeaderMap, Response};
use secrecy::ExposeSecret as _;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::access_token::AccessTokens;
use crate::call::{Call, InvalidCall};
use crate::error::Error;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::retry::pause_after;
use crate::transport::{Body, Transport, TransportError, read};

/// Sends the requests of one user or visitor to one server.
#[derive(Clone)]
pub(crate) struct Sender {
    pub(crate) settings: Arc<Settings>,
    pub(crate) access_tokens: Option<Arc<dyn AccessTokens>>,
}

/// The settings of all users of a server.
pub(crate) struct Settings {
    pub(crate) server: String,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) user_agent: HeaderValue,
    pub(crate) language: Option<HeaderValue>,
    pub(crate) retries: u32,
    pub(crate) timeout: Duration,
    pub(crate) max_response_bytes: usize,
}

impl Sender {
    /// Returns the URL of the server.
    pub(crate) fn server(&self) -> &str {
        &self.settings.server
    }

    /// Sends a request, with a new idempotency key if it needs one, and repeats it as long as that may help.
    pub(crate) async fn send<T>(&self, call: Call<T>) -> Result<T, Error> {
        let call = call.with_key(new_key);
        let reply = self.repeat(&call, || self.attempt(&call)).await?;
        call.read(&reply).map_err(|error| self.foreign(&reply, Some(error)))
    }

    /// Sends a request and returns its response while it arrives. Repeats the request until there is a response.
    pub(crate) async fn download<T>(&self, call: &Call<T>) -> Result<Response<Body>, Error> {
        self.repeat(call, || self.open(call)).await
    }

    /// Makes attempts until one succeeds, or another doesn't help.
    async fn repeat<T, S, A>(&self, call: &Call<T>, attempt: impl Fn() -> A) -> Result<S, Error>
    where
        A: Future<Output = Result<S, Error>>,
    {
        let mut repeated = 0;
        loop {
            let failure = match attempt().await {
                Ok(success) => return Ok(success),
                Err(failure) => failure,
            };
            match pause_after(&failure, call.is_repeatable()) {
                Some(pause) if repeated < self.settings.retries => sleep(pause).await,
                Some(_) | None => return Err(failure),
            }
            repeated += 1;
        }
    }

    /// Sends a request once and returns the complete response if it is a success.
    async fn attempt<T>(&self, call: &Call<T>) -> Result<Reply, Error> {
        let limit = self.settings.timeout;
        let exchange = async { self.read(self.begin(call).await?).await };
        let reply = timeout(limit, exchange).await.map_err(|_| self.unreachable(TransportError::Timeout(limit)))??;
        if reply.is_success() { Ok(reply) } else { Err(self.refusal(&reply)) }
    }

    /// Sends a request once and returns the response, whose body may still have to arrive, if it is a success.
    pub(crate) async fn open<T>(&self, call: &Call<T>) -> Result<Response<Body>, Error> {
        let limit = self.settings.timeout;
        let opened = async {
            let response = self.begin(call).await?;
            if response.status().is_success() { Ok(response) } else { Err(self.refusal(&self.read(response).await?)) }
        };
        timeout(limit, opened).await.map_err(|_| self.unreachable(TransportError::Timeout(limit)))?
    }

    async fn begin<T>(&self, call: &Call<T>) -> Result<Response<Body>, Error> {
        let mut request = call.request(&self.settings.server)?;
        self.add_headers(request.headers_mut()).await?;
        self.settings.transport.send(request).await.map_err(|error| self.unreachable(error))
    }

    async fn add_headers(&self, headers: &mut HeaderMap) -> Result<(), Error> {
        headers.insert(USER_AGENT, self.settings.user_agent.clone());
        if let Some(language) = &self.settings.language {
            headers.insert(ACCEPT_LANGUAGE, language.clone());
        }
        if let Some(source) = &self.access_tokens {
            // Asked for each attempt: the access token may have been replaced.
            let token = source.current().await.map_err(Error::AccessToken)?;
            let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
                .map_err(hyper::http::Error::from)
                .map_err(InvalidCall::Head)?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        Ok(())
    }

    async fn read(&self, response: Response<Body>) -> Result<Reply, Error> {
        read(response, self.settings.max_response_bytes).await.map_err(|error| self.unreachable(error))
    }

    fn refusal(&self, reply: &Reply) -> Error {
        Problem::of(reply).map_or_else(|| self.foreign(reply, None), |problem| Error::Problem(Box::new(problem)))
    }

    fn foreign(&self, reply: &Reply, source: Option<serde_json::Error>) -> Error {
        Error::Foreign { server: self.server().to_owned(), status: reply.status, retry_after: reply.retry_after(), source }
    }

    pub(crate) fn unreachable(&self, source: TransportError) -> Error {
        Error::Transport { server: self.server().to_owned(), source }
    }

    pub(crate) fn retries(&self) -> u32 {
        self.settings.retries
    }
}

/// Creates the idempotency key of a request.
#[expect(clippy::disallowed_methods, reason = "a client has no source of ids to be passed; its keys need only be unique")]
fn new_key() -> String {
    Uuid::new_v4().to_string()
}
