//! Deleting what has been kept long enough.

use std::collections::BTreeSet;

use application::ports::{Housekeeping, Prunable, Pruned, ReadError};
use async_trait::async_trait;
use domain::{KeyScope, QueueToken, TokenId, TokenState};
use time::OffsetDateTime;

use crate::MemoryStore;
use crate::load::limit;
use crate::state::State;

#[async_trait]
impl Housekeeping for MemoryStore {
    async fn prune(&self, what: Prunable, at_most: u32) -> Result<Pruned, ReadError> {
        let mut state = self.state();
        let rows = match what {
            Prunable::Keys => prune_keys(&mut state, self.clock().now(), limit(at_most)),
            Prunable::Log { before, unread_before } => state.log.prune(before, unread_before, limit(at_most)),
            Prunable::Tokens { before } => prune_tokens(&mut state, before, limit(at_most)),
        };
        Ok(Pruned { rows, more: rows == u64::from(at_most) })
    }
}

fn prune_keys(state: &mut State, now: OffsetDateTime, at_most: usize) -> u64 {
    let past = state.keys.values().filter(|key| key.expires_at <= now).take(at_most);
    let past: Vec<KeyScope> = past.map(|key| key.scope.clone()).collect();
    past.iter().filter_map(|scope| state.keys.remove(scope)).map(|_| 1).sum()
}

/// Ended tokens under which no reservation was ever made. Their numbers stay given.
fn prune_tokens(state: &mut State, before: OffsetDateTime, at_most: usize) -> u64 {
    let named: BTreeSet<TokenId> = state.reservations.values().map(|reservation| reservation.token).collect();
    let has_ended = |token: &QueueToken| matches!(token.state(), TokenState::Expired { expired_at, .. } if expired_at < before);
    let past = state.tokens.values().filter(|token| has_ended(token) && !named.contains(&token.id));
    let past: Vec<TokenId> = past.map(|token| token.id).take(at_most).collect();
    let mut pruned = 0;
    for token in past.iter().filter_map(|id| state.tokens.remove(id)) {
        pruned += 1;
        if let Some(line) = state.lines.get_mut(&token.queue) {
            line.tokens.remove(&token.number);
            line.pruned += 1;
        }
    }
    pruned
}
