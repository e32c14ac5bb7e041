//! The commands of a lane that are to be loaded and decided again. Each waits on its own, so that no other command waits for it.

use std::time::Duration;

use tokio::time::Instant;

use super::job::Job;

/// The maximum pause before the first retry after a conflict with another lane; it doubles with each further retry.
const CONFLICT_PAUSE: Duration = Duration::from_millis(2);
/// How often the pause is doubled: a row that stays locked causes some twenty attempts a second.
const MAX_DOUBLINGS: u32 = 5;
/// The minimum and maximum pause before a retry after the store couldn't be reached, so that a recovering store isn't overloaded.
const FAILURE_PAUSE: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(80));

/// The reason for a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// The command collided with another one of its batch: it can be decided again at once.
    Collision,
    /// A guard failed in the store.
    Conflict,
    /// The store couldn't be reached.
    Failure,
}

/// Commands to retry, each with the instant from which on.
#[derive(Default)]
pub(super) struct Retries(Vec<(Instant, Box<dyn Job>)>);

impl Retries {
    /// Adds a command that is not committed.
    pub(super) fn add(&mut self, mut job: Box<dyn Job>, reason: Reason) {
        let retries = job.retry();
        self.0.push((Instant::now() + pause(reason, retries), job));
    }

    /// Adds the commands of `others`.
    pub(super) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Removes and returns up to `at_most` commands that are due, those that have waited longest first. Abandoned commands are dropped.
    pub(super) fn take_due(&mut self, at_most: usize) -> Vec<Box<dyn Job>> {
        self.0.retain(|(_, job)| !job.is_abandoned());
        let now = Instant::now();
        self.0.sort_by_key(|(due, _)| *due);
        let due = self.0.iter().take(at_most).take_while(|(due, _)| *due <= now).count();
        self.0.drain(..due).map(|(_, job)| job).collect()
    }

    /// Returns when the next command is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.0.iter().map(|(due, _)| *due).min()
    }
}

/// Returns a random pause; `retries` counts the command's earlier ones.
fn pause(reason: Reason, retries: u32) -> Duration {
    let (least, most) = match reason {
        Reason::Collision => return Duration::ZERO,
        Reason::Conflict => (Duration::ZERO, CONFLICT_PAUSE * 2_u32.pow(retries.min(MAX_DOUBLINGS))),
        Reason::Failure => FAILURE_PAUSE,
    };
    least + most.saturating_sub(least).mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_after_conflicts_grow_to_a_limit() {
        for (retries, most) in [(0, 2), (1, 4), (5, 64), (6, 64), (u32::MAX, 64)] {
            let longest = (0..1_000).map(|_| pause(Reason::Conflict, retries)).max().unwrap();
            assert!(longest <= Duration::from_millis(most) && longest > Duration::from_millis(most) / 2, "{retries}: {longest:?}");
        }
        assert_eq!(pause(Reason::Collision, 9), Duration::ZERO);
        let pauses = || (0..1_000).map(|_| pause(Reason::Failure, 9));
        assert!(pauses().all(|pause| (FAILURE_PAUSE.0..=FAILURE_PAUSE.1).contains(&pause)));
    }
}
