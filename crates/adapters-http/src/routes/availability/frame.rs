//! A frame: the statuses of all seats of a schedule at an instant, as bits; and the changes that led to it, so that a client that has an
//! earlier frame only needs what has changed since.
//!
//! The version of a frame is a digest of its content, not a count of commits: instances see commits of others in different orders, and a hold
//! that ends by its deadline changes a frame without a commit. So frames with equal versions are equal, on every instance; a client may send
//! the version of one instance to another, and a version that isn't known gets the whole frame.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::web::Bytes;
use application::SeatStatuses;
use domain::{LayoutHash, ScheduleId, SeatStatus};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;
use tokio::sync::OnceCell;

use super::body::{self, AvailabilityBody, ChangesBody};
use crate::problem::Problem;
use crate::response::{CompressedJson, json};

/// The maximum number of earlier frames whose changes are known: at ten frames per second, those of the last minute.
const MAX_STEPS: usize = 600;
/// The number of changes that are always known, whatever the size of the hall.
const MIN_CHANGES: usize = 1_024;
/// The estimated size of a frame or a step without its lists.
const FRAME_BYTES: usize = 1_024;
const STEP_BYTES: usize = 128;

/// The version of a frame: the first half of a digest of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Version([u8; 16]);

impl Version {
    /// Reads the 32 hexadecimal digits of a version.
    pub(super) fn from_hex(text: &str) -> Option<Self> {
        let is_version = text.len() == 32 && text.bytes().all(|digit| digit.is_ascii_digit() || matches!(digit, b'a'..=b'f'));
        let number = u128::from_str_radix(Some(text).filter(|_| is_version)?, 16).ok()?;
        Some(Self(number.to_be_bytes()))
    }

    fn of(layout: LayoutHash, seats: usize, bits: &[u8]) -> Self {
        let mut digest = Sha256::new();
        digest.update(layout.0);
        digest.update(seats.to_be_bytes());
        digest.update(bits);
        let digest: [u8; 32] = digest.finalize().into();
        Self(std::array::from_fn(|byte| digest[byte]))
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// A rendered response, as JSON and as an event of a stream.
#[derive(Debug, Clone)]
pub(super) struct Rendered {
    pub(super) json: Bytes,
    pub(super) event: Bytes,
}

/// The whole frame, rendered.
#[derive(Debug, Clone)]
pub(super) struct Whole {
    pub(super) content: CompressedJson,
    pub(super) event: Bytes,
}

/// What a client gets.
#[derive(Debug, Clone)]
pub(super) enum Update {
    /// Only the changes since the version that it has.
    Changes(Rendered),
    /// Everything.
    Whole(Whole),
}

/// The statuses of all seats of a schedule at an instant.
pub(super) struct Frame {
    schedule: ScheduleId,
    layout: LayoutHash,
    pub(super) version: Version,
    available: u32,
    statuses: Vec<SeatStatus>,
    /// The steps that led here, the last one at the end.
    steps: VecDeque<Arc<Step>>,
    whole: OnceCell<Whole>,
    /// The changes since earlier frames; none if the whole frame is shorter.
    changes: Mutex<HashMap<Version, Option<Rendered>>>,
}

/// The change from one frame to the next.
struct Step {
    from: Version,
    /// The indexes of the seats whose status changed, in ascending order.
    seats: Vec<u32>,
}

impl Frame {
    /// Returns the frame of `statuses`, which follows `previous`, if it differs from that one.
    pub(super) fn following(
        previous: Option<&Arc<Self>>,
        schedule: ScheduleId,
        layout: LayoutHash,
        SeatStatuses { statuses, available }: SeatStatuses,
    ) -> Arc<Self> {
        let version = Version::of(layout, statuses.len(), &bits(&statuses));
        match previous {
            Some(previous) if previous.version == version => return previous.clone(),
            Some(_) | None => {}
        }
        // The index of a seat is only the same in frames with the same layout.
        let same_seats = previous.filter(|previous| (previous.layout, previous.statuses.len()) == (layout, statuses.len()));
        let steps = same_seats.map(|previous| previous.steps_to(&statuses)).unwrap_or_default();
        let (whole, changes) = (OnceCell::new(), Mutex::default());
        Arc::new(Self { schedule, layout, version, available, statuses, steps, whole, changes })
    }

    /// Returns the steps that lead to the next frame.
    fn steps_to(&self, next: &[SeatStatus]) -> VecDeque<Arc<Step>> {
        let seats = (0..).zip(self.statuses.iter().zip(next)).filter(|(_, (old, new))| old != new).map(|(index, _)| index).collect();
        let mut steps = self.steps.clone();
        steps.push_back(Arc::new(Step { from: self.version, seats }));
        // Beyond this number of changes, the whole frame is shorter.
        let most = MIN_CHANGES.max(next.len() / 4);
        let mut changes: usize = steps.iter().map(|step| step.seats.len()).sum();
        while changes > most || steps.len() > MAX_STEPS {
            changes -= steps.pop_front().map_or(0, |step| step.seats.len());
        }
        steps
    }

    /// Returns the estimated number of bytes in memory, with all that is rendered from it.
    pub(super) fn bytes(&self) -> usize {
        let steps: usize = self.steps.iter().map(|step| STEP_BYTES + 4 * step.seats.len()).sum();
        // The whole frame as JSON, compressed and as an event: at most a third of a byte per seat each, and half of that compressed.
        FRAME_BYTES + 2 * self.statuses.len() + steps
    }

    /// Returns what a client needs that has the frame `since`; without one, everything.
    pub(super) async fn update(self: &Arc<Self>, since: Option<Version>, runtime: &Handle) -> Result<Update, Problem> {
        if let Some(changes) = since.map(|since| self.changes(since)).transpose()?.flatten() {
            return Ok(Update::Changes(changes));
        }
        let render = || async {
            let frame = self.clone();
            runtime.spawn_blocking(move || frame.render()).await.unwrap_or_else(|_| Err(Problem::internal()))
        };
        self.whole.get_or_try_init(render).await.cloned().map(Update::Whole)
    }

    /// Returns the changes since an earlier frame; none if it isn't known, or if the whole frame is shorter.
    fn changes(&self, since: Version) -> Result<Option<Rendered>, Problem> {
        if let Some(known) = self.known_changes().get(&since) {
            return Ok(known.clone());
        }
        let seats = if since == self.version {
            Vec::new()
        } else {
            // The most recent frame with this content: the same one may have been reached several times.
            let Some(first) = self.steps.iter().rposition(|step| step.from == since) else { return Ok(None) };
            let mut seats: Vec<u32> = self.steps.range(first..).flat_map(|step| step.seats.iter().copied()).collect();
            seats.sort_unstable();
            seats.dedup();
            seats
        };
        let changes = ChangesBody::new(&self.statuses, &seats);
        let rendered = if changes.chars() <= body::bits_chars(self.statuses.len()) {
            let json = json(&AvailabilityBody { since: Some(since.to_string()), changes: Some(changes), ..self.body() })?;
            Some(Rendered { event: event(self.version, &json), json: json.into() })
        } else {
            None
        };
        // Only versions of known frames are added, so there are few.
        self.known_changes().insert(since, rendered.clone());
        Ok(rendered)
    }

    fn known_changes(&self) -> std::sync::MutexGuard<'_, HashMap<Version, Option<Rendered>>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn render(&self) -> Result<Whole, Problem> {
        let json = json(&AvailabilityBody {
            schedule_id: Some(self.schedule.0),
            layout: Some(self.layout.to_string()),
            seats: u32::try_from(self.statuses.len()).ok(),
            bits: Some(body::base64(&bits(&self.statuses))),
            ..self.body()
        })?;
        Ok(Whole { event: event(self.version, &json), content: CompressedJson::new(json)? })
    }

    fn body(&self) -> AvailabilityBody {
        AvailabilityBody {
            schedule_id: None,
            layout: None,
            version: self.version.to_string(),
            seats: None,
            available: self.available,
            since: None,
            bits: None,
            changes: None,
        }
    }
}

/// Returns the statuses as two bits each, the first seat in the lowest bits of the first byte.
fn bits(statuses: &[SeatStatus]) -> Vec<u8> {
    let byte = |four: &[SeatStatus]| four.iter().rev().fold(0, |byte, status| byte << 2 | code(*status));
    statuses.chunks(4).map(byte).collect()
}

/// Returns the two bits of a status.
const fn code(status: SeatStatus) -> u8 {
    match status {
        SeatStatus::Available => 0,
        SeatStatus::Held => 1,
        SeatStatus::Reserved => 2,
        SeatStatus::Blocked => 3,
    }
}

/// Returns the event of a stream with `json` as its data.
fn event(version: Version, json: &[u8]) -> Bytes {
    let head = format!("event: availability\nid: {version}\ndata: ");
    [head.as_bytes(), json, b"\n\n"].concat().into()
}

#[cfg(test)]
mod tests;
