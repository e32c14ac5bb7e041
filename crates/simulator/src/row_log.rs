//! The log of committed rows, from which instances that share a store learn of each other's commits.

use application::ports::{LogExtent, LogPage, Position};
use domain::LoggedRow;

/// The rows of all commits; each commit has one position.
#[derive(Default)]
pub(crate) struct RowLog(Vec<Vec<LoggedRow>>);

impl RowLog {
    /// Appends the rows of a commit.
    pub(crate) fn push(&mut self, rows: Vec<LoggedRow>) {
        self.0.push(rows);
    }

    /// The first and last positions.
    pub(crate) fn extent(&self) -> LogExtent {
        LogExtent { start: Position(0), end: Position(u64::try_from(self.0.len()).unwrap_or(u64::MAX)) }
    }

    /// Rows after a position, of up to `at_most` commits; `None` if the position is past the end.
    pub(crate) fn page(&self, after: Position, at_most: u32) -> Option<LogPage<LoggedRow>> {
        let end = self.extent().end;
        if after > end {
            return None;
        }
        let from = usize::try_from(after.0).unwrap_or(usize::MAX);
        let groups = self.0.iter().skip(from).take(usize::try_from(at_most).unwrap_or(usize::MAX));
        let count = groups.clone().count();
        let position = Position(after.0 + u64::try_from(count).unwrap_or(0));
        Some(LogPage { items: groups.flatten().cloned().collect(), position, end })
    }
}
