//! Creation, change and cancellation of concerts by operators.

use domain::audit_entry::{Action, Subject};
use domain::decide::admin::concert::{Cancel, ChangeConcert, Create, ListingPatch};
use domain::decide::admin::schedule::NewSchedule;
use domain::layout::{Category, Row, SeatKind, Section};
use domain::{
    AuditEntry, Cancellation, Concert, Description, Field, Guard, ImageUrl, Layout, Listing, Refusal, ScheduleField, ScheduleId, Seat,
    Venue, Version, Write, Zone,
};
use time::Duration;

use crate::fixtures::*;

/// Returns a plan with one row of `seats` seats.
fn a_plan(seats: u32) -> Layout {
    let (name, label, category) = (title("A"), title(Layout::LABEL), Category::of_price(won(60_000)));
    let category = category.unwrap_or_else(|error| panic!("{error}"));
    let (from, to, kind) = (seat_number(1), seat_number(seats), SeatKind::Regular);
    let row = Row { name, from, to, first_place: 1, category: category.id.clone(), kind, label, curve: None };
    Layout { categories: vec![category], sections: vec![Section { name: title("Stalls"), outline: None, rows: vec![row] }], stage: None }
}

fn a_new_schedule(id: ScheduleId, seats: Option<Layout>) -> NewSchedule {
    let schedule = a_schedule().row;
    NewSchedule {
        id,
        starts_at: schedule.starts_at(),
        zone: schedule.zone().clone(),
        sale_opens_at: schedule.sale_opens_at(),
        sale_closes_at: schedule.sale_closes_at(),
        seats,
    }
}

fn a_command(schedules: Vec<NewSchedule>) -> Create {
    let (name, host) = (title("Club Night"), title("Frontrow"));
    Create { order: an_order(), id: CONCERT, name, host, queue: QUEUE, max_seats_per_user: None, listing: Listing::default(), schedules }
}

fn empty_change() -> ChangeConcert {
    let listing = ListingPatch::default();
    ChangeConcert { order: an_order(), id: CONCERT, expected: None, name: None, host: None, queue: None, max_seats_per_user: None, listing }
}

/// Returns a listing with all members; it is published in an hour.
fn a_listing() -> Listing {
    Listing {
        description: Description::new("One night.\n\nNo encore.").ok(),
        image_url: ImageUrl::new("https://images.example/club.jpg").ok(),
        venue: Zone::new("Asia/Seoul").ok().map(|zone| Venue { name: title("Blue Door"), city: title("Seoul"), zone }),
        publishes_at: Some(NOW + Duration::HOUR),
    }
}

/// Returns a fixture with the queue and without the concert.
fn queue_only() -> Fixture {
    Fixture::at(NOW).with_queue(a_queue(), 0, 0)
}

fn existing() -> Fixture {
    Fixture::at(NOW).with_concert(a_concert()).with_schedule(a_schedule()).with_queue(another_queue(), 0, 0)
}

fn with_held_seats() -> Fixture {
    existing().with_held(CONCERT)
}

fn another_queue() -> domain::Versioned<domain::Queue> {
    a_queue().with(|queue| queue.with_id(OTHER_QUEUE))
}

#[test]
fn a_concert_is_created_with_all_its_schedules_and_seats() {
    let command = a_command(vec![a_new_schedule(SCHEDULE, Some(a_plan(2))), a_new_schedule(OTHER_SCHEDULE, None)]);
    let (outcome, change) = outcome_of(decided(&queue_only(), &command));
    let second = a_schedule().with(|schedule| schedule.with_id(OTHER_SCHEDULE)).row;
    let change = change.unwrap();
    assert_eq!(written(&change), [Write::insert(a_concert().row)]);
    let first = a_schedule().row.with_layout(Some(a_plan(2).hash()));
    assert_eq!(written(&change), [first, second].map(Write::insert));
    assert_eq!(written(&change), [Write::insert(a_plan(2))]);
    let stalls = |number: u32| Seat::new(SCHEDULE, seat_number(number), format!("Stalls A {number}"), won(60_000));
    assert_eq!(written(&change), [stalls(1), stalls(2)].map(Write::insert));
    let audit_entry = row_of::<AuditEntry>(&change).map(|audit_entry| (audit_entry.action, audit_entry.subject));
    assert_eq!(audit_entry, Some((Action::Create, Subject::Concert(CONCERT))));
    assert_eq!((outcome.0.version, outcome.1.len()), (Version::FIRST, 2));
}

#[test]
fn an_invalid_concert_is_not_created() {
    let backwards = NewSchedule { sale_closes_at: a_schedule().sale_opens_at(), ..a_new_schedule(SCHEDULE, None) };
    let many = |count: u128| (0..count).map(|n| a_new_schedule(ScheduleId(uuid::Uuid::from_u128(n)), None)).collect();
    let (mut too_expensive, mut twice) = (a_plan(2), a_plan(2));
    too_expensive.categories[0].price = won(10_000_001);
    let again = Row { from: seat_number(11), to: seat_number(12), ..twice.sections[0].rows[0].clone() };
    twice.sections[0].rows.push(again);
    let too_many_seats = vec![a_new_schedule(SCHEDULE, Some(a_plan(60_000))), a_new_schedule(OTHER_SCHEDULE, Some(a_plan(60_000)))];
    for (command, expected) in [
        (Create { max_seats_per_user: Some(0), ..a_command(vec![]) }, Field::SeatsPerUser),
        (Create { max_seats_per_user: Some(101), ..a_command(vec![]) }, Field::SeatsPerUser),
        (Create { queue: OTHER_QUEUE, ..a_command(vec![]) }, Field::Queue),
        (a_command(vec![a_new_schedule(OTHER_SCHEDULE, None), backwards]), Field::ScheduleAt(1, ScheduleField::SaleClose)),
        (a_command(vec![a_new_schedule(SCHEDULE, None), a_new_schedule(SCHEDULE, None)]), Field::ScheduleAt(1, ScheduleField::Id)),
        (a_command(many(101)), Field::Schedules),
        (a_command(too_many_seats), Field::Schedules),
        (a_command(vec![a_new_schedule(SCHEDULE, Some(Layout::default()))]), Field::ScheduleAt(0, ScheduleField::Seats)),
        (a_command(vec![a_new_schedule(SCHEDULE, Some(too_expensive))]), Field::ScheduleAt(0, ScheduleField::Seats)),
        (a_command(vec![a_new_schedule(SCHEDULE, Some(twice))]), Field::ScheduleAt(0, ScheduleField::Seats)),
    ] {
        let refusal = refusal_of(decided(&queue_only(), &command));
        assert!(matches!(&refusal, Refusal::Contradiction { field, .. } if *field == expected), "{expected:?}: {refusal:?}");
    }
}

#[test]
fn an_existing_concert_or_schedule_is_not_created_again() {
    assert_eq!(refusal_of(decided(&existing(), &a_command(vec![]))), Refusal::AlreadyExists(CONCERT.0));
    let others = a_schedule().with(|schedule| schedule.with_ids(SCHEDULE, OTHER_CONCERT));
    let another = queue_only().with_schedule(others);
    let refusal = refusal_of(decided(&another, &a_command(vec![a_new_schedule(SCHEDULE, None)])));
    assert_eq!(refusal, Refusal::AlreadyExists(SCHEDULE.0), "also if the schedule is another concert's");
}

#[test]
fn only_the_named_properties_of_a_concert_change() {
    let command = ChangeConcert { name: Some(title("Late Night")), max_seats_per_user: Some(Some(2)), ..empty_change() };
    let changed = change_of(decided(&with_held_seats(), &command));
    let row = a_concert().row.announce("Late Night".into(), "Frontrow".into()).with_max_seats_per_user(Some(2));
    assert_eq!((written(&changed), changed.guards), (vec![Write::update(&a_concert(), row)], vec![]));
    assert_eq!(outcome_of(decided(&with_held_seats(), &empty_change())).1, None);
    let stale = ChangeConcert { expected: Some(Version(1)), ..command };
    assert_eq!(refusal_of(decided(&with_held_seats(), &stale)), Refusal::VersionMismatch(a_concert().version));
}

#[test]
fn a_concert_is_created_with_its_listing_and_each_part_of_it_changes_alone() {
    let listing = a_listing();
    let change = change_of(decided(&queue_only(), &Create { listing: listing.clone(), ..a_command(vec![]) }));
    let created = a_concert().row.with_listing(listing.clone());
    assert_eq!(written(&change), [Write::insert(created)]);
    let recorded = |change: &domain::Change| {
        let entry = row_of::<AuditEntry>(change).unwrap();
        entry.changes.into_iter().map(|change| (change.name, change.before, change.after)).collect::<Vec<_>>()
    };
    let property =
        |name: &str, before: Option<&str>, after: Option<&str>| (name.to_owned(), before.map(str::to_owned), after.map(str::to_owned));
    let (text, url, place, at) =
        ("One night.\n\nNo encore.", "https://images.example/club.jpg", "Blue Door, Seoul (Asia/Seoul)", "2026-11-21T21:00:00Z");
    let properties = [("description", text), ("image_url", url), ("venue", place), ("publishes_at", at)];
    assert_eq!(recorded(&change)[3..], properties.map(|(name, after)| property(name, None, Some(after))));

    let listed = || Fixture::at(NOW).with_concert(a_concert().with(|concert| concert.with_listing(listing.clone())));
    let removals = [
        ListingPatch { description: Some(None), ..ListingPatch::default() },
        ListingPatch { image_url: Some(None), ..ListingPatch::default() },
        ListingPatch { venue: Some(None), ..ListingPatch::default() },
        ListingPatch { publishes_at: Some(None), ..ListingPatch::default() },
    ];
    for (patch, (name, before)) in removals.into_iter().zip(properties) {
        let change = change_of(decided(&listed(), &ChangeConcert { listing: patch, ..empty_change() }));
        assert_eq!(recorded(&change), [property(name, Some(before), None)]);
    }
    let all = ListingPatch {
        description: Some(listing.description.clone()),
        image_url: Some(listing.image_url.clone()),
        venue: Some(listing.venue.clone()),
        publishes_at: Some(listing.publishes_at),
    };
    assert_eq!(outcome_of(decided(&listed(), &ChangeConcert { listing: all, ..empty_change() })).1, None, "nothing differs");
}

#[test]
fn a_concerts_queue_changes_only_without_holds_and_live_tokens() {
    let command = ChangeConcert { queue: Some(OTHER_QUEUE), ..empty_change() };
    assert_eq!(refusal_of(decided(&with_held_seats(), &command)), Refusal::LiveHoldsExist);
    let changed = change_of(decided(&existing(), &command));
    assert_eq!(changed.guards, [Guard::NoLiveHold(CONCERT), Guard::NoLiveToken(QUEUE, CONCERT)], "the commit checks again");
    let awaited = existing().with_awaited(CONCERT);
    assert_eq!(refusal_of(decided(&awaited, &command)), Refusal::LiveTokensExist);
    assert_eq!(row_of::<Concert>(&changed).map(|concert| concert.queue()), Some(OTHER_QUEUE));
    let same = ChangeConcert { queue: Some(QUEUE), ..empty_change() };
    assert_eq!(outcome_of(decided(&with_held_seats(), &same)).1, None, "its current queue is no change");
}

#[test]
fn a_cancelled_concert_or_schedule_keeps_its_first_cancellation() {
    let [first, second] = ["rain", "a cold"].map(a_cancellation);
    let (concert, schedule) = (a_concert().row.cancel(first.clone()), a_schedule().row.cancel(first.clone()));
    assert_eq!((concert.cancellation(), schedule.cancellation()), (Some(&first), Some(&first)));
    assert_eq!((concert.clone().cancel(second.clone()), schedule.clone().cancel(second)), (concert, schedule));
}

#[test]
fn a_concert_is_cancelled_once_with_all_its_schedules() {
    let command = Cancel { order: an_order(), id: CONCERT };
    let (outcome, change) = outcome_of(decided(&with_held_seats(), &command));
    let change = change.unwrap();
    let cancellation = Some(Cancellation { at: NOW, reason: an_order().reason });
    let cancelled = a_schedule().row.restore(cancellation.clone());
    assert_eq!(written(&change), [Write::update(&a_schedule(), cancelled.clone())]);
    assert_eq!(outcome.1[0].row, cancelled);
    assert!(!cancelled.is_on_sale(NOW) && cancelled.is_refundable(cancelled.starts_at()));
    let row = a_concert().row.restore(cancellation);
    assert_eq!(written(&change), [Write::update(&a_concert(), row)], "so that no schedule is added concurrently");
    assert_eq!(outcome.0.version, a_concert().version.next());
    let again = outcome.1.into_iter().fold(existing().with_concert(outcome.0), Fixture::with_schedule);
    assert_eq!(outcome_of(decided(&again, &command)).1, None);
}
