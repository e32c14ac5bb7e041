//! Audits: whether the stored rows keep the promises. For operators.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::call::Call;
use crate::text_enum::text_enum;

text_enum! {
    /// The status of an audit.
    pub enum AuditStatus {
        /// It is running.
        Running = "RUNNING",
        /// It has a result.
        Completed = "COMPLETED",
        /// It has failed.
        Failed = "FAILED",
    }
}

/// An audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// The id.
    pub id: Uuid,
    /// The status.
    pub status: AuditStatus,
    /// Whether every promise is kept.
    pub holds: Option<bool>,
    /// The result of each check.
    pub findings: Option<Vec<Finding>>,
    /// When it was started.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub finished_at: Option<OffsetDateTime>,
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The promise.
    pub promise: String,
    /// The name of the check.
    pub name: String,
    /// The number of rows that break the promise.
    pub violations: u64,
}

/// Starts an audit.
pub fn start_audit() -> Call<Audit> {
    Call::post_without_body("/v1/admin/audits")
}

/// Returns an audit. Only the instance on which it was started knows it.
pub fn show_audit(audit: Uuid) -> Call<Audit> {
    Call::get(format!("/v1/admin/audits/{audit}"))
}
