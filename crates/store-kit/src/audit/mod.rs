//! The audit: checks each invariant on all rows.

mod everything;
mod indexes;
mod money;
mod payments;
mod queues;
mod references;
mod reservations;

use application::ports::{Finding, Invariant};

use self::everything::Everything;
use crate::fault::Fault;
use crate::view::View;

/// Returns the number of violations of each invariant.
pub(crate) fn audit(view: View<'_>) -> Result<Vec<Finding>, Fault> {
    let (everything, wrong_indexes, drift) = (Everything::read(view)?, indexes::count_wrong(view)?, money::drift(view)?);
    let find = |invariant: &Invariant| {
        let violations = violations(*invariant, &everything, wrong_indexes, drift);
        Finding { invariant: *invariant, violations: u64::try_from(violations).unwrap_or(u64::MAX) }
    };
    Ok(Invariant::ALL.iter().map(find).collect())
}

/// Returns the sum of balances and completed payments, less the charges.
pub(crate) fn drift(view: View<'_>) -> Result<i64, Fault> {
    let drift = money::drift(view)?;
    Ok(i64::try_from(drift).unwrap_or(if drift < 0 { i64::MIN } else { i64::MAX }))
}

/// Returns the number of rows that violate `invariant`.
fn violations(invariant: Invariant, state: &Everything, wrong_indexes: usize, drift: i128) -> usize {
    match invariant {
        Invariant::SchemaIsComplete => wrong_indexes,
        Invariant::SeatHasAtMostOneLiveReservation => reservations::seats_claimed_twice(state),
        Invariant::TakenSeatNamesItsLiveReservation => reservations::taken_seats_without_reservation(state),
        Invariant::LiveReservationHasItsSeats => reservations::live_reservations_without_seats(state),
        Invariant::TokenHasAtMostOneHold => reservations::tokens_with_many_holds(state),
        Invariant::ReservationCostsWhatItsSeatsCost => reservations::reservations_at_another_price(state),
        Invariant::BalanceIsSumOfEntries => money::wrong_balances(state),
        Invariant::EntrySequenceIsGapless => money::wallets_with_gaps(state),
        Invariant::EntryBalanceIsRunningSum => money::wrong_entry_balances(state),
        Invariant::ChargesAreBalancesAndCompletedPayments => usize::from(drift != 0),
        Invariant::CompletedPaymentHasConfirmedReservation => payments::completed_without_confirmed(state),
        Invariant::ConfirmedReservationHasCompletedPayment => payments::confirmed_without_completed(state),
        Invariant::RefundedPaymentHasRefundedReservation => payments::one_sided_refunds(state),
        Invariant::UsedTicketWasPaid => payments::used_unpaid(state),
        Invariant::ReservationHasAtMostOnePayment => payments::paid_twice(state),
        Invariant::PaymentHasOnePaymentEntry => payments::without_one_payment_entry(state),
        Invariant::CancelledPaymentHasOneRefundEntry => payments::without_its_refund_entry(state),
        Invariant::EntryNamesItsPayment => payments::entries_without_payment(state),
        Invariant::ReferencesExist => references::reservations_without_targets(state),
        Invariant::QueueNumbersAreGapless => queues::missing_numbers(state),
        Invariant::AdmissionIsInOrderOfNumber => queues::overtaken_tokens(state),
        Invariant::LastAdmittedNumberIsRecorded => queues::tokens_beside_the_last_admitted(state),
        Invariant::AdmissionsAreCounted => queues::wrong_totals(state),
        Invariant::WaitingAreCounted => queues::wrong_counters(state),
        Invariant::UserHasAtMostOneLiveToken => queues::duplicate_live_tokens(state),
        Invariant::ReservationHasItsTokensOwner => reservations::reservations_with_foreign_token(state),
        Invariant::PaymentHasItsReservationsOwner => payments::payments_by_another_user(state),
        Invariant::TokensAndWalletsHaveOwners => references::tokens_and_wallets_without_owners(state),
        // Not applicable: the state of a reservation alone determines whether its seats are live; a negative balance is not a valid
        // `Money`, so that reading it fails the audit; and the engine is responsible for its file.
        Invariant::ClaimIsLiveWithItsReservation | Invariant::BalanceIsNeverNegative | Invariant::FileIsIntact => 0,
    }
}
