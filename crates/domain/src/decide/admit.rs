//! Admission: a tick admits the next waiting users in the order of their numbers, as many as the policy allows.

use time::OffsetDateTime;

use crate::decide::lapse;
use crate::loaded::LoadedQueueHead;
use crate::{Change, Event, Guard, QueueToken, Rules, Sale, Write};

/// The outcome of a tick.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticked {
    /// The number of users admitted.
    pub admitted: u32,
    /// The number of lapsed tokens ended.
    pub lapsed: u32,
}

impl std::ops::AddAssign for Ticked {
    fn add_assign(&mut self, other: Self) {
        self.admitted += other.admitted;
        self.lapsed += other.lapsed;
    }
}

/// Returns how many waiting users may be admitted while `live` tokens are ACTIVE: at most `batch`, and never above the capacity.
#[must_use]
pub fn admissible(live: u32, capacity: u32, batch: u32) -> u32 {
    capacity.saturating_sub(live).min(batch)
}

/// Returns the time at which the sale opens that users of the queue wait for: no user is admitted before.
#[must_use]
pub fn opening(head: &LoadedQueueHead, now: OffsetDateTime) -> Option<OffsetDateTime> {
    match sale(head, now)? {
        Sale::NotOpen { opens_at } => opens_at,
        Sale::Open | Sale::SoldOut | Sale::Cancelled => None,
    }
}

/// Returns the sale of the concerts that only this queue admits to; none if the queue is not a concert's own.
fn sale(head: &LoadedQueueHead, now: OffsetDateTime) -> Option<Sale> {
    head.offers.as_ref().map(|offers| Sale::of(offers, now))
}

/// Ends lapsed tokens and admits waiting users to the freed capacity, in one change under the queue's admission version; none if there is
/// nothing to do. A concert's own queue admits no users while its [`Sale`] isn't open.
#[must_use]
pub fn decide(head: &LoadedQueueHead, now: OffsetDateTime, rules: &Rules) -> Option<(Change, Ticked)> {
    decide_at_most(head, now, rules, head.queue.policy(&rules.queue).batch)
}

/// Decides as [`decide`], but admits at most `batch` users, whatever the policy's batch is.
pub(super) fn decide_at_most(head: &LoadedQueueHead, now: OffsetDateTime, rules: &Rules, batch: u32) -> Option<(Change, Ticked)> {
    let queue = &head.queue;
    let (mut change, mut admission) = (Change::default(), head.admission.row);
    change.rely_on(Guard::Queue(queue.id(), queue.version));
    for token in &head.lapsed {
        lapse::end_token(&mut change, token, now);
    }
    let lapsed = count(change.rows::<QueueToken>().count());

    let policy = queue.policy(&rules.queue);
    let still_active = head.active.saturating_sub(lapsed);
    let has_open_sale = sale(head, now).is_none_or(Sale::is_open);
    let admissible_users = if queue.state().admits() && has_open_sale { admissible(still_active, policy.capacity, batch) } else { 0 };
    for token in head.first_waiting.iter().take(usize::try_from(admissible_users).unwrap_or(usize::MAX)) {
        if let Ok(active) = token.row.clone().admit(policy.claim, now) {
            let active = Write::update(token, active);
            change.events.push(Event::activated(&active));
            change.write(active);
            admission = admission.admit(token.number());
        }
    }
    change.write(Write::update(&head.admission, admission));
    let admitted = count(change.rows::<QueueToken>().count()) - lapsed;
    (admitted + lapsed > 0).then_some((change, Ticked { admitted, lapsed }))
}

fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
