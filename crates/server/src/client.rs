//! A client of a running server.

use std::time::Duration;

use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use thiserror::Error;
use ureq::http::{Method, Request, Response, StatusCode};
use ureq::{Agent, Body};

use crate::failure::Usage;

const CONNECTING: Duration = Duration::from_secs(5);
/// For a whole request: longer than `operators.deadline_milliseconds` may be.
const TIMEOUT: Duration = Duration::from_secs(310);
const MAX_ANSWER_BYTES: u64 = 64 * 1024 * 1024;
/// The most items that a page of a list may have.
const PAGE: usize = 200;

/// The server refused, or failed.
#[derive(Debug, Error)]
#[error("{}", told(.problem))]
pub(crate) struct Refused {
    /// The problem document; one made of the status if the answer was none.
    pub(crate) problem: Value,
}

impl Refused {
    /// Whether it is refused again however often it is asked.
    pub(crate) fn is_for_good(&self) -> bool {
        self.problem["status"].as_u64().is_some_and(|status| (400..500).contains(&status) && status != 429)
    }

    /// Like `ALREADY_EXISTS`.
    pub(crate) fn code(&self) -> &str {
        self.problem["code"].as_str().unwrap_or_default()
    }
}

/// A problem in a line: `title: detail (CODE; /pointer message)`.
fn told(problem: &Value) -> String {
    let text = |member: &str| problem[member].as_str().unwrap_or_default();
    let mut told = text("title").to_owned();
    if !text("detail").is_empty() && text("detail") != told {
        told = format!("{told}: {}", text("detail"));
    }
    let errors = problem["errors"].as_array().into_iter().flatten().map(|error| {
        let part = |member: &str| error[member].as_str().unwrap_or_default();
        (part("pointer"), part("message"))
    });
    // What the detail says already isn't said twice.
    let errors = errors.filter(|(_, message)| !told.contains(message)).map(|(pointer, message)| format!("{pointer} {message}"));
    let more: Vec<_> = [text("code").to_owned()].into_iter().chain(errors).filter(|part| !part.is_empty()).collect();
    if more.is_empty() { told } else { format!("{told} ({})", more.join("; ")) }
}

const TLS: &str = "https://";

/// Refuses what is no server's address.
pub(crate) fn must_be_a_server(base: &str) -> Result<(), Usage> {
    if base.starts_with(TLS) || base.starts_with("http://") {
        Ok(())
    } else {
        Err(Usage(format!("--server must begin with http:// or https://, not {base}")))
    }
}

/// Asks one server as one operator.
pub(crate) struct Client {
    agent: Agent,
    base: String,
    token: SecretString,
}

/// What the server answered.
struct Answer {
    body: Value,
    etag: Option<String>,
}

impl Client {
    /// Of the server at `base`, asking with `token`.
    pub(crate) fn new(base: &str, token: SecretString) -> Result<Self, Usage> {
        must_be_a_server(base)?;
        let tls = base.starts_with(TLS);
        let agent = Agent::config_builder()
            .timeout_connect(Some(CONNECTING))
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            // The token is for this server and no other.
            .max_redirects(0)
            .user_agent(concat!("frontrow/", env!("CARGO_PKG_VERSION")));
        // This very machine, or one beside it, is not asked through others.
        let agent = if tls { agent.https_only(true) } else { agent.proxy(None) };
        Ok(Self { agent: agent.build().into(), base: base.trim_end_matches('/').to_owned(), token })
    }

    pub(crate) fn get(&self, path: &str) -> anyhow::Result<Value> {
        Ok(self.ask(Method::GET, path, &[], None)?.body)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        Ok(self.ask(Method::POST, path, &[], Some(body))?.body)
    }

    /// The same `key` again has no effect again.
    pub(crate) fn post_once(&self, path: &str, key: &str, body: &Value) -> anyhow::Result<Value> {
        Ok(self.ask(Method::POST, path, &[("idempotency-key", key)], Some(body))?.body)
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        Ok(self.ask(Method::PUT, path, &[], Some(body))?.body)
    }

    /// As [`Self::put`], where nothing comes back.
    pub(crate) fn put_quietly(&self, path: &str, body: &Value) -> anyhow::Result<()> {
        self.ask(Method::PUT, path, &[], Some(body)).map(|_| ())
    }

    pub(crate) fn delete(&self, path: &str) -> anyhow::Result<()> {
        self.ask(Method::DELETE, path, &[], None).map(|_| ())
    }

    /// Changes what is there now: if another changes it meanwhile, that is refused.
    pub(crate) fn change(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let Some(etag) = self.ask(Method::GET, path, &[], None)?.etag else { bail!("{} says no ETag of {path}", self.base) };
        Ok(self.ask(Method::PATCH, path, &[("if-match", &etag)], Some(body))?.body)
    }

    /// The first `limit` items, over as many pages as that takes.
    pub(crate) fn list(&self, path: &str, filters: &[(&str, String)], limit: usize) -> anyhow::Result<Value> {
        let (mut items, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let size = (limit - items.len()).min(PAGE).to_string();
            let asked = [("page_size", &size)].into_iter().chain(filters.iter().map(|(name, value)| (*name, value)));
            let asked = asked.chain(cursor.as_ref().map(|cursor| ("cursor", cursor)));
            let query: Vec<_> = asked.map(|(name, value)| format!("{name}={}", escaped(value))).collect();
            let mut page = self.get(&format!("{path}?{}", query.join("&")))?;
            let Value::Array(more) = page["items"].take() else { bail!("{} answers {path} with no list", self.base) };
            let empty = more.is_empty();
            items.extend(more);
            cursor = page["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() || empty || items.len() >= limit {
                return Ok(json!({"items": items, "next_cursor": cursor}));
            }
        }
    }

    /// The first `limit` items of a list that comes on one page.
    pub(crate) fn list_whole(&self, path: &str, limit: usize) -> anyhow::Result<Value> {
        let mut list = self.get(path)?;
        let Value::Array(items) = &mut list["items"] else { bail!("{} answers {path} with no list", self.base) };
        items.truncate(limit);
        Ok(list)
    }

    fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> anyhow::Result<Answer> {
        let bearer = format!("Bearer {}", self.token.expose_secret());
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        request = request.header("authorization", bearer).header("accept", "application/json, application/problem+json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answered = match body {
            Some(body) => self
                .agent
                .run(request.header("content-type", "application/json").body(body.to_string()).context("no request can be made of this")?),
            None => self.agent.run(request.body(()).context("no request can be made of this")?),
        };
        read(answered.with_context(|| format!("{} can't be asked", self.base))?)
    }
}

fn read(mut answer: Response<Body>) -> anyhow::Result<Answer> {
    let status = answer.status();
    let etag = answer.headers().get("etag").and_then(|etag| etag.to_str().ok()).map(str::to_owned);
    let text = answer.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_string().context("the answer broke off")?;
    if status == StatusCode::NO_CONTENT {
        return Ok(Answer { body: Value::Null, etag });
    }
    let body = serde_json::from_str(&text);
    match body {
        Ok(body) if status.is_success() => Ok(Answer { body, etag }),
        Err(error) if status.is_success() => Err(error).context("the answer is no JSON: is this a Frontrow server?"),
        Ok(problem @ Value::Object(_)) if problem["title"].is_string() => Err(Refused { problem }.into()),
        Ok(_) | Err(_) => {
            let title = format!("The server answers {status}");
            Err(Refused { problem: json!({"type": "about:blank", "title": title, "status": status.as_u16()}) }.into())
        }
    }
}

/// A value in a query: everything but letters, digits and `-_.~` escaped.
fn escaped(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    value.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
pub(crate) mod fake;
#[cfg(test)]
mod tests;
