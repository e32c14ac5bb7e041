//! Dates by an operator's hand.

use domain::audit_entry::{Action, Subject};
use domain::decide::admin::schedule::{Add, Cancel, ChangeSchedule, NewSchedule};
use domain::{AuditEntry, Cancellation, Field, Note, Order, Refusal, ScheduleField, Version, Versioned, Write};

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

fn nothing_new() -> ChangeSchedule {
    let order = an_order();
    ChangeSchedule { order, id: SCHEDULE, expected: None, starts_at: None, zone: None, sale_opens_at: None, sale_closes_at: None }
}

fn there() -> Scene {
    Scene::at(NOW).with_concert(a_concert()).with_schedule(a_schedule())
}

fn called_off() -> Scene {
    there().cancelled(SCHEDULE, "no")
}

#[test]
fn a_schedule_is_added_to_a_concert_that_is_there() {
    let scene = Scene::at(NOW).with_concert(a_concert());
    let change = change_of(decided(&scene, &an_addition()));
    assert_eq!(written(&change), [Write::insert(a_schedule().row)]);
    assert_eq!(written(&change), [Write::update(&a_concert(), a_concert().row)], "who decided by its dates meets a conflict");
    let audit_entry = row_of::<AuditEntry>(&change).unwrap();
    assert_eq!((audit_entry.action, audit_entry.subject), (Action::Create, Subject::Schedule(SCHEDULE)));
    let opens = audit_entry.changes.iter().find(|changed| changed.name == "sale_opens_at").unwrap();
    assert_eq!((opens.before.as_deref(), opens.after.as_deref()), (None, Some("2026-11-20T20:00:00Z")));

    assert_eq!(refusal_of(decided(&Scene::at(NOW), &an_addition())), Refusal::NotFound);
    let mut cancelled = scene.clone();
    cancelled.concerts.iter_mut().for_each(|concert| concert.row = concert.row.clone().cancel(a_cancellation("no")));
    assert_eq!(refusal_of(decided(&cancelled, &an_addition())), Refusal::ScheduleCancelled { reason: Note::new("no").ok() });
    let other = called_off().schedules[0].clone().with(|schedule| schedule.with_id(OTHER_SCHEDULE)).row;
    let replaced = scene.clone().with_schedule(Versioned::new(Version(1), other));
    assert!(decided(&replaced, &an_addition()).is_ok(), "a date that is cancelled alone can be replaced");
    let again = scene.with_schedule(a_schedule());
    assert_eq!(refusal_of(decided(&again, &an_addition())), Refusal::AlreadyExists(SCHEDULE.0));
}

#[test]
fn a_schedule_is_changed_as_far_as_it_is_named() {
    let changed = change_of(decided(&there(), &ChangeSchedule { sale_closes_at: Some(NOW), ..nothing_new() }));
    let schedule = a_schedule().row;
    let opens_at = schedule.sale_opens_at();
    let row = schedule.with_sale(opens_at..NOW);
    assert_eq!(written(&changed), [Write::update(&a_schedule(), row)]);
    assert_eq!(outcome_of(decided(&there(), &nothing_new())).1, None);
}

#[test]
fn a_schedule_is_not_changed_into_nonsense_nor_unseen_nor_once_it_is_called_off() {
    let backwards = ChangeSchedule { sale_opens_at: Some(a_schedule().sale_closes_at()), ..nothing_new() };
    let refusal = refusal_of(decided(&there(), &backwards));
    assert!(matches!(&refusal, Refusal::Contradiction { field: Field::ScheduleView(ScheduleField::SaleClose), .. }), "{refusal:?}");
    let stale = ChangeSchedule { expected: Some(Version(799)), ..nothing_new() };
    assert_eq!(refusal_of(decided(&there(), &stale)), Refusal::VersionMismatch(Version(800)));
    assert_eq!(refusal_of(decided(&called_off(), &nothing_new())), Refusal::AlreadyCancelled);
    assert_eq!(refusal_of(decided(&Scene::at(NOW), &nothing_new())), Refusal::NotFound);
}

#[test]
fn a_schedule_is_called_off_once() {
    let order = Order { reason: Note::new("no").ok(), ..an_order() };
    let command = Cancel { order, id: SCHEDULE };
    let (outcome, change) = outcome_of(decided(&there(), &command));
    let off = a_schedule().row.restore(Some(Cancellation { at: NOW, reason: Note::new("no").ok() }));
    assert_eq!(change.map(|change| written(&change)), Some(vec![Write::update(&a_schedule(), off.clone())]));
    assert_eq!((outcome.version, outcome.row), (a_schedule().version.next(), off));
    assert_eq!(outcome_of(decided(&called_off(), &command)).1, None);
}
