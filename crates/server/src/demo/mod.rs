//! The demo data: a club night with three schedules of 50 seats, an arena concert of 15,000 seats, and a user with funds.

mod arena;
mod club;

use application::ports::{CommitError, Ports};
use application::use_cases::admin::Actor;
use application::{PageRequest, UseCases};
use domain::idempotency::{Fingerprint, IdempotencyKey, IdempotentRequest, Operation};
use domain::queue::PolicyOverrides;
use domain::{
    Change, Concert, ConcertId, Description, IdempotencyScope, Layout, Listing, Money, Note, Queue, QueueId, Schedule, ScheduleId, Title,
    UserId, Venue, Write, Zone,
};
use time::{Duration, OffsetDateTime};
use uuid::{Uuid, uuid};

/// The club night.
pub(crate) const CLUB: ConcertId = ConcertId(uuid!("0f207207-0000-7000-8000-0000000c1b00"));
/// The first schedule of the club night.
pub(crate) const CLUB_SCHEDULE: ScheduleId = ScheduleId(uuid!("0f207207-0000-7000-8000-0000000c1b01"));
const CLUB_SCHEDULES: [ScheduleId; 3] =
    [CLUB_SCHEDULE, ScheduleId(uuid!("0f207207-0000-7000-8000-0000000c1b02")), ScheduleId(uuid!("0f207207-0000-7000-8000-0000000c1b03"))];
const ARENA: ConcertId = ConcertId(uuid!("0f207207-0000-7000-8000-000000a2e0a0"));
const ARENA_SCHEDULE: ScheduleId = ScheduleId(uuid!("0f207207-0000-7000-8000-000000a2e0a1"));
const ARENA_QUEUE: QueueId = QueueId(uuid!("0f207207-0000-7000-8000-000000a2e0aa"));
/// The demo user, who has funds.
pub(crate) const USER: UserId = UserId(Uuid::from_u128(0x0f20_7207_0000_7000_8000_0000_00de_3000));
const FUNDS: i64 = 500_000;

const CLUB_DESCRIPTION: &str = "Three short sets by the house trio, from midnight until the small hours.\n\nFifty seats around the piano. The \
    bar stays open between the sets.";
const ARENA_DESCRIPTION: &str = "The only show of the tour in Korea, with the full light installation.\n\nDoors open two hours before the \
    show. Bags larger than A4 can't be taken into the hall.";

const CLUB_PRICE: i64 = 60_000;

/// Adds the demo concerts to an empty store, and returns whether it was empty; a store with concerts is left unchanged. It must be called
/// before the read models are filled.
pub(crate) async fn add_concerts(ports: &Ports, now: OffsetDateTime) -> anyhow::Result<bool> {
    if !ports.catalogue.concerts(PageRequest { after: None, size: 1 }).await?.is_empty() {
        return Ok(false);
    }
    for result in ports.operator_store.commit(&[catalogue(now)?]).await {
        match result {
            // Another server has added it at the same time.
            Ok(_) | Err(CommitError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}

/// Adds the demo user, with funds.
pub(crate) async fn add_user(use_cases: &UseCases, max_charge: Money) -> anyhow::Result<()> {
    let scope = IdempotencyScope { user: USER, operation: Operation::Charge, key: IdempotencyKey::new("demo-funds")? };
    let idempotency = IdempotentRequest { scope, fingerprint: Fingerprint([0; 32]) };
    // An operator's command, so that it also succeeds where users can't charge their wallets.
    let by = Actor { operator: USER, reason: Some(Note::new("Demo funds")?) };
    use_cases.charge.execute(Some(&by), idempotency, Some(USER), Money::new(FUNDS)?.min(max_charge)).await?;
    tracing::info!("added the demo data");
    Ok(())
}

/// Returns the change that creates the concerts.
fn catalogue(now: OffsetDateTime) -> anyhow::Result<Change> {
    // Eight in the evening in Seoul.
    let evening = now.replace_time(time::macros::time!(11:00));
    let arena_queue = Queue::new(
        ARENA_QUEUE,
        "Arena on-sale".into(),
        PolicyOverrides { active: Some(Duration::minutes(15)), ..PolicyOverrides::default() },
        Some("You keep your position while this page is closed.".into()),
    );
    let club_concert = Concert::new(CLUB, "Club Night: The Small Hours".into(), "Blue Door Club".into(), Queue::DEFAULT);
    let arena_concert = Concert::new(ARENA, "Northern Lights Arena Tour".into(), "Han River Arena".into(), ARENA_QUEUE);
    let mut change = Change::default()
        .writing(Write::insert(arena_queue))
        .writing(Write::insert(club_concert.with_listing(listing(CLUB_DESCRIPTION, "Blue Door Club")?)))
        .writing(Write::insert(arena_concert.with_listing(listing(ARENA_DESCRIPTION, "Han River Arena")?)));
    let club_seats = club::layout(Money::new(CLUB_PRICE)?)?;
    change.write(Write::insert(club_seats.clone()));
    for (id, days) in CLUB_SCHEDULES.into_iter().zip(14..) {
        add_schedule(&mut change, schedule(id, CLUB, evening + Duration::days(days), now)?, &club_seats)?;
    }
    let arena_seats = arena::layout()?;
    change.write(Write::insert(arena_seats.clone()));
    add_schedule(&mut change, schedule(ARENA_SCHEDULE, ARENA, evening + Duration::days(60), now)?, &arena_seats)?;
    Ok(change)
}

/// Returns the listing of a concert at a venue in Seoul.
fn listing(description: &str, venue: &str) -> anyhow::Result<Listing> {
    let venue = Venue { name: Title::new(venue)?, city: Title::new("Seoul")?, zone: Zone::new("Asia/Seoul")? };
    Ok(Listing { description: Some(Description::new(description)?), venue: Some(venue), ..Listing::default() })
}

/// Adds a schedule with the seats of a layout.
fn add_schedule(change: &mut Change, schedule: Schedule, layout: &Layout) -> anyhow::Result<()> {
    for seat in layout.seats(schedule.id())? {
        change.write(Write::insert(seat));
    }
    change.write(Write::insert(schedule.with_layout(Some(layout.hash()))));
    Ok(())
}

fn schedule(id: ScheduleId, concert: ConcertId, starts_at: OffsetDateTime, now: OffsetDateTime) -> anyhow::Result<Schedule> {
    Ok(Schedule::new(id, concert, starts_at, Zone::new("Asia/Seoul")?, now - Duration::DAY..starts_at))
}

#[cfg(test)]
mod tests {
    use domain::Seat;

    use super::*;

    #[test]
    fn the_arena_has_15_000_seats_at_three_prices_and_the_club_three_schedules_of_50() {
        let catalogue = catalogue(time::macros::datetime!(2026-11-21 20:00 UTC)).unwrap();
        let seats_of = |id| catalogue.rows::<Seat>().map(|seat| &seat.row).filter(move |seat| seat.schedule() == id);
        assert_eq!(seats_of(ARENA_SCHEDULE).count(), 15_000);
        let prices: std::collections::BTreeSet<_> = seats_of(ARENA_SCHEDULE).map(Seat::price).collect();
        assert_eq!(prices.len(), 3);
        for id in CLUB_SCHEDULES {
            assert_eq!(seats_of(id).count(), 50);
        }
    }
}
