//! HTTP/1.1 over TCP and TLS, with persistent connections.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::ring;
use tokio::time::timeout;

use super::{Body, BoxError, Request, Response, Transport, TransportError, Uri, read};
use crate::reply::Reply;

/// The time after which an idle connection isn't reused, since servers close them, by default after 5 s.
const MAX_IDLE: Duration = Duration::from_secs(3);

/// Sends requests over connections that are reused.
///
/// Certificates must be signed by one of Mozilla's roots. Requests to `https://` go through the proxy that the environment specifies
/// (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`); unencrypted ones, to this machine or its network, don't.
#[derive(Debug, Clone)]
pub struct HttpTransport(Connections);

#[derive(Debug, Clone)]
enum Connections {
    Direct(Client<HttpsConnector<HttpConnector>, Full<Bytes>>),
    Tunnelled(Client<HttpsConnector<Tunnel<HttpConnector>>, Full<Bytes>>),
}

impl HttpTransport {
    /// Creates a transport to the server at `url`, with a time limit for opening a connection.
    pub fn to(url: &Uri, connect_timeout: Duration) -> Result<Self, BoxError> {
        Self::by_way_of(&Matcher::from_env(), url, connect_timeout)
    }

    /// Creates a transport to the server at `url` through the proxy that `proxies` specifies for it, if any.
    fn by_way_of(proxies: &Matcher, url: &Uri, connect_timeout: Duration) -> Result<Self, BoxError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(connect_timeout));
        let proxy = if url.scheme_str() == Some("https") { proxies.intercept(url) } else { None };
        Ok(Self(match proxy {
            None => Connections::Direct(pool(tls(tcp)?)),
            Some(proxy) => Connections::Tunnelled(pool(tls(tunnel(&proxy, tcp)?)?)),
        }))
    }
}

impl HttpTransport {
    /// Sends one request to a server, which need not be Frontrow, and returns the complete response, within a limit of time and size.
    pub async fn exchange(request: Request<Bytes>, limit: Duration, max_bytes: usize) -> Result<Reply, TransportError> {
        let transport = Self::to(request.uri(), limit).map_err(TransportError::Connect)?;
        let exchange = async { read(transport.send(request).await?, max_bytes).await };
        timeout(limit, exchange).await.map_err(|_| TransportError::Timeout(limit))?
    }
}

fn tunnel(proxy: &Intercept, tcp: HttpConnector) -> Result<Tunnel<HttpConnector>, BoxError> {
    if proxy.uri().scheme_str() != Some("http") {
        return Err(format!("the proxy {} is not supported: only http:// is", proxy.uri()).into());
    }
    let tunnel = Tunnel::new(proxy.uri().clone(), tcp);
    Ok(match proxy.basic_auth() {
        Some(credentials) => tunnel.with_auth(credentials.clone()),
        None => tunnel,
    })
}

fn tls<C>(connector: C) -> Result<HttpsConnector<C>, BoxError> {
    // A named provider: a process with several has no default.
    let builder = HttpsConnectorBuilder::new().with_provider_and_webpki_roots(ring::default_provider())?;
    Ok(builder.https_or_http().enable_http1().wrap_connector(connector))
}

fn pool<C>(connector: C) -> Client<C, Full<Bytes>>
where
    C: hyper_util::client::legacy::connect::Connect + Clone,
{
    Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).pool_idle_timeout(MAX_IDLE).build(connector)
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let request = request.map(Full::new);
        let sent = match &self.0 {
            Connections::Direct(client) => client.request(request).await,
            Connections::Tunnelled(client) => client.request(request).await,
        };
        Ok(sent.map_err(from_client)?.map(|body| body.map_err(|error| TransportError::Broken(error.into())).boxed_unsync()))
    }
}

fn from_client(error: Error) -> TransportError {
    if error.is_connect() { TransportError::Connect(error.into()) } else { TransportError::Broken(error.into()) }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(5);

    /// Starts a server that sends `response` to one request, and returns its URL and what it received.
    async fn server(response: &'static str) -> (String, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = tokio::spawn(async move {
            let mut stream = listener.accept().await.unwrap().0;
            let mut head = vec![0; 1_024];
            let length = stream.read(&mut head).await.unwrap();
            stream.write_all(response.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&head[..length]).into_owned()
        });
        (url, received)
    }

    async fn get(transport: &HttpTransport, url: &str) -> Result<u16, TransportError> {
        let request = Request::get(url).body(Bytes::new()).unwrap();
        let response = transport.send(request).await?;
        let status = response.status().as_u16();
        let _ = response.into_body().collect().await?;
        Ok(status)
    }

    #[tokio::test]
    async fn redirects_are_not_followed_and_unencrypted_requests_do_not_go_through_a_proxy() {
        let (url, received) = server("HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n").await;
        let proxies = Matcher::builder().all("http://127.0.0.1:1").build();
        let transport = HttpTransport::by_way_of(&proxies, &url.parse().unwrap(), TIMEOUT).unwrap();
        assert_eq!(get(&transport, &url).await.unwrap(), 307);
        assert!(received.await.unwrap().starts_with("GET / HTTP/1.1\r\n"));
    }

    #[tokio::test]
    async fn encrypted_requests_go_through_the_proxy_and_are_not_sent_if_it_refuses() {
        let (proxy, received) = server("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await;
        let proxies = Matcher::builder().https(proxy.replace("http://", "http://me:word@")).no("internal.example").build();
        let url = Uri::from_static("https://tickets.example");
        let transport = HttpTransport::by_way_of(&proxies, &url, TIMEOUT).unwrap();
        assert!(matches!(get(&transport, "https://tickets.example/v1").await, Err(TransportError::Connect(_))));
        let head = received.await.unwrap().to_lowercase();
        assert!(head.starts_with("connect tickets.example:443 http/1.1\r\n") && head.contains("proxy-authorization: basic "), "{head}");

        let excepted = Uri::from_static("https://internal.example");
        assert!(matches!(HttpTransport::by_way_of(&proxies, &excepted, TIMEOUT).unwrap().0, Connections::Direct(_)));
        let other = Matcher::builder().all("socks5://127.0.0.1:1").build();
        assert!(HttpTransport::by_way_of(&other, &url, TIMEOUT).unwrap_err().to_string().contains("socks5://"));
    }

    #[tokio::test]
    async fn nothing_is_sent_to_a_server_without_tls_or_that_can_not_be_reached() {
        let (plain, received) = server("HTTP/1.1 200 OK\r\n\r\n").await;
        let tls = plain.replace("http://", "https://");
        for url in [&*tls, "http://127.0.0.1:1"] {
            let transport = HttpTransport::by_way_of(&Matcher::builder().build(), &url.parse().unwrap(), TIMEOUT).unwrap();
            assert!(matches!(get(&transport, url).await, Err(TransportError::Connect(_))), "{url}");
        }
        assert!(!received.await.unwrap().contains("HTTP"));
    }
}
