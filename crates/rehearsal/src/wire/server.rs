//! The address of the server.

use std::net::{SocketAddr, ToSocketAddrs as _};

use bytes::Bytes;
use frontrow_client::Call;
use frontrow_client::transport::TransportError;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, HOST, HeaderValue};
use hyper::{Request, Uri};
use thiserror::Error;

/// The address of a server that uses HTTP/1.1 without TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    host: HeaderValue,
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
        let host = authority.as_str().parse().map_err(|_| unknown(None))?;
        Ok(Self { address: addresses.next().ok_or_else(|| unknown(None))?, host })
    }

    /// Returns the request of `call` by the user with the access token `jwt`, if they have one.
    pub(super) fn request<T>(&self, call: &Call<T>, jwt: &str) -> Result<Request<Full<Bytes>>, TransportError> {
        let mut request = call.request("").map_err(|error| TransportError::Broken(error.into()))?;
        request.headers_mut().insert(HOST, self.host.clone());
        if !jwt.is_empty() {
            let bearer = HeaderValue::try_from(format!("Bearer {jwt}")).map_err(|error| TransportError::Broken(error.into()))?;
            request.headers_mut().insert(AUTHORIZATION, bearer);
        }
        Ok(request.map(Full::new))
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
