use std::sync::atomic::{AtomicUsize, Ordering};

use domain::change::Admission;
use domain::decide::admit;
use domain::loaded::LoadedQueueHead;
use domain::testing::{
    CONCERT, NOW, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, QUEUE, SCHEDULE, a_concert, a_queue, a_schedule, a_seat, a_token, rules, user,
};
use domain::{Availability, Cancellation, ConcertId, Offer, Schedule, ScheduleId, SeatState, Version, Write};
use futures_util::future::join_all;

use super::*;
use crate::ports::{MockCatalogue, MockTokens, ReadError};
use crate::testing::{StoppedClock, a_waiting_room, an_empty_catalogue};

fn room(store: MockTokens, clock: &Arc<StoppedClock>) -> WaitingRoom {
    a_waiting_room(Arc::new(store), Arc::new(an_empty_catalogue()), clock.clone())
}

fn waiting(number: u64) -> QueueToken {
    a_token(user(number)).numbered(number).with(|token| token.with_place(|place| place.joined_at = NOW)).row
}

fn joins(token: &QueueToken) -> (Change, Committed) {
    (Change::default().writing(Write::insert(token.place())), Committed { number: Some(token.number()) })
}

fn rewrites(version: i64, token: QueueToken) -> Change {
    Change::default().writing(Write { expected: Some(Version(version)), row: token })
}

#[tokio::test]
async fn positions_move_up_when_a_user_is_admitted() {
    let clock = Arc::new(StoppedClock::default());
    let room = room(MockTokens::new(), &clock);
    for number in 1..=3 {
        let (change, committed) = joins(&waiting(number));
        room.committed(&change, &committed);
    }
    assert_eq!(room.place(&waiting(3)).position, Some(3));
    let first = waiting(1).admit(Duration::MINUTE, clock.now()).unwrap();
    room.committed(&rewrites(1, first.clone()), &Committed::default());
    assert_eq!(room.place(&waiting(3)).position, Some(2));
    assert_eq!(room.find(first.id()).await.unwrap(), Some(first.clone()));
    assert_eq!(room.place(&first).position, None);
}

#[tokio::test]
async fn an_older_version_that_arrives_late_changes_nothing() {
    let clock = Arc::new(StoppedClock::default());
    let room = room(MockTokens::new(), &clock);
    let active = waiting(1).admit(Duration::MINUTE, clock.now()).unwrap();
    let left = active.clone().leave(clock.now()).unwrap();
    room.committed(&rewrites(2, left.clone()), &Committed::default());
    room.committed(&rewrites(1, active), &Committed::default());
    assert_eq!(room.find(left.id()).await.unwrap(), Some(left));
    assert_eq!(room.lines.get(&QUEUE).unwrap().active(clock.now()), 0);
}

#[tokio::test]
async fn an_unknown_token_is_read_once() {
    let clock = Arc::new(StoppedClock::default());
    let token = waiting(1);
    let mut store = MockTokens::new();
    let row = Versioned::new(Version::FIRST, token.clone());
    store.expect_tokens().times(1).returning(move |_| Ok(vec![row.clone()]));
    let room = room(store, &clock);
    for _ in 0..3 {
        assert_eq!(room.find(token.id()).await.unwrap().as_ref(), Some(&token));
    }
    assert_eq!(room.place(&token).position, Some(1));
}

#[tokio::test]
async fn an_ended_token_is_forgotten_after_a_while() {
    let clock = Arc::new(StoppedClock::default());
    let mut store = MockTokens::new();
    store.expect_tokens().times(1).returning(|_| Ok(vec![]));
    let room = room(store, &clock);
    let left = waiting(1).leave(clock.now()).unwrap();
    room.committed(&rewrites(1, left.clone()), &Committed::default());
    clock.advance(ended_tokens::KEEP - Duration::SECOND);
    room.tidy();
    assert!(room.find(left.id()).await.unwrap().is_some());
    clock.advance(Duration::SECOND);
    room.tidy();
    assert!(room.find(left.id()).await.unwrap().is_none());
}

#[test]
fn a_refusal_is_remembered_for_a_second() {
    let clock = Arc::new(StoppedClock::default());
    let room = room(MockTokens::new(), &clock);
    let token = waiting(1).id();
    room.remember_refusal(token);
    assert!(room.was_refused_lately(token));
    clock.advance(Duration::SECOND);
    assert!(!room.was_refused_lately(token));
}

#[tokio::test]
async fn a_doubtful_token_is_read_until_the_read_succeeds() {
    let clock = Arc::new(StoppedClock::default());
    let left = Versioned::new(Version(2), waiting(1).leave(clock.now()).unwrap());
    let (mut store, mut calls) = (MockTokens::new(), 0);
    let row = left.clone();
    store.expect_tokens().times(2).returning(move |_| {
        calls += 1;
        if calls == 1 { Err(ReadError::Unavailable("no connection".into())) } else { Ok(vec![row.clone()]) }
    });
    let room = room(store, &clock);
    let (change, committed) = joins(&waiting(1));
    room.committed(&change, &committed);
    room.doubtful(&rewrites(1, left.row.clone()));
    assert!(room.refresh().await.is_err());
    assert_eq!(room.waiting(QUEUE), 1);
    room.refresh().await.unwrap();
    assert_eq!((room.waiting(QUEUE), room.known(left.id())), (0, Some(left.row)));
    room.refresh().await.unwrap();
}

#[tokio::test]
async fn listeners_are_notified_of_new_versions_only() {
    let clock = Arc::new(StoppedClock::default());
    let room = room(MockTokens::new(), &clock);
    let token = waiting(1);
    room.committed(&joins(&token).0, &joins(&token).1);
    let listener = room.listen(token.id()).unwrap();
    let is_notified = || async { tokio::time::timeout(std::time::Duration::ZERO, listener.news()).await.is_ok() };
    assert!(!is_notified().await);
    room.committed(&rewrites(1, token.clone().admit(Duration::MINUTE, clock.now()).unwrap()), &Committed::default());
    assert!(is_notified().await);
    room.meet(&Versioned::new(Version::FIRST, token));
    assert!(!is_notified().await);
}

#[tokio::test]
async fn the_next_lapse_is_of_a_queue_with_waiting_users() {
    let clock = Arc::new(StoppedClock::default());
    let room = room(MockTokens::new(), &clock);
    let active = waiting(1).admit(Duration::MINUTE, clock.now()).unwrap();
    let deadline = clock.now() + Duration::MINUTE;
    room.committed(&rewrites(1, active), &Committed::default());
    assert_eq!(room.next_lapse(), None);
    let (change, committed) = joins(&waiting(2));
    room.committed(&change, &committed);
    assert_eq!(room.next_lapse(), Some((deadline, QUEUE)));
    clock.advance(Duration::MINUTE);
    assert_eq!(room.next_lapse(), None, "the token has lapsed already");
}

#[tokio::test]
async fn a_queue_is_due_while_it_has_waiting_or_lapsed_tokens() {
    let clock = Arc::new(StoppedClock::default());
    let room = room(MockTokens::new(), &clock);
    let first = waiting(1);
    let (change, committed) = joins(&first);
    room.committed(&change, &committed);
    assert_eq!(room.due(), [QUEUE], "a user waits");
    let active = first.admit(Duration::MINUTE, clock.now()).unwrap();
    room.committed(&rewrites(1, active.clone()), &Committed::default());
    assert_eq!(room.due(), [], "no user waits, and the active token has not lapsed");
    clock.advance(Duration::MINUTE);
    assert_eq!(room.due(), [QUEUE], "the active token has lapsed");
    room.committed(&rewrites(2, active.lapse(clock.now()).unwrap()), &Committed::default());
    assert_eq!(room.due(), []);
}

/// A schedule with two seats.
#[derive(Debug, Clone)]
struct ScheduleSeats {
    schedule: Schedule,
    blocked: u32,
}

fn a_hall(id: ScheduleId, concert: ConcertId) -> ScheduleSeats {
    ScheduleSeats { schedule: a_schedule().with(|schedule| schedule.with_ids(id, concert)).row, blocked: 0 }
}

/// Returns a hall whose sale opens an hour after `now`.
fn unopened(now: OffsetDateTime) -> ScheduleSeats {
    let hall = a_hall(SCHEDULE, CONCERT);
    let closes_at = hall.schedule.sale_closes_at();
    ScheduleSeats { schedule: hall.schedule.with_sale(now + Duration::HOUR..closes_at), ..hall }
}

/// Returns a room in which a user waits in `queue` for [`CONCERT`]. The queue admits to the concerts of `halls`, and to [`CONCERT`].
async fn a_room_for(queue: QueueId, halls: Vec<ScheduleSeats>, clock: &Arc<StoppedClock>) -> (WaitingRoom, QueueToken) {
    let mut catalogue = MockCatalogue::new();
    let concert = |id| a_concert().with(|concert| concert.with_id(id).move_to(OTHER_QUEUE));
    let mut concerts: Vec<_> = halls.iter().map(|hall| hall.schedule.concert()).chain([CONCERT]).collect();
    concerts.sort_unstable();
    concerts.dedup();
    let concerts: Vec<_> = concerts.into_iter().map(concert).collect();
    let of = halls.clone();
    catalogue.expect_queues().returning(move || Ok(vec![a_queue().with(|row| row.with_id(queue))]));
    let known = concerts.clone();
    catalogue.expect_concert().returning(move |id| Ok(known.iter().find(|concert| concert.id() == id).cloned()));
    catalogue.expect_concerts_of().returning(move |_| Ok(concerts.clone()));
    catalogue.expect_schedules().returning(move |concert| {
        let schedules = of.iter().map(|hall| &hall.schedule).filter(|schedule| schedule.concert() == concert);
        Ok(schedules.map(|schedule| Versioned::new(Version::FIRST, schedule.clone())).collect())
    });
    catalogue.expect_seats().returning(move |schedule| {
        let blocked = halls.iter().find(|hall| hall.schedule.id() == schedule).map_or(0, |hall| hall.blocked);
        let state = |number| if number <= blocked { SeatState::Blocked } else { SeatState::Available };
        Ok([1, 2].map(|number| a_seat(number).with(|seat| seat.with_schedule(schedule)).with_state(state(number))).into())
    });
    let room = a_waiting_room(Arc::new(MockTokens::new()), Arc::new(catalogue), clock.clone());
    let token = waiting(1).with_place(|place| (place.queue, place.concert) = (queue, Some(CONCERT)));
    room.committed(&joins(&token).0, &joins(&token).1);
    room.refresh().await.unwrap();
    (room, token)
}

#[tokio::test]
async fn waiting_users_see_the_availability_of_their_concert() {
    let clock = Arc::new(StoppedClock::default());
    let hall = || a_hall(SCHEDULE, CONCERT);
    let with = |change: &dyn Fn(&mut ScheduleSeats)| {
        let mut hall = hall();
        change(&mut hall);
        vec![hall]
    };
    let now = clock.now();
    for (halls, availability) in [
        (vec![hall()], Availability::Good),
        (with(&|hall| hall.blocked = 2), Availability::SoldOut),
        (with(&|hall| hall.schedule = hall.schedule.clone().with_sale(hall.schedule.sale_opens_at()..now)), Availability::SaleNotOpen),
        (with(&|hall| *hall = unopened(now)), Availability::SaleNotOpen),
        (with(&|hall| hall.schedule = hall.schedule.clone().cancel(Cancellation { at: now, reason: None })), Availability::Cancelled),
        (vec![], Availability::SaleNotOpen),
    ] {
        let (room, token) = a_room_for(QUEUE, halls.clone(), &clock).await;
        assert_eq!(room.place(&token).availability, Some(availability), "{halls:#?}");
        assert_eq!(room.place(&waiting(1)).availability, None, "no concert was specified");
    }
}

#[tokio::test]
async fn there_is_no_estimate_for_a_queue_without_an_open_sale() {
    let clock = Arc::new(StoppedClock::default());
    let mut sold_out = a_hall(SCHEDULE, CONCERT);
    sold_out.blocked = 2;
    let unopened = unopened(clock.now());
    let estimate = async |queue, halls: &[&ScheduleSeats]| {
        let (room, token) = a_room_for(queue, halls.iter().map(|hall| (*hall).clone()).collect(), &clock).await;
        room.place(&token).estimate
    };
    assert!(estimate(OTHER_QUEUE, &[&a_hall(SCHEDULE, CONCERT)]).await.is_some());
    for shut in [&[][..], &[&sold_out], &[&unopened]] {
        assert_eq!(estimate(OTHER_QUEUE, shut).await, None, "{shut:#?}");
    }
    assert!(estimate(QUEUE, &[&sold_out]).await.is_some(), "the default queue should have an estimate: it admits to other concerts, too");
}

#[tokio::test]
async fn estimates_of_a_queue_with_a_sold_out_concert_agree_with_the_tick() {
    let clock = Arc::new(StoppedClock::default());
    let mut sold_out = a_hall(SCHEDULE, CONCERT);
    sold_out.blocked = 2;
    let free = a_hall(OTHER_SCHEDULE, OTHER_CONCERT);
    for halls in [vec![sold_out.clone(), free.clone()], vec![free, sold_out.clone()], vec![sold_out.clone()]] {
        let seats = |hall: &ScheduleSeats| hall.blocked < 2;
        let offers = halls.iter().map(|hall| Offer { schedule: hall.schedule.clone(), has_seats: seats(hall) }).collect();
        let line = LoadedQueueHead {
            queue: a_queue(),
            admission: Versioned::new(Version::FIRST, Admission::new(OTHER_QUEUE)),
            waiting: 1,
            active: 0,
            offers: Some(offers),
            lapsed: Vec::new(),
            first_waiting: vec![Versioned::new(Version::FIRST, waiting(1))],
        };
        let admits = admit::decide(&line, clock.now(), &rules()).is_some();
        let (room, token) = a_room_for(OTHER_QUEUE, halls.clone(), &clock).await;
        let place = room.place(&token);
        assert_eq!(place.estimate.is_some(), admits, "{halls:#?}");
        assert_eq!(admits, halls.len() == 2, "the available concert should keep the queue moving, though no user waits for it");
        assert_eq!(place.availability, Some(Availability::SoldOut), "the availability should be that of the user's concert");
    }
}

/// Returns a store without tokens, and the number of times that it was read.
fn an_empty_store() -> (MockTokens, Arc<AtomicUsize>) {
    let (mut store, reads) = (MockTokens::new(), Arc::new(AtomicUsize::new(0)));
    let counted = reads.clone();
    store.expect_tokens().returning(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok(vec![])
    });
    (store, reads)
}

fn random_token() -> TokenId {
    TokenId(uuid::Uuid::from_u128(fastrand::u128(..)))
}

#[tokio::test(start_paused = true)]
async fn requests_with_10_000_random_tokens_cause_few_queries() {
    let (store, reads) = an_empty_store();
    let room = room(store, &Arc::default());
    let began = tokio::time::Instant::now();
    // A hundred clients send a hundred requests each, as fast as they are answered.
    join_all((0..100).map(|_| async {
        for _ in 0..100 {
            assert_eq!(room.find(random_token()).await.unwrap(), None);
        }
    }))
    .await;
    let most = began.elapsed().as_millis() / look_ups::PAUSE.as_millis() + 1;
    assert!(reads.load(Ordering::Relaxed) as u128 <= most && most <= 101, "{reads:?} queries, at most {most}");
    // Of as many requests at once, the first is looked up at once, and as many as may wait are looked up together.
    let (store, reads) = an_empty_store();
    let room = self::room(store, &Arc::default());
    let answers = join_all((0..10_000).map(|_| room.find(random_token()))).await;
    let refused = answers.iter().filter(|answer| matches!(answer, Err(Error::Overloaded))).count();
    assert_eq!((refused, reads.load(Ordering::Relaxed)), (10_000 - look_ups::MAX_WAITING - 1, 2));
}

#[tokio::test]
async fn a_token_that_does_not_exist_is_looked_up_once_a_while_and_found_once_it_is_issued() {
    let (store, reads) = an_empty_store();
    let room = room(store, &Arc::default());
    let token = waiting(1);
    for _ in 0..3 {
        assert_eq!(room.find(token.id()).await.unwrap(), None);
    }
    assert_eq!(reads.load(Ordering::Relaxed), 1);
    let (change, committed) = joins(&token);
    room.committed(&change, &committed);
    assert_eq!(room.find(token.id()).await.unwrap(), Some(token));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ended_long_ago_stays_in_memory_after_its_look_up() {
    let clock = Arc::new(StoppedClock::default());
    let left = waiting(1).leave(clock.now() - Duration::HOUR).unwrap();
    let (mut store, row) = (MockTokens::new(), Versioned::new(Version(2), left.clone()));
    store.expect_tokens().times(2).returning(move |_| Ok(vec![row.clone()]));
    let room = room(store, &clock);
    for _ in 0..2 {
        for _ in 0..3 {
            assert_eq!(room.find(left.id()).await.unwrap(), Some(left.clone()));
            room.tidy();
        }
        clock.advance(ended_tokens::KEEP);
        room.tidy();
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_look_up_is_reported_to_all_who_wait_for_it_and_repeated_by_the_next() {
    let token = waiting(1);
    let (mut store, row, mut calls) = (MockTokens::new(), Versioned::new(Version::FIRST, token.clone()), 0);
    store.expect_tokens().times(3).returning(move |ids| {
        calls += 1;
        let found = ids.iter().filter(|id| **id == row.id()).map(|_| row.clone());
        if calls == 2 { Err(ReadError::Unavailable("no connection".into())) } else { Ok(found.collect()) }
    });
    let room = room(store, &Arc::default());
    assert_eq!(room.find(random_token()).await.unwrap(), None);
    for answer in join_all([token.id(), token.id(), random_token()].map(|id| room.find(id))).await {
        assert!(matches!(answer, Err(Error::Unavailable)), "{answer:?}");
    }
    assert_eq!(room.find(token.id()).await.unwrap(), Some(token));
}

#[tokio::test]
async fn a_token_that_ends_and_is_removed_from_memory_during_its_read_is_read_again() {
    let clock = Arc::new(StoppedClock::default());
    let active = waiting(1).admit(Duration::MINUTE, clock.now()).unwrap();
    let left = active.clone().leave(clock.now()).unwrap();
    let room: Arc<std::sync::OnceLock<Arc<WaitingRoom>>> = Arc::default();
    let (reading, mut store, mut reads) = (room.clone(), MockTokens::new(), 0);
    let rows = [Versioned::new(Version(2), active.clone()), Versioned::new(Version(3), left.clone())];
    let ending = clock.clone();
    store.expect_tokens().times(2).returning(move |_| {
        reads += 1;
        if reads == 1 {
            // The commit is applied, and the token is kept for long enough, before the row arrives that was read before.
            let room = reading.wait();
            room.committed(&rewrites(2, rows[1].row.clone()), &Committed::default());
            ending.advance(ended_tokens::KEEP);
            room.tidy();
        }
        Ok(vec![rows[reads - 1].clone()])
    });
    let built = Arc::new(self::room(store, &clock));
    room.set(built.clone()).ok().unwrap();
    assert_eq!(built.find(active.id()).await.unwrap(), Some(left));
    assert_eq!(built.lines.get(&QUEUE).unwrap().active_rows(), 0);
}

#[tokio::test]
async fn a_commit_that_is_reported_after_its_token_ended_and_left_memory_changes_nothing() {
    let clock = Arc::new(StoppedClock::default());
    let room = room(MockTokens::new(), &clock);
    let active = waiting(1).admit(Duration::MINUTE, clock.now()).unwrap();
    room.committed(&rewrites(2, active.clone().leave(clock.now()).unwrap()), &Committed::default());
    clock.advance(ended_tokens::KEEP);
    room.tidy();
    assert_eq!(room.known(active.id()), None);
    room.committed(&rewrites(1, active.clone()), &Committed::default());
    assert_eq!((room.known(active.id()), room.lines.get(&QUEUE).unwrap().active_rows()), (None, 0));
}

#[tokio::test]
async fn subscribers_are_notified_of_a_new_row_of_their_queue() {
    let clock = Arc::new(StoppedClock::default());
    let room = room(MockTokens::new(), &clock);
    let mut news = room.queue_news(QUEUE);
    let has_news = async |news: &mut QueueNews| tokio::time::timeout(std::time::Duration::ZERO, news.changed()).await.is_ok();
    assert!(!has_news(&mut news).await);
    room.apply(LoggedRow::Queue(a_queue()));
    assert!(has_news(&mut news).await);
}

#[tokio::test]
async fn a_board_counts_the_users_who_wait_and_those_who_left() {
    let clock = Arc::new(StoppedClock::default());
    let room = room(MockTokens::new(), &clock);
    assert_eq!(room.board(QUEUE), None, "the queue isn't known");
    room.notices.refresh_catalogue().await.unwrap();
    let board = || {
        let Board { last_admitted, waiting, active, departures, .. } = room.board(QUEUE).unwrap();
        let ends: Vec<_> = departures.ranges.iter().map(|range| (range.through, range.departed)).collect();
        (last_admitted, waiting, active, ends)
    };
    assert_eq!(board(), (0, 0, 0, vec![]));
    for number in 1..=6 {
        let (change, committed) = joins(&waiting(number));
        room.committed(&change, &committed);
    }
    assert_eq!(board(), (0, 6, 0, vec![]));
    let admitted = waiting(1).admit(Duration::MINUTE, clock.now()).unwrap();
    room.committed(&rewrites(1, admitted), &Committed::default());
    for left in [3, 4] {
        room.committed(&rewrites(1, waiting(left).leave(clock.now()).unwrap()), &Committed::default());
    }
    assert_eq!(board(), (1, 3, 1, vec![(6, 2)]), "2, 5 and 6 wait");
    for left in [2, 5, 6] {
        room.committed(&rewrites(1, waiting(left).leave(clock.now()).unwrap()), &Committed::default());
    }
    assert_eq!(board(), (6, 0, 1, vec![]), "no user waits");
}
