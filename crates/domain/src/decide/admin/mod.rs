//! The commands of operators. A command that changes something writes an [`AuditEntry`](crate::AuditEntry) in the same change; one that
//! changes nothing writes none.

pub mod admit;
pub mod block;
pub mod concert;
pub mod queue;
pub mod release;
pub mod schedule;
pub mod seat_map;

use time::OffsetDateTime;

use crate::audit_entry::{Action, OperatorOrder, PropertyChange, Subject};
use crate::{Change, Field, Refusal, Version, Versioned, Write};

/// The new value of a property; none: the property stays as it is.
pub type Patch<T> = Option<T>;

/// Checks that the row still has the version that the operator read; without an expected version any version passes.
fn check_version<T>(found: &Versioned<T>, expected: Option<Version>) -> Result<(), Refusal> {
    match expected {
        Some(expected) if expected != found.version => Err(Refusal::VersionMismatch(found.version)),
        Some(_) | None => Ok(()),
    }
}

/// Returns a change that records the order in the audit log.
fn by(order: &OperatorOrder, action: Action, subject: Subject, changes: Vec<PropertyChange>, now: OffsetDateTime) -> Change {
    Change::default().writing(Write::insert(order.audit_entry(action, subject, changes, now)))
}

fn contradiction(field: Field, problem: impl ToString) -> Refusal {
    Refusal::Contradiction { field, problem: problem.to_string() }
}

/// Returns the refusal of a schedule as that of the schedule at `index` in a list.
fn among_schedules(index: usize, refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Contradiction { field: Field::Schedule(field), problem } => {
            Refusal::Contradiction { field: Field::ScheduleAt(index, field), problem }
        }
        other => other,
    }
}

/// Formats an instant for the audit log.
fn instant(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    let (date, (hour, minute, second)) = (at.date(), at.to_hms());
    format!("{date}T{hour:02}:{minute:02}:{second:02}Z")
}

fn number<T: ToString>(number: T) -> String {
    number.to_string()
}
