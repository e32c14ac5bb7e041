use domain::testing::{ADA, NOW, QUEUE, a_queue, a_token};
use domain::{Change, QueueToken, Version, Write};

use super::super::*;
use crate::ports::{Committed, Observer};

fn waiting() -> QueueToken {
    a_token(ADA).row
}

fn active() -> QueueToken {
    waiting().admit(time::Duration::MINUTE, NOW).unwrap()
}

fn writes(token: QueueToken) -> Change {
    Change::default().writing(Write { expected: Some(Version::FIRST), row: token })
}

/// Returns the queues that are ticked at once after `change`; none if it doesn't wake the scheduler.
async fn woken_by(change: &Change) -> Option<Vec<QueueId>> {
    let capacity_freed = CapacityFreed::default();
    capacity_freed.committed(change, &Committed::default());
    let woken = tokio::time::timeout(Duration::ZERO, capacity_freed.wake.notified()).await.is_ok();
    woken.then(|| capacity_freed.take().into_iter().collect())
}

#[tokio::test(start_paused = true)]
async fn end_of_an_active_token_wakes_the_scheduler_for_its_queue() {
    let queue = Some(vec![QUEUE]);
    assert_eq!(woken_by(&writes(active().leave(NOW).unwrap())).await, queue, "left");
    assert_eq!(woken_by(&writes(active().claim(time::Duration::MINUTE, NOW).unwrap().pay(NOW).unwrap())).await, queue, "paid");
}

#[tokio::test(start_paused = true)]
async fn changed_queue_wakes_the_scheduler_for_it() {
    let queue = Write { expected: Some(Version::FIRST), row: a_queue().row };
    assert_eq!(woken_by(&Change::default().writing(queue)).await, Some(vec![QUEUE]));
}

#[tokio::test(start_paused = true)]
async fn commit_that_frees_no_capacity_does_not_wake_the_scheduler() {
    assert_eq!(woken_by(&writes(active())).await, None, "admitted");
    assert_eq!(woken_by(&writes(waiting().leave(NOW).unwrap())).await, None, "left the queue");
    assert_eq!(woken_by(&Change::default()).await, None);
}
