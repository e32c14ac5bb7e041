//! P5: admission is in order of number, and the numbers are gapless. P6: a user has one live place in a queue.

use std::collections::BTreeMap;

use domain::{QueueToken, TokenState};

use crate::state::State;

pub(super) fn numbers_off(state: &State) -> usize {
    let in_line = |queue| state.tokens_of(queue).zip(1..).filter(move |(token, number)| token.queue == queue && token.number == *number);
    state.tokens.len().abs_diff(state.lines.keys().map(|queue| in_line(*queue).count()).sum())
}

/// Those who still wait although somebody behind them was let in.
pub(super) fn passed_over(state: &State) -> usize {
    let last_let_in = |queue| state.tokens_of(queue).filter(|token| token.activated_at().is_some()).last().map(|token| token.number);
    let waits = |token: &QueueToken| token.state() == TokenState::Waiting;
    let passed_over = |queue| {
        let last = last_let_in(queue);
        state.tokens_of(queue).filter(move |token| waits(token) && Some(token.number) < last).count()
    };
    state.lines.keys().map(|queue| passed_over(*queue)).sum()
}

pub(super) fn places_taken_twice(state: &State) -> usize {
    let mut live = BTreeMap::new();
    for token in state.tokens.values().filter(|token| token.is_live()) {
        *live.entry((token.queue, token.user)).or_insert(0) += 1;
    }
    live.values().filter(|live| **live > 1).count()
}
