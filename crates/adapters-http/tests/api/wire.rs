//! Over a real connection: what only shows there.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::rt;
use adapters_http::{Api, HttpSettings, Role, WireSettings};

use crate::plan::Plan;

/// A server on a port of its own.
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

/// Sends `parts` one after the other over one connection; what came back until the server closed it.
pub(crate) async fn talk(address: SocketAddr, parts: Vec<Vec<u8>>) -> String {
    let talk = move || {
        let mut connection = TcpStream::connect(address).expect("a connection");
        connection.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        for part in parts {
            connection.write_all(&part).expect("sent");
        }
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).expect("an answer");
        String::from_utf8_lossy(&answer).into_owned()
    };
    rt::task::spawn_blocking(talk).await.expect("a talk")
}

#[actix_web::test]
async fn head_answers_as_get_does_without_the_body() {
    let (address, server) = serve(Plan::default()).await;
    for path in ["/v1/concerts", "/livez", "/openapi.json", "/docs", "/v1/nothing"] {
        let request = |method: &str| format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").into_bytes();
        let (get, head) = (talk(address, vec![request("GET")]).await, talk(address, vec![request("HEAD")]).await);
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
async fn a_body_past_the_limit_is_drained_so_that_the_client_reads_its_answer() {
    let (address, server) = serve(Plan::default()).await;
    for bytes in [20_000, 900_000, 5_000_000] {
        let head = format!(
            "POST /v1/users HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {bytes}\r\n\r\n"
        );
        let answer = talk(address, vec![head.into_bytes(), vec![b' '; bytes]]).await;
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
    let answer = talk(address, vec![chunked.to_vec(), chunks]).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    server.stop(false).await;
}

#[actix_web::test]
async fn nobody_is_listened_to_as_long_as_operators_are() {
    let shop = Plan::default().open().await;
    let (operator, stranger) = (shop.operator(), shop.stranger(&[Role::User]));
    let (address, server) = serve_api(shop.api.clone());
    let sent = 2_000_000;
    for (visitor, path, bytes, status) in [
        // As much again never comes: it isn't waited for.
        (&stranger, "/v1/admin/queues", 2 * sent, "HTTP/1.1 403"),
        (&operator, "/v1/users", 2 * sent, "HTTP/1.1 413"),
        (&operator, "/v1/admin/queues", sent, "HTTP/1.1 400"),
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {bytes}\r\n\
             Authorization: Bearer {}\r\n\r\n",
            visitor.access_token
        );
        let began = Instant::now();
        let answer = talk(address, vec![head.into_bytes(), vec![b' '; sent]]).await;
        assert!(answer.starts_with(status), "{path}: {answer}");
        assert!(began.elapsed() < Duration::from_secs(8), "{path}: the whole time that a body may take");
    }
    server.stop(false).await;
}

#[actix_web::test]
async fn a_body_that_does_not_arrive_is_not_waited_for() {
    let plan = Plan::default();
    let settings = HttpSettings { body_timeout: Duration::from_millis(100), ..plan.settings.clone() };
    let (address, server) = serve(Plan { settings, ..plan }).await;
    let head = b"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    let answer = talk(address, vec![head.to_vec()]).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("REQUEST_TIMEOUT"), "{answer}");
    server.stop(false).await;
}

#[actix_web::test]
async fn who_wants_to_talk_another_protocol_is_answered_at_once_and_not_heard_any_further() {
    let (address, server) = serve(Plan::default()).await;
    let began = Instant::now();
    for (head, status) in [
        ("CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n", "HTTP/1.1 404"),
        ("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n", "HTTP/1.1 200"),
        ("POST /v1/users HTTP/1.1\r\nHost: x\r\nUpgrade: WebSocket\r\nContent-Type: application/json\r\n", "HTTP/1.1 400"),
    ] {
        let smuggled = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
        let answer = talk(address, vec![format!("{head}\r\n{smuggled}").into_bytes()]).await;
        assert!(answer.starts_with(status), "{head}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{head}: {answer}");
    }
    assert!(began.elapsed() < Duration::from_secs(5), "nobody waits for the end of what has none");
    server.stop(false).await;
}

#[actix_web::test]
async fn a_connection_goes_on_after_a_refusal() {
    let (address, server) = serve(Plan::default()).await;
    let refused = b"POST /v1/reservations HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello".to_vec();
    let last = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_vec();
    let answers = talk(address, vec![refused, last]).await;
    assert!(answers.starts_with("HTTP/1.1 401") && answers.contains("HTTP/1.1 200"), "{answers}");

    let head = b"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n".to_vec();
    let last = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_vec();
    let answers = talk(address, vec![head, vec![b' '; 900_000], last]).await;
    assert!(answers.starts_with("HTTP/1.1 413") && answers.contains("HTTP/1.1 200"), "{answers}");
    server.stop(false).await;
}

#[actix_web::test]
async fn a_panic_is_answered() {
    let (address, server) = serve(Plan { readiness: || panic!("on purpose"), ..Plan::default() }).await;
    let answer = talk(address, vec![b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_vec()]).await;
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    for part in ["application/problem+json", "request-id: ", "\"code\":\"INTERNAL\""] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    server.stop(false).await;
}

#[actix_web::test]
async fn what_is_no_http_at_all_is_refused_and_harms_nobody() {
    let (address, server) = serve(Plan::default()).await;
    for nonsense in [
        "nonsense\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /\u{0} HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
    ] {
        let answer = talk(address, vec![nonsense.as_bytes().to_vec()]).await;
        assert_is_problem(&answer, 400, "MALFORMED_REQUEST");
    }
    let fine = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    let answers = talk(address, vec![format!("{fine}{fine}nonsense\r\n\r\n").into_bytes()]).await;
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
    assert_is_problem(&answers[answers.rfind("HTTP/1.1").expect("an answer")..], 400, "MALFORMED_REQUEST");
    let alive = talk(address, vec![b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_vec()]).await;
    assert!(alive.starts_with("HTTP/1.1 200"), "{alive}");
    server.stop(false).await;
}

#[actix_web::test]
async fn a_head_that_is_too_long_is_refused_as_a_problem() {
    let (address, server) = serve(Plan::default()).await;
    let head = format!("GET /livez HTTP/1.1\r\nHost: x\r\nLong: {}", "x".repeat(131_072 - 36));
    assert_is_problem(&talk(address, vec![head.into_bytes()]).await, 431, "HEADERS_TOO_LARGE");
    server.stop(false).await;
}

#[actix_web::test]
async fn a_head_that_does_not_come_to_its_end_is_refused_as_a_problem() {
    let settings = WireSettings { header_timeout: Duration::from_millis(100), ..WireSettings::default() };
    let (address, server) = serve_as(&Plan::default().open().await.api, settings);
    assert_is_problem(&talk(address, vec![b"GET /livez HTTP/1.1\r\nHo".to_vec()]).await, 408, "REQUEST_TIMEOUT");
    server.stop(false).await;
}

/// One answer that says what is wrong, as the edge would have.
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
