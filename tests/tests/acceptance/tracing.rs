//! The log of a request, and the spans sent to a tracing system.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use frontrow_tests::{Collector, Frontrow, Shopper, StoreKind};
use serde_json::{Value, json};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// Requests `path` with this `traceparent`, and returns the ids in the response.
async fn request_ids(server: &Frontrow, path: &str, traceparent: Option<&str>) -> (String, String) {
    let mut request = server.http.get(format!("{}{path}", server.base));
    if let Some(traceparent) = traceparent {
        request = request.header("traceparent", traceparent);
    }
    let answer = request.send().await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    (header("request-id"), header("traceparent"))
}

#[tokio::test]
async fn json_logs_have_one_line_per_request_with_ids_as_fields() {
    let server = Frontrow::start(StoreKind::Memory, &[("FRONTROW__LOG__FORMAT", "json")]).await;
    let (traced, traced_span) = request_ids(&server, "/v1/concerts", Some(&format!("00-{TRACE}-{PARENT}-01"))).await;
    let (untraced, new_span) = request_ids(&server, "/v1/nowhere", Some("00-nonsense-00")).await;
    assert!(traced_span.starts_with(&format!("00-{TRACE}-")) && !traced_span.contains(PARENT), "{traced_span}");
    assert!(new_span.starts_with("00-") && !new_span.contains(TRACE), "{new_span}");

    let log = server.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect();
    let answered = |id: &str| {
        let of_request: Vec<_> = lines.iter().filter(|line| line["span"]["request_id"] == id).collect();
        assert_eq!(of_request.len(), 1, "{id} is logged once: {log}");
        of_request[0].clone()
    };
    let line = answered(&traced);
    assert_eq!((&line["route"], &line["method"], &line["status"]), (&json!("/v1/concerts"), &json!("GET"), &json!(200)));
    assert_eq!((&line["span"]["trace_id"], &line["level"]), (&json!(TRACE), &json!("INFO")));
    assert!(line["elapsed_microseconds"].is_u64() && line["timestamp"].is_string());
    let line = answered(&untraced);
    assert_eq!((&line["route"], &line["status"]), (&json!("none"), &json!(404)));
    assert_eq!(line["span"]["trace_id"].as_str(), new_span.split('-').nth(1));
}

#[tokio::test]
async fn logs_are_text_unless_json_is_configured() {
    let server = Frontrow::start(StoreKind::Memory, &[("FRONTROW__LOG__FORMAT", "text")]).await;
    let (id, _) = request_ids(&server, "/v1/concerts", Some(&format!("00-{TRACE}-{PARENT}-01"))).await;
    let log = server.log();
    let of_request: Vec<_> = log.lines().filter(|line| line.contains(&id)).collect();
    assert_eq!(of_request.len(), 1, "{log}");
    assert!(of_request[0].contains(&format!("trace_id={TRACE}")) && of_request[0].contains("route=\"/v1/concerts\""), "{log}");
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[tokio::test]
async fn the_collector_receives_the_spans_of_a_request_and_of_its_command() {
    let collector = Collector::start().await;
    let mut server = Frontrow::start(StoreKind::Sqlite, &[("FRONTROW__TELEMETRY__OTLP_ENDPOINT", &collector.base)]).await;
    let ada = Shopper::admitted(&server).await;
    let held = ada.hold(&[1], "hold").await.expect(201);
    let (_, traced_span) = request_ids(&server, "/v1/concerts", Some(&format!("00-{TRACE}-{PARENT}-01"))).await;
    let (_, unsampled) =
        request_ids(&server, "/v1/queues/0f207207-0000-7000-8000-000000000001", Some(&format!("00-{}-{PARENT}-00", "ab".repeat(16)))).await;
    // On shutdown, the server exports all pending spans.
    assert!(server.terminate().await.success());

    let received = collector.received();
    assert!(!received.is_empty() && received.iter().all(|request| request.starts_with(b"POST /v1/traces ")));
    let sent = received.concat();
    for name in ["frontrow", "POST /v1/reservations", "GET /v1/concerts", "command", "kind", "hold", "load", "decide", "commit"] {
        assert!(has(&sent, name.as_bytes()), "{name}");
    }
    // The ids are those in the responses.
    let (trace, span) = (held.header("traceparent")[3..35].to_owned(), held.header("traceparent")[36..52].to_owned());
    for id in [TRACE, PARENT, &traced_span[36..52], &trace, &span] {
        assert!(has(&sent, &bytes(id)), "{id}");
    }
    assert!(held.header("traceparent").ends_with("-01") && traced_span.ends_with("-01"));
    assert!(unsampled.ends_with("-00") && !has(&sent, &bytes(&"ab".repeat(16))), "the client's sampling decision is respected");
    for secret in [ada.token.as_deref().unwrap(), ada.jwt.as_deref().unwrap(), "eyJ"] {
        assert!(!has(&sent, secret.as_bytes()), "a secret was sent");
    }
}

#[tokio::test]
async fn an_unreachable_collector_does_not_affect_requests() {
    let server = Frontrow::start(StoreKind::Memory, &[("FRONTROW__TELEMETRY__OTLP_ENDPOINT", "http://127.0.0.1:1")]).await;
    let ada = Shopper::funded(&server, 100_000).await;
    let hold = ada.hold(&[1], "hold").await.expect(201).text("id");
    let _ = ada.pay(&hold, "pay").await.expect(201);
}
