//! The result of a command.

use time::OffsetDateTime;

/// The answer to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// The outcome for the client.
    pub outcome: T,
    /// The instant as of which the outcome holds.
    pub at: OffsetDateTime,
    /// Whether this is the first answer again, for a repeated request.
    pub replayed: bool,
    /// The number that the store assigned to a join.
    pub number: Option<u64>,
}
