//! Requests of operators and cashiers on routes that buyers also use.

use application::use_cases::admin::Actor;
use domain::{Note, UserId};

use crate::problem::{FieldError, Problem};

/// Returns the actor of the request if the caller has the role; otherwise the request is a buyer's own, and must have no reason.
pub(crate) fn privileged_actor(has_role: bool, caller: UserId, reason: Option<Note>) -> Result<Option<Actor>, Problem> {
    match (has_role, reason) {
        (true, reason) => Ok(Some(Actor { operator: caller, reason })),
        (false, None) => Ok(None),
        (false, Some(_)) => Err(Problem::invalid([FieldError::at("/reason", "requires a role that the access token does not have")])),
    }
}
