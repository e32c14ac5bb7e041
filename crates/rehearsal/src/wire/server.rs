//! The address of the server.

use std::net::{SocketAddr, ToSocketAddrs as _};

use hyper::Uri;
use thiserror::Error;

/// The address of a server that uses HTTP/1.1 without TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    host: String,
}

/// The URL isn't the address of a server.
#[derive(Debug, Error)]
#[error("{url} is not the address of a server like http://127.0.0.1:8080 (without TLS, and without a path)")]
pub struct UnknownServer {
    url: String,
    source: Option<std::io::Error>,
}

impl Server {
    /// Resolves `url`.
    pub(crate) fn resolve(url: &str) -> Result<Self, UnknownServer> {
        let unknown = |source| UnknownServer { url: url.to_owned(), source };
        let uri: Uri = url.parse().map_err(|_| unknown(None))?;
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http") && uri.path() == "/").ok_or_else(|| unknown(None))?;
        let host = authority.host().trim_matches(['[', ']']);
        let mut addresses = (host, authority.port_u16().unwrap_or(80)).to_socket_addrs().map_err(|error| unknown(Some(error)))?;
        Ok(Self { address: addresses.next().ok_or_else(|| unknown(None))?, host: authority.as_str().to_owned() })
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_plain_http_servers_are_resolved_and_others_are_refused() {
        assert_eq!(Server::resolve("http://127.0.0.1:8080").unwrap().address.to_string(), "127.0.0.1:8080");
        assert_eq!(Server::resolve("http://[::1]:8080/").unwrap().address.to_string(), "[::1]:8080");
        assert_eq!(Server::resolve("http://127.0.0.1").unwrap().address.port(), 80);
        for wrong in ["", "127.0.0.1:8080", "https://127.0.0.1:8080", "http://127.0.0.1:8080/v1", "http://"] {
            assert!(Server::resolve(wrong).is_err(), "{wrong}");
        }
    }
}
