//! What only a search finds.

use domain::{ReservationId, TokenId};

/// What a load's search found, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Due {
    /// It doesn't search.
    #[default]
    Nothing,
    /// A tick: the lapsed tokens, then those that wait.
    Tokens(Vec<TokenId>),
    /// The lapsed holds.
    Holds(Vec<ReservationId>),
}
