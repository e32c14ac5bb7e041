//! The port of commands: load what a decision needs, commit what it wants.

use async_trait::async_trait;
use domain::{Change, ConcertId, Context, KeyScope, PaymentId, QueueId, ReservationId, ScheduleId, SeatNumber, TokenId, UserId};
use thiserror::Error;
use time::Duration;

/// What a decision needs to see. Each variant says which parts of the [`Context`] a store fills; the other parts stay
/// as [`Context::at`] makes them. A row that doesn't exist is left out, never an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Load {
    /// `now` alone.
    Clock,
    /// `user`; `concert` if one is named, and as `schedules` its dates by start, then id; `queue`: the concert's, or the default one if none is named (none if the named
    /// concert doesn't exist); `waiting` of that queue; `tokens`: the user's token in that queue whose row is live.
    Join {
        /// Who joins.
        user: UserId,
        /// The concert, if one is named.
        concert: Option<ConcertId>,
    },
    /// `tokens`: the token; `queue`: the token's.
    Token {
        /// Which token.
        token: TokenId,
    },
    /// `tokens`: the token; `reservations`: those made under it whose rows are HELD; `schedules`: their dates, each once, by id; `seats`:
    /// theirs.
    Leave {
        /// Which token.
        token: TokenId,
    },
    /// `key`; `tokens`: the token, and `queue`: the token's; `schedule` and its `concert`; `seats`: those asked for;
    /// `reservations`: the HELD rows made under the token, the HELD rows whose seats are asked for, and the user's HELD
    /// and CONFIRMED rows for the concert; `seats` also of all those of them that are HELD, on whatever date; `schedules`: the dates of the
    /// HELD ones, each once, by id, but for `schedule`.
    Hold {
        /// The request's key.
        key: KeyScope,
        /// The token that came with it.
        token: Option<TokenId>,
        /// The date.
        schedule: ScheduleId,
        /// The seats asked for.
        seats: Vec<SeatNumber>,
    },
    /// `reservations`: the reservation, with its `schedule`; `seats`: those whose rows name it.
    Release {
        /// Which reservation.
        reservation: ReservationId,
    },
    /// `key`.
    Key {
        /// The request's key.
        key: KeyScope,
    },
    /// `key`; `user`; `wallet`: the user's.
    Charge {
        /// The request's key.
        key: KeyScope,
        /// Whose wallet; not always the key's user.
        user: UserId,
    },
    /// `key`; `tokens`: the token, and `queue`: the token's; `reservations`: the reservation, with its `schedule` and `concert`;
    /// `seats`:
    /// those whose rows name it; `wallet`: that of the key's user.
    Pay {
        /// The request's key.
        key: KeyScope,
        /// The token that came with it.
        token: Option<TokenId>,
        /// Which reservation.
        reservation: ReservationId,
    },
    /// `key`; `payment`; `reservations`: the payment's, with its `schedule`; `seats`: those whose rows name it; `wallet`: that
    /// of the payment's user.
    Refund {
        /// The request's key.
        key: KeyScope,
        /// Which payment.
        payment: PaymentId,
    },
    /// `queue`; `admission`; `waiting`; `active` and `offers`, unless nobody waits; `tokens`: the ACTIVE rows of the queue whose deadline
    /// has passed, the earliest first, and the WAITING ones with the lowest numbers. `offers` is none for [`domain::Queue::DEFAULT`] and
    /// for a queue that no concert names; else all dates of the concerts that name it, cancelled or not, on sale or not, in any order, with
    /// whether a seat's row is AVAILABLE or HELD.
    Tick {
        /// Which queue.
        queue: QueueId,
        /// How many tokens of either sort at most.
        at_most: u32,
    },
    /// `key`, and everything that [`Load::Tick`] of this queue has.
    Admit {
        /// The request's key.
        key: KeyScope,
        /// Which queue.
        queue: QueueId,
        /// How many tokens of either sort at most.
        at_most: u32,
    },
    /// `queue`.
    Queue {
        /// Which queue.
        queue: QueueId,
    },
    /// `concert`; `queue`: the one named, whoever's it is; `schedules`: all dates of the concert by start, then id, after them the others that
    /// are named, by id; `held`: whether a reservation of the concert is HELD by its row, within its deadline at `now`, and for a date that
    /// isn't cancelled; `awaited`, if a queue is named: whether a token of the concert's own queue that names the concert is WAITING, or
    /// ACTIVE and within its deadline at `now`.
    Concert {
        /// Which concert.
        concert: ConcertId,
        /// A queue, if one is named.
        queue: Option<QueueId>,
        /// Dates, of whichever concert.
        schedules: Vec<ScheduleId>,
    },
    /// `schedule` and its `concert`; `seats`: those asked for; `reservations`: the HELD rows whose seats are asked for; `seats` also of all
    /// those.
    Seats {
        /// The date.
        schedule: ScheduleId,
        /// The seats asked for.
        seats: Vec<SeatNumber>,
    },
    /// Everything that [`Load::Seats`] of these seats has, and `seats` of the date with one of these labels, too.
    SeatMap {
        /// The date.
        schedule: ScheduleId,
        /// The seats asked for.
        seats: Vec<SeatNumber>,
        /// The labels asked for, letter by letter.
        labels: Vec<String>,
    },
    /// `reservations`: HELD rows whose deadline has passed, the earliest first, and after them, in any order, HELD rows of dates that were
    /// cancelled less than `hold` before `now`, each row once; `schedules`: their dates, each once, by id; `seats`: those whose rows name
    /// them.
    LapsedHolds {
        /// How many reservations at most.
        at_most: u32,
        /// How long a hold lasts at most: one of a date that was cancelled longer ago is past its deadline.
        hold: Duration,
    },
}

/// What a commit adds to a change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Committed {
    /// The number that a join was given.
    pub number: Option<u64>,
}

/// The store can't be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It isn't there, or didn't answer in time.
    #[error("the store can't be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It answers, and takes no writes: a standby, after a failover.
    #[error("the store takes no writes: it is a standby")]
    ReadOnly,
    /// It answers, and can't be written: a full disk.
    #[error("the store can't be written: {0}")]
    NotWritable(String),
    /// It answers, and acknowledges commits that it may lose.
    #[error("the store acknowledges commits that a crash or a failover loses")]
    NotDurable,
    /// A row makes no sense.
    #[error("a row makes no sense: {0}")]
    Corrupt(String),
    /// The store is broken or misused: a table that is missing, a statement that it doesn't understand, a panic. Reading again doesn't help.
    #[error("the store is at fault")]
    Fault(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ReadError {
    /// Whether reading again may succeed.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::ReadOnly | Self::NotWritable(_) | Self::NotDurable => true,
            Self::Corrupt(_) | Self::Fault(_) => false,
        }
    }
}

/// A change was not committed, or it isn't known whether it was.
#[derive(Debug, Error)]
pub enum CommitError {
    /// A guard failed: a version, a unique record, a deadline. Nothing of the change is written.
    #[error("what the decision relied on has changed")]
    Conflict,
    /// The store refuses the change itself, not the group that it came in. Nothing of it is written, and committing it again doesn't help:
    /// the change, or the store, is wrong.
    #[error("the store refuses the change")]
    Rejected(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store can't be reached, or can't write now. Nothing of the change is written: it may be committed again.
    #[error("the store can't be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store was told to commit and has not answered.
    #[error("it is not known whether the change is committed")]
    Unknown(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Where the rows are.
///
/// The store's clock is the one clock of all decisions.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Store: Send + Sync {
    /// Loads, in one round trip, a context for each of `loads`, in their order.
    ///
    /// There MUST be as many results as `loads`: with any other number nothing is decided. All rows of a context MUST be read at one instant, and `now` MUST be a reading of the store's clock that is not
    /// later than that instant's end. Rows MUST be returned whether or not their deadline has passed: time is for the domain to judge.
    /// Instants MUST have microseconds.
    async fn load(&self, loads: &[Load]) -> Vec<Result<Context, ReadError>>;

    /// Commits `changes`, in one transaction where it can, and tells for each what came of it, in their order.
    ///
    /// - There MUST be as many results as `changes`: with any other number the outcome of all of them is unknown.
    /// - A change MUST be written whole or not at all, and MUST be durable before it is told to be committed: a crash at that moment
    ///   MUST leave it to whoever opens the store next.
    /// - It MUST be a [`CommitError::Conflict`], with nothing written, if a row has another version than expected; if a row to be
    ///   inserted exists; if a wallet entry or a deed has an id that another has; if a [`domain::Guard`] doesn't hold; if the user of a
    ///   place has a live token in that queue that the change doesn't end; if the change collides with one before it in the group, as
    ///   [`domain::change::Collisions`] judges, that is committed; if the store's clock, read after the guards are secured, is at or past
    ///   `not_after`. Room in a queue is counted with the changes that its group puts before it.
    /// - A change that fails MUST NOT keep the others of its group from being committed: if a group fails as a whole, its members are
    ///   committed singly, once.
    /// - A written row's version MUST be the expected one plus one, an inserted row's [`domain::Version::FIRST`].
    /// - Numbers MUST be gapless within a queue from 1, one a join, in the order of commits, within a group in the order of its
    ///   changes.
    /// - A new queue MUST have an admission version and numbers of its own. Both, and who is in the queue, MUST stay as they are when the
    ///   queue is changed.
    /// - Wallet entries and deeds MUST never be changed or deleted.
    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>>;
}
