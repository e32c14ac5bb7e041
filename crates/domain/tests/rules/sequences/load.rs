//! A load: a store that returns all of its rows, whatever is needed.

use domain::Rows;
use domain::need::Standing;

use super::world::World;

impl World {
    /// No queue is a concert's own.
    pub(crate) fn rows(&self) -> Rows {
        let mut rows = Rows::at(self.now);
        rows.add_all(self.keys.values().cloned());
        rows.add_all(self.users.values().cloned());
        rows.add_all(self.wallets.values().cloned());
        for (id, line) in &self.lines {
            let count = |tokens: usize| u32::try_from(tokens).unwrap_or(u32::MAX);
            let (waiting, active) = (count(self.waiting(*id).count()), count(self.active(*id).count()));
            rows.add(line.queue.clone());
            rows.add_standing(*id, Standing { admission: line.admission, waiting, active: Some(active) });
        }
        rows.add_all(self.tokens.values().cloned());
        rows.add_all(self.concerts.values().cloned());
        rows.add_all(self.dates.values().cloned());
        rows.add_all(self.seats.values().cloned());
        rows.add_all(self.reservations.values().cloned());
        rows.add_all(self.payments.values().cloned());
        rows
    }
}
