//! A client of a running server.

use std::io::{self, ErrorKind, Write};
use std::time::Duration;

use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use thiserror::Error;
use ureq::http::{Method, Request, Response, StatusCode};
use ureq::{Agent, Body};

use crate::usage::Usage;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Time limit of a request: longer than the maximum of `operators.deadline_milliseconds`.
const TIMEOUT: Duration = Duration::from_secs(310);
const MAX_ANSWER_BYTES: u64 = 64 * 1024 * 1024;
/// The maximum number of items on a page.
const MAX_PAGE_SIZE: usize = 200;

/// An error response of the server.
#[derive(Debug, Error)]
#[error("{}", describe(.problem))]
pub(crate) struct ErrorResponse {
    /// The problem document of the response; if it had none, one made from the status.
    pub(crate) problem: Value,
}

impl ErrorResponse {
    /// Whether repeating the request gives the same error.
    pub(crate) fn is_permanent(&self) -> bool {
        self.problem["status"].as_u64().is_some_and(|status| (400..500).contains(&status) && status != 429)
    }

    /// Returns the problem code, like `ALREADY_EXISTS`.
    pub(crate) fn code(&self) -> &str {
        self.problem["code"].as_str().unwrap_or_default()
    }
}

/// The maximum number of invalid parts of a request that an error message lists.
const MAX_SHOWN_ERRORS: usize = 10;

/// Formats a problem document as one line: `title: detail (CODE; /pointer message)`.
fn describe(problem: &Value) -> String {
    let text = |member: &str| problem[member].as_str().unwrap_or_default();
    let mut line = text("title").to_owned();
    if !text("detail").is_empty() && text("detail") != line {
        line = format!("{line}: {}", text("detail"));
    }
    let errors = problem["errors"].as_array().into_iter().flatten().map(|error| {
        let part = |member: &str| error[member].as_str().unwrap_or_default();
        (part("pointer"), part("message"))
    });
    // Omits messages that the detail contains.
    let errors = errors.filter(|(_, message)| !line.contains(message)).map(|(pointer, message)| format!("{pointer} {message}"));
    let errors: Vec<_> = errors.collect();
    let hidden = errors.len().saturating_sub(MAX_SHOWN_ERRORS);
    let code = text("code").to_owned();
    let rest = if hidden > 0 { format!("and {hidden} more") } else { String::new() };
    let more = [code].into_iter().chain(errors.into_iter().take(MAX_SHOWN_ERRORS)).chain([rest]);
    let more: Vec<_> = more.filter(|part| !part.is_empty()).collect();
    if more.is_empty() { line } else { format!("{line} ({})", more.join("; ")) }
}

const TLS: &str = "https://";

/// Checks that `base` can be the URL of a server.
pub(crate) fn check_server_url(base: &str) -> Result<(), Usage> {
    if base.starts_with(TLS) || base.starts_with("http://") {
        Ok(())
    } else {
        Err(Usage(format!("--server must start with http:// or https://, not {base}")))
    }
}

/// Sends requests to one server with one access token.
pub(crate) struct Client {
    agent: Agent,
    base: String,
    token: SecretString,
}

/// A successful response.
struct Answer {
    body: Value,
    etag: Option<String>,
}

impl Client {
    /// Creates a client of the server at `base` that authenticates with `token`.
    pub(crate) fn new(base: &str, token: SecretString) -> Result<Self, Usage> {
        check_server_url(base)?;
        let tls = base.starts_with(TLS);
        let agent = Agent::config_builder()
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            // The token must not be sent to another server.
            .max_redirects(0)
            .user_agent(concat!("frontrow/", env!("CARGO_PKG_VERSION")));
        // Unencrypted requests, to this machine or its network, don't go through a proxy.
        let agent = if tls { agent.https_only(true) } else { agent.proxy(None) };
        Ok(Self { agent: agent.build().into(), base: base.trim_end_matches('/').to_owned(), token })
    }

    pub(crate) fn get(&self, path: &str) -> anyhow::Result<Value> {
        Ok(self.send(Method::GET, path, &[], None)?.body)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        Ok(self.send(Method::POST, path, &[], Some(body))?.body)
    }

    /// Sends a POST request that takes effect once per `key`.
    pub(crate) fn post_idempotent(&self, path: &str, key: &str, body: &Value) -> anyhow::Result<Value> {
        Ok(self.send(Method::POST, path, &[("idempotency-key", key)], Some(body))?.body)
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        Ok(self.send(Method::PUT, path, &[], Some(body))?.body)
    }

    /// Sends a PUT request to which the server returns no content.
    pub(crate) fn put_no_content(&self, path: &str, body: &Value) -> anyhow::Result<()> {
        self.send(Method::PUT, path, &[], Some(body)).map(|_| ())
    }

    pub(crate) fn delete(&self, path: &str) -> anyhow::Result<()> {
        self.send(Method::DELETE, path, &[], None).map(|_| ())
    }

    /// Changes the current version of a resource; fails if it is changed concurrently.
    pub(crate) fn change(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let Some(etag) = self.send(Method::GET, path, &[], None)?.etag else { bail!("{} returned no ETag for {path}", self.base) };
        Ok(self.send(Method::PATCH, path, &[("if-match", &etag)], Some(body))?.body)
    }

    /// Returns the first `limit` items of a list, from as many pages as necessary.
    pub(crate) fn list(&self, path: &str, filters: &[(&str, String)], limit: usize) -> anyhow::Result<Value> {
        let (mut items, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let size = (limit - items.len()).min(MAX_PAGE_SIZE).to_string();
            let parameters = [("page_size", &size)].into_iter().chain(filters.iter().map(|(name, value)| (*name, value)));
            let parameters = parameters.chain(cursor.as_ref().map(|cursor| ("cursor", cursor)));
            let query: Vec<_> = parameters.map(|(name, value)| format!("{name}={}", escape(value))).collect();
            let mut page = self.get(&format!("{path}?{}", query.join("&")))?;
            let Value::Array(more) = page["items"].take() else { bail!("{} returned no list for {path}", self.base) };
            let empty = more.is_empty();
            items.extend(more);
            cursor = page["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() || empty || items.len() >= limit {
                return Ok(json!({"items": items, "next_cursor": cursor}));
            }
        }
    }

    /// Writes a list with these filters to `out`, in the media type `accept`, as it arrives.
    pub(crate) fn download(&self, path: &str, filters: &[(&str, String)], accept: &str, out: &mut impl Write) -> anyhow::Result<()> {
        let query: Vec<_> = filters.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
        let bearer = format!("Bearer {}", self.token.expose_secret());
        let request = Request::get(format!("{}{path}?{}", self.base, query.join("&"))).header("authorization", bearer);
        let request = request.header("accept", format!("{accept}, application/problem+json")).body(()).context("the request is invalid")?;
        let mut answer = self.agent.run(request).with_context(|| format!("{} can't be reached", self.base))?;
        if !answer.status().is_success() {
            return read(answer).map(|_| ());
        }
        io::copy(&mut answer.body_mut().as_reader(), out).context("the response is incomplete")?;
        Ok(())
    }

    /// Returns the first `limit` items of a list without pages.
    pub(crate) fn list_whole(&self, path: &str, limit: usize) -> anyhow::Result<Value> {
        let mut list = self.get(path)?;
        let Value::Array(items) = &mut list["items"] else { bail!("{} returned no list for {path}", self.base) };
        items.truncate(limit);
        Ok(list)
    }

    fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> anyhow::Result<Answer> {
        let bearer = format!("Bearer {}", self.token.expose_secret());
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        request = request.header("authorization", bearer).header("accept", "application/json, application/problem+json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let sent = match body {
            Some(body) => {
                self.agent.run(request.header("content-type", "application/json").body(body.to_string()).context("the request is invalid")?)
            }
            None => self.agent.run(request.body(()).context("the request is invalid")?),
        };
        read(sent.with_context(|| format!("{} can't be reached", self.base))?)
    }
}

fn read(mut answer: Response<Body>) -> anyhow::Result<Answer> {
    let status = answer.status();
    let etag = answer.headers().get("etag").and_then(|etag| etag.to_str().ok()).map(str::to_owned);
    let text = answer.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_string().context("the response is incomplete")?;
    if status == StatusCode::NO_CONTENT {
        return Ok(Answer { body: Value::Null, etag });
    }
    let body = serde_json::from_str(&text);
    match body {
        Ok(body) if status.is_success() => Ok(Answer { body, etag }),
        Err(error) if status.is_success() => Err(error).context("the response is not JSON: is this a Frontrow server?"),
        Ok(problem @ Value::Object(_)) if problem["title"].is_string() => Err(ErrorResponse { problem }.into()),
        Ok(_) | Err(_) => {
            let title = format!("The server returned {status}");
            Err(ErrorResponse { problem: json!({"type": "about:blank", "title": title, "status": status.as_u16()}) }.into())
        }
    }
}

/// Whether the process that read the output has closed it.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// Percent-encodes a value of a query, all but letters, digits and `-_.~`.
fn escape(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    value.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
pub(crate) mod fake;
#[cfg(test)]
mod tests;
