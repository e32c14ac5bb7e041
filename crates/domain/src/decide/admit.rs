//! Admit: a tick lets the next users in, in the order of their numbers, as many as the policy allows.

use time::OffsetDateTime;

use crate::change::Admission;
use crate::decide::lapse;
use crate::{Change, Context, Event, Guard, QueueToken, Rules, Sale, TokenState, Versioned, Write};

/// What a tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticked {
    /// How many users were let in.
    pub admitted: u32,
    /// How many admissions ended by their deadline.
    pub lapsed: u32,
}

impl std::ops::AddAssign for Ticked {
    fn add_assign(&mut self, other: Self) {
        self.admitted += other.admitted;
        self.lapsed += other.lapsed;
    }
}

/// How many of those who wait may be let in, if `live` tokens are ACTIVE: never above the capacity.
#[must_use]
pub fn places(live: u32, capacity: u32, batch: u32) -> u32 {
    capacity.saturating_sub(live).min(batch)
}

/// When the sale opens for which the queue's users wait: until then nobody is let in.
#[must_use]
pub fn opening(context: &Context) -> Option<OffsetDateTime> {
    match sale(context)? {
        Sale::NotOpen { opens_at } => opens_at,
        Sale::Open | Sale::SoldOut | Sale::Cancelled => None,
    }
}

/// The sale of what the queue alone admits to; none if it is no concert's own.
fn sale(context: &Context) -> Option<Sale> {
    context.offers.as_ref().map(|offers| Sale::of(offers, context.now))
}

/// Ends what has lapsed, and lets users into the places so freed, in one change under the queue's admission version;
/// none if there is nothing to do. Nobody is let in to a concert's own
/// queue while its [`Sale`] isn't open.
/// `context.tokens` must hold the lapsed ACTIVE tokens, or some of them, and the foremost WAITING ones.
#[must_use]
pub fn decide(context: &Context, rules: &Rules) -> Option<(Change, Ticked)> {
    let batch = context.queue.as_ref()?.policy(&rules.queue).batch;
    decide_at_most(context, rules, batch)
}

/// As [`decide`], letting in at most `batch`, whatever the policy's batch is.
pub(super) fn decide_at_most(context: &Context, rules: &Rules, batch: u32) -> Option<(Change, Ticked)> {
    let (queue, admission) = context.queue.as_ref().zip(context.admission)?;
    let mut change = Change::default();
    change.rely_on(Guard::Queue(queue.id, queue.version));
    change.write(Write { expected: Some(admission), row: Admission(queue.id) });
    for token in context.tokens.iter().filter(|token| token.queue == queue.id) {
        lapse::end_token(&mut change, token, context.now);
    }
    let lapsed = count(change.rows::<QueueToken>().count());

    let policy = queue.policy(&rules.queue);
    let live = context.active.saturating_sub(lapsed);
    let is_worth_it = sale(context).is_none_or(Sale::is_open);
    let places = if queue.state.lets_through() && is_worth_it { places(live, policy.capacity, batch) } else { 0 };
    let mut waiting: Vec<&Versioned<QueueToken>> =
        context.tokens.iter().filter(|token| token.queue == queue.id && token.state() == TokenState::Waiting).collect();
    waiting.sort_unstable_by_key(|token| token.number);
    for token in waiting.into_iter().take(usize::try_from(places).unwrap_or(usize::MAX)) {
        if let Ok(active) = token.row.clone().admit(policy.claim, context.now) {
            change.events.push(Event::activated(&active));
            change.write(Write::update(token, active));
        }
    }
    let admitted = count(change.rows::<QueueToken>().count()) - lapsed;
    (admitted + lapsed > 0).then_some((change, Ticked { admitted, lapsed }))
}

fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
