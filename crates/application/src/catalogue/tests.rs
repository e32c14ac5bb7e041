use std::sync::atomic::{AtomicUsize, Ordering};

use domain::testing::{CONCERT, NOW, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, QUEUE, SCHEDULE, a_concert, a_queue, a_schedule};
use domain::{Cancellation, ListPosition, Version, Write};
use time::Duration;
use uuid::Uuid;

use super::*;
use crate::ports::{MockCatalogue, ReadError};

/// The memory that all tests have enough of, unless they test its limit.
const ENOUGH: usize = 1 << 20;

/// Returns the id of a concert after the two of the store.
const fn concert_id(number: u128) -> ConcertId {
    ConcertId(Uuid::from_u128(u128::MAX - 1_000 + number))
}

fn concert(id: ConcertId) -> Versioned<Concert> {
    a_concert().with(|concert| concert.with_id(id))
}

fn schedule(id: ScheduleId, concert: ConcertId) -> Versioned<Schedule> {
    a_schedule().with(|schedule| schedule.with_ids(id, concert))
}

fn renamed(concert: &Versioned<Concert>) -> Change {
    let renamed = concert.row.clone().announce("Renamed".into(), "Another host".into());
    Change::default().writing(Write::update(concert, renamed))
}

fn cancels(schedule: &Versioned<Schedule>) -> Change {
    let cancelled = schedule.row.clone().cancel(Cancellation { at: NOW, reason: None });
    Change::default().writing(Write::update(schedule, cancelled))
}

fn commit(model: &CatalogueModel, change: &Change) {
    model.committed(change, &Committed::default());
}

/// Returns the ids of all concerts in the order of public lists at `now`.
async fn listed(model: &CatalogueModel, now: OffsetDateTime) -> Vec<ConcertId> {
    model.concert_index(now).await.unwrap().after(None).iter().map(|(position, _)| position.id).collect()
}

fn ids(concerts: &[Versioned<Concert>]) -> Vec<ConcertId> {
    concerts.iter().map(|concert| concert.id()).collect()
}

fn starting(schedule: &Versioned<Schedule>, starts_at: OffsetDateTime) -> Change {
    Change::default().writing(Write::update(schedule, schedule.row.clone().with_start(starts_at)))
}

/// A store with two concerts, of which the first has a schedule, and the number of its reads.
#[derive(Clone, Default)]
struct Store {
    reads: Arc<AtomicUsize>,
    fails: Arc<AtomicUsize>,
    more: u128,
}

impl Store {
    fn concerts(&self) -> Vec<Versioned<Concert>> {
        [CONCERT, OTHER_CONCERT].into_iter().chain((3..3 + self.more).map(concert_id)).map(concert).collect()
    }

    fn model(&self, limit: usize) -> CatalogueModel {
        let mut catalogue = MockCatalogue::new();
        let store = self.clone();
        let read = move || {
            store.reads.fetch_add(1, Ordering::Relaxed);
            let fails = store.fails.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
            if fails { Err(ReadError::Unavailable("no connection".into())) } else { Ok(store.clone()) }
        };
        let (of_queues, of_concerts, of_concert, of_schedules, of_schedule, of_many) =
            (read.clone(), read.clone(), read.clone(), read.clone(), read.clone(), read);
        catalogue.expect_queues().returning(move || of_queues().map(|_| vec![a_queue()]));
        catalogue.expect_concerts().returning(move |page| {
            let later = of_concerts()?.concerts().into_iter().filter(|concert| page.after.is_none_or(|after| after < concert.id()));
            Ok(later.take(usize::try_from(page.size).unwrap()).collect())
        });
        catalogue.expect_concert().returning(move |id| Ok(of_concert()?.concerts().into_iter().find(|concert| concert.id() == id)));
        catalogue
            .expect_schedules()
            .returning(move |id| of_schedules().map(|_| if id == CONCERT { vec![schedule(SCHEDULE, CONCERT)] } else { vec![] }));
        catalogue.expect_schedule().returning(move |id| of_schedule().map(|_| (id == SCHEDULE).then(|| schedule(SCHEDULE, CONCERT))));
        catalogue.expect_schedules_of().returning(move |concerts| {
            of_many().map(|_| if concerts.contains(&CONCERT) { vec![schedule(SCHEDULE, CONCERT)] } else { vec![] })
        });
        CatalogueModel::new(Arc::new(catalogue), limit)
    }

    async fn filled(&self, limit: usize) -> CatalogueModel {
        let model = self.model(limit);
        model.fill().await.unwrap();
        self.reads.store(0, Ordering::Relaxed);
        model
    }

    fn reads(&self) -> usize {
        self.reads.load(Ordering::Relaxed)
    }
}

#[tokio::test]
async fn a_filled_catalogue_answers_every_request_from_memory() {
    let store = Store::default();
    let model = store.filled(ENOUGH).await;
    assert_eq!(listed(&model, NOW).await, ids(&store.concerts()));
    assert_eq!(model.concert(CONCERT).await.unwrap(), Some(concert(CONCERT)));
    assert_eq!(model.schedules(CONCERT).await.unwrap(), [schedule(SCHEDULE, CONCERT)]);
    assert_eq!(model.schedule(SCHEDULE).await.unwrap(), Some(schedule(SCHEDULE, CONCERT)));
    assert_eq!(model.concerts_of(concert(CONCERT).queue()).await.unwrap(), store.concerts());
    assert_eq!((model.concert(concert_id(9)).await.unwrap(), model.schedule(OTHER_SCHEDULE).await.unwrap()), (None, None));
    assert_eq!((model.queue(QUEUE).as_deref(), model.queue(OTHER_QUEUE)), (Some(&a_queue()), None));
    assert_eq!(store.reads(), 0);
}

#[tokio::test]
async fn commits_change_the_catalogue_at_once_in_any_order() {
    let store = Store::default();
    let model = store.filled(ENOUGH).await;
    commit(&model, &renamed(&concert(CONCERT)));
    model.apply(LoggedRow::Concert(concert(CONCERT)));
    assert_eq!(model.concert(CONCERT).await.unwrap().unwrap().name(), "Renamed", "the older version arrives late");
    commit(&model, &cancels(&schedule(SCHEDULE, CONCERT)));
    assert!(model.schedule(SCHEDULE).await.unwrap().unwrap().is_cancelled());
    let (new, date) = (concert(concert_id(7)), schedule(OTHER_SCHEDULE, concert_id(7)));
    commit(&model, &Change::default().writing(Write::insert(new.row.clone())).writing(Write::insert(date.row.clone())));
    let new = Versioned::new(Version::FIRST, new.row);
    assert_eq!(model.schedules(concert_id(7)).await.unwrap(), [Versioned::new(Version::FIRST, date.row)]);
    assert_eq!(model.concert(concert_id(7)).await.unwrap(), Some(new));
    assert_eq!(listed(&model, NOW).await, [concert_id(7), CONCERT, OTHER_CONCERT], "the others have no schedule ahead");
    let paused = a_queue().row.restore(domain::QueueState::Paused);
    commit(&model, &Change::default().writing(Write::update(&a_queue(), paused.clone())));
    assert_eq!(model.queue(QUEUE).map(|queue| queue.row.clone()), Some(paused));
    assert_eq!(store.reads(), 0);
}

#[tokio::test]
async fn doubtful_rows_are_read_again_until_that_succeeds() {
    let store = Store::default();
    let model = store.filled(ENOUGH).await;
    model.doubtful(&renamed(&concert(CONCERT)));
    assert_eq!(model.schedule(SCHEDULE).await.unwrap(), Some(schedule(SCHEDULE, CONCERT)));
    assert_eq!((store.reads(), model.concert(CONCERT).await.unwrap().is_some()), (2, true), "the concert and its schedules");
    model.doubtful(&cancels(&schedule(SCHEDULE, CONCERT)));
    model.doubtful(&Change::default().writing(Write::insert(schedule(OTHER_SCHEDULE, OTHER_CONCERT).row)));
    model.doubtful(&Change::default().writing(Write::insert(concert(concert_id(7)).row)));
    store.fails.store(1, Ordering::Relaxed);
    assert!(model.refresh().await.is_err());
    model.refresh().await.unwrap();
    let reads = store.reads();
    assert_eq!(model.schedule(OTHER_SCHEDULE).await.unwrap(), None, "it was not committed");
    assert_eq!(listed(&model, NOW).await, ids(&store.concerts()));
    assert_eq!(model.schedules(CONCERT).await.unwrap(), [schedule(SCHEDULE, CONCERT)]);
    model.refresh().await.unwrap();
    assert_eq!(store.reads(), reads, "nothing is doubtful any more");
}

#[tokio::test]
async fn concerts_that_do_not_fit_are_read_from_the_store_and_evict_others() {
    let store = Store { more: 20, ..Store::default() };
    let limit = 5_000;
    let model = store.filled(limit).await;
    assert!(model.known().bytes() <= limit);
    assert_eq!(listed(&model, NOW).await, ids(&store.concerts()));
    for _ in 0..2 {
        for concert in store.concerts() {
            assert_eq!(model.concert(concert.id()).await.unwrap(), Some(concert));
            assert!(model.known().bytes() <= limit);
        }
    }
    let reads = store.reads();
    assert_eq!(model.schedule(SCHEDULE).await.unwrap(), Some(schedule(SCHEDULE, CONCERT)));
    assert_eq!(store.reads(), reads + 3, "the schedule, then its concert with all schedules");
    commit(&model, &cancels(&schedule(SCHEDULE, CONCERT)));
    assert!(model.schedule(SCHEDULE).await.unwrap().unwrap().is_cancelled());
    assert_eq!(store.reads(), reads + 3);
    assert_eq!(model.schedule(OTHER_SCHEDULE).await.unwrap(), None);
    assert_eq!(store.reads(), reads + 4, "only the store knows all schedules");
}

#[tokio::test]
async fn a_reload_reads_everything_again() {
    let store = Store::default();
    let model = store.filled(ENOUGH).await;
    commit(&model, &renamed(&concert(CONCERT)));
    store.fails.store(1, Ordering::Relaxed);
    assert!(model.reload().await.is_err());
    model.reload().await.unwrap();
    let reads = store.reads();
    assert_eq!(model.concert(CONCERT).await.unwrap(), Some(concert(CONCERT)));
    assert_eq!(store.reads(), reads);
}

#[tokio::test]
async fn the_concert_index_follows_commits_and_the_starts_of_shows() {
    let store = Store::default();
    let model = store.filled(ENOUGH).await;
    let date = schedule(OTHER_SCHEDULE, OTHER_CONCERT);
    commit(&model, &Change::default().writing(Write::insert(date.row.clone().with_start(NOW + Duration::HOUR))));
    assert_eq!(listed(&model, NOW).await, [OTHER_CONCERT, CONCERT]);
    let moment = Duration::MICROSECOND;
    assert_eq!(listed(&model, NOW + Duration::HOUR - moment).await, [OTHER_CONCERT, CONCERT]);
    assert_eq!(listed(&model, NOW + Duration::HOUR).await, [CONCERT, OTHER_CONCERT], "it has started");
    assert_eq!(listed(&model, NOW).await, [OTHER_CONCERT, CONCERT], "the clock was set back");
    commit(&model, &starting(&schedule(SCHEDULE, CONCERT), NOW + Duration::MINUTE));
    assert_eq!(listed(&model, NOW).await, [CONCERT, OTHER_CONCERT]);
    model.doubtful(&starting(&Versioned::new(Version(2), date.row), NOW));
    assert_eq!(listed(&model, NOW).await, [CONCERT, OTHER_CONCERT], "the doubtful row is read first");
    let position = |id| ListPosition { next_start: Some(NOW + Duration::MINUTE), id };
    let index = model.concert_index(NOW).await.unwrap();
    assert_eq!(index.after(Some(position(CONCERT))).len(), 1);
    assert_eq!(index.after(Some(ListPosition { next_start: None, id: concert_id(0) })).len(), 0);
}

#[tokio::test]
async fn a_concert_index_that_does_not_fit_into_memory_is_read_from_the_store_at_most_twice_a_minute() {
    let store = Store { more: 20, ..Store::default() };
    let model = store.filled(5_000).await;
    let read = async |after: Duration| {
        let before = store.reads();
        let listed = listed(&model, NOW + after).await;
        (store.reads() - before, listed == ids(&store.concerts()))
    };
    assert_eq!(read(Duration::ZERO).await, (3, true), "a page of concerts, their schedules, and an empty page");
    commit(&model, &renamed(&concert(CONCERT)));
    assert_eq!(read(Duration::seconds(29)).await, (0, true));
    assert_eq!(read(Duration::seconds(30)).await, (3, true));
    store.fails.store(1, Ordering::Relaxed);
    assert_eq!(read(Duration::seconds(60)).await, (1, true), "the last one is used if the store can't be read");
}
