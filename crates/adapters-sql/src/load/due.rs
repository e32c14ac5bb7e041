//! What only a search finds.

use application::ports::Load;
use domain::{ReservationId, TokenId};

/// What a load's search found, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// It doesn't search.
    Nothing,
    /// A tick: the lapsed tokens, then those that wait.
    Tokens(Vec<TokenId>),
    /// The lapsed holds.
    Holds(Vec<ReservationId>),
}

impl Due {
    /// What is known before `load` has searched.
    pub const fn nothing(load: &Load) -> Self {
        match load {
            Load::Tick { .. } | Load::Admit { .. } => Self::Tokens(Vec::new()),
            Load::LapsedHolds { .. } => Self::Holds(Vec::new()),
            Load::Clock
            | Load::Join { .. }
            | Load::Queue { .. }
            | Load::Concert { .. }
            | Load::Seats { .. }
            | Load::SeatMap { .. }
            | Load::Key { .. }
            | Load::Token { .. }
            | Load::Leave { .. }
            | Load::Hold { .. }
            | Load::Release { .. }
            | Load::Charge { .. }
            | Load::Pay { .. }
            | Load::Refund { .. } => Self::Nothing,
        }
    }
}
