//! The decisions alone, without store or network, from the rows that a store has loaded: a hold, a payment, a tick that lets a thousand in.
#![expect(clippy::unwrap_used, reason = "a bench whose world can't be made fails")]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use domain::decide::{admit, hold, pay};
use domain::need::{Line, Standing};
use domain::testing::{
    ADA, NOW, QUEUE, SCHEDULE, a_hold, a_queue, a_seat, a_token, a_wallet, an_admitted_token, idempotency, on_sale, pass, payment_of,
    reservation_of, rules, seats, user,
};
use domain::{Command, EntryId, Needs, Operation, QueuePolicy, Rows, Rules, Version};
use uuid::Uuid;

const LINE: u32 = 1_000;

fn main() {
    divan::main();
}

/// Ada holds seats 7 and 8.
#[divan::bench]
fn hold_two_seats(bencher: Bencher<'_, '_>) {
    let rules = roomy_rules();
    let rows = on_sale().with(an_admitted_token(ADA)).with(a_seat(7)).with(a_seat(8));
    let (idempotency, id, seats) = (idempotency(ADA, Operation::Hold, "once"), reservation_of(ADA), seats(&[7, 8]));
    let command = hold::Command { pass: pass(ADA), idempotency, id, schedule: SCHEDULE, seats };
    assert!(writes(&command, &rows, &rules), "Ada can't hold");
    bencher.bench_local(|| black_box(&command).decide_by(black_box(&rows), &rules));
}

/// Ada pays for them.
#[divan::bench]
fn pay_for_two_seats(bencher: Bencher<'_, '_>) {
    let (rules, hold) = (roomy_rules(), a_hold(ADA, &[7, 8]));
    let mut rows = on_sale().with(an_admitted_token(ADA)).with(a_wallet(ADA, 200_000));
    rows.add_all([7, 8].map(|number| a_seat(number).held_under(&hold)));
    let (idempotency, id, entry) = (idempotency(ADA, Operation::Pay, "once"), payment_of(ADA), EntryId(Uuid::from_u128(7)));
    let command = pay::Command { pass: pass(ADA), idempotency, id, entry, reservation: hold.id(), amount: None };
    rows.add(hold);
    assert!(writes(&command, &rows, &rules), "Ada can't pay");
    bencher.bench_local(|| black_box(&command).decide_by(black_box(&rows), &rules));
}

fn writes(command: &impl Command, rows: &Rows, rules: &Rules) -> bool {
    command.decide_by(rows, rules).unwrap().is_ok_and(|decision| decision.change.is_some())
}

/// A tick lets a thousand in.
#[divan::bench]
fn admit_a_thousand(bencher: Bencher<'_, '_>) {
    let rules = roomy_rules();
    let mut rows = Rows::at(NOW).with(a_queue());
    rows.add_standing(QUEUE, Standing { admission: Version(1), waiting: LINE, active: Some(0) });
    rows.add_all((1..=u64::from(LINE)).map(|number| a_token(user(number)).numbered(number)));
    let need = Line { queue: QUEUE, at_most: LINE };
    let tick = |rows: &Rows| admit::decide(&need.find(rows).unwrap().unwrap(), NOW, &rules);
    let admitted = tick(&rows).map(|(_, ticked)| ticked.admitted);
    assert!(admitted == Some(LINE), "the tick lets {admitted:?} in");
    bencher.counter(ItemsCount::new(LINE)).bench_local(|| tick(black_box(&rows)));
}

/// A thousand are let in at once.
fn roomy_rules() -> Rules {
    Rules { queue: QueuePolicy { capacity: 2 * LINE, batch: LINE, ..rules().queue }, ..rules() }
}
