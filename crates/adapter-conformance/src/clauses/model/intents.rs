//! Turns intents into requests: numbers of users, schedules and rows become ids.

use domain::decide::admission::Pass;
use domain::decide::{charge, claim, hold, join, leave, pay, refund, release};
use domain::idempotency::IdempotentRequest;
use domain::seat_selection::SeatSelection;
use domain::{ConcertId, Fingerprint, IdempotencyKey, IdempotencyScope, Operation, Queue, ScheduleId, UserId};

use super::play::{Person, RandomRun};
use super::request::Request;
use super::size::PEOPLE;
use super::steps::{Intent, IntentKind};
use crate::world::{
    CONCERT, NEIGHBOUR, NEIGHBOUR_SCHEDULE, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, SCHEDULE, SECOND_SCHEDULE, guest, idempotency,
    seat_number, won,
};

impl RandomRun<'_> {
    pub(super) fn request(&self, intent: &Intent) -> Request {
        let world = &self.world;
        let Intent { who, key, what } = intent;
        let user = user(*who);
        let token = self.people[*who].tokens.last().copied();
        let pass = Pass { user, token };
        match what.clone() {
            IntentKind::Register => {
                let scope = IdempotencyScope::anonymous(Operation::Register, IdempotencyKey::new(&(key % 16).to_string()).unwrap());
                let idempotency = (key % 3 > 0)
                    .then(|| idempotency_key(user, Operation::Register, *key, 1))
                    .map(|idempotency| IdempotentRequest { scope, ..idempotency });
                Request::Register(world.a_registration("Eve", idempotency))
            }
            IntentKind::Join { concert } => Request::Join(join::Command { user, concert: concert.map(concert_id), token: world.new_id() }),
            IntentKind::Claim { other_queue } => {
                Request::Claim(claim::Command { pass, queue: Some(if other_queue { OTHER_QUEUE } else { Queue::DEFAULT }) })
            }
            IntentKind::Hold { schedule, seats } => {
                let idempotency = idempotency_key(user, Operation::Hold, *key, u64::from(seats[0]));
                let seats = SeatSelection::new(seats.into_iter().map(seat_number).collect()).unwrap();
                Request::Hold(hold::Command {
                    pass,
                    idempotency,
                    id: world.new_id(),
                    schedule: self.schedule_id(schedule),
                    seats: seats.into(),
                })
            }
            IntentKind::Release { mine } => {
                Request::Release(release::Command { user, reservation: self.pick(*who, mine, |p| &p.reservations) })
            }
            IntentKind::Charge { amount } => {
                let idempotency = idempotency_key(user, Operation::Charge, *key, amount.unsigned_abs());
                Request::Charge(charge::Command { user: None, order: None, idempotency, id: world.new_id(), amount: won(amount) })
            }
            IntentKind::ChargeNeighbour { amount } => {
                let idempotency = idempotency_key(user, Operation::Charge, *key, amount.unsigned_abs());
                let (neighbour, order) = (self::user((who + 1) % PEOPLE), Some(world.an_order(user)));
                Request::Charge(charge::Command { user: Some(neighbour), order, idempotency, id: world.new_id(), amount: won(amount) })
            }
            IntentKind::Pay { mine, amount } => {
                let reservation = self.pick(*who, mine, |p| &p.reservations);
                let idempotency = idempotency_key(user, Operation::Pay, *key, reservation.0.as_u64_pair().1);
                let (id, entry) = (world.new_id(), world.new_id());
                Request::Pay(pay::Command { pass, idempotency, id, entry, reservation, amount: amount.map(won) })
            }
            IntentKind::Refund { mine, operator } => {
                let payment = self.pick(*who, mine, |p| &p.payments);
                let idempotency = idempotency_key(user, Operation::Refund, *key, payment.0.as_u64_pair().1);
                let order = operator.then(|| world.an_order(user));
                Request::Refund(refund::Command { user, order, idempotency, payment, entry: world.new_id() })
            }
            IntentKind::Leave { mine } => Request::Leave(leave::Command { user, token: self.pick(*who, mine, |p| &p.tokens) }),
        }
    }

    /// Returns the id that is `mine` places from the user's last one; else the next user's last one, or an unknown id.
    pub(super) fn pick<T: Copy + From<uuid::Uuid>>(&self, who: usize, mine: usize, ids: impl Fn(&Person) -> &Vec<T>) -> T {
        let own = ids(&self.people[who]).iter().rev().nth(mine);
        let neighbours = || ids(&self.people[(who + 1) % PEOPLE]).last();
        own.or_else(neighbours).copied().unwrap_or_else(|| self.world.new_id())
    }

    /// Returns one of the initial schedules, the schedule that was added last, or an unknown one.
    pub(super) fn schedule_id(&self, number: usize) -> ScheduleId {
        let added = (number == 4).then(|| self.added_schedules.last().copied()).flatten();
        let schedules = [SCHEDULE, SECOND_SCHEDULE, NEIGHBOUR_SCHEDULE, OTHER_SCHEDULE];
        schedules.get(number).copied().or(added).unwrap_or(ScheduleId(uuid::Uuid::max()))
    }
}

fn user(who: usize) -> UserId {
    guest(u128::try_from(who).unwrap() + 1)
}

pub(super) fn concert_id(number: usize) -> ConcertId {
    [CONCERT, NEIGHBOUR, OTHER_CONCERT].get(number).copied().unwrap_or(ConcertId(uuid::Uuid::max()))
}

/// Returns the idempotent request with key number `key`; requests with different `body` have different fingerprints.
fn idempotency_key(user: UserId, operation: Operation, key: u8, body: u64) -> IdempotentRequest {
    let mut fingerprint = [0; 32];
    fingerprint[..8].copy_from_slice(&body.to_be_bytes());
    IdempotentRequest { fingerprint: Fingerprint(fingerprint), ..idempotency(user, operation, &(key % 16).to_string()) }
}
