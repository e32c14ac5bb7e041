//! Orders on routes that buyers use, too: what a caller's role makes of the request.

use application::use_cases::desk::By;
use domain::{Remark, UserId};

use crate::problem::{Flaw, Problem};

/// The order, if the caller's role allows it to be one; else the request is a buyer's own, and has no reason.
pub(crate) fn order(has_role: bool, caller: UserId, reason: Option<Remark>) -> Result<Option<By>, Problem> {
    match (has_role, reason) {
        (true, reason) => Ok(Some(By { operator: caller, reason })),
        (false, None) => Ok(None),
        (false, Some(_)) => {
            Err(Problem::invalid([Flaw::at("/reason", "is recorded for operators only: the access token has no such role")]))
        }
    }
}
