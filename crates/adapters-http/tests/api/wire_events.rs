//! Event streams over a real connection, which they use exclusively.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use actix_web::rt;
use adapters_http::{HttpSettings, LimitSettings, StreamSettings, WireSettings};

use crate::plan::Plan;
use crate::shop::{Shop, Visitor};
use crate::wire::{exchange, serve_api, serve_as};

/// Requests the event stream of `visitor`, followed by the bytes `pipelined`. Returns the connection and the text received up to the first
/// event or refusal.
async fn request_events(address: SocketAddr, visitor: &Visitor, pipelined: &str) -> (TcpStream, String) {
    let token = visitor.queue_token.as_deref().expect("a token");
    let request = format!(
        "GET /v1/queue-tokens/{token}/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer {}\r\n\r\n{pipelined}",
        visitor.access_token
    );
    let open = move || {
        let mut connection = TcpStream::connect(address).expect("a connection");
        connection.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        connection.write_all(request.as_bytes()).expect("sent");
        let mut stream = Vec::new();
        let mut buffer = [0; 1_024];
        let has_queue = |stream: &[u8]| stream.windows(12).any(|part| part == b"event: queue");
        while !(stream.ends_with(b"}\n\n") && has_queue(&stream) || stream.starts_with(b"HTTP/1.1 5") && stream.ends_with(b"}")) {
            let read = connection.read(&mut buffer).expect("an event");
            assert!(read > 0, "{}", String::from_utf8_lossy(&stream));
            stream.extend_from_slice(&buffer[..read]);
        }
        let text = String::from_utf8(stream).expect("text").to_lowercase();
        (connection, text)
    };
    rt::task::spawn_blocking(open).await.expect("a stream")
}

/// Opens the event stream of `visitor` and waits for its first event.
async fn follow(address: SocketAddr, visitor: &Visitor) -> TcpStream {
    let (connection, text) = request_events(address, visitor, "").await;
    assert!(text.starts_with("http/1.1 200"), "{text}");
    assert!(text.contains("connection: close\r\n") && !text.contains("transfer-encoding") && !text.contains("content-length"), "{text}");
    assert!(text.contains("\r\n\r\nretry: ") && text.contains("event: position\n"), "{text}");
    connection
}

/// Opens a shop for `at_most` open streams, with a waiting user.
async fn shop_with_streams(at_most: usize) -> (Shop, Visitor) {
    let plan = Plan::default();
    let streams = StreamSettings { at_most, ..plan.settings.streams };
    let limits = LimitSettings { overload_pause: Duration::ZERO, ..plan.settings.limits.clone() };
    let settings = HttpSettings { streams, limits, ..plan.settings.clone() };
    let shop = Plan { settings, ..plan }.open().await;
    let ada = shop.waiting("Ada").await;
    (shop, ada)
}

#[actix_web::test]
async fn an_event_stream_does_not_count_as_a_connection_and_ends_with_the_server() {
    let (shop, ada) = shop_with_streams(1).await;
    let (address, server) = serve_as(&shop.api, WireSettings { max_connections: 1, ..WireSettings::default() });
    let stream = follow(address, &ada).await;
    // This uses the only permitted connection.
    let response = exchange(address, vec![b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_vec()]).await;
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");

    shop.api.closing.cancel();
    assert_eq!(rest_of(stream).await, b"");
    server.stop(true).await;
}

#[actix_web::test]
async fn a_stream_is_freed_when_its_client_hangs_up() {
    let (shop, ada) = shop_with_streams(1).await;
    let (address, server) = serve_api(shop.api.clone());
    let mut stream = follow(address, &ada).await;
    for how in [Shutdown::Both, Shutdown::Write] {
        stream.shutdown(how).expect("a connection");
        let start = Instant::now();
        // There is one permit, and no event is sent before the next heartbeat, in 15 s.
        stream = loop {
            let (next, answer) = request_events(address, &ada, "").await;
            if answer.starts_with("http/1.1 200") {
                break next;
            }
            assert!(start.elapsed() < Duration::from_secs(10), "{how:?}: the permit is still taken");
        };
    }
    server.stop(false).await;
}

#[actix_web::test]
async fn requests_pipelined_behind_an_event_stream_are_not_executed() {
    let (shop, ada) = shop_with_streams(1).await;
    let (address, server) = serve_api(shop.api.clone());
    let token = format!("/v1/queue-tokens/{}", ada.queue_token.as_deref().expect("a token"));
    let pipelined = format!("DELETE {token} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n", ada.access_token);
    let (stream, _) = request_events(address, &ada, &pipelined).await;
    shop.api.closing.cancel();
    assert_eq!(rest_of(stream).await, b"");
    assert_eq!(shop.get(&token).by(&ada).send().await.with_status(200).body["status"], "WAITING");
    server.stop(false).await;
}

/// Returns everything received until the server closes the connection.
async fn rest_of(mut stream: TcpStream) -> Vec<u8> {
    let read = move || {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).map(|_| rest)
    };
    rt::task::spawn_blocking(read).await.expect("a task").expect("the end")
}
