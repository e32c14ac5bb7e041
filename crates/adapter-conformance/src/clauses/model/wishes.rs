//! Wishes as requests: numbers of people, dates and things are turned into ids.

use domain::decide::admission::Pass;
use domain::decide::{charge, claim, hold, join, leave, pay, refund, release};
use domain::key::Keyed;
use domain::seat_choice::SeatChoice;
use domain::{ConcertId, Fingerprint, KeyScope, Operation, Queue, RequestKey, ScheduleId, UserId};

use super::play::{Person, Play};
use super::request::Request;
use super::steps::{PEOPLE, What, Wish};
use crate::world::{
    CONCERT, DATE, NEIGHBOUR, NEIGHBOUR_DATE, OTHER_CONCERT, OTHER_DATE, OTHER_QUEUE, SECOND_DATE, guest, keyed, seat_number, won,
};

impl Play<'_> {
    pub(super) fn request(&self, wish: &Wish) -> Request {
        let world = &self.world;
        let Wish { who, key, what } = wish;
        let user = user(*who);
        let token = self.people[*who].tokens.last().copied();
        let pass = Pass { user, token };
        match what.clone() {
            What::Register => {
                let scope = KeyScope::anonymous(Operation::Register, RequestKey::new(&(key % 16).to_string()).unwrap());
                let keyed = (key % 3 > 0).then(|| request_key(user, Operation::Register, *key, 1)).map(|keyed| Keyed { scope, ..keyed });
                Request::Register(world.a_registration("Eve", keyed))
            }
            What::Join { concert } => Request::Join(join::Command { user, concert: concert.map(concert_id), token: world.new_id() }),
            What::Claim { other_queue } => {
                Request::Claim(claim::Command { pass, queue: Some(if other_queue { OTHER_QUEUE } else { Queue::DEFAULT }) })
            }
            What::Hold { date, seats } => {
                let keyed = request_key(user, Operation::Hold, *key, u64::from(seats[0]));
                let seats = SeatChoice::new(seats.into_iter().map(seat_number).collect()).unwrap();
                Request::Hold(hold::Command { pass, keyed, id: world.new_id(), schedule: self.date_id(date), seats })
            }
            What::Release { mine } => Request::Release(release::Command { user, reservation: self.pick(*who, mine, |p| &p.reservations) }),
            What::Charge { amount } => {
                let keyed = request_key(user, Operation::Charge, *key, amount.unsigned_abs());
                Request::Charge(charge::Command { user: None, order: None, keyed, id: world.new_id(), amount: won(amount) })
            }
            What::ChargeNeighbour { amount } => {
                let keyed = request_key(user, Operation::Charge, *key, amount.unsigned_abs());
                let (neighbour, order) = (self::user((who + 1) % PEOPLE), Some(world.an_order(user)));
                Request::Charge(charge::Command { user: Some(neighbour), order, keyed, id: world.new_id(), amount: won(amount) })
            }
            What::Pay { mine, amount } => {
                let reservation = self.pick(*who, mine, |p| &p.reservations);
                let keyed = request_key(user, Operation::Pay, *key, reservation.0.as_u64_pair().1);
                let (id, entry) = (world.new_id(), world.new_id());
                Request::Pay(pay::Command { pass, keyed, id, entry, reservation, amount: amount.map(won) })
            }
            What::Refund { mine, operator } => {
                let payment = self.pick(*who, mine, |p| &p.payments);
                let keyed = request_key(user, Operation::Refund, *key, payment.0.as_u64_pair().1);
                let order = operator.then(|| world.an_order(user));
                Request::Refund(refund::Command { user, order, keyed, payment, entry: world.new_id() })
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
    pub(super) fn date_id(&self, number: usize) -> ScheduleId {
        let added = (number == 4).then(|| self.added_dates.last().copied()).flatten();
        let dates = [DATE, SECOND_DATE, NEIGHBOUR_DATE, OTHER_DATE];
        dates.get(number).copied().or(added).unwrap_or(ScheduleId(uuid::Uuid::max()))
    }
}

fn user(who: usize) -> UserId {
    guest(u128::try_from(who).unwrap() + 1)
}

pub(super) fn concert_id(number: usize) -> ConcertId {
    [CONCERT, NEIGHBOUR, OTHER_CONCERT].get(number).copied().unwrap_or(ConcertId(uuid::Uuid::max()))
}

/// The key called `key`; requests that differ in `body` are different requests.
fn request_key(user: UserId, operation: Operation, key: u8, body: u64) -> Keyed {
    let mut fingerprint = [0; 32];
    fingerprint[..8].copy_from_slice(&body.to_be_bytes());
    Keyed { fingerprint: Fingerprint(fingerprint), ..keyed(user, operation, &(key % 16).to_string()) }
}
