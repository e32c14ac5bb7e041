//! What a store on an engine makes of an engine that fails, and of what it finds there.
#![expect(clippy::unwrap_used, reason = "a test: a panic is how it fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use adapters_memory::MemoryMap;
use application::ports::{Audit, CommitError, HealthCheck, Invariant, ReadError, Store, Users};
use application::testing::{CatalogueFixture, StoppedClock};
use domain::queue::PolicyOverrides;
use domain::{Change, Queue, QueueId, User, UserId, Write};
use store_kit::testing::check_engine;
use store_kit::{EmbeddedStore, Engine, EngineError, Entries, EntriesMut};
use time::macros::datetime;
use uuid::Uuid;

/// How the next writes end.
#[derive(Clone, Copy)]
enum Ends {
    Well,
    /// Nothing is written.
    Failed,
    /// Everything is written, and yet an error is returned.
    Unknown,
}

/// A map whose writes end as the test wants.
struct Faulty {
    map: MemoryMap,
    ends: AtomicU8,
}

impl Faulty {
    fn let_writes_end(&self, ends: Ends) {
        self.ends.store(ends as u8, Ordering::Relaxed);
    }

    fn ends(&self, ends: Ends) -> bool {
        self.ends.load(Ordering::Relaxed) == ends as u8
    }
}

impl Engine for Faulty {
    fn read<T, E: From<EngineError>>(&self, work: impl FnOnce(&dyn Entries) -> Result<T, E>) -> Result<T, E> {
        self.map.read(work)
    }

    fn write<T, E: From<EngineError>>(&self, work: impl FnOnce(&mut dyn EntriesMut) -> Result<T, E>) -> Result<T, E> {
        let done = self.map.write(|entries| -> Result<T, E> {
            let done = work(entries)?;
            if self.ends(Ends::Failed) { Err(EngineError::failed("the disk is full").into()) } else { Ok(done) }
        })?;
        if self.ends(Ends::Unknown) { Err(EngineError::unknown("the disk does not answer").into()) } else { Ok(done) }
    }
}

fn a_store() -> EmbeddedStore<Faulty> {
    let engine = Faulty { map: MemoryMap::default(), ends: AtomicU8::new(Ends::Well as u8) };
    EmbeddedStore::open(engine, Arc::new(StoppedClock::default())).unwrap()
}

const ADA: UserId = UserId(Uuid::from_u128(1));

fn registration() -> Change {
    Change::default().writing(Write::insert(User { id: ADA, name: None, created_at: datetime!(2026-01-01 00:00 UTC) }))
}

async fn commit(store: &EmbeddedStore<Faulty>, ends: Ends) -> Result<(), CommitError> {
    store.engine().let_writes_end(ends);
    store.commit(&[registration()]).await.remove(0).map(|_| ())
}

#[test]
fn the_map_keeps_its_word() {
    check_engine(&MemoryMap::default());
}

#[tokio::test]
async fn a_write_that_fails_leaves_nothing_and_may_be_tried_again() {
    let store = a_store();
    assert!(matches!(commit(&store, Ends::Failed).await, Err(CommitError::Unavailable(_))));
    assert_eq!(store.user(ADA).await.unwrap(), None);
    assert!(matches!(store.check().await, Err(ReadError::Unavailable(_))), "the pulse tries what has failed");
    commit(&store, Ends::Well).await.unwrap();
    store.check().await.unwrap();
    assert!(store.user(ADA).await.unwrap().is_some());
}

/// An engine whose writes don't even begin.
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
async fn a_store_of_which_no_write_begins_is_not_ready() {
    let store = EmbeddedStore::open(Closed(MemoryMap::default(), false.into()), Arc::new(StoppedClock::default())).unwrap();
    store.check().await.unwrap();
    store.engine().1.store(true, Ordering::Relaxed);
    assert!(matches!(store.commit(&[registration()]).await.remove(0), Err(CommitError::Unavailable(_))));
    assert!(matches!(store.check().await, Err(ReadError::Unavailable(_))));
    store.engine().1.store(false, Ordering::Relaxed);
    store.check().await.unwrap();
}

#[tokio::test]
async fn a_write_of_which_the_end_is_not_known_may_be_written() {
    let store = a_store();
    assert!(matches!(commit(&store, Ends::Unknown).await, Err(CommitError::Unknown(_))));
    assert!(store.user(ADA).await.unwrap().is_some());
    store.engine().let_writes_end(Ends::Well);
    store.check().await.unwrap();
}

#[tokio::test]
async fn a_conflict_is_no_failed_write() {
    let store = a_store();
    commit(&store, Ends::Well).await.unwrap();
    assert!(matches!(commit(&store, Ends::Failed).await, Err(CommitError::Conflict)));
    store.check().await.unwrap();
}

#[tokio::test]
async fn a_row_that_makes_no_sense_keeps_others_from_nothing() {
    let store = a_store();
    let queue = Queue::new(QueueId(Uuid::from_u128(7)), "Club".into(), PolicyOverrides::default(), None);
    CatalogueFixture { queues: vec![queue.clone()], ..CatalogueFixture::default() }.put_on(&store).await;
    let damage = |entries: &mut dyn EntriesMut| -> Result<(), EngineError> { entries.put(&key_of(1, 7), b"nonsense") };
    store.engine().write(damage).unwrap();
    let renamed = Write { expected: Some(domain::Version::FIRST), row: queue };
    let results = store.commit(&[Change::default().writing(renamed), registration()]).await;
    assert!(matches!(results.as_slice(), [Err(CommitError::Rejected(_)), Ok(_)]), "{results:?}");
}

/// What is done behind the store's back.
type Damage = fn(&mut dyn EntriesMut) -> Result<(), EngineError>;

#[tokio::test]
async fn what_leads_to_no_row_and_rows_to_which_nothing_leads_are_found() {
    let named = User { id: ADA, name: Some(domain::UserName::new("Ada").unwrap()), created_at: datetime!(2026-01-01 00:00 UTC) };
    let astray: Damage = |entries| entries.put(&key_of(70, 9), &key_of(6, 9));
    let lost: Damage = |entries| {
        let first = entries.range(&[86]..&[87], store_kit::Order::Ascending)?.next().transpose()?;
        entries.remove(&first.ok_or(EngineError::failed("no search key"))?.0)
    };
    for damage in [astray, lost] {
        let store = a_store();
        assert!(store.commit(&[Change::default().writing(Write::insert(named.clone()))]).await[0].is_ok());
        assert_eq!(incomplete(&store).await, 0);
        store.engine().write(damage).unwrap();
        assert_eq!(incomplete(&store).await, 1);
    }
}

async fn incomplete(store: &EmbeddedStore<Faulty>) -> u64 {
    let findings = store.audit().await.unwrap();
    findings.iter().find(|finding| finding.invariant == Invariant::SchemaIsComplete).unwrap().violations
}

#[test]
fn a_map_of_another_format_is_refused() {
    let map = MemoryMap::default();
    let newer = |entries: &mut dyn EntriesMut| -> Result<(), EngineError> { entries.put(b"\0format\0", b"2") };
    map.write(newer).unwrap();
    let refused = EmbeddedStore::open(map, Arc::new(StoppedClock::default())).unwrap_err();
    let EngineError::Failed(why) = refused else { panic!("{refused:?}") };
    assert_eq!(why.to_string(), "the store is of format 2, and this program knows 1");
}

fn key_of(kind: u8, id: u128) -> Vec<u8> {
    [&[kind], Uuid::from_u128(id).as_bytes().as_slice()].concat()
}
