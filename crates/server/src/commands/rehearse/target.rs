//! Targets of rehearsals.

use uuid::Uuid;

/// The server and the schedule at which a rehearsal buys seats.
pub(super) struct Target {
    pub(super) server: String,
    pub(super) concert: Uuid,
    pub(super) schedule: Uuid,
    pub(super) operator: Option<String>,
}
