//! An invalid row fails the needs that it belongs to, and no others.
#![expect(clippy::unwrap_used, reason = "a test: a panic is how it fails")]

use std::sync::Arc;

use adapters_memory::MemoryMap;
use application::ports::{Housekeeping, Prunable, Store};
use application::testing::StoppedClock;
use domain::need::{ConcertInUse, LapsedHolds, Queue as QueueNeed, QueueHead, Seats};
use domain::testing::{
    ADA, BEN, CONCERT, NOW, QUEUE, SCHEDULE, a_concert, a_hold, a_key_record, a_schedule, a_seat, a_user, idempotency, seat_number,
};
use domain::{Cancellation, Change, Need, Needs as _, Operation, Outcome, RowWrite, ScheduleId, Versioned, Write};
use serde_json::{Value, json};
use store_kit::{EmbeddedStore, Engine, EngineError, EntriesMut, Order};
use time::Duration;
use uuid::Uuid;

/// The first byte of the keys of some rows.
const SCHEDULES: u8 = 4;
const RESERVATIONS: u8 = 7;
const KEYS: u8 = 12;

type TestStore = EmbeddedStore<MemoryMap>;

async fn store_with(rows: impl IntoIterator<Item = RowWrite>) -> TestStore {
    let store = EmbeddedStore::open(MemoryMap::default(), Arc::new(StoppedClock::default())).unwrap();
    let change = Change { writes: rows.into_iter().collect(), ..Change::default() };
    assert!(store.commit(&[change]).await[0].is_ok());
    store
}

fn new<T>(row: Versioned<T>) -> RowWrite
where
    RowWrite: From<Write<T>>,
{
    Write::insert(row.row).into()
}

/// Returns a concert for which the holds of Ada (seat 1) and Ben (seat 2) have lapsed.
fn sale_rows() -> Vec<RowWrite> {
    let until = NOW - Duration::SECOND;
    let (ada, ben) = (a_hold(ADA, &[1]).until(until), a_hold(BEN, &[2]).until(until));
    let seats = [a_seat(1).held_under(&ada), a_seat(2).held_under(&ben)];
    let mut rows = vec![Write::insert(a_user(ADA)).into(), Write::insert(a_user(BEN)).into(), new(a_concert()), new(a_schedule())];
    rows.extend(seats.map(new));
    rows.extend([ada, ben].map(new));
    rows
}

/// Changes the row of `kind` whose value contains `text`, bypassing the store.
fn damage(store: &TestStore, kind: u8, text: &str, damage: impl Fn(&mut Value)) {
    let work = |entries: &mut dyn EntriesMut| -> Result<(), EngineError> {
        let rows: Vec<_> = entries.range(&[kind]..&[kind + 1], Order::Ascending)?.collect::<Result<_, _>>()?;
        let (key, value) = rows.into_iter().find(|(_, value)| String::from_utf8_lossy(value).contains(text)).unwrap();
        let mut row = serde_json::from_slice(&value).unwrap();
        damage(&mut row);
        entries.put(&key, row.to_string().as_bytes())
    };
    store.engine().write(work).unwrap();
}

fn seats(numbers: &[u32]) -> Seats {
    Seats { schedule: SCHEDULE, numbers: numbers.iter().copied().map(seat_number).collect() }
}

#[tokio::test]
async fn an_invalid_hold_is_reported_as_unreadable() {
    let store = store_with(sale_rows()).await;
    damage(&store, RESERVATIONS, &ADA.0.to_string(), |hold| hold["amount"] = json!(-1));
    let lapsed = LapsedHolds { at_most: 9, longest: Duration::HOUR };
    let needs = [Need::from(seats(&[1])), seats(&[2]).into(), QueueNeed(QUEUE).into()];
    let rows = store.load(&needs).await.unwrap();
    assert!(seats(&[1]).find(&rows).is_err(), "the hold on seat 1 may be live");
    assert_eq!(seats(&[2]).find(&rows).unwrap().holds.len(), 1);
    assert!(QueueNeed(QUEUE).find(&rows).unwrap().is_some());
    let rows = store.load(&[lapsed.clone().into()]).await.unwrap();
    let found = lapsed.find(&rows).unwrap();
    assert!(found.iter().filter(|hold| hold.is_ok()).count() == 1 && found.iter().any(Result::is_err));
    let in_use = store.load(&[ConcertInUse(CONCERT).into()]).await;
    assert!(in_use.is_ok());
}

#[tokio::test]
async fn an_invalid_schedule_blocks_neither_the_sweep_nor_the_queue() {
    let other = ScheduleId(Uuid::from_u128(99));
    let mut cancelled = a_schedule().with(|schedule| schedule.with_id(other));
    cancelled.row = cancelled.row.restore(Some(Cancellation { at: NOW - Duration::MINUTE, reason: None }));
    let mut rows = sale_rows();
    rows.push(new(cancelled));
    let store = store_with(rows).await;
    damage(&store, SCHEDULES, &other.0.to_string(), |schedule| schedule["zone"] = json!("Nowhere/At all"));
    let (lapsed, line) = (LapsedHolds { at_most: 9, longest: Duration::HOUR }, QueueHead { queue: QUEUE, at_most: 9 });
    let rows = store.load(&[lapsed.clone().into(), line.clone().into()]).await.unwrap();
    assert_eq!(lapsed.find(&rows).unwrap().iter().filter(|hold| hold.is_ok()).count(), 2);
    assert!(line.find(&rows).unwrap().is_some());
}

#[tokio::test]
async fn an_invalid_idempotency_record_is_pruned_when_it_expires() {
    let records = ["old", "older"]
        .map(|key| a_key_record(&idempotency(ADA, Operation::Admit, key), Outcome::Admitted { admitted: 1 }, NOW - Duration::WEEK));
    let store = store_with(records.map(new)).await;
    damage(&store, KEYS, "older", |record| record["outcome"] = json!("nonsense"));
    assert_eq!(store.prune(Prunable::Keys, 9).await.unwrap().rows, 2);
    assert_eq!(store.prune(Prunable::Keys, 9).await.unwrap().rows, 0);
}
