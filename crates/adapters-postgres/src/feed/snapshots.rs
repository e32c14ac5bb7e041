//! Which rows of the feed every reader has passed.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Rows are kept for so long after they became visible. A reader is lost a little sooner.
const KEEP_MICROS: i64 = 60 * 1_000_000;
/// Between two snapshots that are remembered.
const APART_MICROS: i64 = 1_000_000;

/// What could be seen at an instant of the database's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Snapshot {
    pub(super) at: i64,
    /// As `pg_snapshot` is written.
    pub(super) seen: String,
    /// When the server started: after a crash ids of transactions may be given again.
    pub(super) server_start: String,
}

/// Snapshots of the last minute, the oldest first.
///
/// By them, and not by the instant of the insert, it is told which rows may go: a commit that waits for a standby may become visible long after
/// its rows were inserted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshots(Arc<Mutex<VecDeque<Snapshot>>>);

impl Snapshots {
    /// Remembers `now`; returns the latest one that is old enough for what it saw to be deleted, if there is one.
    pub(super) fn pass(&self, now: Snapshot) -> Option<Snapshot> {
        let mut snapshots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = now.at - KEEP_MICROS;
        // A clock that went back, or another server, makes the others worthless.
        if snapshots.back().is_some_and(|last| last.at > now.at || last.server_start != now.server_start) {
            snapshots.clear();
        }
        if snapshots.back().is_none_or(|last| now.at - last.at >= APART_MICROS) {
            snapshots.push_back(now);
        }
        while snapshots.get(1).is_some_and(|second| second.at <= limit) {
            snapshots.pop_front();
        }
        snapshots.front().filter(|oldest| oldest.at <= limit).cloned()
    }

    /// Makes all snapshots older, as if so many microseconds had passed.
    #[cfg(test)]
    pub(super) fn age(&self, micros: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter_mut().for_each(|snapshot| snapshot.at -= micros);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Snapshot {
        Snapshot { at: seconds * 1_000_000, seen: format!("{seconds}:{seconds}:"), server_start: "noon".into() }
    }

    #[test]
    fn what_was_seen_a_minute_ago_may_go_and_nothing_later() {
        let snapshots = Snapshots::default();
        assert_eq!(snapshots.pass(at(100)), None);
        assert_eq!(snapshots.pass(at(130)), None);
        assert_eq!(snapshots.pass(at(159)), None);
        assert_eq!(snapshots.pass(at(160)), Some(at(100)));
        assert_eq!(snapshots.pass(at(189)), Some(at(100)));
        assert_eq!(snapshots.pass(at(195)), Some(at(130)));
    }

    #[test]
    fn after_a_restart_of_the_server_the_snapshots_before_it_are_worthless() {
        let snapshots = Snapshots::default();
        snapshots.pass(at(100));
        let restarted = |seconds| Snapshot { server_start: "one".into(), ..at(seconds) };
        assert_eq!(snapshots.pass(restarted(200)), None);
        assert_eq!(snapshots.pass(restarted(260)), Some(restarted(200)));
    }

    #[test]
    fn a_clock_that_went_back_lets_nothing_go_too_soon() {
        let snapshots = Snapshots::default();
        snapshots.pass(at(1_000));
        assert_eq!(snapshots.pass(at(100)), None);
        assert_eq!(snapshots.pass(at(159)), None);
    }
}
