//! The paths of the admin API.

use uuid::Uuid;

pub(super) const CONCERTS: &str = "/v1/admin/concerts";
pub(super) const QUEUES: &str = "/v1/admin/queues";
pub(super) const SCHEDULES: &str = "/v1/admin/schedules";

pub(super) fn concert(id: Uuid) -> String {
    format!("{CONCERTS}/{id}")
}

pub(super) fn schedules_of(concert_id: Uuid) -> String {
    format!("{}/schedules", concert(concert_id))
}

pub(super) fn schedule(id: Uuid) -> String {
    format!("{SCHEDULES}/{id}")
}

pub(super) fn seat_map(schedule_id: Uuid) -> String {
    format!("{}/seat-map", schedule(schedule_id))
}

pub(super) fn queue(id: Uuid) -> String {
    format!("{QUEUES}/{id}")
}
