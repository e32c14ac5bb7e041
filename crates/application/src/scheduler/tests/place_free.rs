use domain::{Change, NewToken, Queue, QueueToken, TokenId, UserId, Version, Write};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use super::super::*;
use crate::ports::{Committed, Observer};
use crate::testing::a_queue;

const NOW: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);

fn waiting() -> QueueToken {
    let (id, user) = (TokenId(Uuid::from_u128(1)), UserId(Uuid::from_u128(1)));
    NewToken { id, queue: Queue::DEFAULT, user, concert: None, joined_at: NOW }.numbered(1)
}

fn active() -> QueueToken {
    waiting().admit(time::Duration::MINUTE, NOW).unwrap()
}

fn writes(token: QueueToken) -> Change {
    Change::default().writing(Write { expected: Some(Version::FIRST), row: token })
}

/// The queues that `change` would have ticked at once; none if it doesn't wake the scheduler.
async fn woken_by(change: &Change) -> Option<Vec<QueueId>> {
    let place_free = PlaceFree::default();
    place_free.committed(change, &Committed::default());
    let woken = tokio::time::timeout(Duration::ZERO, place_free.wake.notified()).await.is_ok();
    woken.then(|| place_free.take().into_iter().collect())
}

#[tokio::test(start_paused = true)]
async fn end_of_an_active_token_wakes_the_scheduler_for_its_queue() {
    let queue = Some(vec![Queue::DEFAULT]);
    assert_eq!(woken_by(&writes(active().leave(NOW).unwrap())).await, queue, "left");
    assert_eq!(woken_by(&writes(active().claim(time::Duration::MINUTE, NOW).unwrap().pay(NOW).unwrap())).await, queue, "paid");
}

#[tokio::test(start_paused = true)]
async fn changed_queue_wakes_the_scheduler_for_it() {
    let queue = Write { expected: Some(Version::FIRST), row: a_queue().row };
    assert_eq!(woken_by(&Change::default().writing(queue)).await, Some(vec![Queue::DEFAULT]));
}

#[tokio::test(start_paused = true)]
async fn commit_that_frees_no_place_does_not_wake_the_scheduler() {
    assert_eq!(woken_by(&writes(active())).await, None, "admitted");
    assert_eq!(woken_by(&writes(waiting().leave(NOW).unwrap())).await, None, "left the line");
    assert_eq!(woken_by(&Change::default()).await, None);
}
