//! Tests of behaviour that only shows over a real connection.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::rt;
use adapters_http::{Api, HttpSettings, Role, WireSettings};

use crate::plan::Plan;

/// Starts a server on a free port.
async fn serve(plan: Plan) -> (SocketAddr, ServerHandle) {
    serve_api(plan.open().await.api)
}

pub(crate) fn serve_api(api: Api) -> (SocketAddr, ServerHandle) {
    serve_as(&api, WireSettings::default())
}

pub(crate) fn serve_as(api: &Api, settings: WireSettings) -> (SocketAddr, ServerHandle) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = adapters_http::serve(api, listener, settings).expect("a server");
    let handle = server.handle();
    rt::spawn(server);
    (address, handle)
}

/// Sends `parts` one after the other over one connection, and returns everything received until the server closed it.
pub(crate) async fn exchange(address: SocketAddr, parts: Vec<Vec<u8>>) -> String {
    let exchange = move || {
        let mut connection = TcpStream::connect(address).expect("a connection");
        connection.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        for part in parts {
            connection.write_all(&part).expect("sent");
        }
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).expect("a response");
        String::from_utf8_lossy(&answer).into_owned()
    };
    rt::task::spawn_blocking(exchange).await.expect("an exchange")
}

#[actix_web::test]
async fn a_head_response_equals_that_of_get_without_the_body() {
    let (address, server) = serve(Plan::default()).await;
    for path in ["/v1/concerts", "/livez", "/openapi.json", "/docs", "/v1/nothing"] {
        let request = |method: &str| format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").into_bytes();
        let (get, head) = (exchange(address, vec![request("GET")]).await, exchange(address, vec![request("HEAD")]).await);
        let (headers, body) = head.split_once("\r\n\r\n").expect("headers");
        assert_eq!(body, "", "{path}");
        let of = |text: &str, name: &str| text.lines().find(|line| line.to_lowercase().starts_with(name)).map(str::to_owned);
        for name in ["http/1.1", "content-type", "content-length", "etag", "cache-control"] {
            assert_eq!(of(headers, name), of(&get, name), "{path} {name}");
        }
    }
    server.stop(false).await;
}

#[actix_web::test]
async fn a_body_past_the_limit_is_drained_so_that_the_client_can_read_the_response() {
    let (address, server) = serve(Plan::default()).await;
    for bytes in [20_000, 900_000, 5_000_000] {
        let head = format!(
            "POST /v1/users HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {bytes}\r\n\r\n"
        );
        let answer = exchange(address, vec![head.into_bytes(), vec![b' '; bytes]]).await;
        assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("PAYLOAD_TOO_LARGE"), "{bytes}: {answer}");
    }
    let chunked =
        b"POST /v1/users HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut chunks = Vec::new();
    for _ in 0..40 {
        chunks.extend_from_slice(b"400\r\n");
        chunks.extend_from_slice(&[b' '; 0x400]);
        chunks.extend_from_slice(b"\r\n");
    }
    chunks.extend_from_slice(b"0\r\n\r\n");
    let answer = exchange(address, vec![chunked.to_vec(), chunks]).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    server.stop(false).await;
}

#[actix_web::test]
async fn large_bodies_are_accepted_from_operators_on_admin_routes_only() {
    let shop = Plan::default().open().await;
    let (operator, stranger) = (shop.operator(), shop.stranger(&[Role::User]));
    let (address, server) = serve_api(shop.api.clone());
    let sent = 2_000_000;
    for (visitor, path, bytes, status) in [
        // The other half of the body is never sent, and must not be waited for.
        (&stranger, "/v1/admin/queues", 2 * sent, "HTTP/1.1 403"),
        (&operator, "/v1/users", 2 * sent, "HTTP/1.1 413"),
        (&operator, "/v1/admin/queues", sent, "HTTP/1.1 400"),
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {bytes}\r\n\
             Authorization: Bearer {}\r\n\r\n",
            visitor.access_token
        );
        let start = Instant::now();
        let answer = exchange(address, vec![head.into_bytes(), vec![b' '; sent]]).await;
        assert!(answer.starts_with(status), "{path}: {answer}");
        assert!(start.elapsed() < Duration::from_secs(8), "{path}: the server waited for the body timeout");
    }
    server.stop(false).await;
}

#[actix_web::test]
async fn an_incomplete_body_is_refused_after_the_timeout() {
    let plan = Plan::default();
    let settings = HttpSettings { body_timeout: Duration::from_millis(100), ..plan.settings.clone() };
    let (address, server) = serve(Plan { settings, ..plan }).await;
    let head = b"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    let answer = exchange(address, vec![head.to_vec()]).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("REQUEST_TIMEOUT"), "{answer}");
    server.stop(false).await;
}

#[actix_web::test]
async fn a_request_for_another_protocol_is_answered_at_once_and_ends_the_connection() {
    let (address, server) = serve(Plan::default()).await;
    let start = Instant::now();
    for (head, status) in [
        ("CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n", "HTTP/1.1 404"),
        ("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n", "HTTP/1.1 200"),
        ("POST /v1/users HTTP/1.1\r\nHost: x\r\nUpgrade: WebSocket\r\nContent-Type: application/json\r\n", "HTTP/1.1 400"),
    ] {
        let smuggled = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
        let answer = exchange(address, vec![format!("{head}\r\n{smuggled}").into_bytes()]).await;
        assert!(answer.starts_with(status), "{head}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{head}: {answer}");
    }
    assert!(start.elapsed() < Duration::from_secs(5), "the server waits for no end of the stream");
    server.stop(false).await;
}

#[actix_web::test]
async fn a_connection_stays_usable_after_a_refusal() {
    let (address, server) = serve(Plan::default()).await;
    let refused = b"POST /v1/reservations HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello".to_vec();
    let last = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_vec();
    let answers = exchange(address, vec![refused, last]).await;
    assert!(answers.starts_with("HTTP/1.1 401") && answers.contains("HTTP/1.1 200"), "{answers}");

    let head = b"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n".to_vec();
    let last = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_vec();
    let answers = exchange(address, vec![head, vec![b' '; 900_000], last]).await;
    assert!(answers.starts_with("HTTP/1.1 413") && answers.contains("HTTP/1.1 200"), "{answers}");
    server.stop(false).await;
}

#[actix_web::test]
async fn a_panic_is_answered_with_a_problem() {
    let (address, server) = serve(Plan { readiness: || panic!("on purpose"), ..Plan::default() }).await;
    let answer = exchange(address, vec![b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_vec()]).await;
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    for part in ["application/problem+json", "request-id: ", "\"code\":\"INTERNAL\""] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    server.stop(false).await;
}

#[actix_web::test]
async fn malformed_http_is_refused_and_does_not_affect_other_requests() {
    let (address, server) = serve(Plan::default()).await;
    for nonsense in [
        "nonsense\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /\u{0} HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
    ] {
        let answer = exchange(address, vec![nonsense.as_bytes().to_vec()]).await;
        assert_is_problem(&answer, 400, "MALFORMED_REQUEST");
    }
    let valid = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    let answers = exchange(address, vec![format!("{valid}{valid}nonsense\r\n\r\n").into_bytes()]).await;
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
    assert_is_problem(&answers[answers.rfind("HTTP/1.1").expect("a response")..], 400, "MALFORMED_REQUEST");
    let response = exchange(address, vec![b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_vec()]).await;
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    server.stop(false).await;
}

#[actix_web::test]
async fn a_head_past_the_limit_is_refused_with_a_problem() {
    let (address, server) = serve(Plan::default()).await;
    let head = format!("GET /livez HTTP/1.1\r\nHost: x\r\nLong: {}", "x".repeat(131_072 - 36));
    assert_is_problem(&exchange(address, vec![head.into_bytes()]).await, 431, "HEADERS_TOO_LARGE");
    server.stop(false).await;
}

#[actix_web::test]
async fn an_incomplete_head_is_refused_with_a_problem() {
    let settings = WireSettings { header_timeout: Duration::from_millis(100), ..WireSettings::default() };
    let (address, server) = serve_as(&Plan::default().open().await.api, settings);
    assert_is_problem(&exchange(address, vec![b"GET /livez HTTP/1.1\r\nHo".to_vec()]).await, 408, "REQUEST_TIMEOUT");
    server.stop(false).await;
}

/// Asserts that the response is one complete problem, like those of the application.
fn assert_is_problem(answer: &str, status: u16, code: &str) {
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let head = head.to_lowercase();
    assert!(head.starts_with(&format!("http/1.1 {status} ")), "{answer}");
    for header in
        ["content-type: application/problem+json", "x-content-type-options: nosniff", "connection: close", "cache-control: no-store"]
    {
        assert!(head.contains(header), "{header}: {answer}");
    }
    assert!(head.contains(&format!("content-length: {}", body.len())), "{answer}");
    let problem: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!((&problem["status"], &problem["code"]), (&status.into(), &code.into()));
    assert!(head.contains(&format!("request-id: {}", problem["request_id"].as_str().expect("an id"))), "{answer}");
}
