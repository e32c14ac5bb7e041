//! P5: admission is in order of number, and the numbers are gapless. P6: a user has one live place in a queue.

use std::collections::BTreeMap;

use domain::{QueueId, QueueToken, TokenState};

use super::everything::{Everything, Line};

/// Numbers that were handed out and that neither a token has nor one that was forgotten had, and tokens that stand in no line.
pub(super) fn numbers_off(state: &Everything) -> usize {
    let stands = |queue: QueueId, number: u64, token: &QueueToken| token.queue() == queue && token.number() == number;
    let in_line = |queue: QueueId, line: &Line| {
        let numbered = line.tokens.range(1..=line.counted.last_number);
        numbered.filter(|(number, id)| state.tokens.get(id).is_some_and(|token| stands(queue, **number, token))).count()
    };
    let missing = |queue: QueueId, line: &Line| {
        let known = u64::try_from(in_line(queue, line)).unwrap_or(u64::MAX).saturating_add(line.counted.pruned);
        usize::try_from(line.counted.last_number.abs_diff(known)).unwrap_or(usize::MAX)
    };
    let gaps: usize = state.lines.iter().map(|(queue, line)| missing(*queue, line)).sum();
    gaps + state.tokens.len().abs_diff(state.lines.iter().map(|(queue, line)| in_line(*queue, line)).sum())
}

/// Those who still wait although somebody behind them was let in.
pub(super) fn passed_over(state: &Everything) -> usize {
    let last_let_in = |queue| state.tokens_of(queue).filter(|token| token.activated_at().is_some()).last().map(|token| token.number());
    let waits = |token: &QueueToken| token.state() == TokenState::Waiting;
    let passed_over = |queue| {
        let last = last_let_in(queue);
        state.tokens_of(queue).filter(move |token| waits(token) && Some(token.number()) < last).count()
    };
    state.lines.keys().map(|queue| passed_over(*queue)).sum()
}

pub(super) fn places_taken_twice(state: &Everything) -> usize {
    let mut live = BTreeMap::new();
    for token in state.tokens.values().filter(|token| token.is_live()) {
        *live.entry((token.queue(), token.user())).or_insert(0) += 1;
    }
    live.values().filter(|live| **live > 1).count()
}

/// Queues that count others than wait, or are let in.
pub(super) fn miscounted(state: &Everything) -> usize {
    let count = |queue, is_meant: fn(&TokenState) -> bool| state.tokens_of(queue).filter(|token| is_meant(&token.state())).count();
    let is_off = |queue, line: &Line| {
        let waiting = count(queue, |state| matches!(state, TokenState::Waiting));
        let active = count(queue, |state| matches!(state, TokenState::Active { .. }));
        (waiting, active) != (line.counted.waiting as usize, line.counted.active as usize)
    };
    state.lines.iter().filter(|(queue, line)| is_off(**queue, line)).count()
}
