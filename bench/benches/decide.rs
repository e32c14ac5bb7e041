//! The decisions alone, without store or network, on rows as a store loads them: a hold, a payment, a tick that admits a thousand users.
#![expect(clippy::unwrap_used, reason = "a bench whose setup fails can't run")]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use domain::change::Admission;
use domain::decide::{admit, hold, pay};
use domain::need::{QueueCounts, QueueHead};
use domain::testing::{
    ADA, NOW, QUEUE, SCHEDULE, a_hold, a_queue, a_seat, a_token, a_wallet, an_admitted_token, idempotency, on_sale, pass, payment_of,
    reservation_of, rules, seats, user,
};
use domain::{Command, Needs, Operation, QueuePolicy, Rows, Rules, Version, Versioned, WalletEntryId};
use uuid::Uuid;

const WAITING: u32 = 1_000;

fn main() {
    divan::main();
}

/// Ada holds seats 7 and 8.
#[divan::bench]
fn hold_two_seats(bencher: Bencher<'_, '_>) {
    let rules = rules_for_a_thousand();
    let rows = on_sale().with(an_admitted_token(ADA)).with(a_seat(7)).with(a_seat(8));
    let (idempotency, id, seats) = (idempotency(ADA, Operation::Hold, "once"), reservation_of(ADA), seats(&[7, 8]));
    let command = hold::Command { pass: pass(ADA), idempotency, id, schedule: SCHEDULE, seats: seats.into() };
    assert!(writes(&command, &rows, &rules), "Ada can't hold");
    bencher.bench_local(|| black_box(&command).decide_by(black_box(&rows), &rules));
}

/// Ada pays for seats 7 and 8.
#[divan::bench]
fn pay_for_two_seats(bencher: Bencher<'_, '_>) {
    let (rules, hold) = (rules_for_a_thousand(), a_hold(ADA, &[7, 8]));
    let mut rows = on_sale().with(an_admitted_token(ADA)).with(a_wallet(ADA, 200_000));
    rows.add_all([7, 8].map(|number| a_seat(number).held_under(&hold)));
    let (idempotency, id, entry) = (idempotency(ADA, Operation::Pay, "once"), payment_of(ADA), WalletEntryId(Uuid::from_u128(7)));
    let command = pay::Command { pass: pass(ADA), idempotency, id, entry, reservation: hold.id(), amount: None };
    rows.add(hold);
    assert!(writes(&command, &rows, &rules), "Ada can't pay");
    bencher.bench_local(|| black_box(&command).decide_by(black_box(&rows), &rules));
}

fn writes(command: &impl Command, rows: &Rows, rules: &Rules) -> bool {
    command.decide_by(rows, rules).unwrap().is_ok_and(|decision| decision.change.is_some())
}

/// A tick admits a thousand users.
#[divan::bench]
fn admit_a_thousand(bencher: Bencher<'_, '_>) {
    let rules = rules_for_a_thousand();
    let mut rows = Rows::at(NOW).with(a_queue());
    rows.add_queue_counts(
        QUEUE,
        QueueCounts { admission: Versioned::new(Version::FIRST, Admission::new(QUEUE)), waiting: WAITING, active: Some(0) },
    );
    rows.add_all((1..=u64::from(WAITING)).map(|number| a_token(user(number)).numbered(number)));
    let need = QueueHead { queue: QUEUE, at_most: WAITING };
    let tick = |rows: &Rows| admit::decide(&need.find(rows).unwrap().unwrap(), NOW, &rules);
    let admitted = tick(&rows).map(|(_, ticked)| ticked.admitted);
    assert!(admitted == Some(WAITING), "the tick admits {admitted:?}");
    bencher.counter(ItemsCount::new(WAITING)).bench_local(|| tick(black_box(&rows)));
}

/// Returns rules that admit a thousand users at once.
fn rules_for_a_thousand() -> Rules {
    Rules { queue: QueuePolicy { capacity: 2 * WAITING, batch: WAITING, ..rules().queue }, ..rules() }
}
