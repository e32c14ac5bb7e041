//! Loads: all rows, whatever is needed.

use super::ModelStore;
use crate::Rows;
use crate::need::QueueCounts;

impl ModelStore {
    /// Returns all rows at the current time. No queue is a concert's own.
    #[must_use]
    pub fn load(&self) -> Rows {
        let mut rows = Rows::at(self.now);
        rows.add_all(self.keys.values().cloned());
        rows.add_all(self.users.values().cloned());
        rows.add_all(self.wallets.values().cloned());
        for (id, line) in &self.queues {
            let count = |tokens: usize| u32::try_from(tokens).unwrap_or(u32::MAX);
            let (waiting, active) = (count(self.waiting(*id).count()), count(self.active(*id).count()));
            rows.add(line.queue.clone());
            rows.add_queue_counts(*id, QueueCounts { admission: line.admission.clone(), waiting, active: Some(active) });
        }
        rows.add_all(self.tokens.values().cloned());
        rows.add_all(self.concerts.values().cloned());
        rows.add_all(self.schedules.values().cloned());
        rows.add_all(self.seats.values().cloned());
        rows.add_all(self.reservations.values().cloned());
        rows.add_all(self.payments.values().cloned());
        rows.add_all(self.layouts.values().cloned());
        rows.add_all(self.sessions.values().cloned());
        rows
    }
}
