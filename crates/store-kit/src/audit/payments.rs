//! P3: no payment without the seat, no seat without the payment. P6: users pay only for their own reservations.

use std::collections::BTreeMap;

use domain::{CancelReason, Payment, PaymentId, PaymentState, Reservation, ReservationState, WalletEntry, WalletEntryKind};

use super::everything::Everything;

pub(super) fn completed_without_confirmed(state: &Everything) -> usize {
    let is_confirmed = |payment: &Payment| {
        state.reservations.get(&payment.reservation()).is_some_and(|reservation| {
            reservation.state() == ReservationState::Confirmed { payment: payment.id() } && reservation.amount() == payment.amount()
        })
    };
    payments(state, true).filter(|payment| !is_confirmed(payment)).count()
}

pub(super) fn confirmed_without_completed(state: &Everything) -> usize {
    let is_paid = |id: &PaymentId, reservation| {
        let payment = state.payments.get(id);
        payment.is_some_and(|payment| payment.reservation() == reservation && payment.state() == PaymentState::Completed)
    };
    let unpaid =
        |reservation: &ReservationState, id| matches!(reservation, ReservationState::Confirmed { payment } if !is_paid(payment, id));
    state.reservations.values().filter(|reservation| unpaid(&reservation.state(), reservation.id())).count()
}

pub(super) fn one_sided_refunds(state: &Everything) -> usize {
    let refund = |reservation: &Reservation| match reservation.state() {
        ReservationState::Cancelled { reason: CancelReason::Refunded, payment } => Some(payment),
        ReservationState::Held | ReservationState::Confirmed { .. } | ReservationState::Cancelled { .. } => None,
    };
    let is_reservation_refunded =
        |payment: &Payment| state.reservations.get(&payment.reservation()).and_then(|row| refund(row)) == Some(Some(payment.id()));
    let is_payment_refunded = |id: Option<PaymentId>, of: &Reservation| {
        let payment = id.and_then(|id| state.payments.get(&id));
        payment.is_some_and(|payment| payment.reservation() == of.id() && payment.state() != PaymentState::Completed)
    };
    let payments_alone = payments(state, false).filter(|payment| !is_reservation_refunded(payment)).count();
    let reservations = state.reservations.values();
    payments_alone + reservations.filter(|row| refund(row).is_some_and(|payment| !is_payment_refunded(payment, row))).count()
}

pub(super) fn used_unpaid(state: &Everything) -> usize {
    let unpaid = state.reservations.values().filter(|reservation| reservation.payment().is_none());
    unpaid.flat_map(|reservation| reservation.seats()).filter(|seat| seat.used_at.is_some()).count()
}

pub(super) fn paid_twice(state: &Everything) -> usize {
    let mut payments = BTreeMap::new();
    for payment in state.payments.values() {
        *payments.entry(payment.reservation()).or_insert(0) += 1;
    }
    payments.values().filter(|payments| **payments > 1).count()
}

pub(super) fn without_one_payment_entry(state: &Everything) -> usize {
    let all = state.payments.values().map(|payment| &payment.row);
    all.filter(|payment| entries(state, payment, WalletEntryKind::Payment(payment.id())) != 1).count()
}

pub(super) fn without_its_refund_entry(state: &Everything) -> usize {
    let refunds = |payment: &Payment| entries(state, payment, WalletEntryKind::Refund(payment.id()));
    payments(state, false).filter(|payment| refunds(payment) != 1).count()
        + payments(state, true).filter(|payment| refunds(payment) != 0).count()
}

pub(super) fn entries_without_payment(state: &Everything) -> usize {
    let is_of = |entry: &WalletEntry, payment: &Payment| payment.user() == entry.user() && payment.amount() == entry.amount();
    let is_orphan = |entry: &&WalletEntry| match entry.kind() {
        WalletEntryKind::Charge => false,
        WalletEntryKind::Payment(payment) | WalletEntryKind::Refund(payment) => {
            !state.payments.get(&payment).is_some_and(|payment| is_of(entry, payment))
        }
    };
    state.entries.values().filter(is_orphan).count()
}

pub(super) fn payments_by_another_user(state: &Everything) -> usize {
    let owner = |payment: &Payment| state.reservations.get(&payment.reservation()).map(|reservation| reservation.user());
    state.payments.values().filter(|payment| owner(payment) != Some(payment.user())).count()
}

/// Returns the payments that are COMPLETED, or those that are CANCELLED.
fn payments(state: &Everything, completed: bool) -> impl Iterator<Item = &Payment> {
    let all = state.payments.values().map(|payment| &payment.row);
    all.filter(move |payment| (payment.state() == PaymentState::Completed) == completed)
}

/// Returns the number of wallet entries of `kind` of the payer.
fn entries(state: &Everything, payment: &Payment, kind: WalletEntryKind) -> usize {
    state.entries.range((payment.user(), 0)..=(payment.user(), u64::MAX)).filter(|(_, entry)| entry.kind() == kind).count()
}
