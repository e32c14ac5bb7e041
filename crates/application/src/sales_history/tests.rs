use std::sync::atomic::{AtomicU64, Ordering};

use domain::testing::{ADA, BEN, NOW, QUEUE, SCHEDULE, a_hold, payment_of, reservation_of, seat_number, won};
use domain::{Event, EventId, TokenDigest, UserId, Version};
use uuid::Uuid;

use super::*;
use crate::ports::{LogExtent, LogPage, MockLog, MockReservations};
use crate::testing::StoppedClock;

const SECOND: Duration = Duration::SECOND;

fn token(user: UserId) -> TokenDigest {
    TokenDigest(user.0)
}

fn joined(user: UserId) -> Fact {
    Fact::QueueJoined { token: token(user), queue: QUEUE, user, concert: None }
}

fn admitted(user: UserId, number: u64) -> Fact {
    Fact::TokenActivated { token: token(user), queue: QUEUE, user, number }
}

fn expired(user: UserId, number: u64, reason: ExpiryReason) -> Fact {
    Fact::TokenExpired { token: token(user), queue: QUEUE, user, number, reason }
}

fn held(user: UserId) -> Fact {
    let seats = hold_of(user).numbers().collect();
    Fact::SeatsHeld { reservation: reservation_of(user), schedule: SCHEDULE, user, seats, expires_at: NOW }
}

fn cancelled(user: UserId, reason: CancelReason) -> Fact {
    Fact::ReservationCancelled { reservation: reservation_of(user), schedule: SCHEDULE, user, seats: vec![seat_number(3)], reason }
}

fn paid(user: UserId) -> Fact {
    Fact::PaymentCompleted { payment: payment_of(user), reservation: reservation_of(user), user, amount: won(90) }
}

fn refunded(user: UserId) -> Fact {
    Fact::PaymentRefunded { payment: payment_of(user), reservation: reservation_of(user), user, amount: won(90) }
}

/// Returns Ada's reservation of two seats, or Ben's of one.
fn hold_of(user: UserId) -> Reservation {
    a_hold(user, if user == ADA { &[1, 2] } else { &[3] }).row
}

/// A log that contains events at these times after [`NOW`], in seconds; those up to `start` are deleted.
#[derive(Clone, Default)]
struct Shop {
    clock: Arc<StoppedClock>,
    events: Arc<std::sync::Mutex<Vec<(i64, Fact)>>>,
    start: Arc<AtomicU64>,
    reads: Arc<AtomicU64>,
}

impl Shop {
    fn happens(&self, seconds: i64, fact: Fact) {
        self.events.lock().unwrap().push((seconds, fact));
    }

    fn end(&self) -> Position {
        Position(self.events.lock().unwrap().len().try_into().unwrap())
    }

    fn page(&self, after: Position, at_most: u32) -> LogPage<LoggedEvent> {
        let logged = |((seconds, fact), position): (&(i64, Fact), u64)| LoggedEvent {
            position: Position(position),
            id: EventId(Uuid::from_u128(position.into())),
            at: NOW + Duration::seconds(*seconds),
            event: Event { version: Version::FIRST, fact: fact.clone() },
        };
        let all = self.events.lock().unwrap();
        let rest = all.iter().zip(1..).skip(after.0.try_into().unwrap());
        let items: Vec<_> = rest.map(logged).take(at_most.try_into().unwrap()).collect();
        drop(all);
        LogPage { position: items.last().map_or(self.end(), |event| event.position), items, end: self.end() }
    }

    /// Returns the history of an instance.
    fn history(&self) -> SalesHistory {
        let (mut log, mut reservations) = (MockLog::new(), MockReservations::new());
        let shop = self.clone();
        log.expect_extent().returning(move || Ok(LogExtent { start: Position(shop.start.load(Ordering::SeqCst)), end: shop.end() }));
        let shop = self.clone();
        log.expect_events().returning(move |after, at_most| {
            shop.reads.fetch_add(1, Ordering::SeqCst);
            Ok(Some(shop.page(after, at_most)))
        });
        reservations.expect_reservations_by_id().returning(|ids| {
            let of = |user| Some(hold_of(user)).filter(|hold| ids.contains(&hold.id()));
            Ok([ADA, BEN].into_iter().filter_map(of).collect())
        });
        SalesHistory::new(Arc::new(log), Arc::new(reservations), self.clock.clone())
    }

    /// Returns the last buckets after the clock has moved by `seconds`.
    async fn after(&self, history: &SalesHistory, seconds: i64, buckets: usize) -> History {
        self.clock.advance(Duration::seconds(seconds));
        history.of(&[SCHEDULE], QUEUE, buckets).await.unwrap()
    }
}

#[tokio::test]
async fn seats_and_money_are_counted_in_the_bucket_of_their_event() {
    let shop = Shop::default();
    for (seconds, fact) in
        [(0, held(ADA)), (1, held(BEN)), (12, paid(ADA)), (12, cancelled(BEN, CancelReason::Expired)), (25, refunded(ADA))]
    {
        shop.happens(seconds, fact);
    }
    shop.happens(25, cancelled(ADA, CancelReason::Refunded));
    let history = shop.after(&shop.history(), 30, 4).await;
    assert_eq!((history.first.start(), history.is_current, history.complete_from), (NOW, true, OffsetDateTime::UNIX_EPOCH));
    let none = SaleFlows::default();
    let expected = [
        SaleFlows { held: 3, ..none.clone() },
        SaleFlows { sold: 2, revenue: 90, ended: 1, ..none.clone() },
        SaleFlows { refunded: 2, refunds: 90, ..none.clone() },
        none,
    ];
    assert_eq!(history.sales, expected);
    assert_eq!(history.queue, vec![QueueFlows::default(); 4]);
}

#[tokio::test]
async fn users_who_leave_are_distinguished_by_whether_they_were_admitted() {
    let (shop, cy) = (Shop::default(), UserId(Uuid::from_u128(77)));
    for (seconds, fact) in [(0, joined(ADA)), (0, joined(BEN)), (2, joined(cy)), (8, admitted(ADA, 1)), (9, admitted(BEN, 2))] {
        shop.happens(seconds, fact);
    }
    shop.happens(11, expired(ADA, 1, ExpiryReason::Paid));
    shop.happens(11, expired(BEN, 2, ExpiryReason::Left));
    shop.happens(12, expired(cy, 3, ExpiryReason::Left));
    let [first, second] = shop.after(&shop.history(), 10, 2).await.queue.try_into().unwrap();
    assert_eq!((first.joined, first.admitted, first.left, first.finished), (3, 2, 0, 0));
    assert_eq!([50, 99].map(|percent| first.waits.percentile(percent)), [Some(SECOND * 8), Some(SECOND * 9)]);
    assert_eq!((second.joined, second.admitted, second.left, second.finished), (0, 0, 1, 2));
}

#[tokio::test]
async fn each_event_is_counted_once_and_the_log_is_read_once_a_second_at_most() {
    let shop = Shop::default();
    shop.happens(0, held(ADA));
    let history = shop.history();
    assert_eq!(shop.after(&history, 0, 1).await.sales[0].held, 2);
    shop.happens(0, held(BEN));
    assert_eq!(shop.after(&history, 0, 1).await.sales[0].held, 2, "it was read less than a second ago");
    assert_eq!(shop.reads.load(Ordering::SeqCst), 1);
    assert_eq!(shop.after(&history, 1, 1).await.sales[0].held, 3);
    assert_eq!(shop.after(&history, 3_600, 360).await.sales, vec![SaleFlows::default(); 360], "an hour has passed");
}

#[tokio::test]
async fn a_long_log_is_read_by_several_requests_and_not_from_its_start() {
    let shop = Shop::default();
    let pages = u64::from(PAGE) * u64::try_from(MAX_PAGES).unwrap();
    let skipped = 5;
    for _ in 0..MAX_BEHIND + skipped {
        shop.happens(0, held(BEN));
    }
    let history = shop.history();
    let first = shop.after(&history, 0, 1).await;
    assert_eq!((first.sales[0].held, first.is_current, first.complete_from), (pages, false, NOW));
    let mut all = first;
    for _ in 1..MAX_BEHIND.div_ceil(pages) {
        all = shop.after(&history, 0, 1).await;
    }
    assert_eq!((all.sales[0].held, all.is_current), (MAX_BEHIND, true));
}

#[tokio::test]
async fn a_history_whose_next_events_were_deleted_begins_anew() {
    let shop = Shop::default();
    shop.happens(0, held(ADA));
    let history = shop.history();
    shop.after(&history, 0, 1).await;
    shop.happens(1, held(BEN));
    shop.happens(2, held(BEN));
    shop.start.store(2, Ordering::SeqCst);
    let again = shop.after(&history, 2, 1).await;
    assert_eq!((again.sales[0].held, again.complete_from), (1, NOW + SECOND * 2));
}
