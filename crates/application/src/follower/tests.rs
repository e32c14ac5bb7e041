use domain::{NewToken, Queue, QueueToken, TokenId, UserId, Version, Versioned};
use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::ports::{MockCatalogue, MockFeed, MockTokens, ReadError};
use crate::testing::{StoppedClock, a_waiting_room, an_empty_programme};

fn waiting(number: u64) -> Versioned<QueueToken> {
    let id = Uuid::from_u128(u128::from(number));
    let joined_at = datetime!(2026-11-21 20:00 UTC);
    let new = NewToken { id: TokenId(id), queue: Queue::DEFAULT, user: UserId(id), concert: None, joined_at };
    Versioned::new(Version::FIRST, new.numbered(number))
}

fn at(position: &str) -> FeedPosition {
    FeedPosition(position.to_owned())
}

/// Number 1 after they left.
fn ended() -> Versioned<QueueToken> {
    let left = waiting(1).row.leave(datetime!(2026-11-21 20:01 UTC)).unwrap();
    Versioned::new(Version::FIRST.next(), left)
}

/// A room whose store has one token that waits, number 9, and one that has ended, number 1.
fn room() -> Arc<WaitingRoom> {
    let mut tokens = MockTokens::new();
    tokens.expect_live().returning(|_, after, _| Ok(if after < 9 { vec![waiting(9)] } else { Vec::new() }));
    tokens.expect_token().returning(|id| Ok((id == ended().id).then(ended)));
    Arc::new(a_waiting_room(Arc::new(tokens), Arc::new(an_empty_programme()), Arc::new(StoppedClock::default())))
}

async fn follower(feed: MockFeed, room: &Arc<WaitingRoom>, doubt: &Arc<Doubt>) -> Follower {
    let seat_maps = Arc::new(SeatMaps::new(Arc::new(MockCatalogue::new()), Arc::new(StoppedClock::default())));
    Follower::start(Arc::new(feed), room.clone(), seat_maps, doubt.clone(), Duration::from_millis(1)).await.unwrap()
}

fn started() -> MockFeed {
    let mut feed = MockFeed::new();
    feed.expect_position().times(1).returning(|| Ok(at("start")));
    feed
}

#[tokio::test]
async fn what_others_commit_is_taken_in_and_the_next_reading_goes_on_from_there() {
    let mut feed = started();
    feed.expect_since().times(1).withf(|position, _| *position == at("start")).returning(|_, whose| {
        assert_eq!(whose, Whose::Others);
        Ok(Some((News { tokens: vec![waiting(1)], ..News::default() }, at("next"))))
    });
    feed.expect_since().times(1).withf(|position, _| *position == at("next")).returning(|_, _| Ok(Some((News::default(), at("last")))));
    let room = room();
    let mut follower = follower(feed, &room, &Arc::default()).await;
    follower.follow().await.unwrap();
    assert!(room.known(TokenId(Uuid::from_u128(1))).is_some());
    follower.follow().await.unwrap();
}

#[tokio::test]
async fn after_a_commit_of_unknown_outcome_ones_own_commits_are_followed_too() {
    let mut feed = started();
    feed.expect_since().times(1).withf(|_, whose| *whose == Whose::Everybodys).returning(|_, _| Ok(Some((News::default(), at("next")))));
    let doubt = Arc::new(Doubt::default());
    let mut follower = follower(feed, &room(), &doubt).await;
    doubt.doubtful(&Change::default());
    follower.follow().await.unwrap();
}

#[tokio::test]
async fn after_such_a_commit_what_was_passed_as_ones_own_is_read_again() {
    let mut feed = started();
    feed.expect_since()
        .times(1)
        .withf(|position, whose| *position == at("start") && *whose == Whose::Others)
        .returning(|_, _| Ok(Some((News::default(), at("next")))));
    feed.expect_since()
        .times(1)
        .withf(|position, whose| *position == at("start") && *whose == Whose::Everybodys)
        .returning(|_, _| Ok(Some((News { tokens: vec![ended()], ..News::default() }, at("next")))));
    let (room, doubt) = (room(), Arc::new(Doubt::default()));
    room.keep(&waiting(1));
    let mut follower = follower(feed, &room, &doubt).await;
    follower.follow().await.unwrap();
    doubt.doubtful(&Change::default());
    follower.follow().await.unwrap();
    assert_eq!(room.waiting(Queue::DEFAULT), 0);
}

#[tokio::test]
async fn a_lost_feed_is_read_anew_and_tried_again_until_it_is_read() {
    let mut feed = MockFeed::new();
    let mut asked = 0;
    feed.expect_position().times(3).returning(move || {
        asked += 1;
        if asked == 2 { Err(ReadError::Unavailable("away".into())) } else { Ok(at("again")) }
    });
    feed.expect_since().times(1).returning(|_, _| Ok(None));
    let room = room();
    room.keep(&waiting(1));
    let mut follower = follower(feed, &room, &Arc::default()).await;
    assert!(follower.follow().await.is_err(), "the store is away");
    follower.follow().await.unwrap();
    assert_eq!(room.known(ended().id), None, "what isn't live any more is forgotten");
    assert_eq!(room.find(ended().id).await.unwrap(), Some(ended().row), "and looked up for who asks");
    assert_eq!(room.waiting(Queue::DEFAULT), 1);
    assert!(room.known(TokenId(Uuid::from_u128(9))).is_some(), "and the room is filled anew");
}
