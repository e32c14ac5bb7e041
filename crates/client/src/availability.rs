//! Availability: the statuses of a schedule's seats in a compact form, and its changes.

use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::ids::{QueueTokenId, ScheduleId};

/// The statuses of the seats of a schedule: either all (`bits`), or those that have changed since a version (`changes`).
///
/// The index of a seat is its place, from 0, in the ascending order of all seat numbers of the layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    /// Identifies these statuses, on every instance.
    pub version: String,
    /// The number of available seats.
    pub available: u32,
    /// The status of every seat in Base64: two bits per seat by index, the first of four in the lowest bits of a byte. 0 is AVAILABLE,
    /// 1 HELD, 2 RESERVED, 3 BLOCKED.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bits: Option<String>,
    /// The hash of the layout, together with `bits`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
    /// The schedule, together with `bits`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule_id: Option<ScheduleId>,
    /// The number of seats, together with `bits`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<u32>,
    /// The version that `changes` refer to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// The seats whose status has changed, by their new status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<AvailabilityChanges>,
}

/// The seats whose status has changed, by their new status.
///
/// Each list is Base64 of numbers as in LEB128 (seven bits per byte, the lowest first, the highest bit of a byte is set unless it is the
/// last of its number): the number of seats that are skipped before each seat of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub struct AvailabilityChanges {
    /// Those that are available now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<String>,
    /// Those that are held now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    /// Those that are sold now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved: Option<String>,
    /// Those that are blocked now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<String>,
}

/// Returns the statuses of the seats of a schedule, for an active user: all, or the changes since a version.
/// [`Frontrow::follow_availability`](crate::Frontrow::follow_availability) pushes the changes.
pub fn show_availability(schedule: ScheduleId, since: Option<&str>, token: QueueTokenId) -> Call<Availability> {
    Call::get(format!("/v1/schedules/{schedule}/availability")).optional_query("since", since).queue_token(token)
}

/// Creates the request for the events of a schedule's availability.
pub(crate) fn follow_availability(schedule: ScheduleId, token: QueueTokenId) -> Call<bytes::Bytes> {
    Call::events(format!("/v1/schedules/{schedule}/availability/events")).queue_token(token)
}
