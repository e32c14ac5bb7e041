//! The health check port.

use domain::Queue;

use crate::Adapter;
use crate::world::World;

/// `check`: succeeds on a running store, with any number of concurrent reads.
pub async fn a_running_store_is_healthy_under_concurrent_reads(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let readers: Vec<_> = (0..64)
        .map(|_| {
            let catalogue = world.ports.catalogue.clone();
            tokio::spawn(async move { catalogue.queue(Queue::DEFAULT).await.unwrap() })
        })
        .collect();
    world.ports.health_check.check().await.unwrap();
    for reader in readers {
        assert!(reader.await.unwrap().is_some());
    }
    world.ports.health_check.check().await.unwrap();
}
