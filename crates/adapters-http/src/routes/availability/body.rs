//! The body of an availability.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::SeatStatus;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The statuses of the seats of a schedule: either all (`bits`), or those that have changed since a version that the client has (`changes`).
///
/// The *index* of a seat is its place, from 0, in the ascending order of all seat numbers of the layout.
#[derive(Serialize, ToSchema)]
#[schema(as = SeatAvailability)]
pub(super) struct AvailabilityBody {
    /// Only together with `bits`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) schedule_id: Option<Uuid>,
    /// The hash of the schedule's layout, only together with `bits`: `changes` refer to the layout of the version that the client has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) layout: Option<String>,
    /// Identifies these statuses, on every instance: for `since`.
    #[schema(example = "9b74c9897bac770ffc029102a200c5de")]
    pub(super) version: String,
    /// The number of seats, only together with `bits`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) seats: Option<u32>,
    /// The number of available seats.
    pub(super) available: u32,
    /// The version that `changes` refer to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) since: Option<String>,
    /// The status of every seat in Base64: two bits per seat by index, the first of four in the lowest bits of a byte. 0 is AVAILABLE,
    /// 1 HELD, 2 RESERVED, 3 BLOCKED.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "AAQC")]
    pub(super) bits: Option<String>,
    /// The seats whose status has changed, by their new status.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) changes: Option<ChangesBody>,
}

/// The seats whose status has changed, by their new status. Each list is Base64 of numbers as in LEB128 (seven bits per byte, the lowest first,
/// the highest bit of a byte is set unless it is the last of its number): the number of seats that are skipped before each seat of the list.
#[derive(Serialize, ToSchema, Default)]
#[schema(as = SeatAvailabilityChanges)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) struct ChangesBody {
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    available: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false, example = "BgAA")]
    held: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    reserved: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    blocked: String,
}

impl ChangesBody {
    /// Returns the seats with these indexes, in ascending order, by their `statuses`.
    pub(super) fn new(statuses: &[SeatStatus], indexes: &[u32]) -> Self {
        let of = |status: SeatStatus| {
            let has_status = |index: &u32| usize::try_from(*index).ok().and_then(|index| statuses.get(index)) == Some(&status);
            base64(&gaps(indexes.iter().copied().filter(has_status)))
        };
        Self {
            available: of(SeatStatus::Available),
            held: of(SeatStatus::Held),
            reserved: of(SeatStatus::Reserved),
            blocked: of(SeatStatus::Blocked),
        }
    }

    /// Returns the number of characters of the lists.
    pub(super) fn chars(&self) -> usize {
        [&self.available, &self.held, &self.reserved, &self.blocked].map(String::len).iter().sum()
    }
}

/// Returns the number of seats before each of `indexes` and after the previous one, as variable-length numbers.
fn gaps(indexes: impl Iterator<Item = u32>) -> Vec<u8> {
    let (mut bytes, mut next) = (Vec::new(), 0);
    for index in indexes {
        let mut gap = index - next;
        next = index + 1;
        loop {
            // The lowest seven bits fit into a byte.
            let [low, ..] = (gap & 0x7f).to_le_bytes();
            gap >>= 7;
            if gap == 0 {
                bytes.push(low);
                break;
            }
            bytes.push(low | 0x80);
        }
    }
    bytes
}

pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Returns the number of characters of the bits of `seats` seats.
pub(super) const fn bits_chars(seats: usize) -> usize {
    seats.div_ceil(4).div_ceil(3) * 4
}
