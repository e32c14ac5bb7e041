//! Tests how an embedded store handles failures of its engine and invalid entries.
#![expect(clippy::unwrap_used, reason = "a test: a panic is how it fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use adapters_memory::MemoryMap;
use application::ports::{
    AdminQueries, Audit, CommitError, HealthCheck, Housekeeping, Invariant, Prunable, QueueTotals, ReadError, Store, Users,
};
use application::testing::{CatalogueFixture, StoppedClock};
use domain::need::QueueHead;
use domain::queue::PolicyOverrides;
use domain::testing::{BEN, CYD, NOW, a_hold, a_token, a_user};
use domain::{CancelReason, Change, ExpiryReason, Needs as _, Queue, QueueId, ReservationState, User, UserId, UserName, Write};
use store_kit::testing::check_engine;
use store_kit::{EmbeddedStore, Engine, EngineError, Entries, EntriesMut, Order};
use time::macros::datetime;
use uuid::Uuid;

/// The outcome of the next writes.
#[derive(Clone, Copy)]
enum Outcome {
    Success,
    /// Nothing is written.
    Failed,
    /// Everything is written, but an error is returned.
    Unknown,
}

/// A map whose writes have the outcome that the test sets.
struct Faulty {
    map: MemoryMap,
    outcome: AtomicU8,
}

impl Faulty {
    fn set_outcome(&self, outcome: Outcome) {
        self.outcome.store(outcome as u8, Ordering::Relaxed);
    }

    fn has_outcome(&self, outcome: Outcome) -> bool {
        self.outcome.load(Ordering::Relaxed) == outcome as u8
    }
}

impl Engine for Faulty {
    fn read<T, E: From<EngineError>>(&self, work: impl FnOnce(&dyn Entries) -> Result<T, E>) -> Result<T, E> {
        self.map.read(work)
    }

    fn write<T, E: From<EngineError>>(&self, work: impl FnOnce(&mut dyn EntriesMut) -> Result<T, E>) -> Result<T, E> {
        let done = self.map.write(|entries| -> Result<T, E> {
            let done = work(entries)?;
            if self.has_outcome(Outcome::Failed) { Err(EngineError::failed("the disk is full").into()) } else { Ok(done) }
        })?;
        if self.has_outcome(Outcome::Unknown) { Err(EngineError::unknown("the disk does not respond").into()) } else { Ok(done) }
    }
}

fn a_store() -> EmbeddedStore<Faulty> {
    let engine = Faulty { map: MemoryMap::default(), outcome: AtomicU8::new(Outcome::Success as u8) };
    EmbeddedStore::open(engine, Arc::new(StoppedClock::default())).unwrap()
}

const ADA: UserId = UserId(Uuid::from_u128(1));

fn registration() -> Change {
    Change::default().writing(Write::insert(User { id: ADA, name: None, created_at: datetime!(2026-01-01 00:00 UTC) }))
}

async fn commit(store: &EmbeddedStore<Faulty>, outcome: Outcome) -> Result<(), CommitError> {
    store.engine().set_outcome(outcome);
    store.commit(&[registration()]).await.remove(0).map(|_| ())
}

#[test]
fn the_memory_map_is_a_valid_engine() {
    check_engine(&MemoryMap::default());
}

#[tokio::test]
async fn a_failed_write_changes_nothing_and_can_be_retried() {
    let store = a_store();
    assert!(matches!(commit(&store, Outcome::Failed).await, Err(CommitError::Unavailable(_))));
    assert_eq!(store.user(ADA).await.unwrap(), None);
    assert!(matches!(store.check().await, Err(ReadError::Unavailable(_))), "the health check repeats the write that failed");
    commit(&store, Outcome::Success).await.unwrap();
    store.check().await.unwrap();
    assert!(store.user(ADA).await.unwrap().is_some());
}

/// An engine that cannot begin a write.
struct Closed(MemoryMap, std::sync::atomic::AtomicBool);

impl Engine for Closed {
    fn read<T, E: From<EngineError>>(&self, work: impl FnOnce(&dyn Entries) -> Result<T, E>) -> Result<T, E> {
        self.0.read(work)
    }

    fn write<T, E: From<EngineError>>(&self, work: impl FnOnce(&mut dyn EntriesMut) -> Result<T, E>) -> Result<T, E> {
        if self.1.load(Ordering::Relaxed) { Err(EngineError::failed("no transaction can begin").into()) } else { self.0.write(work) }
    }
}

#[tokio::test]
async fn a_store_that_cannot_begin_a_write_is_not_ready() {
    let store = EmbeddedStore::open(Closed(MemoryMap::default(), false.into()), Arc::new(StoppedClock::default())).unwrap();
    store.check().await.unwrap();
    store.engine().1.store(true, Ordering::Relaxed);
    assert!(matches!(store.commit(&[registration()]).await.remove(0), Err(CommitError::Unavailable(_))));
    assert!(matches!(store.check().await, Err(ReadError::Unavailable(_))));
    store.engine().1.store(false, Ordering::Relaxed);
    store.check().await.unwrap();
}

#[tokio::test]
async fn a_write_with_an_unknown_outcome_may_be_written() {
    let store = a_store();
    assert!(matches!(commit(&store, Outcome::Unknown).await, Err(CommitError::Unknown(_))));
    assert!(store.user(ADA).await.unwrap().is_some());
    store.engine().set_outcome(Outcome::Success);
    store.check().await.unwrap();
}

#[tokio::test]
async fn a_conflict_does_not_make_the_store_unready() {
    let store = a_store();
    commit(&store, Outcome::Success).await.unwrap();
    assert!(matches!(commit(&store, Outcome::Failed).await, Err(CommitError::Conflict)));
    store.check().await.unwrap();
}

#[tokio::test]
async fn an_invalid_row_does_not_affect_other_changes_of_its_group() {
    let store = a_store();
    let queue = Queue::new(QueueId(Uuid::from_u128(7)), "Club".into(), PolicyOverrides::default(), None);
    CatalogueFixture { queues: vec![queue.clone()], ..CatalogueFixture::default() }.insert_into(&store).await;
    let damage = |entries: &mut dyn EntriesMut| -> Result<(), EngineError> { entries.put(&key_of(1, 7), b"nonsense") };
    store.engine().write(damage).unwrap();
    let renamed = Write { expected: Some(domain::Version::FIRST), row: queue };
    let results = store.commit(&[Change::default().writing(renamed), registration()]).await;
    assert!(matches!(results.as_slice(), [Err(CommitError::Rejected(_)), Ok(_)]), "{results:?}");
}

/// A change of the map that bypasses the store.
type Damage = fn(&mut dyn EntriesMut) -> Result<(), EngineError>;

#[tokio::test]
async fn dangling_and_missing_index_entries_are_found() {
    let named = User { id: ADA, name: Some(domain::UserName::new("Ada").unwrap()), created_at: datetime!(2026-01-01 00:00 UTC) };
    let dangling: Damage = |entries| entries.put(&key_of(70, 9), &key_of(6, 9));
    let missing: Damage = |entries| {
        let first = entries.range(&[86]..&[87], store_kit::Order::Ascending)?.next().transpose()?;
        entries.remove(&first.ok_or(EngineError::failed("no search key"))?.0)
    };
    for damage in [dangling, missing] {
        let store = a_store();
        assert!(store.commit(&[Change::default().writing(Write::insert(named.clone()))]).await[0].is_ok());
        assert_eq!(incomplete(&store).await, 0);
        store.engine().write(damage).unwrap();
        assert_eq!(incomplete(&store).await, 1);
    }
}

async fn incomplete<E: Engine>(store: &EmbeddedStore<E>) -> u64 {
    let findings = store.audit().await.unwrap();
    findings.iter().find(|finding| finding.invariant == Invariant::SchemaIsComplete).unwrap().violations
}

#[test]
fn a_map_of_another_format_is_refused() {
    let map = MemoryMap::default();
    let newer = |entries: &mut dyn EntriesMut| -> Result<(), EngineError> { entries.put(b"\0format\0", b"4") };
    map.write(newer).unwrap();
    let refused = EmbeddedStore::open(map, Arc::new(StoppedClock::default())).unwrap_err();
    let EngineError::Failed(reason) = refused else { panic!("{refused:?}") };
    assert_eq!(reason.to_string(), "the store has format 4; this program supports format 3");
}

/// A store of an earlier release has no index entries by which users and reservations are pruned.
#[tokio::test]
async fn a_map_of_an_earlier_format_is_upgraded() {
    let store = a_store();
    let user = User { id: ADA, name: Some(UserName::new("Ada").unwrap()), created_at: datetime!(2026-01-01 00:00 UTC) };
    let cancelled = ReservationState::Cancelled { reason: CancelReason::Released, payment: None };
    let reservation = a_hold(ADA, &[1]).row.restore(cancelled);
    let change = Change::default().writing(Write::insert(user)).writing(Write::insert(domain::Wallet::new(ADA)));
    assert!(store.commit(&[change.writing(Write::insert(reservation))]).await[0].is_ok());
    assert_eq!(incomplete(&store).await, 0);

    let earlier = MemoryMap::default();
    store
        .engine()
        .read(|entries| -> Result<(), EngineError> {
            let stored: Vec<_> = entries.range(&[0]..&[91], Order::Ascending)?.collect::<Result<_, _>>()?;
            earlier.write(|map| {
                stored.iter().try_for_each(|(key, value)| map.put(key, value))?;
                map.put(b"\0format\0", b"1")
            })
        })
        .unwrap();
    let upgraded = EmbeddedStore::open(earlier, Arc::new(StoppedClock::default())).unwrap();
    assert_eq!(incomplete(&upgraded).await, 0);
    let before = datetime!(2100-01-01 00:00 UTC);
    for (what, rows) in [(Prunable::Users { before }, 0), (Prunable::Reservations { before }, 1), (Prunable::Users { before }, 1)] {
        assert_eq!(upgraded.prune(what, 9).await.unwrap().rows, rows, "{what:?}");
    }
    assert_eq!(incomplete(&upgraded).await, 0);
}

/// Returns the map of a store of format 1, with the tokens of `store`: its counters lack the admissions.
fn in_format_1(store: &EmbeddedStore<MemoryMap>) -> MemoryMap {
    let read = |entries: &dyn Entries| entries.range(&[0]..&[255], Order::Ascending)?.collect::<Result<Vec<_>, EngineError>>();
    let all = store.engine().read(read).unwrap();
    let map = MemoryMap::default();
    let write = |entries: &mut dyn EntriesMut| -> Result<(), EngineError> {
        for (key, mut value) in all {
            if key[0] == 2 {
                let mut counters: serde_json::Value = serde_json::from_slice(&value).unwrap();
                let counters = counters.as_object_mut().unwrap();
                counters.retain(|name, _| !["last_admitted", "admitted", "no_shows"].contains(&name.as_str()));
                value = serde_json::to_vec(counters).unwrap();
            }
            entries.put(&key, &value)?;
        }
        entries.put(b"\0format\0", b"1")
    };
    map.write(write).unwrap();
    map
}

#[tokio::test]
async fn a_store_of_format_1_is_upgraded_with_the_admissions_of_its_tokens() {
    let clock = Arc::new(StoppedClock::default());
    let store = EmbeddedStore::open(MemoryMap::default(), clock.clone()).unwrap();
    let tokens = [(1, a_token(ADA).ended(ExpiryReason::Unclaimed)), (2, a_token(BEN).unclaimed(NOW, NOW)), (3, a_token(CYD))];
    let mut change = Change::default();
    for (number, token) in tokens {
        change.write(Write::insert(a_user(token.user())));
        change.write(Write::insert(token.numbered(number).row));
    }
    assert!(store.commit(&[change]).await[0].is_ok());
    let upgraded = EmbeddedStore::open(in_format_1(&store), clock.clone()).unwrap();
    assert_eq!(upgraded.queue_totals(Queue::DEFAULT).await.unwrap(), QueueTotals { admitted: 2, no_shows: 1 });
    let head = QueueHead { queue: Queue::DEFAULT, at_most: 9 };
    let head = head.find(&upgraded.load(&[head.clone().into()]).await.unwrap()).unwrap().unwrap();
    assert_eq!((head.admission.last_admitted(), head.admission.admitted(), head.first_waiting.len()), (2, 2, 1));
    let reopened = EmbeddedStore::open(in_format_1(&upgraded), clock).unwrap();
    assert_eq!(reopened.queue_totals(Queue::DEFAULT).await.unwrap(), QueueTotals { admitted: 2, no_shows: 1 });
}

fn key_of(kind: u8, id: u128) -> Vec<u8> {
    [&[kind], Uuid::from_u128(id).as_bytes().as_slice()].concat()
}
