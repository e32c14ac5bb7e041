//! The progress of a running rehearsal.

use crate::record::Latency;
use crate::summary::Latencies;

/// The progress of a running rehearsal.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Progress {
    /// Seconds since the start.
    pub seconds: f64,
    /// The number of users of the scenario.
    pub users: u64,
    /// Users who have arrived and not yet joined.
    pub arriving: u64,
    /// Waiting users.
    pub waiting: u64,
    /// Active users.
    pub active: u64,
    /// Users whose visit has ended.
    pub gone: u64,
    /// The number of seats of the schedule.
    pub seats: u64,
    /// Sold seats.
    pub sold: u64,
    /// Responses so far.
    pub answers: u64,
    /// Responses with status 409 so far.
    pub conflicts: u64,
    /// Responses with status 5xx and broken connections so far.
    pub failures: u64,
    /// Latencies of the responses since the last report.
    pub latency: Latency,
}

/// The stage of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Arriving,
    Waiting,
    Active,
    Finished,
}

/// The counters of a running rehearsal.
#[derive(Default)]
pub(crate) struct Live {
    progress: Progress,
    latencies: Latencies,
}

impl Live {
    pub(crate) fn new(users: u32, seats: u32) -> Self {
        Self { progress: Progress { users: users.into(), seats: seats.into(), ..Progress::default() }, latencies: Latencies::default() }
    }

    fn counter(&mut self, stage: Stage) -> &mut u64 {
        match stage {
            Stage::Arriving => &mut self.progress.arriving,
            Stage::Waiting => &mut self.progress.waiting,
            Stage::Active => &mut self.progress.active,
            Stage::Finished => &mut self.progress.gone,
        }
    }

    /// Counts an arrival.
    pub(crate) fn add_arrival(&mut self) {
        *self.counter(Stage::Arriving) += 1;
    }

    /// Moves a user to another stage.
    pub(crate) fn change_stage(&mut self, from: Stage, to: Stage) {
        *self.counter(from) -= 1;
        *self.counter(to) += 1;
    }

    pub(crate) fn add_sold(&mut self, seats: u64) {
        self.progress.sold += seats;
    }

    /// Counts a response with its latency in microseconds.
    pub(crate) fn record_response(&mut self, status: u16, latency: u64) {
        self.progress.answers += 1;
        self.progress.conflicts += u64::from(status == 409);
        self.progress.failures += u64::from(status >= 500);
        self.latencies.add(latency);
    }

    /// Counts a request without a response.
    pub(crate) fn record_failure(&mut self) {
        self.progress.failures += 1;
    }

    /// Returns the progress `seconds` after the start, and resets the latencies.
    pub(crate) fn take_progress(&mut self, seconds: f64) -> Progress {
        let latency = std::mem::take(&mut self.latencies).latency();
        Progress { seconds, latency, ..self.progress }
    }
}
