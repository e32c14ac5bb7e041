//! Who waits in the lines that a group joins, from change to change.

use std::collections::BTreeMap;

use domain::{Change, Guard, NewToken, QueueId, QueueToken, TokenState, Version};

/// How many wait in each line, as the changes of a group are written one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines(BTreeMap<QueueId, i64>);

impl Lines {
    /// Begins where so many wait in each queue.
    pub fn of(waiting: impl IntoIterator<Item = (QueueId, i64)>) -> Self {
        Self(waiting.into_iter().collect())
    }

    /// Whether there is such a queue among them.
    pub fn has(&self, queue: QueueId) -> bool {
        self.0.contains_key(&queue)
    }

    /// Whether no more than `limit` wait in `queue` once `change` is written.
    pub fn fits(&self, change: &Change, queue: QueueId, limit: u32) -> bool {
        self.waiting(queue) + growth(change, queue) <= i64::from(limit)
    }

    /// Goes on to where `change` is written.
    pub fn follow(&mut self, change: &Change) {
        for (queue, waiting) in &mut self.0 {
            *waiting += growth(change, *queue);
        }
    }

    /// So many may wait at most before `changes` are written, in each queue that has a limit, for all joins to fit.
    pub fn room_for<'a>(changes: impl Iterator<Item = &'a Change> + Clone) -> BTreeMap<QueueId, i64> {
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

/// The queues whose room matters to `change`, with how many may wait there.
fn limits(change: &Change) -> impl Iterator<Item = (QueueId, i64)> {
    change.guards.iter().filter_map(|guard| match guard {
        Guard::Room(queue, limit) => Some((*queue, i64::from(*limit))),
        Guard::Queue(..) | Guard::Concert(..) | Guard::Schedule(..) | Guard::NoLiveHold(_) | Guard::NoLiveToken(..) => None,
    })
}

/// How many more wait in `queue` once `change` is written.
fn growth(change: &Change, queue: QueueId) -> i64 {
    let joins = change.rows::<NewToken>().filter(|new| new.row.queue == queue).map(|_| 1);
    joins.chain(leavers(change).filter(|left| *left == queue).map(|_| -1)).sum()
}

/// The queue of each token whose waiting `change` ends: a token waits from its birth to the first time that it is written again.
fn leavers(change: &Change) -> impl Iterator<Item = QueueId> {
    let leaves =
        change.rows::<QueueToken>().filter(|write| write.expected == Some(Version::FIRST) && write.row.state() != TokenState::Waiting);
    leaves.map(|write| write.row.queue())
}

#[cfg(test)]
mod tests {
    use domain::{ExpiryReason, TokenId, UserId, Write};
    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::*;

    const ONE: QueueId = QueueId(Uuid::from_u128(1));
    const OTHER: QueueId = QueueId(Uuid::from_u128(2));

    fn place(queue: QueueId) -> NewToken {
        let (id, user) = (TokenId(Uuid::nil()), UserId(Uuid::nil()));
        NewToken { id, queue, user, concert: None, joined_at: OffsetDateTime::UNIX_EPOCH }
    }

    fn a_join(queue: QueueId, line_limit: Option<u32>) -> Change {
        let guards = line_limit.map(|limit| Guard::Room(queue, limit)).into_iter().collect();
        Change { guards, ..Change::default() }.writing(Write::insert(place(queue)))
    }

    fn an_end(queue: QueueId, version: Version) -> Change {
        let state = TokenState::Expired { reason: ExpiryReason::Left, activated_at: None, expired_at: OffsetDateTime::UNIX_EPOCH };
        let row = QueueToken::restore(place(queue), 1, state);
        Change::default().writing(Write { expected: Some(version), row })
    }

    #[test]
    fn a_join_fits_up_to_its_limit_after_those_before_it() {
        let mut lines = Lines::of([(ONE, 1), (OTHER, 9)]);
        assert!(lines.has(ONE) && !lines.has(QueueId(Uuid::nil())));
        let fits = |lines: &Lines, limit| lines.fits(&a_join(ONE, None), ONE, limit);
        assert!(fits(&lines, 2) && !fits(&lines, 1));
        lines.follow(&a_join(ONE, None));
        assert!(!fits(&lines, 2), "one has joined");
        lines.follow(&an_end(OTHER, Version::FIRST));
        lines.follow(&an_end(ONE, Version(2)));
        assert!(!fits(&lines, 2), "who left another line, or was inside, makes no room");
        lines.follow(&an_end(ONE, Version::FIRST));
        assert!(fits(&lines, 2));
    }

    #[test]
    fn there_is_room_for_a_group_if_there_is_for_each_join_in_its_turn() {
        let room = |changes: &[Change]| Lines::room_for(changes.iter()).into_iter().collect::<Vec<_>>();
        assert_eq!(room(&[a_join(ONE, None)]), []);
        assert_eq!(room(&[a_join(ONE, Some(5)), a_join(ONE, Some(5)), a_join(OTHER, Some(3))]), [(ONE, 3), (OTHER, 2)]);
        assert_eq!(room(&[a_join(ONE, Some(5)), an_end(ONE, Version::FIRST)]), [(ONE, 4)]);
        assert_eq!(room(&[an_end(ONE, Version::FIRST), a_join(ONE, Some(5))]), [(ONE, 5)]);
        assert_eq!(room(&[a_join(ONE, Some(1)), a_join(ONE, None), a_join(ONE, Some(9))]), [(ONE, 0)]);
    }
}
