//! The columns of a cancellation, of a schedule or a concert.

use domain::{Cancellation, Note};

use crate::corrupt::Corrupt;
use crate::instant::instant;

/// Returns the cancellation of a row of `table`.
pub(super) fn cancellation(at: Option<i64>, reason: Option<&str>, table: &'static str) -> Result<Option<Cancellation>, Corrupt> {
    let Some(at) = at else { return Ok(None) };
    let reason = reason.map(Note::new).transpose().map_err(|_| Corrupt::new(table, "cancellation_reason"))?;
    Ok(Some(Cancellation { at: instant(at, table, "cancelled_at")?, reason }))
}

/// Returns the value of the reason's column.
pub(super) fn reason_of(cancellation: &Cancellation) -> Option<String> {
    cancellation.reason.clone().map(String::from)
}
