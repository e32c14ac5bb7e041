//! The numbers of waiting users in the queues that a group joins, change by change.

use std::collections::BTreeMap;

use domain::{Change, ExpiryReason, Guard, NewToken, QueueId, QueueToken, TokenState, Version};

/// The number of waiting users in each queue, as the changes of a group are written one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaitingCounts(BTreeMap<QueueId, i64>);

impl WaitingCounts {
    /// Starts with the given number of waiting users in each queue.
    pub fn of(waiting: impl IntoIterator<Item = (QueueId, i64)>) -> Self {
        Self(waiting.into_iter().collect())
    }

    /// Whether `queue` is one of them.
    pub fn has(&self, queue: QueueId) -> bool {
        self.0.contains_key(&queue)
    }

    /// Whether at most `limit` users wait in `queue` once `change` is written.
    pub fn fits(&self, change: &Change, queue: QueueId, limit: u32) -> bool {
        self.waiting(queue) + net_growth(change, queue) <= i64::from(limit)
    }

    /// Applies `change`.
    pub fn follow(&mut self, change: &Change) {
        for (queue, waiting) in &mut self.0 {
            *waiting += net_growth(change, *queue);
        }
    }

    /// Returns, for each queue with a limit, the maximum number of waiting users before `changes` are written for all joins to fit.
    pub fn capacity_for<'a>(changes: impl Iterator<Item = &'a Change> + Clone) -> BTreeMap<QueueId, i64> {
        let mut since = Self::of(changes.clone().flat_map(limits).map(|(queue, _)| (queue, 0)));
        let mut room = BTreeMap::new();
        for change in changes {
            since.follow(change);
            for (queue, limit) in limits(change) {
                let left = limit - since.waiting(queue);
                room.entry(queue).and_modify(|room: &mut i64| *room = left.min(*room)).or_insert(left);
            }
        }
        room
    }

    fn waiting(&self, queue: QueueId) -> i64 {
        self.0.get(&queue).copied().unwrap_or_default()
    }
}

/// Returns the queues whose waiting users `change` limits, with the limits.
fn limits(change: &Change) -> impl Iterator<Item = (QueueId, i64)> {
    change.guards.iter().filter_map(|guard| match guard {
        Guard::MaxWaiting(queue, limit) => Some((*queue, i64::from(*limit))),
        Guard::Queue(..) | Guard::Concert(..) | Guard::Schedule(..) | Guard::NoLiveHold(_) | Guard::NoLiveToken(..) => None,
    })
}

/// Returns the net number of users that `change` adds to the waiting users of `queue`.
fn net_growth(change: &Change, queue: QueueId) -> i64 {
    let joins = change.rows::<NewToken>().filter(|new| new.row.queue == queue).map(|_| 1);
    joins.chain(queues_left(change).filter(|left| *left == queue).map(|_| -1)).sum()
}

/// Returns the queue of each token that stops waiting with `change`: a token waits from its first version until it is written again.
fn queues_left(change: &Change) -> impl Iterator<Item = QueueId> {
    let leaves =
        change.rows::<QueueToken>().filter(|write| write.expected == Some(Version::FIRST) && write.row.state() != TokenState::Waiting);
    leaves.map(|write| write.row.queue())
}

/// Returns the queues whose counters `change` writes: by joins, by tokens that stop waiting, and by tokens that end without a claim, which
/// are counted.
pub fn counters_written(change: &Change) -> impl Iterator<Item = QueueId> {
    let is_no_show = |state| matches!(state, TokenState::Expired { reason: ExpiryReason::Unclaimed, .. });
    let no_shows = change.rows::<QueueToken>().filter(move |write| is_no_show(write.row.state())).map(|write| write.row.queue());
    change.rows::<NewToken>().map(|new| new.row.queue).chain(queues_left(change)).chain(no_shows)
}

#[cfg(test)]
mod tests {
    use domain::{TokenId, UserId, Write};
    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::*;

    const ONE: QueueId = QueueId(Uuid::from_u128(1));
    const OTHER: QueueId = QueueId(Uuid::from_u128(2));

    fn new_token(queue: QueueId) -> NewToken {
        let (id, user) = (TokenId(Uuid::nil()), UserId(Uuid::nil()));
        NewToken { id, queue, user, concert: None, joined_at: OffsetDateTime::UNIX_EPOCH }
    }

    fn a_join(queue: QueueId, limit: Option<u32>) -> Change {
        let guards = limit.map(|limit| Guard::MaxWaiting(queue, limit)).into_iter().collect();
        Change { guards, ..Change::default() }.writing(Write::insert(new_token(queue)))
    }

    fn an_end(queue: QueueId, version: Version) -> Change {
        let state = TokenState::Expired { reason: ExpiryReason::Left, activated_at: None, expired_at: OffsetDateTime::UNIX_EPOCH };
        let row = QueueToken::restore(new_token(queue), 1, state);
        Change::default().writing(Write { expected: Some(version), row })
    }

    #[test]
    fn a_join_fits_if_its_limit_allows_for_earlier_joins_of_the_group() {
        let mut counts = WaitingCounts::of([(ONE, 1), (OTHER, 9)]);
        assert!(counts.has(ONE) && !counts.has(QueueId(Uuid::nil())));
        let fits = |counts: &WaitingCounts, limit| counts.fits(&a_join(ONE, None), ONE, limit);
        assert!(fits(&counts, 2) && !fits(&counts, 1));
        counts.follow(&a_join(ONE, None));
        assert!(!fits(&counts, 2), "another user has joined");
        counts.follow(&an_end(OTHER, Version::FIRST));
        counts.follow(&an_end(ONE, Version(2)));
        assert!(!fits(&counts, 2), "users who leave another queue, or were active, free no capacity");
        counts.follow(&an_end(ONE, Version::FIRST));
        assert!(fits(&counts, 2));
    }

    #[test]
    fn capacity_for_a_group_is_that_of_its_strictest_join() {
        let room = |changes: &[Change]| WaitingCounts::capacity_for(changes.iter()).into_iter().collect::<Vec<_>>();
        assert_eq!(room(&[a_join(ONE, None)]), []);
        assert_eq!(room(&[a_join(ONE, Some(5)), a_join(ONE, Some(5)), a_join(OTHER, Some(3))]), [(ONE, 3), (OTHER, 2)]);
        assert_eq!(room(&[a_join(ONE, Some(5)), an_end(ONE, Version::FIRST)]), [(ONE, 4)]);
        assert_eq!(room(&[an_end(ONE, Version::FIRST), a_join(ONE, Some(5))]), [(ONE, 5)]);
        assert_eq!(room(&[a_join(ONE, Some(1)), a_join(ONE, None), a_join(ONE, Some(9))]), [(ONE, 0)]);
    }
}
