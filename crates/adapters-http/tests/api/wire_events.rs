//! Event streams over a real connection: they take it over.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use actix_web::rt;
use adapters_http::{HttpSettings, LimitSettings, StreamSettings, WireSettings};

use crate::plan::Plan;
use crate::shop::{Shop, Visitor};
use crate::wire::{serve_api, serve_as, talk};

/// Asks for the event stream of `visitor`, and for what is `behind` it; the connection once the first event is there, or a refusal.
async fn ask_for_events(address: SocketAddr, visitor: &Visitor, behind: &str) -> (TcpStream, String) {
    let token = visitor.queue_token.as_deref().expect("a token");
    let request = format!(
        "GET /v1/queue-tokens/{token}/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer {}\r\n\r\n{behind}",
        visitor.access_token
    );
    let open = move || {
        let mut connection = TcpStream::connect(address).expect("a connection");
        connection.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        connection.write_all(request.as_bytes()).expect("sent");
        let mut stream = Vec::new();
        let mut some = [0; 1_024];
        while !(stream.ends_with(b"}\n\n") || stream.starts_with(b"HTTP/1.1 5") && stream.ends_with(b"}")) {
            let read = connection.read(&mut some).expect("an event");
            assert!(read > 0, "{}", String::from_utf8_lossy(&stream));
            stream.extend_from_slice(&some[..read]);
        }
        let text = String::from_utf8(stream).expect("text").to_lowercase();
        (connection, text)
    };
    rt::task::spawn_blocking(open).await.expect("a stream")
}

/// Opens the event stream of `visitor`; its first event is there.
async fn follow(address: SocketAddr, visitor: &Visitor) -> TcpStream {
    let (connection, text) = ask_for_events(address, visitor, "").await;
    assert!(text.starts_with("http/1.1 200"), "{text}");
    assert!(text.contains("connection: close\r\n") && !text.contains("transfer-encoding") && !text.contains("content-length"), "{text}");
    assert!(text.contains("\r\n\r\nretry: ") && text.contains("event: position\n"), "{text}");
    connection
}

/// A shop for `at_most` open streams, and somebody who waits there.
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
async fn an_event_stream_leaves_its_place_to_other_connections_and_ends_with_the_server() {
    let (shop, ada) = shop_with_streams(1).await;
    let (address, server) = serve_as(&shop.api, WireSettings { max_connections: 1, ..WireSettings::default() });
    let stream = follow(address, &ada).await;
    // The one connection that there may be.
    let alive = talk(address, vec![b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_vec()]).await;
    assert!(alive.starts_with("HTTP/1.1 200"), "{alive}");

    shop.api.closing.cancel();
    assert_eq!(rest_of(stream).await, b"");
    server.stop(true).await;
}

#[actix_web::test]
async fn a_client_that_hangs_up_has_no_stream_any_more() {
    let (shop, ada) = shop_with_streams(1).await;
    let (address, server) = serve_api(shop.api.clone());
    let mut stream = follow(address, &ada).await;
    for how in [Shutdown::Both, Shutdown::Write] {
        stream.shutdown(how).expect("a connection");
        let began = Instant::now();
        // There is one place, and nothing is told before the next heartbeat, in 15 s.
        stream = loop {
            let (next, answer) = ask_for_events(address, &ada, "").await;
            if answer.starts_with("http/1.1 200") {
                break next;
            }
            assert!(began.elapsed() < Duration::from_secs(10), "{how:?}: the place is still taken");
        };
    }
    server.stop(false).await;
}

#[actix_web::test]
async fn what_is_asked_behind_an_event_stream_is_not_done() {
    let (shop, ada) = shop_with_streams(1).await;
    let (address, server) = serve_api(shop.api.clone());
    let token = format!("/v1/queue-tokens/{}", ada.queue_token.as_deref().expect("a token"));
    let behind = format!("DELETE {token} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n", ada.access_token);
    let (stream, _) = ask_for_events(address, &ada, &behind).await;
    shop.api.closing.cancel();
    assert_eq!(rest_of(stream).await, b"");
    assert_eq!(shop.get(&token).by(&ada).send().await.with_status(200).body["status"], "WAITING");
    server.stop(false).await;
}

/// What comes until the server closes the connection.
async fn rest_of(mut stream: TcpStream) -> Vec<u8> {
    let read = move || {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).map(|_| rest)
    };
    rt::task::spawn_blocking(read).await.expect("a task").expect("the end")
}
