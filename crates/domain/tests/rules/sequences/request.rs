//! What people do, drawn at random; and the command that it comes to in the world as it is.

use domain::decide::admission::Pass;
use domain::decide::{charge, claim, exchange, hold, join, leave, pay, refund, register, release};
use domain::key::Keyed;
use domain::reservation::SeatChoice;
use domain::{
    EntryId, Fingerprint, KeyScope, Operation, Order, Payment, PaymentId, PaymentState, QueueId, QueueState, RequestKey, Reservation,
    ReservationId, ScheduleId, TokenId, UserId, UserName,
};
use proptest::prelude::*;
use uuid::Uuid;

use super::world::{CONCERTS, DATES, QUEUES, SEATS_A_DATE, World};
use crate::fixtures::{seat, seats, won};

const PEOPLE: u8 = 5;

/// One step of a sequence.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// The clock goes on by so many seconds.
    Wait(i64),
    /// Somebody does something.
    One(Move),
    /// One request, sent twice at once.
    Twice(Move),
    /// Two requests decided on the same snapshot; the commits come so many seconds later.
    Race { first: Move, second: Move, pause: i64 },
    /// An answered request with a key is sent again.
    Again(prop::sample::Index),
    /// An operator opens, pauses or closes a queue and sets its capacity.
    SetQueue { queue: usize, state: QueueState, capacity: u32 },
    /// An operator blocks or unblocks a seat.
    Block { date: usize, number: u32 },
    /// An operator cancels a date.
    Cancel { date: usize },
}

/// What somebody does. Most whims are harmless; the lowest and the highest go wrong, each in a way of its own.
#[derive(Debug, Clone)]
pub(crate) enum Move {
    Register { who: u8 },
    Join { who: u8, concert: usize },
    Tick { queue: usize },
    Leave { who: u8, concert: usize, whim: u8 },
    Look { who: u8, date: usize, whim: u8 },
    Hold { who: u8, date: usize, from: u32, count: u32, whim: u8 },
    Exchange { who: u8, date: usize, from: u32, count: u32, whim: u8 },
    Release { who: u8, whim: u8 },
    Charge { who: u8, amount: i64, whim: u8 },
    Pay { who: u8, whim: u8 },
    Refund { who: u8, whim: u8 },
    Sweep,
}

/// A move as the command that it comes to.
#[derive(Debug, Clone)]
pub(crate) enum Request {
    Register(register::Command),
    Join(join::Command),
    Tick(QueueId),
    Leave(leave::Command),
    Claim(claim::Command),
    Hold(hold::Command),
    Exchange(exchange::Command),
    Release(release::Command),
    Charge(charge::Command),
    Pay(pay::Command),
    Refund(refund::Command),
    Sweep,
}

/// The doors open: four people have money and stand in the first line.
pub(crate) fn opening() -> Vec<Step> {
    let arrive = |who| [Move::Charge { who, amount: 1_000, whim: 9 }, Move::Join { who, concert: 0 }];
    (0..4).flat_map(arrive).map(Step::One).collect()
}

pub(crate) fn any_step() -> impl Strategy<Value = Step> {
    let wait = prop_oneof![20 => 1..20_i64, 3 => Just(120), 2 => Just(300), 1 => Just(600), 1 => Just(43_200)];
    let pause = prop_oneof![12 => Just(0_i64), 1 => Just(60), 1 => Just(120), 1 => Just(300)];
    let state = prop_oneof![6 => Just(QueueState::Open), 1 => Just(QueueState::Paused), 1 => Just(QueueState::Closed)];
    prop_oneof![
        6 => wait.prop_map(Step::Wait),
        30 => any_move().prop_map(Step::One),
        4 => any_move().prop_map(Step::Twice),
        10 => (any_move(), any_move(), pause).prop_map(|(first, second, pause)| Step::Race { first, second, pause }),
        2 => any::<prop::sample::Index>().prop_map(Step::Again),
        1 => (0..QUEUES.len(), state, 0..4_u32).prop_map(|(queue, state, capacity)| Step::SetQueue { queue, state, capacity }),
        1 => (0..DATES.len(), 1..=SEATS_A_DATE).prop_map(|(date, number)| Step::Block { date, number }),
        // The first date takes place more often than not: most things happen there.
        1 => prop_oneof![1 => Just(0_usize), 12 => Just(1), 12 => Just(2)].prop_map(|date| Step::Cancel { date }),
    ]
}

fn any_move() -> impl Strategy<Value = Move> {
    let who = || 0..PEOPLE;
    let whim = || 0..40_u8;
    // Most go to the first concert, and there to the first date.
    let date = || prop_oneof![4 => Just(0_usize), 1 => Just(1), 1 => Just(2)];
    let concert = || prop_oneof![4 => Just(0_usize), 1 => Just(1)];
    let count = || prop_oneof![4 => Just(1_u32), 3 => Just(2), 1 => Just(3)];
    let amount = prop_oneof![8 => 200..=1_000_i64, 1 => Just(0), 1 => Just(1_001)];
    prop_oneof![
        1 => who().prop_map(|who| Move::Register { who }),
        6 => (who(), concert()).prop_map(|(who, concert)| Move::Join { who, concert }),
        10 => (0..QUEUES.len()).prop_map(|queue| Move::Tick { queue }),
        1 => (who(), concert(), whim()).prop_map(|(who, concert, whim)| Move::Leave { who, concert, whim }),
        3 => (who(), date(), whim()).prop_map(|(who, date, whim)| Move::Look { who, date, whim }),
        12 => (who(), date(), 1..=SEATS_A_DATE, count(), whim())
            .prop_map(|(who, date, from, count, whim)| Move::Hold { who, date, from, count, whim }),
        8 => (who(), 0..DATES.len(), 1..=SEATS_A_DATE, count(), whim())
            .prop_map(|(who, date, from, count, whim)| Move::Exchange { who, date, from, count, whim }),
        2 => (who(), whim()).prop_map(|(who, whim)| Move::Release { who, whim }),
        5 => (who(), amount, whim()).prop_map(|(who, amount, whim)| Move::Charge { who, amount, whim }),
        8 => (who(), whim()).prop_map(|(who, whim)| Move::Pay { who, whim }),
        3 => (who(), whim()).prop_map(|(who, whim)| Move::Refund { who, whim }),
        4 => Just(Move::Sweep),
    ]
}

fn person(who: u8) -> UserId {
    UserId(Uuid::from_u128(u128::from(who) + 1))
}

/// So many seats from one on, as far as there are; on the third whim, one that there isn't.
fn choice(from: u32, count: u32, whim: u8) -> SeatChoice {
    let last = if whim == 3 { SEATS_A_DATE + 1 } else { (from + count - 1).min(SEATS_A_DATE) };
    seats(&(from..=last).collect::<Vec<_>>())
}

fn seats_of(reservation: &Reservation) -> SeatChoice {
    seats(&reservation.numbers().map(domain::SeatNumber::get).collect::<Vec<_>>())
}

/// One of `users`, unless on a whim it is to be anybody.
fn pick(users: Vec<UserId>, who: u8, whim: u8) -> Option<UserId> {
    users.into_iter().cycle().nth(usize::from(who)).filter(|_| whim >= 8)
}

/// The ids and keys of requests, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Ids(u128);

impl Ids {
    fn draw<T: From<Uuid>>(&mut self) -> T {
        self.0 += 1;
        T::from(Uuid::from_u128(self.0))
    }

    /// A new key; on a whim, one that may have been used before.
    fn keyed(&mut self, user: UserId, operation: Operation, whim: u8) -> Keyed {
        self.0 += 1;
        let key = if whim >= 37 { "again".to_owned() } else { format!("key-{}", self.0) };
        let key = RequestKey::new(&key).unwrap_or_else(|error| panic!("{error}"));
        let mut says = [0; 32];
        says[..16].copy_from_slice(&self.0.to_be_bytes());
        Keyed { scope: KeyScope { user, operation, key }, fingerprint: Fingerprint(says) }
    }
}

impl Request {
    /// The same request once more: the ids of what it would make are drawn anew.
    pub(crate) fn again(mut self, ids: &mut Ids) -> Self {
        match &mut self {
            Self::Hold(command) => command.id = ids.draw(),
            Self::Exchange(command) => command.wanted.id = ids.draw(),
            Self::Charge(command) => command.id = ids.draw(),
            Self::Pay(command) => (command.id, command.entry) = (ids.draw(), ids.draw()),
            Self::Refund(command) => command.entry = ids.draw(),
            Self::Join(command) => command.token = ids.draw(),
            Self::Register(command) => command.user = ids.draw(),
            Self::Tick(_) | Self::Leave(_) | Self::Claim(_) | Self::Release(_) | Self::Sweep => {}
        }
        self
    }
}

impl World {
    /// The command that `what` comes to here and now.
    pub(crate) fn request(&self, what: &Move, ids: &mut Ids) -> Request {
        match *what {
            Move::Register { who } => {
                // A stranger: whoever has a wallet got it by their first write.
                let user = if self.users.contains_key(&person(who)) { ids.draw::<UserId>() } else { person(who) };
                let user = UserId(Uuid::from_u128(user.0.as_u128() | 1 << 100));
                Request::Register(register::Command {
                    user,
                    name: UserName::new("Ada").unwrap_or_else(|error| panic!("{error}")),
                    keyed: None,
                })
            }
            Move::Join { who, concert } => {
                Request::Join(join::Command { user: person(who), concert: Some(CONCERTS[concert]), token: ids.draw() })
            }
            Move::Tick { queue } => Request::Tick(QUEUES[queue]),
            Move::Leave { who, concert, whim } => {
                let token = self.token_for(person(who), QUEUES[concert], whim).unwrap_or_else(|| ids.draw());
                Request::Leave(leave::Command { user: person(who), token })
            }
            Move::Look { who, date, whim } => {
                let queue = self.queue_of(DATES[date]);
                let pass = self.pass(self.somebody_in(queue, who, whim), queue, whim);
                Request::Claim(claim::Command { pass, queue })
            }
            Move::Hold { who, date, from, count, whim } => self.hold(who, DATES[date], choice(from, count, whim), whim, ids),
            Move::Exchange { who, date, from, count, whim } => self.exchange(who, DATES[date], choice(from, count, whim), whim, ids),
            Move::Release { who, whim } => {
                let user = self.somebody_with_a_hold(who, whim);
                let reservation = self.reservation_for(user, whim).map_or_else(|| ids.draw(), |found| found.id);
                Request::Release(release::Command { user, reservation })
            }
            Move::Charge { who, amount, whim } => {
                let keyed = ids.keyed(person(who), Operation::Charge, whim);
                Request::Charge(charge::Command { user: None, order: None, keyed, id: ids.draw(), amount: won(amount) })
            }
            Move::Pay { who, whim } => self.pay(who, whim, ids),
            Move::Refund { who, whim } => self.refund(who, whim, ids),
            Move::Sweep => Request::Sweep,
        }
    }

    fn hold(&self, who: u8, date: ScheduleId, wanted: SeatChoice, whim: u8, ids: &mut Ids) -> Request {
        let user = self.somebody_in(self.queue_of(date), who, whim);
        let pass = self.pass(user, self.queue_of(date), whim);
        let live = self.reservations.values().find(|hold| Some(hold.token) == pass.token && hold.occupies());
        let (schedule, seats) = match live {
            Some(hold) if whim.is_multiple_of(4) => (hold.schedule, seats_of(hold)),
            Some(_) | None => (date, wanted),
        };
        let keyed = ids.keyed(user, Operation::Hold, whim);
        Request::Hold(hold::Command { pass, keyed, id: ids.draw::<ReservationId>(), schedule, seats })
    }

    /// Mostly for seats of the date that the hold is of, and now and then for the very same.
    fn exchange(&self, who: u8, date: ScheduleId, wanted: SeatChoice, whim: u8, ids: &mut Ids) -> Request {
        let user = self.somebody_with_a_hold(who, whim);
        let found = self.reservation_for(user, whim);
        let (schedule, seats) = match found {
            Some(hold) if whim.is_multiple_of(8) => (hold.schedule, seats_of(hold)),
            Some(hold) if !whim.is_multiple_of(3) => (hold.schedule, wanted),
            Some(_) | None => (date, wanted),
        };
        let pass = self.pass(user, self.queue_of(schedule), whim);
        let held = found.map_or_else(|| ids.draw(), |reservation| reservation.id);
        let keyed = ids.keyed(user, Operation::Exchange, whim);
        let wanted = hold::Command { pass, keyed, id: ids.draw::<ReservationId>(), schedule, seats };
        Request::Exchange(exchange::Command { wanted, held })
    }

    fn pay(&self, who: u8, whim: u8, ids: &mut Ids) -> Request {
        let user = self.somebody_with_a_hold(who, whim);
        let found = self.reservation_for(user, whim);
        let queue = found.and_then(|reservation| self.queue_of(reservation.schedule));
        let pass = self.pass(user, queue, whim);
        let reservation = found.map_or_else(|| ids.draw(), |reservation| reservation.id);
        let amount = match whim {
            6 | 39 => Some(won(1)),
            7..=12 => found.map(|reservation| reservation.amount),
            _ => None,
        };
        let keyed = ids.keyed(user, Operation::Pay, whim);
        Request::Pay(pay::Command { pass, keyed, id: ids.draw::<PaymentId>(), entry: ids.draw::<EntryId>(), reservation, amount })
    }

    fn refund(&self, who: u8, whim: u8, ids: &mut Ids) -> Request {
        let open = |payment: &Payment| payment.state() == PaymentState::Completed;
        let payers = self.payments.values().filter(|payment| open(payment)).map(|payment| payment.user);
        let user = pick(payers.collect(), who, whim).unwrap_or(person(who));
        let own = |payment: &Payment| payment.user == user || whim < 4;
        let mine = || self.payments.values().filter(|payment| own(payment));
        let found = mine().find(|payment| open(payment) && whim > 8).or_else(|| mine().next());
        let payment = found.map_or_else(|| ids.draw(), |payment| payment.id);
        let operator = whim.is_multiple_of(2) && whim < 4;
        let order = operator.then(|| Order { operator: user, deed: ids.draw(), reason: None });
        let keyed = ids.keyed(user, Operation::Refund, whim);
        Request::Refund(refund::Command { user, order, keyed, payment, entry: ids.draw() })
    }

    /// Mostly somebody who is admitted to `queue`.
    fn somebody_in(&self, queue: Option<QueueId>, who: u8, whim: u8) -> UserId {
        let tokens = queue.into_iter().flat_map(|queue| self.active(queue));
        pick(tokens.map(|token| token.user).collect(), who, whim).unwrap_or(person(who))
    }

    /// Mostly somebody who holds seats, lapsed or not.
    fn somebody_with_a_hold(&self, who: u8, whim: u8) -> UserId {
        let holds = self.reservations.values().filter(|reservation| reservation.occupies());
        pick(holds.map(|hold| hold.user).collect(), who, whim).unwrap_or(person(who))
    }

    fn pass(&self, user: UserId, queue: Option<QueueId>, whim: u8) -> Pass {
        let token = queue.and_then(|queue| self.token_for(user, queue, whim));
        Pass { user, token: token.filter(|_| whim != 1) }
    }

    /// The newest token of `user` in `queue`; on the first whim, anybody's.
    fn token_for(&self, user: UserId, queue: QueueId, whim: u8) -> Option<TokenId> {
        let mine = |token: &&domain::Versioned<domain::QueueToken>| whim == 0 || (token.user == user && token.queue == queue);
        self.tokens.values().filter(mine).max_by_key(|token| token.number).map(|token| token.id)
    }

    /// The live hold of `user`, else their newest reservation; on the third whim, anybody's.
    fn reservation_for(&self, user: UserId, whim: u8) -> Option<&Reservation> {
        let mine = || self.reservations.values().filter(move |reservation| whim == 2 || reservation.user == user);
        let held = mine().find(|reservation| reservation.occupies() && whim % 8 != 4);
        held.or_else(|| mine().max_by_key(|reservation| reservation.held_at)).map(|reservation| &reservation.row)
    }

    /// An operator's seat.
    pub(crate) fn block(&mut self, date: usize, number: u32) {
        self.block_or_unblock(DATES[date], seat(number));
    }
}
