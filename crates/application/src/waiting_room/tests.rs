use domain::token::NewToken;
use domain::{UserId, Write};
use uuid::Uuid;

use super::*;
use crate::ports::{MockCatalogue, MockTokens};
use crate::testing::StoppedClock;

const LINE: QueueId = Queue::DEFAULT;

fn room(store: MockTokens, clock: &Arc<StoppedClock>) -> WaitingRoom {
    WaitingRoom::new(Arc::new(store), Arc::new(MockCatalogue::new()), clock.clone())
}

fn waiting(number: u64, clock: &StoppedClock) -> QueueToken {
    let id = Uuid::from_u128(u128::from(number));
    NewToken { id: TokenId(id), queue: LINE, user: UserId(id), concert: None, joined_at: clock.now() }.numbered(number)
}

fn joins(token: &QueueToken) -> (Change, Committed) {
    let QueueToken { id, queue, user, concert, number, joined_at, .. } = token.clone();
    let join = Some(NewToken { id, queue, user, concert, joined_at });
    (Change { join, ..Change::default() }, Committed { number: Some(number) })
}

fn rewrites(version: i64, token: QueueToken) -> Change {
    Change { tokens: vec![Write { expected: Some(Version(version)), row: token }], ..Change::default() }
}

#[tokio::test]
async fn positions_close_up_when_somebody_is_admitted() {
    let clock = Arc::new(StoppedClock::default());
    let room = room(MockTokens::new(), &clock);
    for number in 1..=3 {
        let (change, committed) = joins(&waiting(number, &clock));
        room.committed(&change, &committed);
    }
    assert_eq!(room.place(&waiting(3, &clock)).position, Some(3));
    let first = waiting(1, &clock).admit(Duration::MINUTE, clock.now()).unwrap();
    room.committed(&rewrites(1, first.clone()), &Committed::default());
    assert_eq!(room.place(&waiting(3, &clock)).position, Some(2));
    assert_eq!(room.find(first.id).await.unwrap(), Some(first.clone()));
    assert_eq!(room.place(&first).position, None);
}

#[tokio::test]
async fn an_older_version_that_comes_late_changes_nothing() {
    let clock = Arc::new(StoppedClock::default());
    let room = room(MockTokens::new(), &clock);
    let active = waiting(1, &clock).admit(Duration::MINUTE, clock.now()).unwrap();
    let left = active.clone().leave(clock.now()).unwrap();
    room.committed(&rewrites(2, left.clone()), &Committed::default());
    room.committed(&rewrites(1, active), &Committed::default());
    assert_eq!(room.find(left.id).await.unwrap(), Some(left));
    assert_eq!(room.lines.get(&LINE).unwrap().active(clock.now()), 0);
}

#[tokio::test]
async fn a_token_that_the_room_has_not_met_is_read_once() {
    let clock = Arc::new(StoppedClock::default());
    let token = waiting(1, &clock);
    let mut store = MockTokens::new();
    let row = Versioned::new(Version::FIRST, token.clone());
    store.expect_token().times(1).returning(move |_| Ok(Some(row.clone())));
    let room = room(store, &clock);
    for _ in 0..3 {
        assert_eq!(room.find(token.id).await.unwrap().as_ref(), Some(&token));
    }
    assert_eq!(room.place(&token).position, Some(1));
}

#[tokio::test]
async fn an_ended_token_is_forgotten_after_a_while() {
    let clock = Arc::new(StoppedClock::default());
    let mut store = MockTokens::new();
    store.expect_token().times(1).returning(|_| Ok(None));
    let room = room(store, &clock);
    let left = waiting(1, &clock).leave(clock.now()).unwrap();
    room.committed(&rewrites(1, left.clone()), &Committed::default());
    clock.advance(REMEMBER_ENDED - Duration::SECOND);
    room.tidy();
    assert!(room.find(left.id).await.unwrap().is_some());
    clock.advance(Duration::SECOND);
    room.tidy();
    assert!(room.find(left.id).await.unwrap().is_none());
}

#[test]
fn a_refusal_is_remembered_for_a_second() {
    let clock = Arc::new(StoppedClock::default());
    let room = room(MockTokens::new(), &clock);
    let token = waiting(1, &clock).id;
    room.remember_refusal(token);
    assert!(room.was_refused_lately(token));
    clock.advance(Duration::SECOND);
    assert!(!room.was_refused_lately(token));
}
