//! The log: one line a request, and no secret in it.

use std::io::Write;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use adapters_http::{HttpSettings, LimitSettings};
use serde_json::Value;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

use crate::plan::Plan;
use crate::shop::Shop;

/// What was written.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Paper {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Paper {
    /// Has all that this thread logs written here, until the guard is dropped.
    fn write(&self) -> DefaultGuard {
        static NOWHERE: Once = Once::new();
        // Somebody listens from the start: else another test's thread, to which nobody listens, may mark a line as of no interest to
        // anybody, for good.
        NOWHERE.call_once(|| {
            let nowhere = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(std::io::sink).finish();
            tracing::subscriber::set_global_default(nowhere).expect("the only tests that listen");
        });
        let subscriber = tracing_subscriber::fmt().json().with_max_level(tracing::Level::TRACE).with_writer(self.clone()).finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()).expect("text")
    }
}

#[actix_web::test]
async fn how_long_a_refusal_is_kept_back_is_no_latency() {
    let plan = Plan::default();
    let pause = Duration::from_secs(1);
    let limits = LimitSettings { in_flight: 0, overload_pause: pause, ..LimitSettings::default() };
    let settings = HttpSettings { limits, ..plan.settings.clone() };
    let shop = Plan { settings, ..plan }.open().await;
    let paper = Paper::default();
    let writing = paper.write();
    let start = Instant::now();
    shop.get("/v1/concerts").send().await.with_problem(503, "OVERLOADED");
    assert!(start.elapsed() >= pause);
    drop(writing);
    let log = paper.text();
    let line: Value = serde_json::from_str(log.lines().find(|line| line.contains("\"answered\"")).expect("a line")).expect("JSON");
    let told = Duration::from_micros(line["fields"]["elapsed_microseconds"].as_u64().expect("a number"));
    assert!(told < pause, "{told:?}");
}

#[actix_web::test]
async fn a_request_is_one_line_that_names_the_route_and_no_secret() {
    let shop = Shop::open().await;
    let ada = shop.waiting("Ada").await;
    let secret = ada.queue_token.clone().expect("a token");

    let paper = Paper::default();
    let writing = paper.write();
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let poll = shop.get(&format!("/v1/queue-tokens/{secret}")).by(&ada).header("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01"));
    let polled = poll.send().await.with_status(200);
    let refused =
        shop.post(&format!("/v1/queue-tokens/{secret}")).by(&ada).header("traceparent", "00-nonsense-01").send().await.with_status(405);
    let unasked = shop.hold(&ada, "a-secret-key", &[1]).await.with_status(403);
    assert_eq!(unasked.header("traceparent"), None, "nobody asked for it, and nobody follows it");
    drop(writing);

    let log = paper.text();
    let answered: Vec<&str> = log.lines().filter(|line| line.contains("\"answered\"")).collect();
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
    let place = polled.header("traceparent").unwrap_or("?");
    assert!(place.starts_with(&format!("00-{trace}-")) && place.ends_with("-01") && !place.contains("00f067aa0ba902b7"), "{place}");
    let begun = refused.header("request-id").unwrap_or("?").replace('-', "");
    assert!(refused.header("traceparent").is_some_and(|place| place.starts_with(&format!("00-{begun}-"))), "{refused:?}");
    assert!(answered[1].contains(&format!("\"trace_id\":\"{begun}\"")), "{}", answered[1]);
    assert!(answered[1].contains("\"route\":\"/v1/queue-tokens/{token}\""), "{}", answered[1]);
    for hidden in [secret.as_str(), ada.access_token.as_str(), "a-secret-key"] {
        assert!(!log.contains(hidden), "{hidden}: {log}");
    }
}
