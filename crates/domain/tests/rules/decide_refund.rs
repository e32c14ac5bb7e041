//! Refund of a whole payment.

use domain::audit_entry::{Action, Subject};
use domain::decide::refund::Command;
use domain::wallet::WalletError;
use domain::{
    AuditEntry, CancelReason, Change, Fact, Fault, Guard, Operation, Outcome, Payment, PaymentState, Refusal, ReservationState, Version,
    Wallet, WalletEntry, WalletEntryKind, Write,
};

use crate::fixtures::*;

/// Returns a fixture in which Ada has paid 120,000 for seats 7 and 8.
fn paid(balance: i64) -> Fixture {
    Fixture::at(NOW)
        .with_schedule(a_schedule())
        .with_payment(payment_for(PAYMENT, RESERVATION, 120_000))
        .with_reservation(hold_until(RESERVATION, &[7, 8], in_seconds(-10)).confirmed_by(PAYMENT))
        .with_seats([a_seat(7), a_seat(8)].map(|seat| seat.sold_to(RESERVATION)))
        .with_wallet(a_wallet(ADA, balance))
}

fn ada_refunds() -> Command {
    Command { user: ADA, order: None, idempotency: idempotency(ADA, Operation::Refund, "once"), payment: PAYMENT, entry: ENTRY }
}

fn set_payments(fixture: &mut Fixture, state: PaymentState) {
    fixture.payments.iter_mut().for_each(|payment| payment.row = payment.row.clone().restore(state));
}

fn refusal_in(fixture: &Fixture) -> Refusal {
    refusal_of(decided(fixture, &ada_refunds()))
}

#[test]
fn a_refund_credits_the_wallet_and_frees_the_seats_and_does_nothing_else() {
    let fixture = paid(80_000);

    let (outcome, change) = outcome_of(decided(&fixture, &ada_refunds()));

    let refunded = payment_for(PAYMENT, RESERVATION, 120_000).row.restore(PaymentState::Cancelled { refunded_at: NOW });
    assert_eq!(outcome, Outcome::Paid { payment: refunded.clone(), balance: won(200_000) });
    let cancelled = ReservationState::Cancelled { reason: CancelReason::Refunded, payment: Some(PAYMENT) };
    let reservation = &fixture.reservations[0];
    let expected = Change {
        not_after: Some(a_schedule().starts_at()),
        guards: vec![Guard::Schedule(SCHEDULE, a_schedule().version)],
        writes: vec![
            Write::update(&a_seat(7), a_seat(7).row).into(),
            Write::update(&a_seat(8), a_seat(8).row).into(),
            Write::update(reservation, reservation.clone().with_state(cancelled).row).into(),
            Write::update(&payment_for(PAYMENT, RESERVATION, 0), refunded).into(),
            Write::update(&a_wallet(ADA, 0), Wallet::restore(ADA, won(200_000), 4)).into(),
            Write::insert(WalletEntry::restore(
                ENTRY,
                &Wallet::restore(ADA, won(200_000), 4),
                WalletEntryKind::Refund(PAYMENT),
                won(120_000),
                NOW,
            ))
            .into(),
            idempotency(ADA, Operation::Refund, "once").record(outcome, None, NOW, &rules()).into(),
        ],
        events: vec![
            Fact::PaymentRefunded { payment: PAYMENT, reservation: RESERVATION, user: ADA, amount: won(120_000) }.at(Version(401)),
            Fact::ReservationCancelled {
                reservation: RESERVATION,
                schedule: SCHEDULE,
                user: ADA,
                seats: vec![seat_number(7), seat_number(8)],
                reason: CancelReason::Refunded,
            }
            .at(Version(302)),
        ],
    };
    assert_eq!(change.map(in_order), Some(in_order(expected)));
}

#[test]
fn a_refund_may_fill_the_wallet_past_the_limit_of_charges() {
    let change = change_of(decided(&paid(10_000_000), &ada_refunds()));
    assert_eq!(row_of::<Wallet>(&change).map(|wallet| wallet.balance()), Some(won(10_120_000)));
}

#[test]
fn a_refund_past_64_bits_is_refused() {
    let full = WalletError::LimitExceeded { balance: won(i64::MAX), limit: won(i64::MAX) };
    assert_eq!(refusal_in(&paid(i64::MAX)), Refusal::Wallet(full));
}

#[test]
fn a_payment_is_refunded_once() {
    let mut fixture = paid(0);
    let state = PaymentState::Cancelled { refunded_at: in_seconds(-1) };
    set_payments(&mut fixture, state);
    assert_eq!(refusal_in(&fixture), Refusal::NotRefundable { state, started: false });
}

#[test]
fn a_user_cannot_refund_once_the_show_has_started() {
    let starting = |starts_at| {
        let mut fixture = paid(0);
        fixture.schedules.iter_mut().for_each(|schedule| schedule.row = schedule.row.clone().with_start(starts_at));
        fixture
    };
    assert_eq!(refusal_in(&starting(NOW)), Refusal::NotRefundable { state: PaymentState::Completed, started: true });
    let change = change_of(decided(&starting(NOW + MOMENT), &ada_refunds()));
    assert_eq!(change.not_after, Some(NOW + MOMENT));
}

#[test]
fn an_operator_can_refund_after_the_start() {
    let mut fixture = paid(0);
    fixture.schedules.iter_mut().for_each(|schedule| schedule.row = schedule.row.clone().with_start(in_seconds(-3600)));
    let command = Command { user: BEN, order: Some(an_order()), ..ada_refunds() };
    let change = change_of(decided(&fixture, &command));
    assert_eq!((change.not_after, row_of::<Wallet>(&change).map(|wallet| wallet.balance())), (None, Some(won(120_000))));
    assert_eq!(row_of::<AuditEntry>(&change).and_then(|audit_entry| audit_entry.reason).as_deref(), Some("a broken seat"));

    let before = change_of(decided(&paid(0), &Command { user: BEN, order: Some(an_order()), ..ada_refunds() }));
    assert_eq!(before.not_after, None, "the start is no deadline of an order");
    let state = PaymentState::Cancelled { refunded_at: NOW };
    set_payments(&mut fixture, state);
    assert_eq!(refusal_of(decided(&fixture, &command)), Refusal::NotRefundable { state, started: false });
}

#[test]
fn a_payment_for_a_cancelled_schedule_can_be_refunded_at_any_time() {
    let mut fixture = paid(0);
    fixture.schedules[0].row = fixture.schedules[0].row.clone().with_start(in_seconds(-3600));
    fixture = fixture.cancelled(SCHEDULE, "no");
    let change = change_of(decided(&fixture, &ada_refunds()));
    assert_eq!((change.not_after, change.row::<Payment>().is_some()), (None, true));
}

#[test]
fn only_the_payer_and_operators_can_refund() {
    let by = |user, order| decided(&paid(0), &Command { user, order, ..ada_refunds() });
    assert_eq!(refusal_of(by(BEN, None)), Refusal::NotFound);
    let change = change_of(by(BEN, Some(an_order())));
    let audit_entry = an_order().audit_entry(Action::Refund, Subject::Payment(PAYMENT), Vec::new(), NOW);
    assert_eq!(written(&change), [Write::insert(audit_entry)], "the audit log has an entry");
    assert_eq!(row_of::<Wallet>(&change).map(|wallet| wallet.user()), Some(ADA), "the payer is credited, not the operator");
    assert_eq!(row_of::<WalletEntry>(&change).map(|entry| entry.user()), Some(ADA));
}

#[test]
fn a_missing_payment_is_not_found() {
    assert_eq!(refusal_in(&Fixture::at(NOW)), Refusal::NotFound);
    let other = Command { payment: OTHER_PAYMENT, ..ada_refunds() };
    assert_eq!(refusal_of(decided(&paid(0), &other)), Refusal::NotFound);
}

#[test]
fn a_repeated_refund_is_replayed() {
    let first = Outcome::Paid { payment: payment_for(PAYMENT, RESERVATION, 120_000).row, balance: won(120_000) };
    let record = a_key_record(&idempotency(ADA, Operation::Refund, "once"), first.clone(), in_seconds(-60));
    let mut fixture = paid(120_000).with_key(record);
    set_payments(&mut fixture, PaymentState::Cancelled { refunded_at: in_seconds(-60) });

    let decision = decided(&fixture, &ada_refunds()).unwrap();

    assert_eq!((decision.outcome, decision.at), (first, in_seconds(-60)));
    assert_eq!((decision.change, decision.replayed), (None, true));
}

#[test]
fn a_key_cannot_be_reused_for_another_refund() {
    let first = Outcome::Paid { payment: payment_for(OTHER_PAYMENT, RESERVATION, 1).row, balance: won(1) };
    let mut record = a_key_record(&idempotency(ADA, Operation::Refund, "once"), first, in_seconds(-60));
    record.row.fingerprint = domain::Fingerprint([2; 32]);
    assert_eq!(refusal_in(&paid(0).with_key(record)), Refusal::KeyReused);
}

#[test]
fn a_refund_without_all_seats_of_the_reservation_is_a_fault() {
    let mut fixture = paid(0);
    fixture.seats.clear();
    let fault = Fault::SeatsMissing { reservation: RESERVATION, seats: vec![seat_number(7), seat_number(8)] };
    assert_eq!(refusal_in(&fixture), Refusal::Fault(fault));
}

#[test]
fn a_refund_with_a_seat_of_another_reservation_is_a_fault() {
    let fixture = paid(0).with_seats([a_seat(7).sold_to(reservation(2))]);
    let fault = Fault::SeatsMissing { reservation: RESERVATION, seats: vec![seat_number(7)] };
    assert_eq!(refusal_in(&fixture), Refusal::Fault(fault));
}

/// Returns the fixture of [`paid`] in which the ticket of seat 8 was used.
fn with_a_used_ticket() -> Fixture {
    let mut fixture = paid(0);
    let reservation = &mut fixture.reservations[0];
    reservation.row =
        reservation.row.clone().use_seat(seat_number(8), in_seconds(-9), a_moment()).unwrap_or_else(|error| panic!("{error}"));
    fixture
}

#[test]
fn a_user_cannot_refund_a_used_ticket() {
    assert_eq!(refusal_in(&with_a_used_ticket()), Refusal::TicketUsed { used_at: in_seconds(-9) });
}

#[test]
fn an_operator_can_refund_a_used_ticket_which_keeps_the_time_of_its_use() {
    let change = change_of(decided(&with_a_used_ticket(), &Command { user: BEN, order: Some(an_order()), ..ada_refunds() }));
    let refunded = row_of::<domain::Reservation>(&change).unwrap();
    assert_eq!(refunded.seats().iter().map(|seat| seat.used_at).collect::<Vec<_>>(), [None, Some(in_seconds(-9))]);
}

#[test]
fn a_user_can_refund_a_used_ticket_of_a_cancelled_schedule() {
    let fixture = with_a_used_ticket().cancelled(SCHEDULE, "The power failed.");
    assert!(change_of(decided(&fixture, &ada_refunds())).row::<Payment>().is_some());
}
