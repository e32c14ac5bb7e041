//! The readers of the log and their positions.

use std::sync::Arc;

use application::ports::{LogReader, MAX_READERS, Position, ReaderName};
use time::Duration;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::Adapter;
use crate::world::{ADA, World};

fn name(name: &str) -> ReaderName {
    ReaderName::new(name).unwrap()
}

/// `keep_reader`: keeps the position of a reader, new or known, forward or back, and the instant of the call.
pub async fn a_reader_is_kept_at_its_position(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    assert_eq!(world.readers().await, []);
    world.charged(ADA, 5).await;
    world.charged(ADA, 5).await;
    let Position(end) = world.extent().await.end;
    let (mailer, shop) = (name("mailer"), name("shop"));
    let mut others = Vec::new();
    for position in [Position(end - 1), Position(end), Position(0), Position(0), Position(1)] {
        world.clock.advance(Duration::microseconds(1_000_001));
        assert!(world.ports.log.keep_reader(&mailer, position).await.unwrap());
        let moved = LogReader { name: mailer.clone(), position, moved_at: world.now() };
        assert_eq!(world.readers().await, [std::slice::from_ref(&moved), &others].concat());
        if others.is_empty() {
            assert!(world.ports.log.keep_reader(&shop, Position(end)).await.unwrap());
            others.push(LogReader { name: shop.clone(), position: Position(end), moved_at: world.now() });
        }
    }
}

/// `readers`: returns all, ordered by name, character by character.
pub async fn readers_are_ordered_by_name(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let longest = "x".repeat(64);
    let names = ["shop-2", "b", "shop_2", "a", "shop2", "9", "shop", "shopa", &longest, "a0", "shop-10"];
    let mut expected: Vec<_> = names.map(name).into();
    for name in &expected {
        assert!(world.ports.log.keep_reader(name, Position(0)).await.unwrap());
    }
    expected.sort();
    assert_eq!(world.readers().await.into_iter().map(|reader| reader.name).collect::<Vec<_>>(), expected);
}

/// `forget_reader`: forgets one reader and no other, and returns whether it existed.
pub async fn a_reader_is_forgotten_by_name(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let (mailer, shop) = (name("mailer"), name("mailer-2"));
    assert!(!world.ports.log.forget_reader(&mailer).await.unwrap(), "the reader doesn't exist yet");
    for reader in [&mailer, &shop] {
        assert!(world.ports.log.keep_reader(reader, Position(0)).await.unwrap());
    }
    assert!(world.ports.log.forget_reader(&mailer).await.unwrap());
    assert!(!world.ports.log.forget_reader(&mailer).await.unwrap(), "the reader no longer exists");
    let left = LogReader { name: shop, position: Position(0), moved_at: world.now() };
    assert_eq!(world.readers().await, [left]);
    assert!(world.ports.log.keep_reader(&mailer, Position(0)).await.unwrap(), "the reader may be kept again");
    assert_eq!(world.readers().await.len(), 2);
}

/// `keep_reader`: keeps [`MAX_READERS`] at most, also under concurrent calls; at the limit a new reader isn't kept, and existing readers
/// may move.
pub async fn readers_beyond_the_limit_are_not_kept(adapter: &dyn Adapter) {
    const FREE: u32 = 3;
    let world = World::empty(adapter).await;
    world.charged(ADA, 5).await;
    for number in 0..MAX_READERS - FREE {
        assert!(world.ports.log.keep_reader(&name(&format!("reader-{number}")), Position(0)).await.unwrap());
    }
    let (barrier, mut calls) = (Arc::new(Barrier::new(12)), JoinSet::new());
    for number in 0..12 {
        let (log, barrier) = (world.ports.log.clone(), barrier.clone());
        calls.spawn(async move {
            barrier.wait().await;
            log.keep_reader(&name(&format!("new-{number}")), Position(0)).await.unwrap()
        });
    }
    let kept = calls.join_all().await.into_iter().filter(|kept| *kept).count();
    let readers = world.readers().await;
    assert_eq!((kept, readers.len()), (FREE.try_into().unwrap(), MAX_READERS.try_into().unwrap()));

    let late = name("late");
    world.pass_seconds(1);
    assert!(!world.ports.log.keep_reader(&late, Position(0)).await.unwrap());
    assert_eq!(world.readers().await, readers, "the new reader must not be kept");
    let first = &readers[0].name;
    assert!(world.ports.log.keep_reader(first, Position(1)).await.unwrap(), "an existing reader may move");
    let moved = world.readers().await.remove(0);
    assert_eq!((&moved.name, moved.position, moved.moved_at), (first, Position(1), world.now()));
    assert!(world.ports.log.forget_reader(first).await.unwrap());
    assert!(world.ports.log.keep_reader(&late, Position(0)).await.unwrap(), "there is room again");
    assert!(world.readers().await.iter().any(|reader| reader.name == late));
    assert_eq!(world.readers().await.len(), readers.len());
}
