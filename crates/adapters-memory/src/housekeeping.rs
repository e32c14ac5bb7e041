//! Forgetting what has been kept long enough.

use application::ports::{Housekeeping, Pruned, ReadError};
use async_trait::async_trait;
use domain::KeyScope;
use time::OffsetDateTime;

use crate::MemoryStore;
use crate::load::limit;
use crate::state::State;

#[async_trait]
impl Housekeeping for MemoryStore {
    async fn prune(&self, events_before: OffsetDateTime, at_most: u32) -> Result<Pruned, ReadError> {
        let mut state = self.state();
        let now = self.clock().now();
        Ok(Pruned { keys: prune_keys(&mut state, now, limit(at_most)), events: prune_events(&mut state, events_before, limit(at_most)) })
    }
}

fn prune_keys(state: &mut State, now: OffsetDateTime, at_most: usize) -> u64 {
    let past = state.keys.values().filter(|key| key.expires_at <= now).take(at_most);
    let past: Vec<KeyScope> = past.map(|key| key.scope.clone()).collect();
    past.iter().filter_map(|scope| state.keys.remove(scope)).map(|_| 1).sum()
}

fn prune_events(state: &mut State, before: OffsetDateTime, at_most: usize) -> u64 {
    let mut pruned = 0;
    for _ in 0..at_most {
        if state.outbox.pop_front_if(|(written_at, _)| *written_at < before).is_none() {
            break;
        }
        pruned += 1;
    }
    pruned
}
