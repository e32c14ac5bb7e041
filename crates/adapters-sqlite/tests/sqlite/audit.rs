//! The audit finds changes that bypass the store and its constraints.

use sea_orm::sqlx::{self, SqlitePool};

use crate::world::World;

/// Returns a store with sold, held, refunded and released seats, and with waiting users.
async fn busy_store() -> World {
    let world = World::with_a_hall_of(20).await;
    let (ada, ben, cyd) = (world.guest().await, world.guest().await, world.guest().await);
    for user in [ada.user, ben.user, cyd.user] {
        world.charge(user, 100_000).await;
        world.charge(user, 5_000).await;
    }
    let (adas, bens) = (world.hold(ada, &[1, 2]).await, world.hold(ben, &[3]).await);
    world.pay(ada, &adas).await;
    let payment = world.pay(ben, &bens).await;
    world.refund(&payment).await;
    world.hold(cyd, &[4, 5]).await;
    for _ in 0..3 {
        let user = world.user().await;
        world.join(user).await;
    }
    assert_eq!(world.violated().await, Vec::<&str>::new(), "the test data violates no invariant");
    world
}

async fn run(db: &SqlitePool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(db).await.expect(sql);
}

/// Changes of the database, each with an invariant that it violates (it may violate others, too).
const VIOLATIONS: &[(&str, &str)] = &[
    (
        "seat_has_at_most_one_live_reservation",
        "DROP INDEX reservation_seats_live;
         UPDATE reservation_seats SET number = 1 WHERE number = 4",
    ),
    ("taken_seat_names_its_live_reservation", "UPDATE seats SET held_until = held_until + 1 WHERE number = 4"),
    (
        "taken_seat_names_its_live_reservation",
        "UPDATE seats SET state = 'RESERVED', reservation_id = (SELECT id FROM reservations WHERE state = 'CONFIRMED') WHERE number = 9",
    ),
    ("live_reservation_has_its_seats", "UPDATE seats SET state = 'AVAILABLE', reservation_id = NULL WHERE number = 1"),
    ("live_reservation_has_its_seats", "DELETE FROM reservation_seats WHERE number IN (1, 2)"),
    ("claim_is_live_with_its_reservation", "UPDATE reservation_seats SET live = 0 WHERE number = 1"),
    (
        "token_has_at_most_one_hold",
        "DROP INDEX reservations_held;
         INSERT INTO reservations SELECT randomblob(16), 1, user_id, token_id, concert_id, schedule_id, 0, 0, 0, 'HELD', NULL, NULL
         FROM reservations WHERE state = 'HELD'",
    ),
    ("used_ticket_was_paid", "UPDATE reservation_seats SET used_at = 1 WHERE number = 4"),
    ("reservation_costs_what_its_seats_cost", "UPDATE reservation_seats SET price = price - 1 WHERE number = 1"),
    ("reservation_has_its_tokens_owner", "UPDATE reservations SET user_id = randomblob(16) WHERE state = 'HELD'"),
    ("balance_is_sum_of_entries", "UPDATE wallets SET balance = balance + 1"),
    ("balance_is_sum_of_entries", "DELETE FROM wallets WHERE user_id = (SELECT user_id FROM wallet_entries LIMIT 1)"),
    ("balance_is_never_negative", "UPDATE wallets SET balance = -balance"),
    (
        "entry_sequence_is_gapless",
        "DROP TRIGGER wallet_entries_remain;
         DELETE FROM wallet_entries WHERE sequence = 1",
    ),
    ("entry_sequence_is_gapless", "UPDATE wallets SET last_sequence = last_sequence + 1"),
    (
        "entry_balance_is_running_sum",
        "DROP TRIGGER wallet_entries_stay;
         UPDATE wallet_entries SET balance = balance + 1 WHERE sequence = 1",
    ),
    (
        "charges_are_balances_and_completed_payments",
        "DROP TRIGGER wallet_entries_stay;
         UPDATE wallet_entries SET amount = amount + 7 WHERE kind = 'CHARGE' AND sequence = 1",
    ),
    ("completed_payment_has_confirmed_reservation", "UPDATE payments SET amount = amount + 1 WHERE state = 'COMPLETED'"),
    (
        "completed_payment_has_confirmed_reservation",
        "UPDATE reservations SET state = 'CANCELLED', cancel_reason = 'REFUNDED' WHERE state = 'CONFIRMED'",
    ),
    ("confirmed_reservation_has_completed_payment", "DELETE FROM payments WHERE state = 'COMPLETED'"),
    (
        "refunded_payment_has_refunded_reservation",
        "UPDATE reservations SET cancel_reason = 'RELEASED', payment_id = NULL WHERE cancel_reason = 'REFUNDED'",
    ),
    (
        "reservation_has_at_most_one_payment",
        "DROP INDEX payments_of_reservation;
         INSERT INTO payments SELECT randomblob(16), 1, reservation_id, user_id, amount, paid_at, state, refunded_at FROM payments",
    ),
    (
        "payment_has_one_payment_entry",
        "DROP INDEX wallet_entries_of_payment;
         INSERT INTO wallet_entries SELECT user_id, sequence + 50, randomblob(16), kind, payment_id, amount, balance, at
         FROM wallet_entries WHERE kind = 'PAYMENT'",
    ),
    (
        "cancelled_payment_has_one_refund_entry",
        "DROP TRIGGER wallet_entries_remain;
         DELETE FROM wallet_entries WHERE kind = 'REFUND'",
    ),
    (
        "entry_names_its_payment",
        "DROP TRIGGER wallet_entries_stay;
         UPDATE wallet_entries SET payment_id = randomblob(16) WHERE kind = 'PAYMENT'",
    ),
    ("payment_has_its_reservations_owner", "UPDATE payments SET user_id = randomblob(16)"),
    ("references_exist", "UPDATE reservations SET user_id = randomblob(16)"),
    ("references_exist", "UPDATE reservation_seats SET number = number + 500"),
    ("tokens_and_wallets_have_owners", "UPDATE queue_tokens SET queue_id = randomblob(16) WHERE state = 'WAITING'"),
    ("tokens_and_wallets_have_owners", "UPDATE wallets SET user_id = randomblob(16)"),
    ("queue_numbers_are_gapless", "UPDATE queue_tokens SET number = number + 1 WHERE number = (SELECT max(number) FROM queue_tokens)"),
    ("queue_numbers_are_gapless", "UPDATE queue_counters SET last_number = last_number + 1"),
    ("queue_numbers_are_gapless", "UPDATE queue_counters SET pruned = pruned + 1"),
    ("queue_numbers_are_gapless", "DELETE FROM queue_tokens WHERE number = (SELECT max(number) FROM queue_tokens WHERE state = 'EXPIRED')"),
    (
        "queue_numbers_are_gapless",
        "UPDATE queue_counters SET pruned = 1, last_number = last_number + 1;
         UPDATE queue_tokens SET number = number + 2 WHERE number = (SELECT max(number) FROM queue_tokens)",
    ),
    (
        "admission_is_in_order_of_number",
        "UPDATE queue_tokens SET state = 'ACTIVE', activated_at = 0, claimed = 0, expires_at = 0
         WHERE number = (SELECT max(number) FROM queue_tokens)",
    ),
    ("last_admitted_number_is_recorded", "UPDATE queue_admissions SET last_admitted = last_admitted - 1"),
    ("last_admitted_number_is_recorded", "UPDATE queue_admissions SET last_admitted = last_admitted + 1"),
    ("admissions_are_counted", "UPDATE queue_admissions SET admitted = admitted - 1"),
    ("admissions_are_counted", "UPDATE queue_admissions SET admitted = admitted + 1"),
    ("admissions_are_counted", "UPDATE queue_counters SET no_shows = no_shows + 1"),
    ("waiting_are_counted", "UPDATE queue_counters SET waiting = waiting + 1"),
    (
        "user_has_at_most_one_live_token",
        "DROP INDEX queue_tokens_live;
         UPDATE queue_tokens SET user_id = (SELECT user_id FROM queue_tokens WHERE state = 'WAITING' LIMIT 1) WHERE state = 'WAITING'",
    ),
    ("schema_is_complete", "DROP TABLE audit_entries"),
    ("schema_is_complete", "DROP TABLE seaql_migrations"),
    ("schema_is_complete", "DROP TABLE wallet_entries; DROP TABLE payments; DROP TABLE reservation_seats"),
    ("schema_is_complete", "DROP INDEX reservation_seats_live"),
    ("schema_is_complete", "DROP TRIGGER audit_entries_no_update"),
    ("file_is_intact", "PRAGMA writable_schema = ON; DELETE FROM sqlite_master WHERE name = 'seats_label'; PRAGMA schema_version = 999"),
];

#[tokio::test]
async fn violations_of_each_invariant_are_found() {
    for (invariant, sql) in VIOLATIONS {
        let world = busy_store().await;
        run(&world.unchecked_pool().await, sql).await;
        let violated = world.violated().await;
        assert!(violated.contains(invariant), "{invariant}\nafter {sql}\nfound {violated:?}");
    }
}

#[tokio::test]
async fn each_invariant_has_a_test_of_its_violation() {
    let world = World::empty().await;
    for finding in world.findings().await {
        assert!(VIOLATIONS.iter().any(|(invariant, _)| *invariant == finding.invariant.name()), "{}", finding.invariant.name());
        assert!(["P1", "P2", "P3", "P5", "P6", "P7"].contains(&finding.invariant.promise()), "{}", finding.invariant.name());
    }
}
