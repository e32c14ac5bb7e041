use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::testing::{ADA, BEN, NOW, SCHEDULE, a_hold, a_payment, a_schedule, payment_of, reservation_of, won};
use domain::{Event, EventId, OfferedSeats, UserId, Version};
use uuid::Uuid;

use super::*;
use crate::ports::{LogExtent, MockCatalogue, MockLog, MockReservations, MockSales, ReadError};

const SEATS: u32 = 3;

/// The stored sales and their position, as all instances see them.
#[derive(Default)]
struct Stored {
    position: Option<Position>,
    sales: BTreeMap<ScheduleId, ScheduleSales>,
}

impl Stored {
    fn sold(&self) -> u32 {
        self.sales.get(&SCHEDULE).map_or(0, ScheduleSales::sold)
    }
}

/// A store whose log contains the events of two payments, and something else in between.
#[derive(Clone, Default)]
struct Store {
    stored: Arc<Mutex<Stored>>,
    /// The highest deleted position of the log.
    start: Arc<AtomicU64>,
    /// The name of the reader and its position.
    reader: Arc<Mutex<Option<(String, Position)>>>,
}

/// Returns Ada's reservation of two seats, or Ben's of one.
fn hold_of(user: UserId) -> Reservation {
    a_hold(user, if user == ADA { &[1, 2] } else { &[3] }).row
}

fn payment_by(user: UserId) -> Payment {
    a_payment(&hold_of(user)).row
}

fn paid(user: UserId) -> Fact {
    Fact::PaymentCompleted { payment: payment_of(user), reservation: reservation_of(user), user, amount: won(1) }
}

fn facts() -> Vec<Fact> {
    let refunded = Fact::PaymentRefunded { payment: payment_of(BEN), reservation: reservation_of(BEN), user: BEN, amount: won(1) };
    vec![paid(ADA), Fact::UserRegistered { user: BEN }, paid(BEN), refunded]
}

fn page_after(after: Position, at_most: u64) -> LogPage<LoggedEvent> {
    let logged = |(fact, position): (Fact, u64)| LoggedEvent {
        position: Position(position),
        id: EventId(Uuid::from_u128(position.into())),
        at: NOW,
        event: Event { version: Version::FIRST, fact },
    };
    let items: Vec<_> =
        facts().into_iter().zip(1..).map(logged).filter(|event| after < event.position).take(at_most.try_into().unwrap()).collect();
    let end = Position(4);
    LogPage { position: items.last().map_or(end, |event| event.position), items, end }
}

impl Store {
    /// Returns the fold of an instance, with pages of `at_most` events.
    fn instance(&self, at_most: u64) -> SalesFold {
        let (mut log, mut sales, mut reservations, mut catalogue) =
            (MockLog::new(), MockSales::new(), MockReservations::new(), MockCatalogue::new());
        let store = self.clone();
        log.expect_extent().returning(move || Ok(LogExtent { start: Position(store.start.load(Ordering::SeqCst)), end: Position(4) }));
        let store = self.clone();
        log.expect_events().returning(move |after, _| {
            Ok((store.start.load(Ordering::SeqCst) <= after.0 && after.0 <= 4).then(|| page_after(after, at_most)))
        });
        let store = self.clone();
        log.expect_keep_reader().returning(move |name, position| {
            *store.reader.lock().unwrap() = Some((name.as_str().to_owned(), position));
            Ok(true)
        });
        let store = self.clone();
        sales.expect_folded_to().returning(move || Ok(store.stored.lock().unwrap().position));
        let store = self.clone();
        sales.expect_sales_of().returning(move |schedules| {
            let stored = store.stored.lock().unwrap();
            Ok(schedules.iter().filter_map(|schedule| stored.sales.get(schedule).cloned()).collect())
        });
        let store = self.clone();
        sales.expect_advance().returning(move |from, to, sales| {
            let mut stored = store.stored.lock().unwrap();
            if stored.position != from {
                return Ok(false);
            }
            stored.position = Some(to);
            stored.sales.extend(sales.iter().map(|sales| (sales.schedule(), sales.clone())));
            Ok(true)
        });
        let reservations_found = [ADA, BEN].map(hold_of);
        reservations.expect_payments_by_id().returning(|ids| {
            let payments = [ADA, BEN].map(payment_by);
            Ok(payments.into_iter().filter(|payment| ids.contains(&payment.id())).collect())
        });
        reservations.expect_reservations_by_id().returning(move |_| Ok(reservations_found.to_vec()));
        catalogue.expect_offered_seats().returning(|schedules| {
            let seats = OfferedSeats { has_unsold: false, count: SEATS, prices: won(1).into() };
            Ok(schedules.iter().map(|schedule| (*schedule, seats)).collect())
        });
        catalogue.expect_schedules_by_id().returning(|_| Ok(vec![a_schedule()]));
        SalesFold {
            log: Arc::new(log),
            sales: Arc::new(sales),
            reservations: Arc::new(reservations),
            catalogue: Arc::new(catalogue),
            last: None,
        }
    }
}

#[tokio::test]
async fn payments_and_refunds_are_folded_once_whatever_the_size_of_pages() {
    for at_most in 1..=5 {
        let store = Store::default();
        let mut instance = store.instance(at_most);
        for _ in 0..2 {
            instance.fold().await.unwrap();
            let stored = store.stored.lock().unwrap();
            assert_eq!((stored.position, stored.sold()), (Some(Position(4)), 2), "pages of {at_most}");
            let paid_at = payment_by(BEN).paid_at();
            let sold_out = stored.sales[&SCHEDULE].sold_out().expect("all three seats were sold for a moment");
            assert_eq!((sold_out.at, sold_out.after), (paid_at, paid_at - a_schedule().sale_opens_at()));
        }
        assert_eq!(*store.reader.lock().unwrap(), Some(("rankings".to_owned(), Position(4))), "the log is kept for the fold");
    }
}

#[tokio::test]
async fn a_restarted_instance_continues_where_the_last_commit_ended() {
    let store = Store::default();
    let first = page_after(Position(0), 1);
    let crashed = store.instance(1);
    let sales = crashed.fold_page(&first.items).await.unwrap();
    assert!(crashed.sales.advance(None, first.position, &sales).await.unwrap());
    drop(crashed);
    store.instance(2).fold().await.unwrap();
    assert_eq!(store.stored.lock().unwrap().sold(), 2);
}

#[tokio::test]
async fn a_page_that_another_instance_has_folded_is_not_added_again() {
    let store = Store::default();
    let mut late = store.instance(5);
    let page = page_after(Position(0), 5);
    let sales = late.fold_page(&page.items).await.unwrap();
    store.instance(5).fold().await.unwrap();
    assert!(!late.sales.advance(None, page.position, &sales).await.unwrap());
    late.fold().await.unwrap();
    assert_eq!(store.stored.lock().unwrap().sold(), 2);
}

#[tokio::test]
async fn an_instance_pauses_while_another_one_folds() {
    let store = Store::default();
    let mut instance = store.instance(5);
    store.stored.lock().unwrap().position = Some(Position(0));
    instance.last = Some(Position(0));
    // The other instance folds one event each second, and ends after two.
    for position in [1, 2] {
        store.stored.lock().unwrap().position = Some(Position(position));
        instance.fold().await.unwrap();
        assert_eq!(store.stored.lock().unwrap().position, Some(Position(position)));
    }
    instance.fold().await.unwrap();
    assert_eq!(store.stored.lock().unwrap().position, Some(Position(4)));
}

#[tokio::test]
async fn events_that_were_deleted_are_skipped() {
    let store = Store::default();
    store.stored.lock().unwrap().position = Some(Position(0));
    store.start.store(2, Ordering::SeqCst);
    store.instance(5).fold().await.unwrap();
    let stored = store.stored.lock().unwrap();
    assert_eq!((stored.position, stored.sold()), (Some(Position(4)), 0), "Ben's payment and its refund");
}

#[tokio::test]
async fn a_position_after_the_end_of_the_log_stays() {
    let store = Store::default();
    store.stored.lock().unwrap().position = Some(Position(9));
    store.instance(5).fold().await.unwrap();
    assert_eq!(store.stored.lock().unwrap().position, Some(Position(9)), "nothing may be added twice");
}

#[tokio::test]
async fn a_store_that_can_not_be_read_leaves_the_position() {
    let store = Store::default();
    let mut catalogue = MockCatalogue::new();
    catalogue.expect_offered_seats().returning(|_| Err(ReadError::Unavailable("no connection".into())));
    let mut instance = SalesFold { catalogue: Arc::new(catalogue), ..store.instance(5) };
    assert!(instance.fold().await.is_err());
    assert_eq!(store.stored.lock().unwrap().position, None);
}
