//! Concerts by an operator's hand.

use domain::audit_entry::{Action, Subject};
use domain::decide::admin::concert::{Cancel, ChangeConcert, Create};
use domain::decide::admin::schedule::NewSchedule;
use domain::seat_plan::{Row, Section};
use domain::{AuditEntry, Cancellation, Concert, Field, Guard, Refusal, ScheduleField, ScheduleId, Seat, SeatPlan, Version, Write};

use crate::fixtures::*;

/// A row of `seats` seats.
fn a_plan(seats: u32) -> SeatPlan {
    let (name, label) = (title("A"), title(SeatPlan::LABEL));
    let row = Row { name, from: seat_number(1), to: seat_number(seats), first_place: 1, price: won(60_000), accessible: false, label };
    SeatPlan { sections: vec![Section { name: title("Stalls"), rows: vec![row] }] }
}

fn a_new_schedule(id: ScheduleId, seats: Option<SeatPlan>) -> NewSchedule {
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
    Create { order: an_order(), id: CONCERT, name, host, queue: QUEUE, max_seats_per_user: None, schedules }
}

fn nothing_new() -> ChangeConcert {
    ChangeConcert { order: an_order(), id: CONCERT, expected: None, name: None, host: None, queue: None, max_seats_per_user: None }
}

/// The queue is there, and no such concert.
fn an_empty_house() -> Scene {
    Scene::at(NOW).with_queue(a_queue(), 0, 0)
}

fn there() -> Scene {
    Scene::at(NOW).with_concert(a_concert()).with_schedule(a_schedule()).with_queue(another_queue(), 0, 0)
}

fn held() -> Scene {
    there().with_held(CONCERT)
}

fn another_queue() -> domain::Versioned<domain::Queue> {
    a_queue().with(|queue| queue.with_id(OTHER_QUEUE))
}

#[test]
fn a_concert_is_made_with_its_schedules_and_their_seats_whole() {
    let command = a_command(vec![a_new_schedule(SCHEDULE, Some(a_plan(2))), a_new_schedule(OTHER_SCHEDULE, None)]);
    let (outcome, change) = outcome_of(decided(&an_empty_house(), &command));
    let second = a_schedule().with(|schedule| schedule.with_id(OTHER_SCHEDULE)).row;
    let change = change.unwrap();
    assert_eq!(written(&change), [Write::insert(a_concert().row)]);
    assert_eq!(written(&change), [a_schedule().row, second].map(Write::insert));
    let stalls = |number: u32| Seat::new(SCHEDULE, seat_number(number), format!("Stalls A {number}"), won(60_000));
    assert_eq!(written(&change), [stalls(1), stalls(2)].map(Write::insert));
    let audit_entry = row_of::<AuditEntry>(&change).map(|audit_entry| (audit_entry.action, audit_entry.subject));
    assert_eq!(audit_entry, Some((Action::Create, Subject::Concert(CONCERT))));
    assert_eq!((outcome.0.version, outcome.1.len()), (Version::FIRST, 2));
}

#[test]
fn a_concert_that_contradicts_itself_is_not_made() {
    let backwards = NewSchedule { sale_closes_at: a_schedule().sale_opens_at(), ..a_new_schedule(SCHEDULE, None) };
    let many = |count: u128| (0..count).map(|n| a_new_schedule(ScheduleId(uuid::Uuid::from_u128(n)), None)).collect();
    let (mut too_dear, mut twice) = (a_plan(2), a_plan(2));
    too_dear.sections[0].rows[0].price = won(10_000_001);
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
        (a_command(vec![a_new_schedule(SCHEDULE, Some(SeatPlan::default()))]), Field::ScheduleAt(0, ScheduleField::Seats)),
        (a_command(vec![a_new_schedule(SCHEDULE, Some(too_dear))]), Field::ScheduleAt(0, ScheduleField::Seats)),
        (a_command(vec![a_new_schedule(SCHEDULE, Some(twice))]), Field::ScheduleAt(0, ScheduleField::Seats)),
    ] {
        let refusal = refusal_of(decided(&an_empty_house(), &command));
        assert!(matches!(&refusal, Refusal::Contradiction { field, .. } if *field == expected), "{expected:?}: {refusal:?}");
    }
}

#[test]
fn what_is_there_is_not_made_again() {
    assert_eq!(refusal_of(decided(&there(), &a_command(vec![]))), Refusal::AlreadyExists(CONCERT.0));
    let others = a_schedule().with(|schedule| schedule.with_ids(SCHEDULE, OTHER_CONCERT));
    let another = an_empty_house().with_schedule(others);
    let refusal = refusal_of(decided(&another, &a_command(vec![a_new_schedule(SCHEDULE, None)])));
    assert_eq!(refusal, Refusal::AlreadyExists(SCHEDULE.0), "also if the date is another concert's");
}

#[test]
fn a_concert_is_changed_as_far_as_it_is_named() {
    let command = ChangeConcert { name: Some(title("Late Night")), max_seats_per_user: Some(Some(2)), ..nothing_new() };
    let changed = change_of(decided(&held(), &command));
    let row = a_concert().row.announce("Late Night".into(), "Frontrow".into()).with_max_seats_per_user(Some(2));
    assert_eq!((written(&changed), changed.guards), (vec![Write::update(&a_concert(), row)], vec![]));
    assert_eq!(outcome_of(decided(&held(), &nothing_new())).1, None);
    let stale = ChangeConcert { expected: Some(Version(1)), ..command };
    assert_eq!(refusal_of(decided(&held(), &stale)), Refusal::VersionMismatch(a_concert().version));
}

#[test]
fn a_queue_changes_only_while_nobody_holds_seats_or_waits_for_the_concert() {
    let command = ChangeConcert { queue: Some(OTHER_QUEUE), ..nothing_new() };
    assert_eq!(refusal_of(decided(&held(), &command)), Refusal::HoldsLive);
    let changed = change_of(decided(&there(), &command));
    assert_eq!(changed.guards, [Guard::NoLiveHold(CONCERT), Guard::NoLiveToken(QUEUE, CONCERT)], "the commit looks once more");
    let awaited = there().with_awaited(CONCERT);
    assert_eq!(refusal_of(decided(&awaited, &command)), Refusal::TokensLive);
    assert_eq!(row_of::<Concert>(&changed).map(|concert| concert.queue()), Some(OTHER_QUEUE));
    let same = ChangeConcert { queue: Some(QUEUE), ..nothing_new() };
    assert_eq!(outcome_of(decided(&held(), &same)).1, None, "the queue that it has is no change");
}

#[test]
fn what_is_called_off_keeps_its_first_cancellation() {
    let [first, second] = ["rain", "a cold"].map(a_cancellation);
    let (concert, schedule) = (a_concert().row.cancel(first.clone()), a_schedule().row.cancel(first.clone()));
    assert_eq!((concert.cancellation(), schedule.cancellation()), (Some(&first), Some(&first)));
    assert_eq!((concert.clone().cancel(second.clone()), schedule.clone().cancel(second)), (concert, schedule));
}

#[test]
fn a_concert_is_called_off_with_all_its_schedules_once() {
    let command = Cancel { order: an_order(), id: CONCERT };
    let (outcome, change) = outcome_of(decided(&held(), &command));
    let change = change.unwrap();
    let cancellation = Some(Cancellation { at: NOW, reason: an_order().reason });
    let off = a_schedule().row.restore(cancellation.clone());
    assert_eq!(written(&change), [Write::update(&a_schedule(), off.clone())]);
    assert_eq!(outcome.1[0].row, off);
    assert!(!off.is_on_sale(NOW) && off.is_refundable(off.starts_at()));
    let row = a_concert().row.restore(cancellation);
    assert_eq!(written(&change), [Write::update(&a_concert(), row)], "so that no date is added meanwhile");
    assert_eq!(outcome.0.version, a_concert().version.next());
    let again = outcome.1.into_iter().fold(there().with_concert(outcome.0), Scene::with_schedule);
    assert_eq!(outcome_of(decided(&again, &command)).1, None);
}
