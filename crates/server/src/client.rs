//! The client of the operators' commands: [`frontrow_client`] with responses as JSON, for code that waits for each response.

use std::io::{self, ErrorKind, Write};
use std::time::Duration;

use frontrow_client::{Builder, Call, Error, Frontrow, Page};
use http_body_util::BodyExt as _;
use secrecy::SecretString;
use serde_json::Value;
use tokio::runtime::{self, Runtime};

use crate::usage::Usage;

/// Time limit of a request: longer than the maximum of `operators.deadline_milliseconds`.
const TIMEOUT: Duration = Duration::from_secs(310);

/// Checks that `base` can be the URL of a server.
pub(crate) fn check_server_url(base: &str) -> Result<(), Usage> {
    if base.starts_with("https://") || base.starts_with("http://") {
        Ok(())
    } else {
        Err(Usage(format!("--server must start with http:// or https://, not {base}")))
    }
}

/// Sends requests to one server with one access token. An operator decides whether to repeat a request, so each is sent once.
pub(crate) struct Client {
    server: Frontrow,
    runtime: Runtime,
}

impl Client {
    /// Creates a client of the server at `base` that authenticates with `token`.
    pub(crate) fn new(base: &str, token: SecretString) -> anyhow::Result<Self> {
        check_server_url(base)?;
        Self::build(Frontrow::builder(base).access_token(token).timeout(TIMEOUT))
    }

    /// Creates a client of the server at `base` without an access token, with a time limit for each request.
    pub(crate) fn without_token(base: &str, timeout: Duration) -> anyhow::Result<Self> {
        Self::build(Frontrow::builder(base).timeout(timeout))
    }

    fn build(settings: Builder) -> anyhow::Result<Self> {
        let server = settings.retries(0).user_agent(concat!("frontrow/", env!("CARGO_PKG_VERSION"))).build();
        let server = server.map_err(|error| Usage(format!("--server: {error}")))?;
        Ok(Self { server, runtime: runtime::Builder::new_current_thread().enable_all().build()? })
    }

    fn send<T>(&self, call: Call<T>) -> Result<T, Error> {
        self.runtime.block_on(self.server.send(call))
    }

    pub(crate) fn get(&self, path: &str) -> Result<Value, Error> {
        self.send(Call::get(path))
    }

    /// Requests `path` and ignores the content of the response.
    pub(crate) fn check(&self, path: &str) -> Result<(), Error> {
        self.send(Call::<Value>::get(path).without_content())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value, Error> {
        self.send(Call::post(path, body))
    }

    /// Sends a POST request that takes effect once per `key`.
    pub(crate) fn post_idempotent(&self, path: &str, key: &str, body: &Value) -> Result<Value, Error> {
        self.send(Call::post(path, body).idempotency_key(key))
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Result<Value, Error> {
        self.send(Call::put(path, body))
    }

    /// Sends a PUT request to which the server returns no content.
    pub(crate) fn put_no_content(&self, path: &str, body: &Value) -> Result<(), Error> {
        self.send(Call::<Value>::put(path, body).without_content())
    }

    pub(crate) fn delete(&self, path: &str) -> Result<(), Error> {
        self.send(Call::delete(path))
    }

    /// Changes the current version of a resource; fails if it is changed concurrently.
    pub(crate) fn change(&self, path: &str, body: &Value) -> Result<Value, Error> {
        self.runtime.block_on(self.server.change(path, body))
    }

    /// Returns the first `limit` items of a list, from as many pages as necessary.
    pub(crate) fn list(&self, path: &str, filters: &[(&'static str, String)], limit: usize) -> anyhow::Result<Value> {
        let call: Call<Page<Value>> = filtered(Call::get(path), filters);
        Ok(serde_json::to_value(self.runtime.block_on(self.server.list(call, limit))?)?)
    }

    /// Returns the first `limit` items of a list without pages.
    pub(crate) fn list_whole(&self, path: &str, limit: usize) -> anyhow::Result<Value> {
        let mut list: Page<Value> = self.send(Call::get(path))?;
        list.items.truncate(limit);
        Ok(serde_json::to_value(list)?)
    }

    /// Writes a list with these filters to `out`, in the media type `accept`, as it arrives.
    pub(crate) fn download(
        &self,
        path: &str,
        filters: &[(&'static str, String)],
        accept: &'static str,
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        self.runtime.block_on(async {
            let mut body = self.server.download(filtered(Call::download(path, accept), filters)).await?;
            while let Some(frame) = body.frame().await {
                if let Ok(data) = frame?.into_data() {
                    out.write_all(&data)?;
                }
            }
            Ok(())
        })
    }
}

fn filtered<T>(call: Call<T>, filters: &[(&'static str, String)]) -> Call<T> {
    filters.iter().fold(call, |call, (name, value)| call.query(name, value))
}

/// Whether the process that read the output has closed it.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

#[cfg(test)]
pub(crate) mod fake;
#[cfg(test)]
mod tests;
