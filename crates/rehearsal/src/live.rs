//! How things stand while the crowd plays.

use crate::record::Latency;
use crate::summary::Times;

/// How things stand.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Progress {
    /// Seconds since the beginning.
    pub seconds: f64,
    /// Users who are expected.
    pub users: u64,
    /// Of those, who have come, and not yet joined.
    pub arriving: u64,
    /// Who wait in the line.
    pub waiting: u64,
    /// Who are in.
    pub active: u64,
    /// Whose visit is over.
    pub gone: u64,
    /// Seats of the hall.
    pub seats: u64,
    /// Of those, sold.
    pub sold: u64,
    /// Answers so far.
    pub answers: u64,
    /// Of those, 409.
    pub conflicts: u64,
    /// 5xx and broken connections so far.
    pub failures: u64,
    /// Of the answers since the last look.
    pub latency: Latency,
}

/// Where a user is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Arriving,
    Waiting,
    Active,
    Gone,
}

/// What is counted while it happens.
#[derive(Default)]
pub(crate) struct Live {
    progress: Progress,
    times: Times,
}

impl Live {
    pub(crate) fn new(users: u32, seats: u32) -> Self {
        Self { progress: Progress { users: users.into(), seats: seats.into(), ..Progress::default() }, times: Times::default() }
    }

    fn at(&mut self, stage: Stage) -> &mut u64 {
        match stage {
            Stage::Arriving => &mut self.progress.arriving,
            Stage::Waiting => &mut self.progress.waiting,
            Stage::Active => &mut self.progress.active,
            Stage::Gone => &mut self.progress.gone,
        }
    }

    /// Somebody has come.
    pub(crate) fn arrived(&mut self) {
        *self.at(Stage::Arriving) += 1;
    }

    /// Somebody goes on.
    pub(crate) fn moved(&mut self, from: Stage, to: Stage) {
        *self.at(from) -= 1;
        *self.at(to) += 1;
    }

    pub(crate) fn sold(&mut self, seats: u64) {
        self.progress.sold += seats;
    }

    /// An answer came after `latency` microseconds.
    pub(crate) fn answered(&mut self, status: u16, latency: u64) {
        self.progress.answers += 1;
        self.progress.conflicts += u64::from(status == 409);
        self.progress.failures += u64::from(status >= 500);
        self.times.add(latency);
    }

    pub(crate) fn broke(&mut self) {
        self.progress.failures += 1;
    }

    /// How things stand, `seconds` after the beginning.
    pub(crate) fn look(&mut self, seconds: f64) -> Progress {
        let latency = std::mem::take(&mut self.times).latency();
        Progress { seconds, latency, ..self.progress }
    }
}
