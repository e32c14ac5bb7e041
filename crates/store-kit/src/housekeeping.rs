//! Deletion of rows whose retention has ended.

use application::ports::Prunable;
use domain::QueueToken;
use time::OffsetDateTime;

use crate::draft::Draft;
use crate::engine::Order::Ascending;
use crate::fault::Fault;
use crate::key::{Key, Kind};
use crate::needs::limit;

impl Draft<'_> {
    /// Deletes rows and returns how many it deleted.
    pub(crate) fn prune(&mut self, what: Prunable, at_most: u32, now: OffsetDateTime) -> Result<u64, Fault> {
        match what {
            Prunable::Keys => self.prune_keys(at_most, now),
            Prunable::Log { before, unread_before } => self.prune_log(before, unread_before, at_most),
            Prunable::Tokens { before } => self.prune_tokens(before, at_most),
        }
    }

    fn prune_keys(&mut self, at_most: u32, now: OffsetDateTime) -> Result<u64, Fault> {
        let past = Key::of(Kind::ExpiringKey)..Key::of(Kind::ExpiringKey).at(now).after_all();
        // No other index points to them, so none needs to be read, not even an invalid one.
        let entries = self.view().entries(past, Ascending)?.take(limit(at_most)).collect::<Result<Vec<_>, _>>()?;
        let count = entries.len() as u64;
        for (index, record) in entries {
            self.take(&Key::kept(index))?;
            self.take(&Key::kept(record))?;
        }
        Ok(count)
    }

    /// Deletes ended tokens under which no reservation was ever made. Their numbers are not reused.
    fn prune_tokens(&mut self, before: OffsetDateTime, at_most: u32) -> Result<u64, Fault> {
        let past = Key::of(Kind::UnusedToken)..Key::of(Kind::UnusedToken).at(before);
        let entries = self.view().entries(past, Ascending)?.take(limit(at_most)).collect::<Result<Vec<_>, _>>()?;
        let mut pruned = 0;
        for (index, token) in entries {
            // An invalid one stays, for the audit to find.
            let Some(token) = self.view().get::<QueueToken>(&Key::kept(token)).ok().flatten() else { continue };
            self.take(&Key::kept(index))?;
            self.remove(&token.row)?;
            self.update_counters(token.queue(), |counters| counters.pruned += 1)?;
            pruned += 1;
        }
        Ok(pruned)
    }
}
