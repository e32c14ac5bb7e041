//! The keys of the rows that loads name.

use std::collections::HashSet;

use application::ports::Load;
use domain::{ConcertId, KeyScope, PaymentId, QueueId, ReservationId, ScheduleId, SeatNumber, TokenId, UserId};

/// The keys of the rows that a batch of loads names, each once, table by table.
#[derive(Default)]
#[expect(missing_docs, reason = "each is what its name says")]
pub struct Wanted<'a> {
    pub keys: HashSet<&'a KeyScope>,
    pub users: HashSet<UserId>,
    pub tokens: HashSet<TokenId>,
    pub concerts: HashSet<ConcertId>,
    pub schedules: HashSet<ScheduleId>,
    pub wallets: HashSet<UserId>,
    pub queues: HashSet<QueueId>,
    /// Concerts of which all dates are wanted.
    pub with_dates: HashSet<ConcertId>,
    /// Concerts of which it is asked whether something is held.
    pub programmes: HashSet<ConcertId>,
    /// Concerts of which it is asked whether a live token of their queue names them.
    pub moving: HashSet<ConcertId>,
    pub payments: HashSet<PaymentId>,
    /// Reservations by id.
    pub reservations: HashSet<ReservationId>,
    /// The HELD reservations of a token.
    pub holders: HashSet<TokenId>,
    /// The HELD reservation of a seat.
    pub seats: HashSet<(ScheduleId, SeatNumber)>,
    /// A user's HELD and CONFIRMED reservations for the concert of a date.
    pub owners: HashSet<(UserId, ScheduleId)>,
}

impl<'a> Wanted<'a> {
    /// What `loads` name.
    pub fn by(loads: &'a [Load]) -> Self {
        let mut wanted = Self::default();
        for load in loads {
            wanted.add(load);
        }
        wanted
    }

    fn add(&mut self, load: &'a Load) {
        match load {
            Load::Clock | Load::Tick { .. } | Load::LapsedHolds { .. } => {}
            Load::Join { user, concert } => {
                self.users.insert(*user);
                self.concerts.extend(concert);
                self.with_dates.extend(concert);
            }
            Load::Token { token } => {
                self.tokens.insert(*token);
            }
            Load::Leave { token } => {
                self.tokens.insert(*token);
                self.holders.insert(*token);
            }
            Load::Hold { key, token, schedule, seats } => {
                self.keys.insert(key);
                self.tokens.extend(token);
                self.holders.extend(token);
                self.schedules.insert(*schedule);
                self.seats.extend(seats.iter().map(|number| (*schedule, *number)));
                self.owners.insert((key.user, *schedule));
            }
            Load::Release { reservation } => {
                self.reservations.insert(*reservation);
            }
            Load::Charge { key } => {
                self.keys.insert(key);
                self.users.insert(key.user);
                self.wallets.insert(key.user);
            }
            Load::Pay { key, token, reservation } => {
                self.keys.insert(key);
                self.tokens.extend(token);
                self.reservations.insert(*reservation);
                self.wallets.insert(key.user);
            }
            Load::Refund { key, payment } => {
                self.keys.insert(key);
                self.payments.insert(*payment);
            }
            Load::Queue { queue } => {
                self.queues.insert(*queue);
            }
            Load::Concert { concert, queue, schedules } => {
                self.concerts.insert(*concert);
                self.with_dates.insert(*concert);
                self.programmes.insert(*concert);
                self.moving.extend(queue.map(|_| *concert));
                self.queues.extend(queue);
                self.schedules.extend(schedules);
            }
            Load::Seats { schedule, seats } => {
                self.schedules.insert(*schedule);
                self.seats.extend(seats.iter().map(|number| (*schedule, *number)));
            }
        }
    }
}
