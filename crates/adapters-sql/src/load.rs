//! The keys of the rows that needs refer to.

use std::collections::HashSet;

use domain::need::{LapsedHolds, QueueHead};
use domain::{ConcertId, IdempotencyScope, Need, PaymentId, QueueId, ReservationId, ScheduleId, SeatNumber, TokenId, UserId};

/// The keys of the rows that needs refer to, each once, by table.
#[derive(Default)]
#[expect(missing_docs, reason = "the field names are self-explanatory")]
pub struct WantedKeys<'a> {
    pub keys: HashSet<&'a IdempotencyScope>,
    /// Users, whose wallets are loaded, too.
    pub users: HashSet<UserId>,
    /// Tokens by id, whose queues are loaded, too.
    pub tokens: HashSet<TokenId>,
    pub queues: HashSet<QueueId>,
    /// The live tokens of users in the queue of a concert, or in the default queue.
    pub places: HashSet<(UserId, Option<ConcertId>)>,
    pub lines: HashSet<&'a QueueHead>,
    /// Concerts with all of their schedules.
    pub concerts: HashSet<ConcertId>,
    /// Concerts for which it must be known whether they are in use: held, or named by a live token.
    pub used: HashSet<ConcertId>,
    /// Schedules by id, whose concerts are loaded, too.
    pub schedules: HashSet<ScheduleId>,
    /// Seats; the HELD reservations that they name are loaded, too.
    pub seats: HashSet<(ScheduleId, SeatNumber)>,
    /// The seats of a schedule with a label.
    pub labels: HashSet<(ScheduleId, &'a str)>,
    /// Schedules whose layouts are loaded.
    pub layouts: HashSet<ScheduleId>,
    /// Users whose sessions are loaded.
    pub sessions: HashSet<UserId>,
    /// Reservations by id. Each loaded reservation comes with its schedule and seats.
    pub reservations: HashSet<ReservationId>,
    /// The HELD reservations of a token.
    pub holders: HashSet<TokenId>,
    /// A user's HELD and CONFIRMED reservations for the concert of a schedule.
    pub owners: HashSet<(UserId, ScheduleId)>,
    /// Payments by id; their reservations and the payers' wallets are loaded, too.
    pub payments: HashSet<PaymentId>,
    pub lapsed: HashSet<&'a LapsedHolds>,
}

impl<'a> WantedKeys<'a> {
    /// Returns the keys in `needs`.
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
            Need::JoinTarget(need) => {
                self.concerts.extend(need.concert);
                self.places.insert((need.user, need.concert));
            }
            Need::QueueHead(need) => self.lines.extend([need]),
            Need::Queue(need) => self.queues.extend([need.0]),
            Need::Concert(need) => self.concerts.extend([need.0]),
            Need::ConcertInUse(need) => self.used.extend([need.0]),
            Need::Schedule(need) => self.schedules.extend([need.0]),
            Need::Seats(need) => self.seats.extend(need.numbers.iter().map(|number| (need.schedule, *number))),
            Need::LabelledSeats(need) => self.labels.extend(need.labels.iter().map(|label| (need.schedule, label.as_str()))),
            Need::LayoutOf(need) => {
                self.schedules.insert(need.0);
                self.layouts.insert(need.0);
            }
            Need::Reservation(need) => self.reservations.extend([need.0]),
            Need::HoldsOfToken(need) => self.holders.extend([need.0]),
            Need::OwnedBy(need) => {
                self.schedules.insert(need.schedule);
                self.owners.insert((need.user, need.schedule));
            }
            Need::Payment(need) => self.payments.extend([need.0]),
            Need::LapsedHolds(need) => self.lapsed.extend([need]),
            Need::Sessions(need) => self.sessions.extend([need.0]),
        }
    }
}
