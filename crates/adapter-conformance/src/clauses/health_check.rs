//! The port of the pulse.

use domain::Queue;

use crate::Adapter;
use crate::world::World;

/// `check`: a store that is there answers, however many read at the time.
pub async fn a_store_that_lives_answers_whoever_else_asks(adapter: &dyn Adapter) {
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
