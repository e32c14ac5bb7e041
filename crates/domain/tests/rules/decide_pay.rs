//! Payment of held seats.

use domain::decide::admission::Pass;
use domain::decide::pay::Command;
use domain::reservation::ReservationStatus;
use domain::wallet::WalletError;
use domain::{
    CancelReason, Change, ExpiryReason, Fact, Fault, Guard, Operation, Outcome, Payment, Refusal, Reservation, Version, Versioned, Wallet,
    WalletEntry, WalletEntryKind, Write,
};
use time::OffsetDateTime;

use crate::fixtures::*;

/// Returns a fixture in which Ada holds seats 7 and 8 for 120,000 until `until`.
fn holding(until: OffsetDateTime, balance: i64) -> Fixture {
    Fixture::at(NOW)
        .with_queue(a_queue(), 1, 0)
        .with_token(a_token(ADA).claimed(in_seconds(-60), in_seconds(540)))
        .with_concert(a_concert())
        .with_reservation(hold_until(RESERVATION, &[7, 8], until))
        .with_seats([a_seat(7), a_seat(8)].map(|seat| seat.held_by(RESERVATION, until)))
        .with_wallet(a_wallet(ADA, balance))
}

fn with_reservation(reservation: Versioned<Reservation>) -> Fixture {
    holding(in_seconds(100), 200_000).with_reservation(reservation)
}

fn ada_pays() -> Command {
    Command {
        pass: Pass { user: ADA, token: Some(TOKEN) },
        idempotency: idempotency(ADA, Operation::Pay, "once"),
        id: PAYMENT,
        entry: ENTRY,
        reservation: RESERVATION,
        amount: None,
    }
}

fn refusal_in(fixture: &Fixture) -> Refusal {
    refusal_of(decided(fixture, &ada_pays()))
}

#[test]
fn a_payment_writes_wallet_seats_reservation_and_token_together_and_nothing_else() {
    let fixture = holding(in_seconds(100), 200_000);

    let (outcome, change) = outcome_of(decided(&fixture, &ada_pays()));

    let payment = Payment::new(PAYMENT, RESERVATION, ADA, won(120_000), NOW);
    assert_eq!(outcome, Outcome::Paid { payment: payment.clone(), balance: won(80_000) });
    let (token, hold) = (&fixture.tokens[0], &fixture.reservations[0]);
    let expected = Change {
        not_after: Some(in_seconds(100)),
        guards: vec![Guard::Schedule(SCHEDULE, a_schedule().version), Guard::Concert(CONCERT, a_concert().version)],
        writes: vec![
            Write::update(token, token.row.clone().pay(NOW).unwrap()).into(),
            Write::update(&a_seat(7), a_seat(7).sold_to(RESERVATION).row).into(),
            Write::update(&a_seat(8), a_seat(8).sold_to(RESERVATION).row).into(),
            Write::update(hold, hold.clone().confirmed_by(PAYMENT).row).into(),
            Write::insert(payment).into(),
            Write::update(&a_wallet(ADA, 0), Wallet::restore(ADA, won(80_000), 4)).into(),
            Write::insert(WalletEntry::restore(
                ENTRY,
                &Wallet::restore(ADA, won(80_000), 4),
                WalletEntryKind::Payment(PAYMENT),
                won(120_000),
                NOW,
            ))
            .into(),
            idempotency(ADA, Operation::Pay, "once").record(outcome, None, NOW, &rules()).into(),
        ],
        events: vec![
            Fact::PaymentCompleted { payment: PAYMENT, reservation: RESERVATION, user: ADA, amount: won(120_000) }.at(Version(1)),
            Fact::TokenExpired { token: TOKEN.digest(), queue: QUEUE, user: ADA, number: 1, reason: ExpiryReason::Paid }.at(Version(201)),
        ],
    };
    assert_eq!(change.map(in_order), Some(in_order(expected)));
}

#[test]
fn a_payment_may_use_the_whole_balance_and_not_more() {
    let change = change_of(decided(&holding(in_seconds(100), 120_000), &ada_pays()));
    assert_eq!(row_of::<Wallet>(&change).map(|wallet| wallet.balance()), Some(won(0)));

    let short = WalletError::Insufficient { balance: won(119_999), required: won(120_000) };
    assert_eq!(refusal_in(&holding(in_seconds(100), 119_999)), Refusal::Wallet(short));
}

#[test]
fn a_missing_wallet_counts_as_empty() {
    let fixture = Fixture { wallets: Vec::new(), ..holding(in_seconds(100), 0) };
    assert_eq!(refusal_in(&fixture), Refusal::Wallet(WalletError::Insufficient { balance: won(0), required: won(120_000) }));
}

#[test]
fn a_hold_can_be_paid_before_its_deadline_only() {
    let change = change_of(decided(&holding(NOW + MOMENT, 200_000), &ada_pays()));
    assert_eq!(change.not_after, Some(NOW + MOMENT));
    assert_eq!(refusal_in(&holding(NOW, 200_000)), Refusal::ReservationExpired);
}

#[test]
fn a_late_payment_is_refused_before_the_balance_is_checked() {
    assert_eq!(refusal_in(&holding(NOW, 0)), Refusal::ReservationExpired);
    let swept = hold_until(RESERVATION, &[7, 8], NOW).cancelled(CancelReason::Expired);
    assert_eq!(refusal_in(&Fixture { wallets: Vec::new(), ..with_reservation(swept) }), Refusal::ReservationExpired);
}

#[test]
fn a_hold_of_a_cancelled_schedule_is_not_payable_whatever_the_state_of_its_row() {
    let reason = domain::Note::new("The singer has a cold").ok();
    let live = holding(in_seconds(100), 0);
    let swept = live.clone().with_reservation(hold_until(RESERVATION, &[7, 8], NOW).cancelled(CancelReason::Expired));
    for fixture in [live, holding(NOW, 0), swept] {
        let refusal = refusal_in(&fixture.cancelled(SCHEDULE, "The singer has a cold"));
        assert_eq!(refusal, Refusal::ScheduleCancelled { reason: reason.clone() }, "before the balance is checked");
    }
    let another_schedule = holding(in_seconds(100), 200_000).with_schedule(Versioned::new(domain::Version(1), other_schedule()));
    assert!(decided(&another_schedule.cancelled(OTHER_SCHEDULE, "no"), &ada_pays()).is_ok());
}

fn other_schedule() -> domain::Schedule {
    a_schedule().with(|schedule| schedule.with_id(OTHER_SCHEDULE)).row
}

#[test]
fn a_payment_is_not_committed_after_the_deadline_of_the_token() {
    let fixture = holding(in_seconds(100), 200_000).with_token(a_token(ADA).claimed(in_seconds(-60), in_seconds(50)));
    assert_eq!(change_of(decided(&fixture, &ada_pays())).not_after, Some(in_seconds(50)));
}

#[test]
fn a_paid_released_or_refunded_reservation_is_not_payable() {
    let hold = hold_until(RESERVATION, &[7, 8], in_seconds(100));
    let cases = [
        (hold.clone().confirmed_by(OTHER_PAYMENT), ReservationStatus::Confirmed),
        (hold.clone().cancelled(CancelReason::Released), ReservationStatus::Cancelled(CancelReason::Released)),
        (hold.cancelled(CancelReason::Refunded), ReservationStatus::Cancelled(CancelReason::Refunded)),
    ];
    for (reservation, status) in cases {
        assert_eq!(refusal_in(&with_reservation(reservation)), Refusal::ReservationNotPayable(status));
    }
}

#[test]
fn a_specified_amount_must_equal_the_amount_due() {
    let fixture = holding(in_seconds(100), 200_000);
    let naming = |minor| decided(&fixture, &Command { amount: Some(won(minor)), ..ada_pays() });
    assert!(naming(120_000).is_ok());
    for minor in [0, 119_999, 120_001] {
        assert_eq!(refusal_of(naming(minor)), Refusal::AmountMismatch { due: won(120_000) });
    }
}

#[test]
fn a_price_increase_after_the_hold_does_not_apply() {
    let mut fixture = holding(in_seconds(100), 200_000);
    fixture.seats.iter_mut().for_each(|seat| *seat = seat.clone().with(|seat| seat.with_price(won(1_000_000))));
    let (outcome, _) = outcome_of(decided(&fixture, &ada_pays()));
    assert!(matches!(outcome, Outcome::Paid { payment, .. } if payment.amount() == won(120_000)));
}

#[test]
fn a_reservation_of_another_user_is_not_found_and_its_queue_not_revealed() {
    let bens = hold_until(RESERVATION, &[7, 8], in_seconds(100)).of(BEN, OTHER_TOKEN);
    assert_eq!(refusal_in(&with_reservation(bens.clone())), Refusal::NotFound);

    let mut elsewhere = with_reservation(bens);
    elsewhere.concerts.iter_mut().for_each(|concert| concert.row = concert.row.clone().move_to(OTHER_QUEUE));
    assert_eq!(refusal_in(&elsewhere), Refusal::NotFound);

    assert_eq!(refusal_in(&Fixture { reservations: Vec::new(), ..holding(in_seconds(100), 0) }), Refusal::NotFound);
}

#[test]
fn a_payment_needs_an_active_token() {
    let fixture = holding(in_seconds(100), 200_000);
    let by = |token| fixture.clone().with_token(token);
    let cases = [
        (by(a_token(ADA)), Refusal::TokenWaiting { token: TOKEN }),
        (by(a_token(ADA).of(BEN, TOKEN)), Refusal::TokenMismatch),
        (by(a_token(ADA).claimed(in_seconds(-60), in_seconds(60)).with(|token| token.with_queue(OTHER_QUEUE))), Refusal::TokenMismatch),
        (by(a_token(ADA).claimed(in_seconds(-600), NOW)), Refusal::TokenExpired(ExpiryReason::TimedOut)),
        (by(a_token(ADA).ended(ExpiryReason::Paid)), Refusal::TokenExpired(ExpiryReason::Paid)),
    ];
    for (fixture, refusal) in cases {
        assert_eq!(refusal_in(&fixture), refusal);
    }
    let without = Command { pass: Pass { user: ADA, token: None }, ..ada_pays() };
    assert_eq!(refusal_of(decided(&fixture, &without)), Refusal::TokenRequired);
}

#[test]
fn a_refused_first_request_claims_the_token() {
    let token = a_token(ADA).unclaimed(in_seconds(-60), in_seconds(60));
    let fixture = Fixture { reservations: Vec::new(), ..holding(in_seconds(100), 0).with_token(token.clone()) };
    let refused = refused(decided(&fixture, &ada_pays()));
    let claim = Change {
        not_after: Some(in_seconds(60)),
        guards: vec![Guard::Queue(QUEUE, a_queue().version)],
        writes: vec![Write::update(&token, token.clone().claimed(in_seconds(-60), in_seconds(540)).row).into()],
        ..Change::default()
    };
    assert_eq!((refused.refusal, refused.claim.as_deref()), (Refusal::NotFound, Some(&claim)));
}

#[test]
fn a_repeated_payment_is_replayed_although_the_token_has_ended() {
    let first = Outcome::Paid { payment: payment_for(PAYMENT, RESERVATION, 120_000).row, balance: won(80_000) };
    let record = a_key_record(&idempotency(ADA, Operation::Pay, "once"), first.clone(), in_seconds(-60));
    let after = holding(in_seconds(100), 80_000).with_token(a_token(ADA).ended(ExpiryReason::Paid)).with_key(record);

    let decision = decided(&after, &ada_pays()).unwrap();

    assert_eq!((decision.outcome, decision.at), (first, in_seconds(-60)));
    assert_eq!((decision.change, decision.replayed), (None, true));
}

#[test]
fn a_key_cannot_be_reused_for_another_payment() {
    let first = Outcome::Paid { payment: payment_for(PAYMENT, RESERVATION, 120_000).row, balance: won(80_000) };
    let mut record = a_key_record(&idempotency(ADA, Operation::Pay, "once"), first, in_seconds(-60));
    record.row.fingerprint = domain::Fingerprint([2; 32]);
    assert_eq!(refusal_in(&holding(in_seconds(100), 200_000).with_key(record)), Refusal::KeyReused);
}

#[test]
fn a_first_request_with_a_reused_key_claims_the_token() {
    let token = a_token(ADA).unclaimed(in_seconds(-60), in_seconds(60));
    let first = Outcome::Paid { payment: payment_for(PAYMENT, RESERVATION, 120_000).row, balance: won(80_000) };
    let mut record = a_key_record(&idempotency(ADA, Operation::Pay, "once"), first, in_seconds(-60));
    record.row.fingerprint = domain::Fingerprint([2; 32]);
    let fixture = holding(in_seconds(100), 200_000).with_token(token.clone()).with_key(record);

    let reused = refused(decided(&fixture, &ada_pays()));

    let claimed = token.clone().claimed(in_seconds(-60), in_seconds(540)).row;
    assert_eq!(reused.refusal, Refusal::KeyReused);
    assert_eq!(reused.claim.map(|claim| written(&claim)), Some(vec![Write::update(&token, claimed)]));
}

#[test]
fn a_payment_for_a_hold_with_a_missing_seat_is_a_fault() {
    let mut missing = holding(in_seconds(100), 200_000);
    missing.seats.retain(|loaded| loaded.number() == seat_number(7));
    let foreign_seat = holding(in_seconds(100), 200_000).with_seats([a_seat(8).held_by(reservation(2), in_seconds(100))]);
    for fixture in [missing, foreign_seat] {
        let fault = Fault::SeatsMissing { reservation: RESERVATION, seats: vec![seat_number(8)] };
        assert_eq!(refusal_in(&fixture), Refusal::Fault(fault));
    }
}
