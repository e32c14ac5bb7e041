//! The result of checking one promise.

use crate::history::Exchange;
use crate::record::Verdict;

/// The maximum number of violations that are reported of a promise.
pub(super) const MAX_VIOLATIONS: usize = 20;
/// The time by which a response from memory may lag behind other responses, in microseconds: a second with several instances, and a margin
/// for a busy machine.
pub(super) const MAX_STALENESS: u64 = 1_500_000;

/// The result of checking one promise.
#[derive(Debug, Default)]
pub(super) struct Finding {
    pub(super) looked_at: u64,
    pub(super) violations: Vec<String>,
}

impl Finding {
    /// Counts a checked item.
    pub(super) fn count_check(&mut self) {
        self.looked_at += 1;
    }

    /// Adds a violation with its requests.
    pub(super) fn add_violation(&mut self, description: impl Into<String>, requests: &[&Exchange]) {
        let requests = requests.iter().map(|request| format!("\n  {request}"));
        self.violations.push(std::iter::once(description.into()).chain(requests).collect());
    }

    /// Returns the verdict, with at most [`MAX_VIOLATIONS`] violations and the number of the others.
    pub(super) fn verdict(mut self, promise: &str) -> Verdict {
        let more = self.violations.len().saturating_sub(MAX_VIOLATIONS);
        self.violations.truncate(MAX_VIOLATIONS);
        if more > 0 {
            self.violations.push(format!("and {more} more"));
        }
        Verdict { promise: promise.to_owned(), looked_at: self.looked_at, violations: self.violations }
    }
}
