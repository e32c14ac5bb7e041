//! Addition, change and cancellation of schedules by operators.

use domain::audit_entry::{Action, Subject};
use domain::decide::admin::schedule::{Add, Cancel, ChangeSchedule, NewSchedule};
use domain::{AuditEntry, Cancellation, Field, Note, OperatorOrder, Refusal, ScheduleField, Version, Versioned, Write};

use crate::fixtures::*;

fn an_addition() -> Add {
    let schedule = a_schedule().row;
    let schedule = NewSchedule {
        id: schedule.id(),
        starts_at: schedule.starts_at(),
        zone: schedule.zone().clone(),
        sale_opens_at: schedule.sale_opens_at(),
        sale_closes_at: schedule.sale_closes_at(),
        seats: None,
    };
    Add { order: an_order(), concert: CONCERT, schedule }
}

fn empty_change() -> ChangeSchedule {
    let order = an_order();
    ChangeSchedule { order, id: SCHEDULE, expected: None, starts_at: None, zone: None, sale_opens_at: None, sale_closes_at: None }
}

fn existing() -> Fixture {
    Fixture::at(NOW).with_concert(a_concert()).with_schedule(a_schedule())
}

fn cancelled_schedule() -> Fixture {
    existing().cancelled(SCHEDULE, "no")
}

#[test]
fn a_schedule_is_added_to_an_existing_concert() {
    let fixture = Fixture::at(NOW).with_concert(a_concert());
    let change = change_of(decided(&fixture, &an_addition()));
    assert_eq!(written(&change), [Write::insert(a_schedule().row)]);
    assert_eq!(written(&change), [Write::update(&a_concert(), a_concert().row)], "a decision on its previous schedules meets a conflict");
    let audit_entry = row_of::<AuditEntry>(&change).unwrap();
    assert_eq!((audit_entry.action, audit_entry.subject), (Action::Create, Subject::Schedule(SCHEDULE)));
    let opens = audit_entry.changes.iter().find(|changed| changed.name == "sale_opens_at").unwrap();
    assert_eq!((opens.before.as_deref(), opens.after.as_deref()), (None, Some("2026-11-20T20:00:00Z")));

    assert_eq!(refusal_of(decided(&Fixture::at(NOW), &an_addition())), Refusal::NotFound);
    let mut cancelled = fixture.clone();
    cancelled.concerts.iter_mut().for_each(|concert| concert.row = concert.row.clone().cancel(a_cancellation("no")));
    assert_eq!(refusal_of(decided(&cancelled, &an_addition())), Refusal::ScheduleCancelled { reason: Note::new("no").ok() });
    let other = cancelled_schedule().schedules[0].clone().with(|schedule| schedule.with_id(OTHER_SCHEDULE)).row;
    let replaced = fixture.clone().with_schedule(Versioned::new(Version(1), other));
    assert!(decided(&replaced, &an_addition()).is_ok(), "a schedule can be added after another was cancelled");
    let again = fixture.with_schedule(a_schedule());
    assert_eq!(refusal_of(decided(&again, &an_addition())), Refusal::AlreadyExists(SCHEDULE.0));
}

#[test]
fn only_the_named_properties_of_a_schedule_change() {
    let changed = change_of(decided(&existing(), &ChangeSchedule { sale_closes_at: Some(NOW), ..empty_change() }));
    let schedule = a_schedule().row;
    let opens_at = schedule.sale_opens_at();
    let row = schedule.with_sale(opens_at..NOW);
    assert_eq!(written(&changed), [Write::update(&a_schedule(), row)]);
    assert_eq!(outcome_of(decided(&existing(), &empty_change())).1, None);
}

#[test]
fn a_change_is_refused_for_an_invalid_sale_another_version_or_a_cancelled_schedule() {
    let backwards = ChangeSchedule { sale_opens_at: Some(a_schedule().sale_closes_at()), ..empty_change() };
    let refusal = refusal_of(decided(&existing(), &backwards));
    assert!(matches!(&refusal, Refusal::Contradiction { field: Field::Schedule(ScheduleField::SaleClose), .. }), "{refusal:?}");
    let stale = ChangeSchedule { expected: Some(Version(799)), ..empty_change() };
    assert_eq!(refusal_of(decided(&existing(), &stale)), Refusal::VersionMismatch(Version(800)));
    assert_eq!(refusal_of(decided(&cancelled_schedule(), &empty_change())), Refusal::AlreadyCancelled);
    assert_eq!(refusal_of(decided(&Fixture::at(NOW), &empty_change())), Refusal::NotFound);
}

#[test]
fn a_schedule_is_cancelled_once() {
    let order = OperatorOrder { reason: Note::new("no").ok(), ..an_order() };
    let command = Cancel { order, id: SCHEDULE };
    let (outcome, change) = outcome_of(decided(&existing(), &command));
    let cancelled = a_schedule().row.restore(Some(Cancellation { at: NOW, reason: Note::new("no").ok() }));
    assert_eq!(change.map(|change| written(&change)), Some(vec![Write::update(&a_schedule(), cancelled.clone())]));
    assert_eq!((outcome.version, outcome.row), (a_schedule().version.next(), cancelled));
    assert_eq!(outcome_of(decided(&cancelled_schedule(), &command)).1, None);
}
