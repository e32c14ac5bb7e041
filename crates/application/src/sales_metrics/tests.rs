use domain::testing::{ADA, NOW, a_hold, a_token};
use domain::{Event, ExpiryReason, PaymentId, ReservationId, TokenDigest, Version, Write};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use time::Duration;
use uuid::Uuid;

use super::*;
use crate::testing::StoppedClock;

const DIGEST: TokenDigest = TokenDigest(Uuid::from_u128(2));

/// Returns sales metrics, their clock, and the recorded values.
fn sales_metrics() -> (SalesMetrics, Arc<StoppedClock>, PrometheusHandle) {
    let recorder = PrometheusBuilder::new().build_recorder();
    let clock = Arc::new(StoppedClock::default());
    let sales_metrics = metrics::with_local_recorder(&recorder, || SalesMetrics::new(clock.clone(), "KRW".parse().unwrap()));
    (sales_metrics, clock, recorder.handle())
}

fn of(events: Vec<Event>) -> Change {
    Change { events, ..Change::default() }
}

/// Returns the value of the line of `page` that starts with `series`.
fn value(page: &str, series: &str) -> f64 {
    let line = page.lines().find(|line| line.starts_with(series)).unwrap_or_else(|| panic!("{series} is not in {page}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[track_caller]
fn assert_counts(handle: &PrometheusHandle, series: &str, count: f64) {
    let page = handle.render();
    assert!((value(&page, series) - count).abs() < 1e-9, "{series} should be {count}:\n{page}");
}

#[test]
fn every_metric_starts_at_zero() {
    let (_sales_metrics, _, counted) = sales_metrics();
    let page = counted.render();
    for line in page.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        assert!(line.ends_with(" 0"), "{line}");
    }
    for series in ["frontrow_queue_joins_total{queue=", "frontrow_holds_ended_total{outcome=\"expired\"}", "frontrow_payments_total "] {
        assert!(page.contains(series), "{series}: {page}");
    }
}

#[test]
fn money_is_counted_by_number_and_by_amount() {
    let (sales_metrics, _, counted) = sales_metrics();
    let (amount, user, reservation, payment) = (Money::new(700).unwrap(), ADA, ReservationId(Uuid::nil()), PaymentId(Uuid::nil()));
    let charged = Fact::WalletCharged { user, amount, balance: amount }.at(Version::FIRST);
    let paid = Fact::PaymentCompleted { payment, reservation, user, amount }.at(Version::FIRST);
    let refunded = Fact::PaymentRefunded { payment, reservation, user, amount }.at(Version::FIRST);
    for event in [charged.clone(), charged, paid, refunded] {
        sales_metrics.committed(&of(vec![event]), &Committed::default());
    }
    for (series, count) in [
        ("frontrow_charges_total", 2.0),
        ("frontrow_charges_amount_minor_units_total{currency=\"KRW\"}", 1_400.0),
        ("frontrow_payments_total", 1.0),
        ("frontrow_payments_amount_minor_units_total{currency=\"KRW\"}", 700.0),
        ("frontrow_refunds_total", 1.0),
        ("frontrow_refunds_amount_minor_units_total{currency=\"KRW\"}", 700.0),
        ("frontrow_holds_ended_total{outcome=\"confirmed\"}", 1.0),
    ] {
        assert_counts(&counted, series, count);
    }
}

#[test]
fn a_tick_counts_admissions_waiting_times_and_unclaimed_tokens() {
    let (sales_metrics, clock, counted) = sales_metrics();
    let waiting = a_token(ADA).with(|token| token.with_place(|place| place.joined_at = NOW));
    clock.advance(Duration::seconds(30));
    let active = waiting.row.clone().admit(Duration::minutes(2), clock.now()).unwrap();
    let admitted = of(vec![Fact::TokenActivated { token: DIGEST, queue: Queue::DEFAULT, user: ADA, number: 1 }.at(Version::FIRST)])
        .writing(Write { expected: Some(Version::FIRST), row: Admission::new(Queue::DEFAULT) })
        .writing(Write::update(&waiting, active.clone()));
    sales_metrics.committed(&admitted, &Committed::default());
    // A claim rewrites the ACTIVE token, and admits no user.
    let claimed = active.claim(Duration::minutes(10), clock.now()).unwrap();
    sales_metrics.committed(&Change::default().writing(Write::update(&waiting, claimed)), &Committed::default());
    let reason = ExpiryReason::Unclaimed;
    sales_metrics.committed(
        &of(vec![Fact::TokenExpired { token: DIGEST, queue: Queue::DEFAULT, user: ADA, number: 1, reason }.at(Version::FIRST)]),
        &Committed::default(),
    );

    let queue = format!("{{queue=\"{}\"", Queue::DEFAULT);
    assert_counts(&counted, &format!("frontrow_queue_admissions_total{queue}}}"), 1.0);
    assert_counts(&counted, &format!("frontrow_queue_wait_seconds_count{queue}}}"), 1.0);
    assert_counts(&counted, &format!("frontrow_queue_wait_seconds_sum{queue}}}"), 30.0);
    assert_counts(&counted, &format!("frontrow_queue_tokens_ended_total{queue},reason=\"unclaimed\"}}"), 1.0);
    assert_counts(&counted, &format!("frontrow_queue_tokens_ended_total{queue},reason=\"timed_out\"}}"), 0.0);
}

#[test]
fn a_lapsed_hold_counts_as_expired_with_its_lag() {
    let (sales_metrics, clock, counted) = sales_metrics();
    let hold = a_hold(ADA, &[7]);
    clock.advance(hold.expires_at() - NOW + Duration::milliseconds(250));
    let ended = hold.clone().cancelled(CancelReason::Expired).row;
    let (reservation, schedule, reason) = (hold.row.id(), hold.row.schedule(), CancelReason::Expired);
    let cancelled = Fact::ReservationCancelled { reservation, schedule, user: ADA, seats: Vec::new(), reason }.at(Version::FIRST);
    let change = of(vec![cancelled]).writing(Write::update(&hold, ended));
    sales_metrics.committed(&change, &Committed::default());
    assert_counts(&counted, "frontrow_holds_ended_total{outcome=\"expired\"}", 1.0);
    assert_counts(&counted, "frontrow_hold_release_lag_seconds_sum", 0.25);
}

#[test]
fn changes_with_an_unknown_outcome_are_not_counted() {
    let (sales_metrics, _, counted) = sales_metrics();
    sales_metrics.doubtful(&of(vec![Fact::UserRegistered { user: ADA }.at(Version::FIRST)]));
    assert_counts(&counted, "frontrow_users_registered_total", 0.0);
}

#[test]
fn metrics_of_a_new_queue_start_at_zero() {
    let recorder = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || {
        let sales_metrics = SalesMetrics::new(Arc::new(StoppedClock::default()), "KRW".parse().unwrap());
        sales_metrics.set_queue_figures(QueueId(Uuid::from_u128(7)));
    });
    let series = format!("frontrow_queue_admissions_total{{queue=\"{}\"}}", Uuid::from_u128(7));
    assert_counts(&recorder.handle(), &series, 0.0);
}
