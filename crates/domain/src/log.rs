//! The rows that the event log contains in addition to events: those that read models are built from, as each change left them.

use time::OffsetDateTime;

use crate::change::NewToken;
use crate::{
    Change, Concert, ConcertId, Queue, QueueId, QueueToken, RowWrite, Schedule, Seat, TokenDigest, TokenId, TokenState, UserId, Versioned,
    Write,
};

/// A row that read models are built from, as a change left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoggedRow {
    /// A queue token.
    Token(Versioned<LoggedToken>),
    /// A seat.
    Seat(Versioned<Seat>),
    /// A queue.
    Queue(Versioned<Queue>),
    /// A concert.
    Concert(Versioned<Concert>),
    /// A schedule of a concert.
    Schedule(Versioned<Schedule>),
}

/// A queue token without its id, which is a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedToken {
    /// The digest that identifies the token.
    pub digest: TokenDigest,
    /// The queue of the token.
    pub queue: QueueId,
    /// The user of the token.
    pub user: UserId,
    /// The concert that the user joined for, if named.
    pub concert: Option<ConcertId>,
    /// The token's number in the queue.
    pub number: u64,
    /// The time of the join.
    pub joined_at: OffsetDateTime,
    /// The state of the row.
    pub state: TokenState,
}

impl LoggedToken {
    /// Returns the token with its id, which the caller knows.
    #[must_use]
    pub const fn with_id(self, id: TokenId) -> QueueToken {
        let Self { digest: _, queue, user, concert, number, joined_at, state } = self;
        QueueToken::restore(NewToken { id, queue, user, concert, joined_at }, number, state)
    }
}

impl From<&QueueToken> for LoggedToken {
    fn from(token: &QueueToken) -> Self {
        let NewToken { id, queue, user, concert, joined_at } = token.place();
        Self { digest: id.digest(), queue, user, concert, number: token.number(), joined_at, state: token.state() }
    }
}

impl Change {
    /// Returns the rows for the event log; `number` is the one that the store assigned to the change's new token.
    pub fn logged(&self, number: Option<u64>) -> impl Iterator<Item = LoggedRow> {
        self.writes.iter().filter_map(move |write| match write {
            RowWrite::Token(token) => Some(LoggedRow::Token(logged(token))),
            RowWrite::NewToken(place) => {
                let token = place.row.clone().numbered(number?);
                Some(LoggedRow::Token(logged(&Write::insert(token))))
            }
            RowWrite::Seat(seat) => Some(LoggedRow::Seat(seat.versioned())),
            RowWrite::Queue(queue) => Some(LoggedRow::Queue(queue.versioned())),
            RowWrite::Concert(concert) => Some(LoggedRow::Concert(concert.versioned())),
            RowWrite::Schedule(schedule) => Some(LoggedRow::Schedule(schedule.versioned())),
            RowWrite::Admission(_)
            | RowWrite::User(_)
            | RowWrite::Reservation(_)
            | RowWrite::Payment(_)
            | RowWrite::Wallet(_)
            | RowWrite::WalletEntry(_)
            | RowWrite::Key(_)
            | RowWrite::AuditEntry(_)
            | RowWrite::Layout(_)
            | RowWrite::Session(_) => None,
        })
    }
}

fn logged(token: &Write<QueueToken>) -> Versioned<LoggedToken> {
    Versioned::new(token.version(), (&token.row).into())
}
