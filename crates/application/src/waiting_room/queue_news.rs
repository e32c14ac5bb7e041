//! The news of queues: changes of their rows, such as another state or message, for the event streams of all their tokens.

use dashmap::DashMap;
use domain::QueueId;
use tokio::sync::watch;

/// The changes of all queues.
#[derive(Debug, Default)]
pub(super) struct QueueChanges(DashMap<QueueId, watch::Sender<()>>);

/// A subscription to the changes of a queue.
#[derive(Debug)]
pub struct QueueNews(watch::Receiver<()>);

impl QueueChanges {
    /// Subscribes to changes of the queue after this call.
    pub(super) fn subscribe(&self, queue: QueueId) -> QueueNews {
        QueueNews(self.0.entry(queue).or_default().subscribe())
    }

    /// Notifies the subscribers of the queue; later ones read the new row anyway.
    pub(super) fn notify(&self, queue: QueueId) {
        if let Some(changes) = self.0.get(&queue) {
            changes.send_replace(());
        }
    }

    /// Notifies all subscribers, after changes that were not reported one by one.
    pub(super) fn notify_all(&self) {
        for changes in &self.0 {
            changes.send_replace(());
        }
    }

    /// Removes the queues without subscribers.
    pub(super) fn tidy(&self) {
        self.0.retain(|_, changes| changes.receiver_count() > 0);
    }
}

impl QueueNews {
    /// Returns when the queue has changed since the last call; the waiting room has its new row.
    pub async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            // The queue is no longer known, so nothing changes any more.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;
    use uuid::Uuid;

    use super::*;

    const QUEUE: QueueId = QueueId(Uuid::from_u128(1));
    const OTHER: QueueId = QueueId(Uuid::from_u128(2));

    async fn has_changed(news: &mut QueueNews) -> bool {
        timeout(Duration::ZERO, news.changed()).await.is_ok()
    }

    #[tokio::test]
    async fn every_subscriber_is_notified_of_changes_of_its_queue_only() {
        let changes = QueueChanges::default();
        let [mut one, mut two, mut other] = [QUEUE, QUEUE, OTHER].map(|queue| changes.subscribe(queue));
        changes.notify(QUEUE);
        changes.notify(QUEUE);
        assert!(has_changed(&mut one).await && has_changed(&mut two).await && !has_changed(&mut other).await);
        assert!(!has_changed(&mut one).await, "two changes are reported once if nothing is read in between");
        changes.notify_all();
        assert!(has_changed(&mut one).await && has_changed(&mut other).await);
    }

    #[tokio::test]
    async fn queues_without_subscribers_are_removed() {
        let changes = QueueChanges::default();
        let (mut kept, dropped) = (changes.subscribe(QUEUE), changes.subscribe(OTHER));
        drop(dropped);
        changes.tidy();
        assert_eq!(changes.0.len(), 1);
        changes.notify(QUEUE);
        assert!(has_changed(&mut kept).await);
    }
}
