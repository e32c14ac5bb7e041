//! P5: admission is in order of number, and the numbers are gapless. P6: a user has at most one live token in a queue.

use std::collections::BTreeMap;

use domain::{ExpiryReason, QueueId, QueueToken, TokenState};

use super::everything::{Everything, Numbering};
use crate::queue_counters::QueueCounters;

/// Counts numbers that were assigned but belong neither to a token nor to a pruned one, and tokens that are in no queue.
pub(super) fn missing_numbers(state: &Everything) -> usize {
    let is_numbered = |queue: QueueId, number: u64, token: &QueueToken| token.queue() == queue && token.number() == number;
    let count_numbered = |queue: QueueId, numbering: &Numbering| {
        let numbered = numbering.tokens.range(1..=numbering.counters.last_number);
        numbered.filter(|(number, id)| state.tokens.get(id).is_some_and(|token| is_numbered(queue, **number, token))).count()
    };
    let missing = |queue: QueueId, numbering: &Numbering| {
        let known = u64::try_from(count_numbered(queue, numbering)).unwrap_or(u64::MAX).saturating_add(numbering.counters.pruned);
        usize::try_from(numbering.counters.last_number.abs_diff(known)).unwrap_or(usize::MAX)
    };
    let gaps: usize = state.numberings.iter().map(|(queue, numbering)| missing(*queue, numbering)).sum();
    gaps + state.tokens.len().abs_diff(state.numberings.iter().map(|(queue, numbering)| count_numbered(*queue, numbering)).sum())
}

/// Counts waiting tokens with a lower number than a token that was admitted.
pub(super) fn overtaken_tokens(state: &Everything) -> usize {
    let last_admitted = |queue| state.tokens_of(queue).filter(|token| token.activated_at().is_some()).last().map(|token| token.number());
    let is_waiting = |token: &QueueToken| token.state() == TokenState::Waiting;
    let overtaken_tokens = |queue| {
        let last = last_admitted(queue);
        state.tokens_of(queue).filter(move |token| is_waiting(token) && Some(token.number()) < last).count()
    };
    state.numberings.keys().map(|queue| overtaken_tokens(*queue)).sum()
}

/// Counts tokens that contradict the last admitted number of their queue: admitted ones above it, and waiting ones up to it.
pub(super) fn tokens_beside_the_last_admitted(state: &Everything) -> usize {
    let contradicts = |token: &QueueToken, last_admitted: u64| {
        let is_beyond = last_admitted < token.number();
        if is_beyond { token.activated_at().is_some() } else { token.state() == TokenState::Waiting }
    };
    let count = |queue: QueueId, numbering: &Numbering| {
        let last_admitted = numbering.counters.last_admitted.unsigned_abs();
        state.tokens_of(queue).filter(|token| contradicts(token, last_admitted)).count()
    };
    state.numberings.iter().map(|(queue, numbering)| count(*queue, numbering)).sum()
}

/// Counts queues whose totals lack a token, or exceed its tokens by more than were pruned.
pub(super) fn wrong_totals(state: &Everything) -> usize {
    let is_no_show = |token: &QueueToken| matches!(token.state(), TokenState::Expired { reason: ExpiryReason::Unclaimed, .. });
    let is_wrong = |queue: QueueId, QueueCounters { admitted, no_shows, pruned, .. }: QueueCounters| {
        let count = |is_counted: &dyn Fn(&QueueToken) -> bool| state.tokens_of(queue).filter(|token| is_counted(token)).count() as u64;
        let differs = |total: u64, tokens: u64| !(tokens..=tokens.saturating_add(pruned)).contains(&total);
        differs(admitted.unsigned_abs(), count(&|token| token.activated_at().is_some())) || differs(no_shows, count(&is_no_show))
    };
    state.numberings.iter().filter(|(queue, numbering)| is_wrong(**queue, numbering.counters)).count()
}

pub(super) fn duplicate_live_tokens(state: &Everything) -> usize {
    let mut live = BTreeMap::new();
    for token in state.tokens.values().filter(|token| token.is_live()) {
        *live.entry((token.queue(), token.user())).or_insert(0) += 1;
    }
    live.values().filter(|live| **live > 1).count()
}

/// Counts queues whose counters differ from the number of their waiting or active tokens.
pub(super) fn wrong_counters(state: &Everything) -> usize {
    let count = |queue, is_meant: fn(&TokenState) -> bool| state.tokens_of(queue).filter(|token| is_meant(&token.state())).count();
    let is_wrong = |queue, numbering: &Numbering| {
        let waiting = count(queue, |state| matches!(state, TokenState::Waiting));
        let active = count(queue, |state| matches!(state, TokenState::Active { .. }));
        (waiting, active) != (numbering.counters.waiting as usize, numbering.counters.active as usize)
    };
    state.numberings.iter().filter(|(queue, numbering)| is_wrong(**queue, numbering)).count()
}
