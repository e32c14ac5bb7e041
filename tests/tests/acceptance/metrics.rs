//! Monitoring: the metrics, their documentation, the example dashboard and alerts.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use frontrow_tests::{CLUB_QUEUE, Frontrow, MetricsPage, Shopper, StoreKind, tamper};
use rstest::rstest;
use serde_json::{Value, json};

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

/// Returns the name and the type of each metric in docs/metrics.md.
fn documented() -> BTreeMap<String, String> {
    let document = file("docs/metrics.md");
    let rows = document.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let named = rows.map(|(name, rest)| (name.to_owned(), rest.split(" |").next().unwrap_or_default().to_owned()));
    named.collect()
}

/// Polls the server's metrics until they meet `condition`.
async fn metrics_once(server: &Frontrow, condition: impl Fn(&MetricsPage) -> bool) -> MetricsPage {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let metrics = server.metrics().await;
        if condition(&metrics) {
            return metrics;
        }
        assert!(Instant::now() < deadline, "{metrics:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[rstest]
#[case::memory(StoreKind::Memory)]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test]
async fn the_metrics_of_a_fresh_server_match_the_documentation(#[case] store: StoreKind) {
    let server = Frontrow::start(store, &[]).await;
    assert_eq!(server.metrics().await.types(), documented());
}

#[tokio::test]
async fn unused_series_are_zero_rather_than_missing() {
    let server = Frontrow::start(StoreKind::Memory, &[("FRONTROW__DEMO__ENABLED", "false")]).await;
    let metrics = server.metrics().await;
    for series in [
        "frontrow_http_requests_total{route=\"/v1/payments\",method=\"POST\",status=\"201\"}".to_owned(),
        "frontrow_http_request_duration_seconds_count{route=\"/v1/payments\",method=\"POST\"}".to_owned(),
        "frontrow_limit_refusals_total{limit=\"in_flight\"}".to_owned(),
        "frontrow_holds_ended_total{outcome=\"expired\"}".to_owned(),
        "frontrow_commit_conflicts_total{place=\"store\"}".to_owned(),
        "frontrow_commit_duration_seconds_bucket{le=\"0.0005\"}".to_owned(),
        "frontrow_payments_amount_minor_units_total{currency=\"KRW\"}".to_owned(),
        "frontrow_ledger_drift_minor_units".to_owned(),
        "frontrow_pool_connections{pool=\"commands\"}".to_owned(),
        format!("frontrow_queue_waiting{{queue=\"{CLUB_QUEUE}\"}}"),
        format!("frontrow_queue_tokens_ended_total{{queue=\"{CLUB_QUEUE}\",reason=\"unclaimed\"}}"),
    ] {
        assert_eq!(metrics.get(&series), Some(0.0), "{series}");
    }
}

#[rstest]
#[case::memory(StoreKind::Memory, 0.0)]
#[case::sqlite(StoreKind::Sqlite, 1.0)]
#[case::postgres(StoreKind::Postgres, 6.0)]
#[tokio::test]
async fn a_purchase_shows_in_the_metrics(#[case] store: StoreKind, #[case] connections: f64) {
    let server = Frontrow::start(store, &[("FRONTROW__TELEMETRY__LEDGER_CHECK_SECONDS", "1")]).await;
    let before = server.metrics().await;
    let mut ada = Shopper::funded(&server, 100_000).await;
    let hold = ada.hold(&[1], "hold").await.expect(201).text("id");
    let _ = ada.pay(&hold, "pay").await.expect(201);
    let _ = ada.pay(&hold, "pay").await.expect(201);
    ada.token = None;
    let _ = ada.get("/v1/nowhere").await.expect(404);

    let after = server.metrics().await;
    let counted = |series: &str| after.get(series).unwrap_or(-1.0) - before.get(series).unwrap_or_default();
    for (series, count) in [
        ("frontrow_http_requests_total{route=\"/v1/reservations\",method=\"POST\",status=\"201\"}".to_owned(), 1.0),
        ("frontrow_http_requests_total{route=\"/v1/payments\",method=\"POST\",status=\"201\"}".to_owned(), 2.0),
        ("frontrow_http_requests_total{route=\"other\",method=\"GET\",status=\"404\"}".to_owned(), 1.0),
        ("frontrow_http_request_duration_seconds_bucket{route=\"/v1/payments\",method=\"POST\",le=\"+Inf\"}".to_owned(), 2.0),
        ("frontrow_commands_total{outcome=\"replayed\"}".to_owned(), 1.0),
        ("frontrow_users_registered_total".to_owned(), 1.0),
        ("frontrow_charges_amount_minor_units_total{currency=\"KRW\"}".to_owned(), 100_000.0),
        ("frontrow_holds_total".to_owned(), 1.0),
        ("frontrow_holds_ended_total{outcome=\"confirmed\"}".to_owned(), 1.0),
        ("frontrow_payments_total".to_owned(), 1.0),
        ("frontrow_payments_amount_minor_units_total{currency=\"KRW\"}".to_owned(), 60_000.0),
        (format!("frontrow_queue_joins_total{{queue=\"{CLUB_QUEUE}\"}}"), 1.0),
        (format!("frontrow_queue_admissions_total{{queue=\"{CLUB_QUEUE}\"}}"), 1.0),
        (format!("frontrow_queue_wait_seconds_bucket{{queue=\"{CLUB_QUEUE}\",le=\"14400\"}}"), 1.0),
        (format!("frontrow_queue_tokens_ended_total{{queue=\"{CLUB_QUEUE}\",reason=\"paid\"}}"), 1.0),
    ] {
        assert!((counted(&series) - count).abs() < f64::EPSILON, "{series}: {}", counted(&series));
    }
    assert_eq!(after.get("frontrow_pool_connections{pool=\"commands\"}"), Some(connections));
    assert!(counted("frontrow_group_changes_count") >= 3.0 && counted("frontrow_commit_duration_seconds_sum") > 0.0);

    // The ledger check runs again after the sale.
    let checks = "frontrow_ledger_check_duration_seconds_count";
    let enough = after.get(checks).unwrap() + 2.0;
    let checked = metrics_once(&server, |metrics| metrics.get(checks).unwrap() >= enough).await;
    assert_eq!(checked.get("frontrow_ledger_drift_minor_units"), Some(0.0));
    assert_eq!(checked.get("frontrow_store_up"), Some(1.0));
}

#[tokio::test]
async fn money_from_nowhere_is_reported_as_drift() {
    let server = Frontrow::start(StoreKind::Postgres, &[("FRONTROW__TELEMETRY__LEDGER_CHECK_SECONDS", "1")]).await;
    let ada = Shopper::funded(&server, 1_000).await;
    assert_eq!(ada.balance().await, 1_000);
    tamper(&server, "UPDATE wallets SET balance = balance + 7 WHERE balance = 1000").await;
    let _ = metrics_once(&server, |metrics| metrics.get("frontrow_ledger_drift_minor_units") == Some(7.0)).await;
}

#[tokio::test]
async fn a_running_server_deletes_keys_past_their_retention() {
    let mut server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let ada = Shopper::funded(&server, 1_000).await;
    assert!(server.terminate().await.success());
    tamper(&server, "UPDATE idempotency_keys SET expires_at = 0").await;
    let server = server.restart().await;
    let deleted = "frontrow_housekeeping_rows_total{rows=\"keys\"}";
    let _ = metrics_once(&server, |metrics| metrics.get(deleted).is_some_and(|rows| rows > 0.0)).await;
    assert_eq!(ada.at(&server).balance().await, 1_000);
}

#[tokio::test]
async fn no_label_contains_a_secret_or_a_user_id() {
    let server = Frontrow::start(StoreKind::Memory, &[]).await;
    let ada = Shopper::funded(&server, 1_000).await;
    let _ = ada.poll().await;
    let (token, user) = (ada.token.clone().unwrap(), ada.get("/v1/users/me").await.expect(200).text("id"));
    let metrics = server.metrics().await;
    let disclosing: Vec<_> = metrics.series().filter(|(series, _)| series.contains(&token) || series.contains(&user)).collect();
    assert_eq!(disclosing, []);
}

/// Returns the words of a query that name metrics.
fn metrics_in(query: &str) -> Vec<String> {
    let words = query.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_');
    let named = words.filter(|word| word.starts_with("frontrow_") || word.starts_with("process_"));
    named.map(str::to_owned).collect()
}

#[track_caller]
fn assert_documented(query: &str) {
    let documented = documented();
    let is_histogram = |name: &str| documented.get(name).is_some_and(|kind| kind == "histogram");
    for name in metrics_in(query) {
        let part = ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part)).is_some_and(is_histogram);
        let whole = documented.get(&name).is_some_and(|kind| kind != "histogram");
        assert!(part || whole, "{name} in {query}");
    }
}

/// Returns every text under a member `name`, at any depth.
fn texts<'a>(value: &'a Value, name: &str) -> Vec<&'a str> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(member, value)| if member == name { value.as_str().into_iter().collect() } else { texts(value, name) })
            .collect(),
        Value::Array(items) => items.iter().flat_map(|item| texts(item, name)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn the_dashboard_can_be_imported_and_queries_documented_metrics_only() {
    let dashboard: Value = serde_json::from_str(&file("examples/grafana-dashboard.json")).unwrap();
    assert_eq!(dashboard["__inputs"][0]["name"], json!("DS_PROMETHEUS"));
    assert_eq!(dashboard["__inputs"][0]["pluginId"], json!("prometheus"));
    assert!(dashboard["schemaVersion"].as_u64().unwrap() >= 36 && dashboard["id"].is_null());
    assert!(texts(&dashboard["panels"], "uid").iter().all(|uid| *uid == "${DS_PROMETHEUS}"));
    let queries = texts(&dashboard["panels"], "expr");
    for query in &queries {
        assert!(!metrics_in(query).is_empty(), "{query}");
        assert_documented(query);
    }
    let used: Vec<_> = queries.iter().flat_map(|query| metrics_in(query)).collect();
    for name in documented().keys().filter(|name| name.starts_with("frontrow_") && !name.ends_with("_timestamp_seconds")) {
        let shown = used.iter().any(|used| used.starts_with(name.as_str())) || name == "frontrow_users_registered_total";
        assert!(shown, "no panel shows {name}");
    }
}

#[test]
fn the_alerts_query_documented_metrics_only() {
    let alerts = file("examples/alerts.yml");
    let queries: Vec<_> = alerts.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).collect();
    assert!(queries.len() >= 5, "{queries:?}");
    for query in queries {
        assert!(!metrics_in(query).is_empty(), "{query}");
        assert_documented(query);
    }
}
