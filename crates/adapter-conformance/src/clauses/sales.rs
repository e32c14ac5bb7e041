//! The port of sales.

use std::collections::BTreeMap;

use application::SalesFold;
use application::ports::{Position, Sales};
use domain::{ConcertId, PaidSeats, SalesEvent, ScheduleId, ScheduleOffer, ScheduleSales, sales};
use time::{Duration, OffsetDateTime};
use tokio::task::JoinSet;

use crate::Adapter;
use crate::world::{ADA, ALL, BEN, CONCERT, MOMENT, OTHER_CONCERT, OTHER_SCHEDULE, SCHEDULE, SECOND_SCHEDULE, World};

/// Returns sales after a payment for `count` seats, with which the schedule sold out if `is_sold_out`.
pub(super) fn sales_of(schedule: ScheduleId, concert: ConcertId, count: u32, paid_at: OffsetDateTime, is_sold_out: bool) -> ScheduleSales {
    let offer = is_sold_out.then(|| (schedule, ScheduleOffer { seats: count, opens_at: paid_at - Duration::seconds(35) - MOMENT }));
    let paid = SalesEvent::Paid(PaidSeats { schedule, concert, count, paid_at });
    sales::fold([], &[paid], &BTreeMap::from_iter(offer)).remove(0)
}

/// Returns the stored sales of all schedules, by schedule.
async fn stored(sales: &dyn Sales) -> Vec<ScheduleSales> {
    let mut found = sales.sales_of(&[SCHEDULE, OTHER_SCHEDULE, SECOND_SCHEDULE, SCHEDULE]).await.unwrap();
    found.sort_by_key(ScheduleSales::schedule);
    found
}

fn sorted<const N: usize>(mut sales: [ScheduleSales; N]) -> [ScheduleSales; N] {
    sales.sort_by_key(ScheduleSales::schedule);
    sales
}

/// `advance`: writes all fields of the sales, in place of previous ones, and moves the position.
pub async fn sales_are_written_with_their_position(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let port = &*world.ports.sales;
    assert_eq!((port.folded_to().await.unwrap(), stored(port).await), (None, vec![]));
    assert!(port.advance(None, Position(0), &[]).await.unwrap());
    assert_eq!(port.folded_to().await.unwrap(), Some(Position(0)));
    let first = sales_of(SCHEDULE, CONCERT, 2, world.now(), true);
    let other = sales_of(OTHER_SCHEDULE, OTHER_CONCERT, 1, world.now() - MOMENT, false);
    assert!(port.advance(Some(Position(0)), Position(7), &[first.clone(), other.clone()]).await.unwrap());
    assert_eq!(port.folded_to().await.unwrap(), Some(Position(7)));
    assert_eq!(stored(port).await, sorted([first.clone(), other.clone()]));
    let refund = SalesEvent::Refunded(PaidSeats { schedule: SCHEDULE, concert: CONCERT, count: 2, paid_at: world.now() });
    let refunded = sales::fold([first], &[refund], &BTreeMap::new()).remove(0);
    assert!(port.advance(Some(Position(7)), Position(8), std::slice::from_ref(&refunded)).await.unwrap());
    assert_eq!(stored(port).await, sorted([refunded.clone(), other]), "other sales stay");
    assert_eq!(port.sales_of(&[SCHEDULE, SECOND_SCHEDULE]).await.unwrap(), [refunded]);
    assert_eq!(port.sales_of(&[]).await.unwrap(), []);
    world.assert_audit_is_clean().await;
}

/// `advance`: returns false and writes nothing if the position isn't `from`.
pub async fn an_advance_from_another_position_writes_nothing(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let port = &*world.ports.sales;
    let sales = sales_of(SCHEDULE, CONCERT, 2, world.now(), false);
    let write = [sales_of(SCHEDULE, CONCERT, 1, world.now(), true), sales_of(OTHER_SCHEDULE, OTHER_CONCERT, 1, world.now(), true)];
    assert!(!port.advance(Some(Position(0)), Position(9), &write).await.unwrap(), "nothing has been folded yet");
    assert_eq!((port.folded_to().await.unwrap(), stored(port).await), (None, vec![]));
    assert!(port.advance(None, Position(7), std::slice::from_ref(&sales)).await.unwrap());
    for from in [None, Some(Position(0)), Some(Position(6)), Some(Position(8))] {
        assert!(!port.advance(from, Position(9), &write).await.unwrap(), "{from:?}");
        assert_eq!((port.folded_to().await.unwrap(), stored(port).await), (Some(Position(7)), vec![sales.clone()]));
    }
}

/// `advance`: of concurrent calls from the same position, exactly one returns true, and only its sales are written.
pub async fn one_of_many_concurrent_advances_succeeds(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let mut from = None;
    for round in 0..5_u64 {
        let mut calls = JoinSet::new();
        for number in 1..=8_u32 {
            let (port, sales) = (world.ports.sales.clone(), sales_of(SCHEDULE, CONCERT, number, world.now(), false));
            let to = Position(round * 10 + u64::from(number) + 1);
            calls.spawn(async move { port.advance(from, to, &[sales]).await.unwrap().then_some((number, to)) });
        }
        let winners: Vec<_> = calls.join_all().await.into_iter().flatten().collect();
        let [(number, to)] = winners[..] else { panic!("{winners:?}") };
        let port = &*world.ports.sales;
        assert_eq!((port.folded_to().await.unwrap(), stored(port).await[0].sold()), (Some(to), number));
        from = Some(to);
    }
}

/// `recent_sales`: those whose last payment was at or after the instant, the last one first, at most so many.
pub async fn recent_sales_are_ordered_by_their_last_payment(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let port = &*world.ports.sales;
    let (now, second) = (world.now(), Duration::SECOND);
    let [old, new] = [sales_of(SCHEDULE, CONCERT, 1, now - second, false), sales_of(SECOND_SCHEDULE, CONCERT, 1, now, true)];
    assert!(port.advance(None, Position(1), &[old.clone(), new.clone()]).await.unwrap());
    assert_eq!(port.recent_sales(now - second, ALL).await.unwrap(), [new.clone(), old]);
    assert_eq!(port.recent_sales(now - second + MOMENT, ALL).await.unwrap(), std::slice::from_ref(&new));
    assert_eq!(port.recent_sales(now + MOMENT, ALL).await.unwrap(), []);
    let again = sales_of(SCHEDULE, CONCERT, 2, now + second, false);
    assert!(port.advance(Some(Position(1)), Position(2), std::slice::from_ref(&again)).await.unwrap());
    assert_eq!(port.recent_sales(now - second, ALL).await.unwrap(), [again.clone(), new], "each schedule once");
    assert_eq!(port.recent_sales(now - second, 1).await.unwrap(), [again]);
}

/// The sales are folded from the log in pages, and the pruning of the log doesn't affect them.
pub async fn folded_sales_survive_the_pruning_of_the_log(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let mut fold = SalesFold::new(&world.ports);
    fold.fold().await.unwrap();
    let (_, payment) = world.bought(ADA, SCHEDULE, &[1, 3]).await;
    fold.fold().await.unwrap();
    assert_eq!(stored(&*world.ports.sales).await[0].sold(), 2);
    world.pass_seconds(60);
    let (_, last) = world.bought(BEN, SCHEDULE, &[2]).await;
    fold.fold().await.unwrap();
    let sold_out_at = stored(&*world.ports.sales).await[0].sold_out().expect("all seats are sold").at;
    assert_eq!(sold_out_at, last.paid_at());
    world.refunded(ADA, payment.id()).await;
    world.pass_seconds(1);
    fold.fold().await.unwrap();
    world.prune_log(world.now(), ALL).await;
    assert_eq!(world.log().await, []);
    // Another instance, with an empty log.
    SalesFold::new(&world.ports).fold().await.unwrap();
    let sales = stored(&*world.ports.sales).await;
    let [sales] = sales.as_slice() else { panic!("{sales:?}") };
    assert_eq!((sales.sold(), sales.recently_sold(world.now()), sales.last_paid_at()), (1, 1, last.paid_at()));
    assert_eq!(sales.sold_out().map(|sold_out| sold_out.at), Some(sold_out_at));
    assert_eq!(world.readers().await[0].position, world.extent().await.end, "the log is kept for the fold");
}
