//! One serving process per file.

use adapters_sqlite::{LockError, ServeLock};
use application::ports::Catalogue;

use crate::world::World;

#[tokio::test]
async fn a_second_server_is_refused_until_the_first_has_ended() {
    let world = World::empty().await;
    let first = ServeLock::acquire(&world.path()).unwrap();
    let url = format!("sqlite://{}", world.path());
    assert!(matches!(ServeLock::acquire(&url), Err(LockError::Taken(_))), "both names refer to the same file");
    drop(first);
    ServeLock::acquire(&world.path()).unwrap();
}

#[tokio::test]
async fn a_file_that_is_served_can_be_opened() {
    let world = World::with_a_hall_of(1).await;
    let _serving = ServeLock::acquire(&world.path()).unwrap();
    let other = adapters_sqlite::SqliteStore::open(&world.path(), world.clock.clone()).await.unwrap();
    assert_eq!(other.reads().concerts(application::PageRequest { after: None, size: 10 }).await.unwrap().len(), 1);
}
