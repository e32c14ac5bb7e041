//! The store: one lock around all rows.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use application::ports::{Clock, CommitError, Committed, ReadError, Store};
use async_trait::async_trait;
use domain::change::Collisions;
use domain::{Change, Need, Rows};

use crate::state::State;

/// A store in memory: all ports of persistence, without a database.
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

impl MemoryStore {
    /// An empty store whose clock is `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::new(State::new()) }
    }

    /// All rows as text, without the issuer's secret: where the texts are equal, nothing has changed. For tests of what must change
    /// nothing.
    pub fn rows(&self) -> String {
        let state = self.state();
        // Without `..`: a table that is new can't be forgotten here.
        let State {
            queues,
            lines,
            concerts,
            schedules,
            seats,
            tokens,
            reservations,
            payments,
            users,
            wallets,
            entries,
            entry_ids,
            keys,
            log,
            deeds,
            issuer_secret: _,
        } = &*state;
        let catalogue = (queues, lines, concerts, schedules, seats);
        let bookings = (tokens, reservations, payments, users);
        format!("{:?}", (catalogue, bookings, wallets, entries, entry_ids, keys, log, deeds))
    }

    /// All rows, at one instant.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The store's clock.
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError> {
        let state = self.state();
        Ok(state.load(needs, self.clock.now()))
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        let (mut state, mut before) = (self.state(), Collisions::default());
        changes.iter().map(|change| state.commit(change, &mut before, self.clock())).collect()
    }
}
