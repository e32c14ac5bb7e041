//! The demo data: a club night with three schedules of 50 seats, an arena concert of 15,000 seats, and a user with funds.

use application::ports::{CommitError, Ports};
use application::use_cases::admin::Actor;
use application::{PageRequest, UseCases};
use domain::idempotency::{Fingerprint, IdempotencyKey, IdempotentRequest, Operation};
use domain::queue::PolicyOverrides;
use domain::{
    Change, Concert, ConcertId, Description, IdempotencyScope, Listing, Money, Note, Queue, QueueId, Schedule, ScheduleId, Seat,
    SeatNumber, Title, UserId, Venue, Write, Zone,
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

const CLUB_SEATS: u32 = 50;
const CLUB_PRICE: i64 = 60_000;
/// The arena's blocks, from the stage backwards: sections, rows in each, seats in a row, price.
const ARENA_BLOCKS: [(&str, u32, u32, i64); 3] = [("ABCDEF", 20, 25, 165_000), ("GHJKLMNP", 25, 25, 121_000), ("QRSTUVW", 40, 25, 88_000)];

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
    let club = Concert::new(CLUB, "Club Night: The Small Hours".into(), "Blue Door Club".into(), Queue::DEFAULT);
    let arena = Concert::new(ARENA, "Northern Lights Arena Tour".into(), "Han River Arena".into(), ARENA_QUEUE);
    let mut change = Change::default()
        .writing(Write::insert(arena_queue))
        .writing(Write::insert(club.with_listing(listing(CLUB_DESCRIPTION, "Blue Door Club")?)))
        .writing(Write::insert(arena.with_listing(listing(ARENA_DESCRIPTION, "Han River Arena")?)));
    for (id, days) in CLUB_SCHEDULES.into_iter().zip(14..) {
        change.write(Write::insert(schedule(id, CLUB, evening + Duration::days(days), now)?));
        for number in 1..=CLUB_SEATS {
            change.write(Write::insert(Seat::new(id, SeatNumber::new(number)?, format!("Seat {number}"), Money::new(CLUB_PRICE)?)));
        }
    }
    change.write(Write::insert(schedule(ARENA_SCHEDULE, ARENA, evening + Duration::days(60), now)?));
    let mut number = 0;
    for (sections, rows, seats, price) in ARENA_BLOCKS {
        for ((section, row), seat) in seats_of(sections, rows, seats) {
            number += 1;
            let label = format!("Section {section} Row {row} Seat {seat}");
            change.write(Write::insert(Seat::new(ARENA_SCHEDULE, SeatNumber::new(number)?, label, Money::new(price)?)));
        }
    }
    Ok(change)
}

/// Returns the listing of a concert at a venue in Seoul.
fn listing(description: &str, venue: &str) -> anyhow::Result<Listing> {
    let venue = Venue { name: Title::new(venue)?, city: Title::new("Seoul")?, zone: Zone::new("Asia/Seoul")? };
    Ok(Listing { description: Some(Description::new(description)?), venue: Some(venue), ..Listing::default() })
}

fn seats_of(sections: &str, rows: u32, seats: u32) -> impl Iterator<Item = ((char, u32), u32)> {
    let rows_of = move |section| (1..=rows).map(move |row| (section, row));
    sections.chars().flat_map(rows_of).flat_map(move |row| (1..=seats).map(move |seat| (row, seat)))
}

fn schedule(id: ScheduleId, concert: ConcertId, starts_at: OffsetDateTime, now: OffsetDateTime) -> anyhow::Result<Schedule> {
    Ok(Schedule::new(id, concert, starts_at, Zone::new("Asia/Seoul")?, now - Duration::DAY..starts_at))
}

#[cfg(test)]
mod tests {
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
