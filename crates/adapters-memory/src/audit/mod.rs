//! The audit: whether the promises hold, each invariant on all rows.

mod bookings;
mod lines;
mod money;
mod payments;

use application::ports::{Audit, Finding, ReadError};
use async_trait::async_trait;

use crate::MemoryStore;
use crate::state::State;

/// How many rows break an invariant.
type Invariant = fn(&State) -> usize;

const INVARIANTS: &[(&str, &str, Invariant)] = &[
    ("P1", "seat_has_at_most_one_live_reservation", bookings::seats_claimed_twice),
    ("P1", "taken_seat_names_its_live_reservation", bookings::taken_seats_without_reservation),
    ("P1", "live_reservation_has_its_seats", bookings::live_reservations_without_seats),
    ("P1", "token_has_at_most_one_hold", bookings::tokens_with_many_holds),
    ("P2", "reservation_costs_what_its_seats_cost", bookings::reservations_at_another_price),
    ("P2", "balance_is_sum_of_entries", money::balances_off),
    ("P2", "entry_sequence_is_gapless", money::books_with_gaps),
    ("P2", "entry_balance_is_running_sum", money::entries_off),
    ("P2", "charges_are_balances_and_completed_payments", money::money_from_nowhere),
    ("P3", "completed_payment_has_confirmed_reservation", payments::completed_without_confirmed),
    ("P3", "confirmed_reservation_has_completed_payment", payments::confirmed_without_completed),
    ("P3", "refunded_payment_has_refunded_reservation", payments::refunds_of_one_side),
    ("P3", "reservation_has_at_most_one_payment", payments::paid_twice),
    ("P3", "payment_has_one_payment_entry", payments::without_one_payment_entry),
    ("P3", "cancelled_payment_has_one_refund_entry", payments::without_its_refund_entry),
    ("P3", "entry_names_its_payment", payments::entries_without_payment),
    ("P5", "queue_numbers_are_gapless", lines::numbers_off),
    ("P5", "admission_is_in_order_of_number", lines::passed_over),
    ("P6", "user_has_at_most_one_live_token", lines::places_taken_twice),
    ("P6", "reservation_has_its_tokens_owner", bookings::reservations_of_another),
    ("P6", "payment_has_its_reservations_owner", payments::payments_of_another),
];

#[async_trait]
impl Audit for MemoryStore {
    async fn audit(&self) -> Result<Vec<Finding>, ReadError> {
        let state = self.state();
        let find = |(promise, name, violations): &(&'static str, &'static str, Invariant)| Finding {
            name,
            promise,
            violations: u64::try_from(violations(&state)).unwrap_or(u64::MAX),
        };
        Ok(INVARIANTS.iter().map(find).collect())
    }

    async fn drift(&self) -> Result<i64, ReadError> {
        let drift = money::drift(&self.state());
        Ok(i64::try_from(drift).unwrap_or(if drift < 0 { i64::MIN } else { i64::MAX }))
    }
}
