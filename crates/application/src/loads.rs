//! Loads of read models: one at a time for each key, and few at once.

use std::hash::Hash;
use std::sync::Arc;

use dashmap::DashMap;
use tokio::sync::{Mutex, Semaphore};

/// The loads in progress, by what they load.
pub(crate) struct Loads<K> {
    running: DashMap<K, Arc<Mutex<()>>>,
    permits: Semaphore,
}

impl<K: Copy + Eq + Hash> Loads<K> {
    /// Allows `at_most` loads at once.
    pub(crate) fn new(at_most: usize) -> Self {
        Self { running: DashMap::new(), permits: Semaphore::new(at_most) }
    }

    /// Runs `load` when no other load of `key` runs. A load that had to wait should first check whether the other one has already loaded
    /// what it needs.
    pub(crate) async fn run<T>(&self, key: K, load: impl Future<Output = T>) -> T {
        let running = self.running.entry(key).or_default().clone();
        let loaded = {
            let _one_at_a_time = running.lock().await;
            // The semaphore is never closed.
            let _few_at_once = self.permits.acquire().await.ok();
            load.await
        };
        drop(running);
        self.running.remove_if(&key, |_, running| Arc::strong_count(running) == 1);
        loaded
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use futures_util::future::join_all;
    use tokio::time::sleep;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn loads_of_one_key_run_one_after_the_other_and_few_run_at_once() {
        let loads = Loads::new(2);
        let (running, most) = (Cell::new(0), Cell::new(0));
        let load = async || {
            running.set(running.get() + 1);
            most.set(most.get().max(running.get()));
            sleep(Duration::from_secs(1)).await;
            running.set(running.get() - 1);
        };
        join_all((0..3).map(|_| loads.run(7, load()))).await;
        assert_eq!(most.replace(0), 1, "loads of one key at once");
        join_all((0..5).map(|key| loads.run(key, load()))).await;
        assert_eq!(most.get(), 2, "loads of different keys at once");
        assert!(loads.running.is_empty());
    }
}
