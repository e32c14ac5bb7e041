//! The audit: whether the promises hold, each invariant on all rows.

mod everything;
mod indexes;
mod lines;
mod money;
mod payments;
mod references;
mod reservations;

use application::ports::{Finding, Invariant};

use self::everything::Everything;
use crate::fault::Fault;
use crate::view::View;

/// What breaks each invariant.
pub(crate) fn audit(view: View<'_>) -> Result<Vec<Finding>, Fault> {
    let (everything, indexes_off, drift) = (Everything::read(view)?, indexes::off(view)?, money::drift(view)?);
    let find = |invariant: &Invariant| {
        let violations = violations(*invariant, &everything, indexes_off, drift);
        Finding { invariant: *invariant, violations: u64::try_from(violations).unwrap_or(u64::MAX) }
    };
    Ok(Invariant::ALL.iter().map(find).collect())
}

/// Balances and completed payments less charges.
pub(crate) fn drift(view: View<'_>) -> Result<i64, Fault> {
    let drift = money::drift(view)?;
    Ok(i64::try_from(drift).unwrap_or(if drift < 0 { i64::MIN } else { i64::MAX }))
}

/// How many rows break `invariant`.
fn violations(invariant: Invariant, state: &Everything, indexes_off: usize, drift: i128) -> usize {
    match invariant {
        Invariant::SchemaIsComplete => indexes_off,
        Invariant::SeatHasAtMostOneLiveReservation => reservations::seats_claimed_twice(state),
        Invariant::TakenSeatNamesItsLiveReservation => reservations::taken_seats_without_reservation(state),
        Invariant::LiveReservationHasItsSeats => reservations::live_reservations_without_seats(state),
        Invariant::TokenHasAtMostOneHold => reservations::tokens_with_many_holds(state),
        Invariant::ReservationCostsWhatItsSeatsCost => reservations::reservations_at_another_price(state),
        Invariant::BalanceIsSumOfEntries => money::balances_off(state),
        Invariant::EntrySequenceIsGapless => money::books_with_gaps(state),
        Invariant::EntryBalanceIsRunningSum => money::entries_off(state),
        Invariant::ChargesAreBalancesAndCompletedPayments => usize::from(drift != 0),
        Invariant::CompletedPaymentHasConfirmedReservation => payments::completed_without_confirmed(state),
        Invariant::ConfirmedReservationHasCompletedPayment => payments::confirmed_without_completed(state),
        Invariant::RefundedPaymentHasRefundedReservation => payments::refunds_of_one_side(state),
        Invariant::ReservationHasAtMostOnePayment => payments::paid_twice(state),
        Invariant::PaymentHasOnePaymentEntry => payments::without_one_payment_entry(state),
        Invariant::CancelledPaymentHasOneRefundEntry => payments::without_its_refund_entry(state),
        Invariant::EntryNamesItsPayment => payments::entries_without_payment(state),
        Invariant::ReferencesExist => references::bookings_without_ends(state),
        Invariant::QueueNumbersAreGapless => lines::numbers_off(state),
        Invariant::AdmissionIsInOrderOfNumber => lines::passed_over(state),
        Invariant::WaitingAreCounted => lines::miscounted(state),
        Invariant::UserHasAtMostOneLiveToken => lines::places_taken_twice(state),
        Invariant::ReservationHasItsTokensOwner => reservations::reservations_of_another(state),
        Invariant::PaymentHasItsReservationsOwner => payments::payments_of_another(state),
        Invariant::TokensAndWalletsHaveOwners => references::tokens_and_wallets_without_owners(state),
        // A reservation's state is what says whether its seats are live; and a balance below zero is no `Money`, which fails the audit. What the engine
        // keeps it in is the engine's.
        Invariant::ClaimIsLiveWithItsReservation | Invariant::BalanceIsNeverNegative | Invariant::FileIsIntact => 0,
    }
}
