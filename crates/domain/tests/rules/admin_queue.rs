//! Creation, change and state transitions of queues by operators.

use domain::audit_entry::{Action, PropertyChange, Subject};
use domain::decide::admin::queue::{ChangeQueue, Create, PolicyPatch, Take};
use domain::queue::{InvalidTransition, PolicyOverrides};
use domain::{AuditEntry, Change, Field, Note, PolicyField, Queue, QueueState, QueueTransition, Refusal, Version, Write};

use crate::fixtures::*;

fn changed(name: &str, before: Option<&str>, after: Option<&str>) -> PropertyChange {
    PropertyChange { name: name.into(), before: before.map(Into::into), after: after.map(Into::into) }
}

fn empty_change() -> ChangeQueue {
    ChangeQueue { order: an_order(), id: QUEUE, expected: None, name: None, policy: PolicyPatch::default(), message: None }
}

fn existing() -> Fixture {
    Fixture::at(NOW).with_queue(a_queue(), 0, 0)
}

#[test]
fn a_new_queue_is_open_and_recorded_in_the_audit_log() {
    let overrides = PolicyOverrides { capacity: Some(5), ..PolicyOverrides::default() };
    let command = Create { order: an_order(), id: QUEUE, name: title("Arena"), overrides, message: None };
    let (outcome, change) = outcome_of(decided(&Fixture::at(NOW), &command));
    let queue = Queue::new(QUEUE, "Arena".into(), overrides, None);
    assert_eq!((outcome.version, &outcome.row), (Version::FIRST, &queue));
    let changes = vec![changed("name", None, Some("Arena")), changed("state", None, Some("OPEN")), changed("capacity", None, Some("5"))];
    let audit_entry = an_order().audit_entry(Action::Create, Subject::Queue(QUEUE), changes, NOW);
    let expected = Change::default().writing(Write::insert(queue)).writing(Write::insert(audit_entry));
    assert_eq!(change.map(in_order), Some(in_order(expected)));

    assert_eq!(refusal_of(decided(&existing(), &command)), Refusal::AlreadyExists(QUEUE.0));
}

#[test]
fn a_change_records_the_changed_properties_and_keeps_the_others() {
    let policy = PolicyPatch { capacity: Some(Some(7)), batch: Some(None), ..PolicyPatch::default() };
    let message = Some(Note::new("soon").ok());
    let own = PolicyOverrides { batch: Some(3), max_waiting: Some(9), ..PolicyOverrides::default() };
    let before = a_queue().with(|queue| queue.with_overrides(own));
    let fixture = Fixture::at(NOW).with_queue(before.clone(), 0, 0);
    let change = change_of(decided(&fixture, &ChangeQueue { policy, message, ..empty_change() }));
    let after = PolicyOverrides { capacity: Some(7), max_waiting: Some(9), ..PolicyOverrides::default() };
    let row = before.row.clone().revise("main".into(), after, Some("soon".into())).unwrap();
    assert_eq!(written(&change), [Write::update(&before, row)]);
    let changes = vec![changed("capacity", None, Some("7")), changed("batch", Some("3"), None), changed("message", None, Some("soon"))];
    assert_eq!(row_of::<AuditEntry>(&change).map(|audit_entry| (audit_entry.action, audit_entry.changes)), Some((Action::Change, changes)));
}

#[test]
fn a_change_without_a_difference_writes_nothing() {
    let same = ChangeQueue { name: Some(title("main")), ..empty_change() };
    for command in [empty_change(), same] {
        let (outcome, written) = outcome_of(decided(&existing(), &command));
        assert_eq!((outcome, written), (a_queue(), None));
    }
}

#[test]
fn a_change_is_refused_for_another_version_an_invalid_policy_or_a_missing_queue() {
    let expected = |version| ChangeQueue { expected: Some(Version(version)), name: Some(title("new")), ..empty_change() };
    assert_eq!(refusal_of(decided(&existing(), &expected(599))), Refusal::VersionMismatch(Version(600)));
    assert!(decided(&existing(), &expected(600)).is_ok());
    let policy = PolicyPatch { batch: Some(Some(0)), ..PolicyPatch::default() };
    let refusal = refusal_of(decided(&existing(), &ChangeQueue { policy, ..empty_change() }));
    assert!(matches!(&refusal, Refusal::Contradiction { field: Field::Policy(PolicyField::Batch), .. }), "{refusal:?}");
    assert_eq!(refusal_of(decided(&Fixture::at(NOW), &empty_change())), Refusal::NotFound);
}

#[test]
fn a_step_is_written_once() {
    let step = |step| Take { order: an_order(), id: QUEUE, step };
    let change = change_of(decided(&existing(), &step(QueueTransition::Pause)));
    assert_eq!(written(&change), [Write::update(&a_queue(), a_queue().with_state(QueueState::Paused).row)]);
    assert_eq!(row_of::<AuditEntry>(&change).map(|audit_entry| audit_entry.action), Some(Action::Pause));
    let paused = Fixture::at(NOW).with_queue(a_queue().with_state(QueueState::Paused), 0, 0);
    assert_eq!(outcome_of(decided(&paused, &step(QueueTransition::Pause))).1, None);
    let closed = Fixture::at(NOW).with_queue(a_queue().with_state(QueueState::Closed), 0, 0);
    let error = InvalidTransition { state: QueueState::Closed, step: QueueTransition::Resume };
    assert_eq!(refusal_of(decided(&closed, &step(QueueTransition::Resume))), Refusal::QueueTransition(error));
}
