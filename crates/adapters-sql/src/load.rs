//! The keys of the rows that needs name.

use std::collections::HashSet;

use domain::need::{LapsedHolds, Line};
use domain::{ConcertId, IdempotencyScope, Need, PaymentId, QueueId, ReservationId, ScheduleId, SeatNumber, TokenId, UserId};

/// The keys of the rows that needs name, each once, table by table.
#[derive(Default)]
#[expect(missing_docs, reason = "each is what its name says")]
pub struct Wanted<'a> {
    pub keys: HashSet<&'a IdempotencyScope>,
    /// Users, and with them their wallets.
    pub users: HashSet<UserId>,
    /// Tokens by id, and with them their queues.
    pub tokens: HashSet<TokenId>,
    pub queues: HashSet<QueueId>,
    /// The places of users in the queue of a concert, or in the default queue.
    pub places: HashSet<(UserId, Option<ConcertId>)>,
    pub lines: HashSet<&'a Line>,
    /// Concerts with all of their dates.
    pub concerts: HashSet<ConcertId>,
    /// Concerts of which it is asked whether anybody counts on their queue.
    pub used: HashSet<ConcertId>,
    /// Dates by id, and with them their concerts.
    pub schedules: HashSet<ScheduleId>,
    /// Seats, and with them the HELD reservations that they name.
    pub seats: HashSet<(ScheduleId, SeatNumber)>,
    /// The seats of a date with a label.
    pub labels: HashSet<(ScheduleId, &'a str)>,
    /// Reservations by id. All of those that are found come with their dates and seats.
    pub reservations: HashSet<ReservationId>,
    /// The HELD reservations of a token.
    pub holders: HashSet<TokenId>,
    /// A user's HELD and CONFIRMED reservations for the concert of a date.
    pub owners: HashSet<(UserId, ScheduleId)>,
    /// Payments by id, and with them their reservations and the payers' wallets.
    pub payments: HashSet<PaymentId>,
    pub lapsed: HashSet<&'a LapsedHolds>,
}

impl<'a> Wanted<'a> {
    /// What `needs` name.
    pub fn by(needs: &'a [Need]) -> Self {
        let mut wanted = Self::default();
        for need in needs {
            wanted.add(need);
        }
        wanted
    }

    fn add(&mut self, need: &'a Need) {
        match need {
            Need::Key(need) => self.keys.extend([&need.0]),
            Need::Account(need) => self.users.extend([need.0]),
            Need::Token(need) => self.tokens.extend([need.0]),
            Need::Place(need) => {
                self.concerts.extend(need.concert);
                self.places.insert((need.user, need.concert));
            }
            Need::Line(need) => self.lines.extend([need]),
            Need::Queue(need) => self.queues.extend([need.0]),
            Need::Concert(need) => self.concerts.extend([need.0]),
            Need::ConcertInUse(need) => self.used.extend([need.0]),
            Need::Schedule(need) => self.schedules.extend([need.0]),
            Need::Seats(need) => self.seats.extend(need.numbers.iter().map(|number| (need.schedule, *number))),
            Need::LabelledSeats(need) => self.labels.extend(need.labels.iter().map(|label| (need.schedule, label.as_str()))),
            Need::Reservation(need) => self.reservations.extend([need.0]),
            Need::HoldsOfToken(need) => self.holders.extend([need.0]),
            Need::OwnedBy(need) => {
                self.schedules.insert(need.schedule);
                self.owners.insert((need.user, need.schedule));
            }
            Need::Payment(need) => self.payments.extend([need.0]),
            Need::LapsedHolds(need) => self.lapsed.extend([need]),
        }
    }
}
