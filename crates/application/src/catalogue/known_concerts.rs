//! The known concerts with their schedules. A concert is kept or evicted together with all its schedules.
//!
//! ```text
//!   Filling ── all concerts were read ──► Complete      what isn't known doesn't exist
//!      └────── a concert was evicted ───► Partial  ◄── a concert was evicted
//! ```
//!
//! In the other two modes, what isn't known is read from the store.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use domain::{Concert, ConcertId, ListedConcert, Listing, QueueId, Schedule, ScheduleId, Versioned};

use crate::recency::Recency;

/// The estimated size of a concert or schedule in addition to its texts: the row, its place in the maps, and the order of use.
const ROW_BYTES: usize = 512;

/// A concert and its schedules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConcertSchedules {
    pub(crate) concert: Versioned<Concert>,
    /// By start, then id.
    pub(crate) schedules: Vec<Versioned<Schedule>>,
}

/// The result of a look-up in memory.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lookup<T> {
    /// The value as of now; none if it doesn't exist.
    Known(Option<T>),
    /// Only the store knows.
    Unknown,
}

/// Identifies a read of a concert from the store, and the state in which it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading(u64);

/// Identifies a read of all concerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Filling(u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Filling(Filling),
    Complete,
    Partial,
}

pub(super) struct KnownConcerts {
    mode: Mode,
    entries: BTreeMap<ConcertId, Entry>,
    concert_of: HashMap<ScheduleId, ConcertId>,
    recency: Recency<ConcertId>,
    /// Counts readings and fillings, so that each is distinguished from all others.
    count: u64,
    doubts: u64,
    /// Counts the changes of what is known.
    changes: u64,
    evicted: usize,
}

/// What is known of a concert.
struct Entry {
    concert: Option<Versioned<Concert>>,
    schedules: BTreeMap<ScheduleId, Versioned<Schedule>>,
    /// What a list needs of it, once the rows are current.
    listed: Option<Arc<ListedConcert>>,
    /// Whether the rows are those of the store. If not, they must be read; until then, the entry collects the rows that are committed.
    is_current: bool,
    reading: Reading,
}

impl Entry {
    fn bytes(&self) -> usize {
        let reason = |cancellation: Option<&domain::Cancellation>| {
            cancellation.and_then(|cancellation| cancellation.reason.as_ref()).map_or(0, |reason| reason.as_str().len())
        };
        let names = |concert: &Concert| concert.name().len() + concert.host().len() + listing_bytes(concert.listing());
        let concert = self.concert.as_ref().map_or(0, |concert| ROW_BYTES + names(concert) + reason(concert.cancellation()));
        let schedules = self.schedules.values().map(|row| ROW_BYTES + row.zone().as_str().len() + reason(row.cancellation()));
        concert + schedules.sum::<usize>() + self.listed.as_ref().map_or(0, |listed| listed.bytes())
    }

    fn content(&self) -> Option<ConcertSchedules> {
        let mut schedules: Vec<_> = self.schedules.values().cloned().collect();
        schedules.sort_by_key(|schedule| (schedule.starts_at(), schedule.id()));
        self.concert.clone().map(|concert| ConcertSchedules { concert, schedules })
    }
}

impl KnownConcerts {
    /// Returns an empty set of at most `limit` bytes, which is being filled.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            mode: Mode::Filling(Filling(0)),
            entries: BTreeMap::new(),
            concert_of: HashMap::new(),
            recency: Recency::new(limit),
            count: 0,
            doubts: 0,
            changes: 0,
            evicted: 0,
        }
    }

    pub(super) const fn bytes(&self) -> usize {
        self.recency.bytes()
    }

    /// Returns how many concerts were evicted since the last call.
    pub(super) const fn take_evicted(&mut self) -> usize {
        std::mem::replace(&mut self.evicted, 0)
    }

    /// Returns the concert and its schedules.
    pub(super) fn concert_schedules(&mut self, id: ConcertId) -> Lookup<ConcertSchedules> {
        self.look_up(id, Entry::content)
    }

    /// Returns the concert.
    pub(super) fn concert(&mut self, id: ConcertId) -> Lookup<Versioned<Concert>> {
        self.look_up(id, |entry| entry.concert.clone())
    }

    /// Returns the schedule.
    pub(super) fn schedule(&mut self, id: ScheduleId) -> Lookup<Versioned<Schedule>> {
        match self.concert_of.get(&id) {
            Some(concert) => self.look_up(*concert, |entry| entry.schedules.get(&id).cloned()),
            None if self.mode == Mode::Complete => Lookup::Known(None),
            None => Lookup::Unknown,
        }
    }

    /// Returns the concert of a schedule, as far as it is known.
    pub(super) fn concert_of(&self, id: ScheduleId) -> Option<ConcertId> {
        self.concert_of.get(&id).copied()
    }

    /// Returns what lists need of all concerts, and how often what is known has changed; none if only the store knows all of them.
    pub(super) fn listed(&self) -> Option<(Vec<Arc<ListedConcert>>, u64)> {
        let listed = self.all()?.values().filter_map(|entry| entry.listed.clone());
        Some((listed.collect(), self.changes))
    }

    /// Returns how often what is known has changed.
    pub(super) const fn changes(&self) -> u64 {
        self.changes
    }

    /// Returns the concerts of a queue, by id; none if only the store knows all of them.
    pub(super) fn concerts_of(&self, queue: QueueId) -> Option<Vec<Versioned<Concert>>> {
        let concerts = self.all()?.values().filter_map(|entry| entry.concert.as_ref());
        Some(concerts.filter(|concert| concert.queue() == queue).cloned().collect())
    }

    /// Returns the concerts whose rows must be read again.
    pub(super) fn doubtful(&self) -> Vec<ConcertId> {
        let doubtful = self.entries.iter().filter(|(_, entry)| !entry.is_current);
        doubtful.map(|(id, _)| *id).collect()
    }

    /// Returns all concerts of the store; none if only the store knows all of them.
    fn all(&self) -> Option<&BTreeMap<ConcertId, Entry>> {
        // The current entries are those that have a size.
        let are_current = self.recency.len() == self.entries.len();
        (self.mode == Mode::Complete && are_current).then_some(&self.entries)
    }

    fn look_up<T>(&mut self, id: ConcertId, read: impl FnOnce(&Entry) -> Option<T>) -> Lookup<T> {
        match self.entries.get(&id) {
            Some(entry) if entry.is_current => {
                let found = read(entry);
                self.recency.touch(id);
                Lookup::Known(found)
            }
            None if self.mode == Mode::Complete => Lookup::Known(None),
            Some(_) | None => Lookup::Unknown,
        }
    }

    /// Stores a committed concert, unless this or a newer version is known.
    pub(super) fn keep_concert(&mut self, concert: Versioned<Concert>) {
        let id = concert.id();
        let is_new = !self.entries.contains_key(&id);
        if is_new && self.mode == Mode::Partial {
            return;
        }
        // While all other concerts are known, a new one is known from its first row on.
        let is_current = is_new && self.mode == Mode::Complete;
        let entry = self.entry(id);
        entry.is_current |= is_current;
        merge(&mut entry.concert, concert);
        self.weigh(id);
    }

    /// Stores a committed schedule, unless this or a newer version is known.
    pub(super) fn keep_schedule(&mut self, schedule: Versioned<Schedule>) {
        let id = schedule.concert();
        if !self.entries.contains_key(&id) && self.mode == Mode::Partial {
            return;
        }
        self.add_schedule(schedule);
        self.weigh(id);
    }

    fn add_schedule(&mut self, schedule: Versioned<Schedule>) {
        let (id, concert) = (schedule.id(), schedule.concert());
        self.concert_of.insert(id, concert);
        let schedules = &mut self.entry(concert).schedules;
        if schedules.get(&id).is_none_or(|known| known.version < schedule.version) {
            schedules.insert(id, schedule);
        }
    }

    /// Marks the concert as doubtful, and the schedule, if it is named: their rows must be read again.
    pub(super) fn doubt(&mut self, id: ConcertId, schedule: Option<ScheduleId>) {
        (self.doubts, self.changes) = (self.doubts + 1, self.changes + 1);
        if self.mode == Mode::Partial && !self.entries.contains_key(&id) {
            return;
        }
        let reading = self.next_reading();
        let entry = self.entry(id);
        (entry.is_current, entry.reading) = (false, reading);
        self.recency.remove(id);
        if let Some(schedule) = schedule {
            self.concert_of.insert(schedule, id);
        }
    }

    /// Returns how often rows have become doubtful.
    pub(super) const fn doubts(&self) -> u64 {
        self.doubts
    }

    /// Begins to read a concert from the store. From now on, its committed rows are collected.
    pub(super) fn start_reading(&mut self, id: ConcertId) -> Reading {
        self.entry(id).reading
    }

    /// Ends the reading of a concert, and returns the concert. It is kept unless it became doubtful meanwhile.
    pub(super) fn end_reading(&mut self, id: ConcertId, reading: Reading, read: Option<ConcertSchedules>) -> Option<ConcertSchedules> {
        if self.entries.get(&id).is_none_or(|entry| entry.reading != reading) {
            return read;
        }
        if let Some(ConcertSchedules { concert, schedules }) = read {
            merge(&mut self.entry(id).concert, concert);
            for schedule in schedules {
                self.add_schedule(schedule);
            }
        }
        let entry = self.entry(id);
        entry.is_current = entry.concert.is_some();
        let content = entry.content();
        if content.is_some() {
            self.weigh(id);
        } else {
            self.forget(id);
        }
        content
    }

    /// Gives up a reading that failed.
    pub(super) fn abandon_reading(&mut self, id: ConcertId) {
        // In the other modes, what isn't known is read in any case.
        if self.mode != Mode::Complete && self.entries.get(&id).is_some_and(|entry| entry.concert.is_none() && entry.schedules.is_empty()) {
            self.forget(id);
        }
    }

    /// Forgets everything, and begins to read all concerts.
    pub(super) fn start_filling(&mut self) -> Filling {
        (self.count, self.changes) = (self.count + 1, self.changes + 1);
        let filling = Filling(self.count);
        self.mode = Mode::Filling(filling);
        (self.entries, self.concert_of) = (BTreeMap::new(), HashMap::new());
        self.recency.clear();
        filling
    }

    /// Whether all concerts that were read still fit into memory, and no other reading of all concerts has begun.
    pub(super) fn is_filling(&self, filling: Filling) -> bool {
        self.mode == Mode::Filling(filling)
    }

    /// Ends the reading of all concerts.
    pub(super) fn end_filling(&mut self, filling: Filling) {
        if self.is_filling(filling) {
            self.mode = Mode::Complete;
        }
    }

    fn entry(&mut self, id: ConcertId) -> &mut Entry {
        let count = &mut self.count;
        self.entries.entry(id).or_insert_with(|| {
            *count += 1;
            Entry { concert: None, schedules: BTreeMap::new(), listed: None, is_current: false, reading: Reading(*count) }
        })
    }

    const fn next_reading(&mut self) -> Reading {
        self.count += 1;
        Reading(self.count)
    }

    /// Updates what lists need of a concert after a change, and its size, and evicts others if all don't fit.
    fn weigh(&mut self, id: ConcertId) {
        self.changes += 1;
        let Some(entry) = self.entries.get_mut(&id).filter(|entry| entry.is_current) else { return };
        let schedules = entry.schedules.values().map(|schedule| &schedule.row);
        entry.listed = entry.concert.as_ref().map(|concert| Arc::new(ListedConcert::new(concert, schedules)));
        let bytes = entry.bytes();
        for least in self.recency.set(id, bytes) {
            self.mode = Mode::Partial;
            self.evicted += 1;
            self.forget(least);
        }
    }

    fn forget(&mut self, id: ConcertId) {
        self.recency.remove(id);
        if let Some(entry) = self.entries.remove(&id) {
            for schedule in entry.schedules.keys() {
                self.concert_of.remove(schedule);
            }
        }
    }
}

/// Returns the size of the texts of a listing.
fn listing_bytes(Listing { description, image_url, venue, .. }: &Listing) -> usize {
    let venue = venue.as_ref().map_or(0, |venue| venue.name.as_str().len() + venue.city.as_str().len() + venue.zone.as_str().len());
    let description = description.as_ref().map_or(0, |description| description.as_str().len());
    description + image_url.as_ref().map_or(0, |url| url.as_str().len()) + venue
}

/// Replaces the row if `row` is newer.
fn merge<T>(known: &mut Option<Versioned<T>>, row: Versioned<T>) {
    if known.as_ref().is_none_or(|known| known.version < row.version) {
        *known = Some(row);
    }
}
