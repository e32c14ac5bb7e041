//! Who reads the log, and up to where they have read.

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

/// `keep_reader`: keeps up to where a reader has read, be it new or known, forward or back, and when it said so.
pub async fn a_reader_is_kept_where_it_has_read(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    assert_eq!(world.readers().await, []);
    world.charged(ADA, 5).await;
    world.charged(ADA, 5).await;
    let Position(end) = world.extent().await.end;
    let (mailer, shop) = (name("mailer"), name("shop"));
    let mut still = Vec::new();
    for position in [Position(end - 1), Position(end), Position(0), Position(0), Position(1)] {
        world.clock.advance(Duration::microseconds(1_000_001));
        assert!(world.ports.log.keep_reader(&mailer, position).await.unwrap());
        let moved = LogReader { name: mailer.clone(), position, moved_at: world.now() };
        assert_eq!(world.readers().await, [std::slice::from_ref(&moved), &still].concat());
        if still.is_empty() {
            assert!(world.ports.log.keep_reader(&shop, Position(end)).await.unwrap());
            still.push(LogReader { name: shop.clone(), position: Position(end), moved_at: world.now() });
        }
    }
}

/// `readers`: all, by name, character by character.
pub async fn readers_come_by_name(adapter: &dyn Adapter) {
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

/// `forget_reader`: forgets a reader and no other; whether there was one.
pub async fn a_reader_is_forgotten_by_its_name(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let (mailer, shop) = (name("mailer"), name("mailer-2"));
    assert!(!world.ports.log.forget_reader(&mailer).await.unwrap(), "there is none yet");
    for reader in [&mailer, &shop] {
        assert!(world.ports.log.keep_reader(reader, Position(0)).await.unwrap());
    }
    assert!(world.ports.log.forget_reader(&mailer).await.unwrap());
    assert!(!world.ports.log.forget_reader(&mailer).await.unwrap(), "there is none any more");
    let left = LogReader { name: shop, position: Position(0), moved_at: world.now() };
    assert_eq!(world.readers().await, [left]);
    assert!(world.ports.log.keep_reader(&mailer, Position(0)).await.unwrap(), "it may come again");
    assert_eq!(world.readers().await.len(), 2);
}

/// `keep_reader`: there are [`MAX_READERS`] at most, also if many come at once; then a new one isn't kept, and those that are there may
/// move.
pub async fn no_more_readers_are_kept_than_there_may_be(adapter: &dyn Adapter) {
    const ROOM: u32 = 3;
    let world = World::empty(adapter).await;
    world.charged(ADA, 5).await;
    for number in 0..MAX_READERS - ROOM {
        assert!(world.ports.log.keep_reader(&name(&format!("reader-{number}")), Position(0)).await.unwrap());
    }
    let (barrier, mut coming) = (Arc::new(Barrier::new(12)), JoinSet::new());
    for number in 0..12 {
        let (log, barrier) = (world.ports.log.clone(), barrier.clone());
        coming.spawn(async move {
            barrier.wait().await;
            log.keep_reader(&name(&format!("new-{number}")), Position(0)).await.unwrap()
        });
    }
    let kept = coming.join_all().await.into_iter().filter(|kept| *kept).count();
    let readers = world.readers().await;
    assert_eq!((kept, readers.len()), (ROOM.try_into().unwrap(), MAX_READERS.try_into().unwrap()));

    let late = name("late");
    world.pass_seconds(1);
    assert!(!world.ports.log.keep_reader(&late, Position(0)).await.unwrap());
    assert_eq!(world.readers().await, readers, "nothing is kept of it");
    let first = &readers[0].name;
    assert!(world.ports.log.keep_reader(first, Position(1)).await.unwrap(), "it is there already");
    let moved = world.readers().await.remove(0);
    assert_eq!((&moved.name, moved.position, moved.moved_at), (first, Position(1), world.now()));
    assert!(world.ports.log.forget_reader(first).await.unwrap());
    assert!(world.ports.log.keep_reader(&late, Position(0)).await.unwrap(), "there is room again");
    assert!(world.readers().await.iter().any(|reader| reader.name == late));
    assert_eq!(world.readers().await.len(), readers.len());
}
