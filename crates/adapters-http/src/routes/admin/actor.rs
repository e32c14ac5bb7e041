//! The actor of an operator's request.

use application::use_cases::admin::Actor;
use domain::{Note, UserId};

/// Creates the actor `operator`, with an optional reason.
pub(super) fn actor(operator: UserId, reason: impl Into<Option<Note>>) -> Actor {
    Actor { operator, reason: reason.into() }
}
