//! The decisions alone, without store or network, from the rows that a store has loaded: a hold, a payment, a tick that lets a thousand in.
#![expect(clippy::unwrap_used, reason = "a bench whose world can't be made fails")]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use domain::decide::admission::Pass;
use domain::decide::{admit, hold, pay};
use domain::key::Keyed;
use domain::need::{Line, Standing};
use domain::queue::PolicyOverrides;
use domain::reservation::{Claim, SeatChoice};
use domain::{
    Command, Concert, ConcertId, EntryId, Fingerprint, KeyScope, Money, Needs, NewToken, Operation, PaymentId, Queue, QueueId, QueuePolicy,
    QueueToken, RequestKey, Reservation, ReservationId, ReservedSeat, Rows, Rules, Schedule, ScheduleId, Seat, SeatNumber, SeatState,
    TokenId, TokenState, UserId, Version, Versioned, Wallet, Zone,
};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const NOW: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);
const ADA: UserId = UserId(Uuid::from_u128(1));
const QUEUE: QueueId = QueueId(Uuid::from_u128(2));
const CONCERT: ConcertId = ConcertId(Uuid::from_u128(3));
const DATE: ScheduleId = ScheduleId(Uuid::from_u128(4));
const RESERVATION: ReservationId = ReservationId(Uuid::from_u128(5));
const LINE: u32 = 1_000;

fn main() {
    divan::main();
}

/// Ada holds seats 7 and 8.
#[divan::bench]
fn hold_two_seats(bencher: Bencher<'_, '_>) {
    let (rules, seats) = (rules(), SeatChoice::new(numbers().to_vec()).unwrap());
    let mut rows = admitted();
    rows.add_all(free_seats());
    let command = hold::Command { pass: pass(), keyed: keyed(Operation::Hold), id: RESERVATION, schedule: DATE, seats };
    assert!(writes(&command, &rows, &rules), "Ada can't hold");
    bencher.bench_local(|| black_box(&command).decide_by(black_box(&rows), &rules));
}

/// Ada pays for them.
#[divan::bench]
fn pay_for_two_seats(bencher: Bencher<'_, '_>) {
    let (rules, until) = (rules(), NOW + Duration::minutes(4));
    let mut seats = free_seats();
    let reserved = seats.iter().map(|seat| ReservedSeat { number: seat.number, label: seat.label.clone(), price: seat.price }).collect();
    for seat in &mut seats {
        let Seat { schedule, number, label, price, .. } = seat.row.clone();
        seat.row = Seat::restore(schedule, number, label, price, SeatState::Held { reservation: RESERVATION, until });
    }
    let claim = Claim { id: RESERVATION, user: ADA, token: token(1), concert: CONCERT, schedule: DATE };
    let reservation = Reservation::hold(claim, reserved, Money::new(120_000).unwrap(), NOW - Duration::MINUTE, until);
    let wallet = Wallet::restore(ADA, Money::new(200_000).unwrap(), 1);
    let mut rows = admitted().with(row(reservation)).with(row(wallet));
    rows.add_all(seats);
    let (id, entry) = (PaymentId(Uuid::from_u128(6)), EntryId(Uuid::from_u128(7)));
    let command = pay::Command { pass: pass(), keyed: keyed(Operation::Pay), id, entry, reservation: RESERVATION, amount: None };
    assert!(writes(&command, &rows, &rules), "Ada can't pay");
    bencher.bench_local(|| black_box(&command).decide_by(black_box(&rows), &rules));
}

fn writes(command: &impl Command, rows: &Rows, rules: &Rules) -> bool {
    command.decide_by(rows, rules).unwrap().is_ok_and(|decision| decision.change.is_some())
}

/// A tick lets a thousand in.
#[divan::bench]
fn admit_a_thousand(bencher: Bencher<'_, '_>) {
    let rules = rules();
    let mut rows = Rows::at(NOW).with(row(queue()));
    rows.add_standing(QUEUE, Standing { admission: Version(1), waiting: LINE, active: Some(0) });
    rows.add_all((1..=LINE).map(|number| row(in_line(number, TokenState::Waiting))));
    let need = Line { queue: QUEUE, at_most: LINE };
    let tick = |rows: &Rows| admit::decide(&need.find(rows).unwrap().unwrap(), NOW, &rules);
    let admitted = tick(&rows).map(|(_, ticked)| ticked.admitted);
    assert!(admitted == Some(LINE), "the tick lets {admitted:?} in");
    bencher.counter(ItemsCount::new(LINE)).bench_local(|| tick(black_box(&rows)));
}

fn rules() -> Rules {
    let (active, claim) = (Duration::minutes(10), Duration::minutes(2));
    Rules {
        hold: Duration::minutes(5),
        max_seats_per_user: 4,
        currency: "KRW".parse().unwrap(),
        charging: domain::Charging::Open,
        max_charge: Money::new(1_000_000).unwrap(),
        max_balance: Money::new(10_000_000).unwrap(),
        queue: QueuePolicy { capacity: 2 * LINE, batch: LINE, active, claim, max_waiting: None },
        key_retention: Duration::DAY,
    }
}

/// What is loaded for whatever Ada does, who is in.
fn admitted() -> Rows {
    let active = TokenState::Active { activated_at: NOW - Duration::MINUTE, claimed: true, expires_at: NOW + Duration::minutes(9) };
    let concert = Concert::new(CONCERT, "Club Night".into(), "Frontrow".into(), QUEUE);
    let starts_at = NOW + Duration::WEEK;
    let date = Schedule::new(DATE, CONCERT, starts_at, Zone::new("Asia/Seoul").unwrap(), NOW - Duration::DAY..starts_at);
    Rows::at(NOW).with(row(queue())).with(row(in_line(1, active))).with(row(concert)).with(row(date))
}

fn queue() -> Queue {
    Queue::new(QUEUE, "main".into(), PolicyOverrides::default(), None)
}

fn in_line(number: u32, state: TokenState) -> QueueToken {
    let user = UserId(Uuid::from_u128(number.into()));
    let new = NewToken { id: token(number), queue: QUEUE, user, concert: None, joined_at: NOW - Duration::HOUR };
    QueueToken::restore(new, number.into(), state)
}

fn free_seats() -> Vec<Versioned<Seat>> {
    let price = Money::new(60_000).unwrap();
    numbers().into_iter().map(|number| row(Seat::new(DATE, number, "Section A Row 1 Seat 7".into(), price))).collect()
}

fn numbers() -> [SeatNumber; 2] {
    [7, 8].map(|number| SeatNumber::new(number).unwrap())
}

fn keyed(operation: Operation) -> Keyed {
    Keyed { scope: KeyScope { user: ADA, operation, key: RequestKey::new("once").unwrap() }, fingerprint: Fingerprint([1; 32]) }
}

const fn pass() -> Pass {
    Pass { user: ADA, token: Some(token(1)) }
}

const fn token(number: u32) -> TokenId {
    TokenId(Uuid::from_u128(0x100_0000 + number as u128))
}

fn row<T>(row: T) -> Versioned<T> {
    Versioned::new(Version(1), row)
}
