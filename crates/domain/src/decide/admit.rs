//! Admit: a tick lets the next users in, in the order of their numbers, as many as the policy allows.

use time::OffsetDateTime;

use crate::change::Admission;
use crate::decide::lapse;
use crate::loaded::LoadedLine;
use crate::{Change, Event, Guard, QueueToken, Rules, Sale, Write};

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

/// When the sale opens for which those in `line` wait: until then nobody is let in.
#[must_use]
pub fn opening(line: &LoadedLine, now: OffsetDateTime) -> Option<OffsetDateTime> {
    match sale(line, now)? {
        Sale::NotOpen { opens_at } => opens_at,
        Sale::Open | Sale::SoldOut | Sale::Cancelled => None,
    }
}

/// The sale of what the queue alone admits to; none if it is no concert's own.
fn sale(line: &LoadedLine, now: OffsetDateTime) -> Option<Sale> {
    line.offers.as_ref().map(|offers| Sale::of(offers, now))
}

/// Ends what has lapsed, and lets users into the places so freed, in one change under the queue's admission version;
/// none if there is nothing to do. Nobody is let in to a concert's own
/// queue while its [`Sale`] isn't open.
#[must_use]
pub fn decide(line: &LoadedLine, now: OffsetDateTime, rules: &Rules) -> Option<(Change, Ticked)> {
    decide_at_most(line, now, rules, line.queue.policy(&rules.queue).batch)
}

/// As [`decide`], letting in at most `batch`, whatever the policy's batch is.
pub(super) fn decide_at_most(line: &LoadedLine, now: OffsetDateTime, rules: &Rules, batch: u32) -> Option<(Change, Ticked)> {
    let queue = &line.queue;
    let mut change = Change::default();
    change.rely_on(Guard::Queue(queue.id(), queue.version));
    change.write(Write { expected: Some(line.admission), row: Admission(queue.id()) });
    for token in &line.lapsed {
        lapse::end_token(&mut change, token, now);
    }
    let lapsed = count(change.rows::<QueueToken>().count());

    let policy = queue.policy(&rules.queue);
    let still_active = line.active.saturating_sub(lapsed);
    let is_worth_it = sale(line, now).is_none_or(Sale::is_open);
    let places = if queue.state().lets_through() && is_worth_it { places(still_active, policy.capacity, batch) } else { 0 };
    for token in line.foremost.iter().take(usize::try_from(places).unwrap_or(usize::MAX)) {
        if let Ok(active) = token.row.clone().admit(policy.claim, now) {
            let active = Write::update(token, active);
            change.events.push(Event::activated(&active));
            change.write(active);
        }
    }
    let admitted = count(change.rows::<QueueToken>().count()) - lapsed;
    (admitted + lapsed > 0).then_some((change, Ticked { admitted, lapsed }))
}

fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
