//! The port of the change feed, where a store has one.

use std::collections::BTreeSet;
use std::sync::Arc;

use application::ports::{Feed, FeedPosition, News, Whose};
use domain::{SeatNumber, TokenId};

use crate::Adapter;
use crate::world::{ADA, BEN, CYD, DATE, World, guest};

/// One process's world, and the feed of another on the same store.
async fn two_processes(adapter: &dyn Adapter) -> (World, Arc<dyn Feed>) {
    let world = World::with_halls(adapter, 5).await;
    let beside = adapter.beside(world.clock.clone()).await;
    let beside = beside.expect("a second process: implement `beside`, or say `without feed: \"why\"`");
    (world, beside.feed.expect("a store of several processes has a feed"))
}

async fn read(feed: &dyn Feed, position: &mut FeedPosition, whose: Whose) -> News {
    let (news, next) = feed.since(position, whose).await.unwrap().expect("the feed is not lost");
    *position = next;
    news
}

fn tokens(news: &News) -> BTreeSet<TokenId> {
    news.tokens.iter().map(|token| token.id).collect()
}

/// What was committed after `position`: tokens and seats, as they are by now.
pub async fn what_another_process_commits_is_news(adapter: &dyn Adapter) {
    let (world, feed) = two_processes(adapter).await;
    let mut position = feed.position().await.unwrap();
    let pass = world.admitted(ADA).await;
    let hold = world.held(pass, DATE, &[2, 4]).await;
    let waiting = world.joined(BEN).await;

    let news = read(&*feed, &mut position, Whose::Others).await;

    assert_eq!(tokens(&news), BTreeSet::from([pass.token.unwrap(), waiting]));
    for token in &news.tokens {
        assert_eq!(*token, world.token(token.id).await, "as it is by now");
    }
    let numbers: BTreeSet<SeatNumber> = news.seats.iter().map(|seat| seat.number).collect();
    assert_eq!(numbers, hold.numbers().collect());
    assert!(news.seats.iter().all(|seat| seat.schedule == DATE && seat.reservation() == Some(hold.id)));
}

/// Exactly once on the way from position to position; what can be read when a position is taken is no news after it.
pub async fn news_is_told_once(adapter: &dyn Adapter) {
    let (world, feed) = two_processes(adapter).await;
    let before = world.joined(ADA).await;
    let mut position = feed.position().await.unwrap();
    let after = world.joined(BEN).await;
    assert_eq!(tokens(&read(&*feed, &mut position, Whose::Others).await), BTreeSet::from([after]), "not {before:?}");
    assert_eq!(read(&*feed, &mut position, Whose::Others).await, News::default());
    let last = world.joined(CYD).await;
    assert_eq!(tokens(&read(&*feed, &mut position, Whose::Others).await), BTreeSet::from([last]));
}

/// `whose`: those of other processes, or of this one too.
pub async fn ones_own_commits_are_news_if_asked_for(adapter: &dyn Adapter) {
    let (world, other) = two_processes(adapter).await;
    let own = world.ports.feed.clone().expect("both have one");
    let mut position = own.position().await.unwrap();
    let token = world.joined(ADA).await;
    let mut again = position.clone();
    assert_eq!(read(&*own, &mut position, Whose::Others).await, News::default());
    assert_eq!(tokens(&read(&*own, &mut again, Whose::Everybodys).await), BTreeSet::from([token]));
    drop(other);
}

/// A commit that fails is no news.
pub async fn a_conflict_is_no_news(adapter: &dyn Adapter) {
    let (world, feed) = two_processes(adapter).await;
    let join = world.change_of(&world.a_join(ADA, None)).await;
    world.joined(ADA).await;
    let mut position = feed.position().await.unwrap();
    assert!(world.commit(&join).await.is_err());
    assert_eq!(read(&*feed, &mut position, Whose::Others).await, News::default());
}

/// A crowd: nothing is left out.
pub async fn many_commits_at_once_are_all_news(adapter: &dyn Adapter) {
    const CROWD: u128 = 40;
    let (world, feed) = two_processes(adapter).await;
    let world = Arc::new(world);
    let mut position = feed.position().await.unwrap();
    let joining: Vec<_> = (0..CROWD)
        .map(|number| {
            let world = world.clone();
            tokio::spawn(async move { world.joined(guest(100 + number)).await })
        })
        .collect();
    let mut told = Vec::new();
    while joining.iter().any(|join| !join.is_finished()) {
        told.extend(tokens(&read(&*feed, &mut position, Whose::Others).await));
    }
    told.extend(tokens(&read(&*feed, &mut position, Whose::Others).await));
    let mut joined = Vec::new();
    for join in joining {
        joined.push(join.await.unwrap());
    }
    told.sort_unstable();
    joined.sort_unstable();
    assert_eq!(told, joined, "each once, whenever it was asked");
}
