//! Rows of audit entries.

use domain::audit_entry::{Action, PropertyChange, Subject};
use domain::{AuditEntry, AuditEntryId, ConcertId, PaymentId, QueueId, ReservationId, ScheduleId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};
use crate::words::Word;

const TABLE: &str = "audit_entries";

/// An action of an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::FromQueryResult))]
pub struct Row {
    pub id: Uuid,
    pub at: i64,
    pub operator_id: Uuid,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: Uuid,
    pub reason: Option<String>,
    /// JSON: an array of names with the previous and the new value.
    pub changes: String,
}

#[derive(Serialize, Deserialize)]
struct Change {
    name: String,
    before: Option<String>,
    after: Option<String>,
}

impl From<&AuditEntry> for Row {
    fn from(audit_entry: &AuditEntry) -> Self {
        let change = |changed: &PropertyChange| {
            let PropertyChange { name, before, after } = changed.clone();
            Change { name, before, after }
        };
        let changes: Vec<Change> = audit_entry.changes.iter().map(change).collect();
        Self {
            id: audit_entry.id.0,
            at: micros(audit_entry.at),
            operator_id: audit_entry.operator.0,
            action: audit_entry.action.word().to_owned(),
            subject_kind: kind(audit_entry.subject).to_owned(),
            subject_id: audit_entry.subject.id(),
            reason: audit_entry.reason.clone(),
            // A list of structs of strings always has a JSON form.
            changes: serde_json::to_string(&changes).unwrap_or_default(),
        }
    }
}

impl TryFrom<Row> for AuditEntry {
    type Error = Corrupt;

    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let changes: Vec<Change> = serde_json::from_str(&row.changes).map_err(|_| Corrupt::new(TABLE, "changes"))?;
        Ok(Self {
            id: AuditEntryId(row.id),
            at: instant(row.at, TABLE, "at")?,
            operator: UserId(row.operator_id),
            action: Action::of(&row.action).ok_or(Corrupt::new(TABLE, "action"))?,
            subject: subject(&row.subject_kind, row.subject_id)?,
            reason: row.reason,
            changes: changes.into_iter().map(|Change { name, before, after }| PropertyChange { name, before, after }).collect(),
        })
    }
}

const fn kind(subject: Subject) -> &'static str {
    match subject {
        Subject::Queue(_) => "QUEUE",
        Subject::Concert(_) => "CONCERT",
        Subject::Schedule(_) => "SCHEDULE",
        Subject::Reservation(_) => "RESERVATION",
        Subject::Payment(_) => "PAYMENT",
        Subject::User(_) => "USER",
    }
}

fn subject(kind: &str, id: Uuid) -> Result<Subject, Corrupt> {
    match kind {
        "QUEUE" => Ok(Subject::Queue(QueueId(id))),
        "CONCERT" => Ok(Subject::Concert(ConcertId(id))),
        "SCHEDULE" => Ok(Subject::Schedule(ScheduleId(id))),
        "RESERVATION" => Ok(Subject::Reservation(ReservationId(id))),
        "PAYMENT" => Ok(Subject::Payment(PaymentId(id))),
        "USER" => Ok(Subject::User(UserId(id))),
        _ => Err(Corrupt::new(TABLE, "subject_kind")),
    }
}
