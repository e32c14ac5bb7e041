//! Orders on routes that buyers use, too: what a caller's role makes of the request.

use application::use_cases::admin::Actor;
use domain::{Note, UserId};

use crate::problem::{FieldError, Problem};

/// The order, if the caller's role allows it to be one; else the request is a buyer's own, and has no reason.
pub(crate) fn order(has_role: bool, caller: UserId, reason: Option<Note>) -> Result<Option<Actor>, Problem> {
    match (has_role, reason) {
        (true, reason) => Ok(Some(Actor { operator: caller, reason })),
        (false, None) => Ok(None),
        (false, Some(_)) => {
            Err(Problem::invalid([FieldError::at("/reason", "is recorded for operators only: the access token has no such role")]))
        }
    }
}
