//! Conversion of an action to a command, depending on the state of a store.

use uuid::Uuid;

use super::{Action, IdSequence};
use crate::decide::admission::Pass;
use crate::decide::{charge, check_in, claim, exchange, hold, join, leave, pay, refund, register, release};
use crate::seat_selection::SeatSelection;
use crate::testing::model::{CONCERTS, QUEUES, SCHEDULES, SEATS_PER_SCHEDULE};
use crate::testing::{ModelStore, seat_number, seats, user, won};
use crate::{
    Operation, OperatorOrder, Payment, PaymentId, PaymentState, QueueId, QueueToken, Reservation, ReservationId, ScheduleId, SeatNumber,
    TicketId, TokenId, UserId, UserName, WalletEntryId,
};

/// A command of any kind, or one of the two jobs of schedulers.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each is the command of its name")]
pub enum AnyCommand {
    Register(register::Command),
    Join(join::Command),
    /// A tick admits users of a queue.
    Tick(QueueId),
    Leave(leave::Command),
    Claim(claim::Command),
    Hold(hold::Command),
    Exchange(exchange::Command),
    Release(release::Command),
    Charge(charge::Command),
    Pay(pay::Command),
    Refund(refund::Command),
    CheckIn(check_in::Command),
    /// A sweep records lapsed holds as expired.
    Sweep,
}

impl AnyCommand {
    /// Returns the request as repeated by a client: with the same idempotency key, and with new ids for the rows that it would create.
    #[must_use]
    pub fn again(mut self, ids: &mut IdSequence) -> Self {
        match &mut self {
            Self::Hold(command) => command.id = ids.draw(),
            Self::Exchange(command) => command.wanted.id = ids.draw(),
            Self::Charge(command) => command.id = ids.draw(),
            Self::Pay(command) => (command.id, command.entry) = (ids.draw(), ids.draw()),
            Self::Refund(command) => command.entry = ids.draw(),
            Self::Join(command) => command.token = ids.draw(),
            Self::Register(command) => command.user = ids.draw(),
            Self::Tick(_) | Self::Leave(_) | Self::Claim(_) | Self::Release(_) | Self::CheckIn(_) | Self::Sweep => {}
        }
        self
    }
}

impl Action {
    /// Returns the command for the current state of `store`: users act with the tokens, holds and payments that they have there.
    ///
    /// # Panics
    /// If it names a schedule, a concert or a queue that a default store doesn't have.
    #[must_use]
    pub fn command(&self, store: &ModelStore, ids: &mut IdSequence) -> AnyCommand {
        match *self {
            Self::Register { who } => {
                // A new user: existing users got their rows by their first write.
                let user = if store.users.contains_key(&nth_user(who)) { ids.draw::<UserId>() } else { nth_user(who) };
                let user = UserId(Uuid::from_u128(user.0.as_u128() | 1 << 100));
                let name = UserName::new("Ada").unwrap_or_else(|error| panic!("{error}"));
                AnyCommand::Register(register::Command { user, name, idempotency: None })
            }
            Self::Join { who, concert } => {
                AnyCommand::Join(join::Command { user: nth_user(who), concert: Some(CONCERTS[concert]), token: ids.draw() })
            }
            Self::Tick { queue } => AnyCommand::Tick(QUEUES[queue]),
            Self::Leave { who, concert, variation } => {
                let token = token_for(store, nth_user(who), QUEUES[concert], variation).unwrap_or_else(|| ids.draw());
                AnyCommand::Leave(leave::Command { user: nth_user(who), token })
            }
            Self::Browse { who, schedule, variation } => {
                let queue = store.queue_of(SCHEDULES[schedule]);
                let pass = pass_for(store, active_user(store, queue, who, variation), queue, variation);
                AnyCommand::Claim(claim::Command { pass, queue })
            }
            Self::Hold { who, schedule, from, count, variation } => {
                hold(store, who, SCHEDULES[schedule], selection(from, count, variation), variation, ids)
            }
            Self::Exchange { who, schedule, from, count, variation } => {
                exchange(store, who, SCHEDULES[schedule], selection(from, count, variation), variation, ids)
            }
            Self::Release { who, variation } => {
                let user = holding_user(store, who, variation);
                let reservation = reservation_for(store, user, variation).map_or_else(|| ids.draw(), Reservation::id);
                AnyCommand::Release(release::Command { user, reservation })
            }
            Self::Charge { who, amount, variation } => {
                let idempotency = ids.idempotency(nth_user(who), Operation::Charge, variation);
                AnyCommand::Charge(charge::Command { user: None, order: None, idempotency, id: ids.draw(), amount: won(amount) })
            }
            Self::Pay { who, variation } => pay(store, who, variation, ids),
            Self::Refund { who, variation } => refund(store, who, variation, ids),
            Self::CheckIn { who, variation } => check_in(store, who, variation, ids),
            Self::Sweep => AnyCommand::Sweep,
        }
    }
}

/// Returns a command to hold seats, sometimes exactly those that the user holds.
fn hold(store: &ModelStore, who: u8, schedule: ScheduleId, wanted: SeatSelection, variation: u8, ids: &mut IdSequence) -> AnyCommand {
    let user = active_user(store, store.queue_of(schedule), who, variation);
    let pass = pass_for(store, user, store.queue_of(schedule), variation);
    let live = store.reservations.values().find(|hold| Some(hold.token()) == pass.token && hold.occupies());
    let (schedule, seats) = match live {
        Some(hold) if variation.is_multiple_of(4) => (hold.schedule(), seats_of(hold)),
        Some(_) | None => (schedule, wanted),
    };
    let idempotency = ids.idempotency(user, Operation::Hold, variation);
    AnyCommand::Hold(hold::Command { pass, idempotency, id: ids.draw::<ReservationId>(), schedule, seats: seats.into() })
}

/// Returns a command to exchange a hold, mostly for seats of the same schedule, sometimes for exactly the same seats.
fn exchange(store: &ModelStore, who: u8, schedule: ScheduleId, wanted: SeatSelection, variation: u8, ids: &mut IdSequence) -> AnyCommand {
    let user = holding_user(store, who, variation);
    let found = reservation_for(store, user, variation);
    let (schedule, seats) = match found {
        Some(hold) if variation.is_multiple_of(8) => (hold.schedule(), seats_of(hold)),
        Some(hold) if !variation.is_multiple_of(3) => (hold.schedule(), wanted),
        Some(_) | None => (schedule, wanted),
    };
    let pass = pass_for(store, user, store.queue_of(schedule), variation);
    let held = found.map_or_else(|| ids.draw(), Reservation::id);
    let idempotency = ids.idempotency(user, Operation::Exchange, variation);
    let wanted = hold::Command { pass, idempotency, id: ids.draw::<ReservationId>(), schedule, seats: seats.into() };
    AnyCommand::Exchange(exchange::Command { wanted, held })
}

fn pay(store: &ModelStore, who: u8, variation: u8, ids: &mut IdSequence) -> AnyCommand {
    let user = holding_user(store, who, variation);
    let found = reservation_for(store, user, variation);
    let queue = found.and_then(|reservation| store.queue_of(reservation.schedule()));
    let pass = pass_for(store, user, queue, variation);
    let reservation = found.map_or_else(|| ids.draw(), Reservation::id);
    let amount = match variation {
        6 | 39 => Some(won(1)),
        7..=12 => found.map(Reservation::amount),
        _ => None,
    };
    let idempotency = ids.idempotency(user, Operation::Pay, variation);
    AnyCommand::Pay(pay::Command {
        pass,
        idempotency,
        id: ids.draw::<PaymentId>(),
        entry: ids.draw::<WalletEntryId>(),
        reservation,
        amount,
    })
}

fn refund(store: &ModelStore, who: u8, variation: u8, ids: &mut IdSequence) -> AnyCommand {
    let open = |payment: &Payment| payment.state() == PaymentState::Completed;
    let payers = store.payments.values().filter(|payment| open(payment)).map(|payment| payment.user());
    let user = pick(payers.collect(), who, variation).unwrap_or(nth_user(who));
    let own = |payment: &Payment| payment.user() == user || variation < 4;
    let candidates = || store.payments.values().filter(|payment| own(payment));
    let found = candidates().find(|payment| open(payment) && variation > 8).or_else(|| candidates().next());
    let payment = found.map_or_else(|| ids.draw(), |payment| payment.id());
    let operator = variation.is_multiple_of(2) && variation < 4;
    let order = operator.then(|| OperatorOrder { operator: user, audit_entry: ids.draw(), reason: None });
    let idempotency = ids.idempotency(user, Operation::Refund, variation);
    AnyCommand::Refund(refund::Command { user, order, idempotency, payment, entry: ids.draw() })
}

/// Returns a command to check in a ticket, sold now or refunded; with the lowest variations, for another schedule or without a reservation.
fn check_in(store: &ModelStore, who: u8, variation: u8, ids: &mut IdSequence) -> AnyCommand {
    let sold = store.reservations.values().filter(|reservation| reservation.payment().is_some() && variation != 0);
    let found = sold.cycle().take(usize::from(u8::MAX)).nth(usize::from(who));
    let numbers: Vec<_> = found.into_iter().flat_map(|reservation| reservation.numbers()).collect();
    let ticket = TicketId {
        reservation: found.map_or_else(|| ids.draw(), |reservation| reservation.id()),
        seat: numbers.get(usize::from(variation) % numbers.len().max(1)).copied().unwrap_or(seat_number(1)),
    };
    let schedule = match variation {
        1..=3 => SCHEDULES.into_iter().find(|id| found.is_none_or(|reservation| reservation.schedule() != *id)),
        4..=12 => found.map(|reservation| reservation.schedule()),
        _ => None,
    };
    AnyCommand::CheckIn(check_in::Command { checked_in_by: nth_user(who), ticket, schedule })
}

fn nth_user(who: u8) -> UserId {
    user(u64::from(who) + 1)
}

/// Returns `count` seats from number `from` on, as far as they exist; with variation 3, including one that doesn't exist.
fn selection(from: u32, count: u32, variation: u8) -> SeatSelection {
    let last = if variation == 3 { SEATS_PER_SCHEDULE + 1 } else { (from + count - 1).min(SEATS_PER_SCHEDULE) };
    seats(&(from..=last).collect::<Vec<_>>())
}

fn seats_of(reservation: &Reservation) -> SeatSelection {
    seats(&reservation.numbers().map(SeatNumber::get).collect::<Vec<_>>())
}

/// Returns one of `users`, unless the variation requests an arbitrary user.
fn pick(users: Vec<UserId>, who: u8, variation: u8) -> Option<UserId> {
    users.into_iter().cycle().nth(usize::from(who)).filter(|_| variation >= 8)
}

/// Returns a user, mostly one who is admitted to `queue`.
fn active_user(store: &ModelStore, queue: Option<QueueId>, who: u8, variation: u8) -> UserId {
    let tokens = queue.into_iter().flat_map(|queue| store.active(queue));
    pick(tokens.map(|token| token.user()).collect(), who, variation).unwrap_or(nth_user(who))
}

/// Returns a user, mostly one who holds seats, lapsed or not.
fn holding_user(store: &ModelStore, who: u8, variation: u8) -> UserId {
    let holds = store.reservations.values().filter(|reservation| reservation.occupies());
    pick(holds.map(|hold| hold.user()).collect(), who, variation).unwrap_or(nth_user(who))
}

fn pass_for(store: &ModelStore, user: UserId, queue: Option<QueueId>, variation: u8) -> Pass {
    let token = queue.and_then(|queue| token_for(store, user, queue, variation));
    Pass { user, token: token.filter(|_| variation != 1) }
}

/// Returns the newest token of `user` in `queue`; with variation 0, of any user in any queue.
fn token_for(store: &ModelStore, user: UserId, queue: QueueId, variation: u8) -> Option<TokenId> {
    let is_candidate = |token: &QueueToken| variation == 0 || (token.user() == user && token.queue() == queue);
    store.tokens.values().filter(|token| is_candidate(token)).max_by_key(|token| token.number()).map(|token| token.id())
}

/// Returns a hold of `user`, otherwise the user's newest reservation; with variation 2, of any user.
fn reservation_for(store: &ModelStore, user: UserId, variation: u8) -> Option<&Reservation> {
    let candidates = || store.reservations.values().filter(move |reservation| variation == 2 || reservation.user() == user);
    let held = candidates().find(|reservation| reservation.occupies() && variation % 8 != 4);
    held.or_else(|| candidates().max_by_key(|reservation| reservation.held_at())).map(|reservation| &reservation.row)
}
