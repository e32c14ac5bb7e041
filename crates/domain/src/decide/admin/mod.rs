//! The operator's desk: what only operators may order. Each order that changes something leaves a [`AuditEntry`](crate::Deed) in the same
//! change; one that changes nothing leaves none.

pub mod admit;
pub mod block;
pub mod concert;
pub mod queue;
pub mod release;
pub mod schedule;
pub mod seat_map;

use time::OffsetDateTime;

use crate::audit_entry::{Action, Changed, Order, Subject};
use crate::{Change, Field, Refusal, Version, Versioned, Write};

/// What a thing is to have: left as it is, or set.
pub type Patch<T> = Option<T>;

/// Whether the thing is still as the operator saw it; who names no version takes it as it is.
fn check_version<T>(found: &Versioned<T>, expected: Option<Version>) -> Result<(), Refusal> {
    match expected {
        Some(expected) if expected != found.version => Err(Refusal::VersionMismatch(found.version)),
        Some(_) | None => Ok(()),
    }
}

/// The change of an order that is carried out.
fn by(order: &Order, action: Action, subject: Subject, changes: Vec<Changed>, now: OffsetDateTime) -> Change {
    Change::default().writing(Write::insert(order.done(action, subject, changes, now)))
}

fn contradiction(field: Field, problem: impl ToString) -> Refusal {
    Refusal::Contradiction { field, problem: problem.to_string() }
}

/// The refusal of a date, as one of several, the one at `place`.
fn among_schedules(place: usize, refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Contradiction { field: Field::ScheduleView(field), problem } => {
            Refusal::Contradiction { field: Field::ScheduleAt(place, field), problem }
        }
        other => other,
    }
}

/// An instant as deeds tell it.
fn instant(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    let (date, (hour, minute, second)) = (at.date(), at.to_hms());
    format!("{date}T{hour:02}:{minute:02}:{second:02}Z")
}

fn number<T: ToString>(number: T) -> String {
    number.to_string()
}
