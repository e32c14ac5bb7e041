//! Wishes as requests: numbers of people, dates and things are turned into ids.

use domain::decide::admission::Pass;
use domain::decide::{charge, claim, hold, join, leave, pay, refund, release};
use domain::idempotency::IdempotentRequest;
use domain::seat_selection::SeatSelection;
use domain::{ConcertId, Fingerprint, IdempotencyKey, IdempotencyScope, Operation, Queue, ScheduleId, UserId};

use super::play::{Person, Play};
use super::request::Request;
use super::steps::{Intent, PEOPLE, What};
use crate::world::{
    CONCERT, NEIGHBOUR, NEIGHBOUR_SCHEDULE, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, SCHEDULE, SECOND_SCHEDULE, guest, idempotency,
    seat_number, won,
};

impl Play<'_> {
    pub(super) fn request(&self, intent: &Intent) -> Request {
        let world = &self.world;
        let Intent { who, key, what } = intent;
        let user = user(*who);
        let token = self.people[*who].tokens.last().copied();
        let pass = Pass { user, token };
        match what.clone() {
            What::Register => {
                let scope = IdempotencyScope::anonymous(Operation::Register, IdempotencyKey::new(&(key % 16).to_string()).unwrap());
                let idempotency = (key % 3 > 0)
                    .then(|| idempotency_key(user, Operation::Register, *key, 1))
                    .map(|idempotency| IdempotentRequest { scope, ..idempotency });
                Request::Register(world.a_registration("Eve", idempotency))
            }
            What::Join { concert } => Request::Join(join::Command { user, concert: concert.map(concert_id), token: world.new_id() }),
            What::Claim { other_queue } => {
                Request::Claim(claim::Command { pass, queue: Some(if other_queue { OTHER_QUEUE } else { Queue::DEFAULT }) })
            }
            What::Hold { schedule, seats } => {
                let idempotency = idempotency_key(user, Operation::Hold, *key, u64::from(seats[0]));
                let seats = SeatSelection::new(seats.into_iter().map(seat_number).collect()).unwrap();
                Request::Hold(hold::Command { pass, idempotency, id: world.new_id(), schedule: self.schedule_id(schedule), seats })
            }
            What::Release { mine } => Request::Release(release::Command { user, reservation: self.pick(*who, mine, |p| &p.reservations) }),
            What::Charge { amount } => {
                let idempotency = idempotency_key(user, Operation::Charge, *key, amount.unsigned_abs());
                Request::Charge(charge::Command { user: None, order: None, idempotency, id: world.new_id(), amount: won(amount) })
            }
            What::ChargeNeighbour { amount } => {
                let idempotency = idempotency_key(user, Operation::Charge, *key, amount.unsigned_abs());
                let (neighbour, order) = (self::user((who + 1) % PEOPLE), Some(world.an_order(user)));
                Request::Charge(charge::Command { user: Some(neighbour), order, idempotency, id: world.new_id(), amount: won(amount) })
            }
            What::Pay { mine, amount } => {
                let reservation = self.pick(*who, mine, |p| &p.reservations);
                let idempotency = idempotency_key(user, Operation::Pay, *key, reservation.0.as_u64_pair().1);
                let (id, entry) = (world.new_id(), world.new_id());
                Request::Pay(pay::Command { pass, idempotency, id, entry, reservation, amount: amount.map(won) })
            }
            What::Refund { mine, operator } => {
                let payment = self.pick(*who, mine, |p| &p.payments);
                let idempotency = idempotency_key(user, Operation::Refund, *key, payment.0.as_u64_pair().1);
                let order = operator.then(|| world.an_order(user));
                Request::Refund(refund::Command { user, order, idempotency, payment, entry: world.new_id() })
            }
            What::Leave { mine } => Request::Leave(leave::Command { user, token: self.pick(*who, mine, |p| &p.tokens) }),
        }
    }

    /// The how-manieth from the last of one's own things; else the neighbour's last one, or one that nobody has.
    pub(super) fn pick<T: Copy + From<uuid::Uuid>>(&self, who: usize, mine: usize, things: impl Fn(&Person) -> &Vec<T>) -> T {
        let own = things(&self.people[who]).iter().rev().nth(mine);
        let anothers = || things(&self.people[(who + 1) % PEOPLE]).last();
        own.or_else(anothers).copied().unwrap_or_else(|| self.world.new_id())
    }

    /// One of the dates that are there from the start, the one that was added last, or one that doesn't exist.
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

/// The key called `key`; requests that differ in `body` are different requests.
fn idempotency_key(user: UserId, operation: Operation, key: u8, body: u64) -> IdempotentRequest {
    let mut fingerprint = [0; 32];
    fingerprint[..8].copy_from_slice(&body.to_be_bytes());
    IdempotentRequest { fingerprint: Fingerprint(fingerprint), ..idempotency(user, operation, &(key % 16).to_string()) }
}
