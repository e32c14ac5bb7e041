//! The log: one line per request, without secrets.

use std::io::Write;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use adapters_http::{HttpSettings, LimitSettings};
use serde_json::Value;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

use crate::plan::Plan;
use crate::shop::Shop;

/// A buffer that collects log output.
#[derive(Clone, Default)]
struct LogBuffer(Arc<Mutex<Vec<u8>>>);

impl Write for LogBuffer {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogBuffer {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl LogBuffer {
    /// Sends everything that this thread logs to this buffer until the guard is dropped.
    fn capture(&self) -> DefaultGuard {
        static GLOBAL: Once = Once::new();
        // A global subscriber exists from the start: otherwise, another test's thread, which has no subscriber, could permanently disable a
        // callsite.
        GLOBAL.call_once(|| {
            let discard = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(std::io::sink).finish();
            tracing::subscriber::set_global_default(discard).expect("no other global subscriber");
        });
        let subscriber = tracing_subscriber::fmt().json().with_max_level(tracing::Level::TRACE).with_writer(self.clone()).finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()).expect("text")
    }
}

#[actix_web::test]
async fn the_logged_latency_excludes_the_overload_pause() {
    let plan = Plan::default();
    let pause = Duration::from_secs(1);
    let limits = LimitSettings { in_flight: 0, overload_pause: pause, ..LimitSettings::default() };
    let settings = HttpSettings { limits, ..plan.settings.clone() };
    let shop = Plan { settings, ..plan }.open().await;
    let buffer = LogBuffer::default();
    let capture = buffer.capture();
    let start = Instant::now();
    shop.get("/v1/concerts").send().await.with_problem(503, "OVERLOADED");
    assert!(start.elapsed() >= pause);
    drop(capture);
    let log = buffer.text();
    let line: Value = serde_json::from_str(log.lines().find(|line| line.contains("\"request completed\"")).expect("a line")).expect("JSON");
    let elapsed = Duration::from_micros(line["fields"]["elapsed_microseconds"].as_u64().expect("a number"));
    assert!(elapsed < pause, "{elapsed:?}");
}

#[actix_web::test]
async fn a_request_is_logged_as_one_line_with_its_route_and_without_secrets() {
    let shop = Shop::open().await;
    let ada = shop.waiting("Ada").await;
    let secret = ada.queue_token.clone().expect("a token");

    let buffer = LogBuffer::default();
    let capture = buffer.capture();
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let poll = shop.get(&format!("/v1/queue-tokens/{secret}")).by(&ada).header("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01"));
    let polled = poll.send().await.with_status(200);
    let refused =
        shop.post(&format!("/v1/queue-tokens/{secret}")).by(&ada).header("traceparent", "00-nonsense-01").send().await.with_status(405);
    let untraced = shop.hold(&ada, "a-secret-key", &[1]).await.with_status(403);
    assert_eq!(untraced.header("traceparent"), None, "the request had no traceparent, and no tracer is configured");
    drop(capture);

    let log = buffer.text();
    let answered: Vec<&str> = log.lines().filter(|line| line.contains("\"request completed\"")).collect();
    assert_eq!(answered.len(), 3, "{log}");
    for part in [
        "\"route\":\"/v1/queue-tokens/{token}\"",
        "\"method\":\"GET\"",
        "\"status\":200",
        trace,
        polled.header("request-id").unwrap_or("?"),
    ] {
        assert!(answered[0].contains(part), "{part}: {}", answered[0]);
    }
    let span = polled.header("traceparent").unwrap_or("?");
    assert!(span.starts_with(&format!("00-{trace}-")) && span.ends_with("-01") && !span.contains("00f067aa0ba902b7"), "{span}");
    let new_trace = refused.header("request-id").unwrap_or("?").replace('-', "");
    assert!(refused.header("traceparent").is_some_and(|span| span.starts_with(&format!("00-{new_trace}-"))), "{refused:?}");
    assert!(answered[1].contains(&format!("\"trace_id\":\"{new_trace}\"")), "{}", answered[1]);
    assert!(answered[1].contains("\"route\":\"/v1/queue-tokens/{token}\""), "{}", answered[1]);
    for secret in [secret.as_str(), ada.access_token.as_str(), "a-secret-key"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}
