use std::collections::BTreeMap;

use domain::testing::{CONCERT, NOW, OTHER_CONCERT, OTHER_SCHEDULE, SCHEDULE, a_concert, a_schedule, schedule};
use domain::{Cancellation, Concert, Listing, PaidSeats, SalesEvent, Schedule, ScheduleId, ScheduleOffer, ScheduleSales, Versioned, sales};
use time::Duration;

use super::*;
use crate::ports::{MockSales, Sales};
use crate::testing::{StoppedClock, an_empty_catalogue};
use crate::{CatalogueModel, Layouts, MemoryLimits, SeatMaps};

/// Returns the sales of a schedule whose `count` seats sold out within `seconds`.
fn sold_out(schedule: ScheduleId, concert: ConcertId, count: u32, seconds: i64) -> ScheduleSales {
    let seats = PaidSeats { schedule, concert, count, paid_at: NOW };
    let offer = ScheduleOffer { seats: count, opens_at: NOW - Duration::seconds(seconds) };
    sales::fold([], &[SalesEvent::Paid(seats)], &BTreeMap::from([(schedule, offer)])).remove(0)
}

/// Returns the use case over a store with these rows.
async fn rankings(concerts: Vec<Versioned<Concert>>, schedules: Vec<Schedule>, sales: Vec<ScheduleSales>) -> ReadRankings {
    let (mut catalogue, mut recent) = (an_empty_catalogue(), MockSales::new());
    let mut pages = vec![vec![], concerts];
    catalogue.expect_concerts().returning(move |_| Ok(pages.pop().unwrap_or_default()));
    let rows: Vec<_> = schedules.into_iter().map(|schedule| Versioned::new(domain::Version(1), schedule)).collect();
    catalogue.expect_schedules().returning(move |concert| Ok(rows.iter().filter(|row| row.concert() == concert).cloned().collect()));
    catalogue.expect_offered_seats().returning(|_| Ok(BTreeMap::new()));
    recent.expect_recent_sales().returning(move |_, _| Ok(sales.clone()));
    let (catalogue, clock, memory) = (Arc::new(catalogue), Arc::new(StoppedClock::default()), MemoryLimits::default());
    let recent: Arc<dyn Sales> = Arc::new(recent);
    let model = Arc::new(CatalogueModel::new(catalogue.clone(), memory.catalogue));
    model.fill().await.unwrap();
    let seat_maps = Arc::new(SeatMaps::new(catalogue.clone(), clock.clone(), memory.seat_maps));
    let layouts = Arc::new(Layouts::new(catalogue, seat_maps.clone(), memory.layouts));
    ReadRankings::new(Arc::new(RecentSales::new(recent)), Concerts::new(model, seat_maps, layouts, clock))
}

fn other_concert() -> Versioned<Concert> {
    a_concert().with(|concert| concert.with_id(OTHER_CONCERT))
}

async fn popular(rankings: &ReadRankings, at_most: usize) -> Vec<(ConcertId, u64)> {
    let ranked = rankings.popular(at_most).await.unwrap().into_iter();
    ranked.map(|ranked| (ranked.concert.concert.id(), ranked.seats_sold)).collect()
}

async fn fastest(rankings: &ReadRankings, at_most: usize) -> Vec<(ScheduleId, i64)> {
    let ranked = rankings.sold_out(at_most).await.unwrap().into_iter();
    ranked.map(|ranked| (ranked.schedule.schedule.id(), ranked.sold_out.after.whole_seconds())).collect()
}

#[tokio::test]
async fn the_first_of_each_ranking_are_returned_in_order() {
    let schedules = vec![a_schedule().row, a_schedule().row.with_ids(OTHER_SCHEDULE, OTHER_CONCERT)];
    let sales = vec![sold_out(SCHEDULE, CONCERT, 2, 60), sold_out(OTHER_SCHEDULE, OTHER_CONCERT, 3, 90)];
    let rankings = rankings(vec![a_concert(), other_concert()], schedules, sales).await;
    assert_eq!(popular(&rankings, 9).await, [(OTHER_CONCERT, 3), (CONCERT, 2)]);
    assert_eq!(popular(&rankings, 1).await, [(OTHER_CONCERT, 3)]);
    assert_eq!(fastest(&rankings, 9).await, [(SCHEDULE, 60), (OTHER_SCHEDULE, 90)]);
    assert_eq!(fastest(&rankings, 1).await, [(SCHEDULE, 60)]);
}

#[tokio::test]
async fn drafts_and_what_was_cancelled_or_has_started_are_not_ranked() {
    let cancellation = || Cancellation { at: NOW, reason: None };
    let draft = Listing { publishes_at: Some(NOW + Duration::HOUR), ..Listing::default() };
    let cancelled = a_schedule().row.with_ids(OTHER_SCHEDULE, OTHER_CONCERT).cancel(cancellation());
    let started = a_schedule().row.with_ids(schedule(3), OTHER_CONCERT).with_start(NOW);
    let schedules = || vec![a_schedule().row, cancelled.clone(), started.clone()];
    let sales = || {
        let others = [OTHER_SCHEDULE, schedule(3)].map(|schedule| sold_out(schedule, OTHER_CONCERT, 3, 5));
        [vec![sold_out(SCHEDULE, CONCERT, 1, 60)], others.into(), vec![sold_out(schedule(9), CONCERT, 1, 1)]].concat()
    };
    let shown = rankings(vec![a_concert(), other_concert()], schedules(), sales()).await;
    assert_eq!(popular(&shown, 9).await, [(CONCERT, 2)], "the other concert has no upcoming schedule");
    assert_eq!(fastest(&shown, 9).await, [(SCHEDULE, 60)]);
    for hidden in [a_concert().with(|concert| concert.with_listing(draft)), a_concert().with(|concert| concert.cancel(cancellation()))] {
        let hidden = rankings(vec![hidden, other_concert()], schedules(), sales()).await;
        assert_eq!((popular(&hidden, 9).await, fastest(&hidden, 9).await), (vec![], vec![]));
    }
}
