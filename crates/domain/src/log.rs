//! What the event log tells of a change beside its events: the rows that read models are made of, as they are since.

use time::OffsetDateTime;

use crate::change::NewToken;
use crate::{Change, ConcertId, Queue, QueueId, QueueToken, RowWrite, Seat, TokenDigest, TokenId, TokenState, UserId, Versioned, Write};

/// A row that read models are made of, as a change left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoggedRow {
    /// A queue token.
    Token(Versioned<LoggedToken>),
    /// A seat.
    Seat(Versioned<Seat>),
    /// A queue.
    Queue(Versioned<Queue>),
}

/// A queue token without its id, which is a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedToken {
    /// What it is known by.
    pub digest: TokenDigest,
    /// The line it is a place in.
    pub queue: QueueId,
    /// Whose it is.
    pub user: UserId,
    /// The concert for which the user joined, if they named one.
    pub concert: Option<ConcertId>,
    /// The place's number.
    pub number: u64,
    /// When the user joined.
    pub joined_at: OffsetDateTime,
    /// What its row says.
    pub state: TokenState,
}

impl LoggedToken {
    /// The token, for who knows its id.
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
    /// The rows that it tells the log of; `number` is the one that the store gave to its place.
    pub fn logged(&self, number: Option<u64>) -> impl Iterator<Item = LoggedRow> {
        self.writes.iter().filter_map(move |write| match write {
            RowWrite::Token(token) => Some(LoggedRow::Token(logged(token))),
            RowWrite::Place(place) => {
                let token = place.row.clone().numbered(number?);
                Some(LoggedRow::Token(logged(&Write::insert(token))))
            }
            RowWrite::Seat(seat) => Some(LoggedRow::Seat(seat.versioned())),
            RowWrite::Queue(queue) => Some(LoggedRow::Queue(queue.versioned())),
            RowWrite::Admission(_)
            | RowWrite::Concert(_)
            | RowWrite::Schedule(_)
            | RowWrite::User(_)
            | RowWrite::Reservation(_)
            | RowWrite::Payment(_)
            | RowWrite::Wallet(_)
            | RowWrite::Entry(_)
            | RowWrite::Key(_)
            | RowWrite::AuditEntry(_) => None,
        })
    }
}

fn logged(token: &Write<QueueToken>) -> Versioned<LoggedToken> {
    Versioned::new(token.version(), (&token.row).into())
}
