//! Audit entries of operators' actions.

use application::PageRequest;
use application::ports::AuditEntryFilter;
use domain::audit_entry::{Action, PropertyChange, Subject};
use domain::decide::admin::{concert, queue};
use domain::{AuditEntry, Change, Note, OperatorOrder, QueueTransition, Title, Version, Write};

use crate::Adapter;
use crate::world::{
    ADA, ALL, BEN, CONCERT, CYD, NEIGHBOUR, OTHER_CONCERT, OTHER_QUEUE, SCHEDULE, World, assert_committed, assert_conflict,
};

/// `commit` and `audit_entries`: an audit entry is written with its change, and read as it was written.
pub async fn an_audit_entry_is_kept_with_all_fields(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let (_, payment) = world.bought(ADA, SCHEDULE, &[1]).await;
    let changes = vec![
        PropertyChange { name: "message".into(), before: Some("\"quoted\" ♫".into()), after: None },
        PropertyChange { name: "capacity".into(), before: None, after: Some("7".into()) },
    ];
    let subjects = [
        Subject::Queue(OTHER_QUEUE),
        Subject::Concert(CONCERT),
        Subject::Schedule(SCHEDULE),
        Subject::Payment(payment.id()),
        Subject::Reservation(payment.reservation()),
        Subject::User(ADA),
    ];
    let actions = [
        Action::Create,
        Action::Change,
        Action::Pause,
        Action::Resume,
        Action::Close,
        Action::Open,
        Action::Admit,
        Action::Cancel,
        Action::LayOut,
        Action::Block,
        Action::Unblock,
        Action::Release,
        Action::Refund,
        Action::Charge,
        Action::SignIn,
    ];
    let mut written: Vec<AuditEntry> = Vec::new();
    for (index, action) in actions.into_iter().enumerate() {
        let reason = Note::new("a broken seat").ok().filter(|_| index % 2 == 0);
        let order = OperatorOrder { operator: BEN, audit_entry: world.new_id(), reason };
        let audit_entry = order.audit_entry(action, subjects[index % subjects.len()], changes.clone(), world.now());
        world.commit(&Change::default().writing(Write::insert(audit_entry.clone()))).await.unwrap();
        written.push(audit_entry);
    }
    written.reverse();
    let all = world.ports.admin.audit_entries(AuditEntryFilter::default(), PageRequest { after: None, size: ALL }).await.unwrap();
    assert_eq!(all, written);
}

/// `commit`: a change that fails leaves no audit entry; one that is committed leaves one.
pub async fn a_failed_change_leaves_no_audit_entry(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let change = world.change_of(&queue::Take { order: world.an_order(BEN), id: OTHER_QUEUE, step: QueueTransition::Pause }).await;
    world.run(&queue::Take { order: world.an_order(CYD), id: OTHER_QUEUE, step: QueueTransition::Close }).await.unwrap();
    assert_conflict(&world.commit(&change).await, "the queue was closed in the meantime");
    let page = PageRequest { after: None, size: ALL };
    let audit_entries = world.ports.admin.audit_entries(AuditEntryFilter::default(), page).await.unwrap();
    assert_eq!(
        audit_entries.iter().map(|audit_entry| (audit_entry.operator, audit_entry.action)).collect::<Vec<_>>(),
        [(CYD, Action::Close)]
    );
}

/// `commit`: a conflict if an audit entry with that id exists, also in the same group: the first entry is unchanged, and nothing of the
/// later change is written.
pub async fn an_audit_entry_is_never_overwritten(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let page = || PageRequest { after: None, size: ALL };
    let entries = async || world.ports.admin.audit_entries(AuditEntryFilter::default(), page()).await.unwrap();
    let pause = |operator| queue::Take { order: world.an_order(operator), id: OTHER_QUEUE, step: QueueTransition::Pause };
    let first = pause(BEN);
    world.run(&first).await.unwrap();
    let kept = entries().await;

    let rename = |name: &str, id| {
        let (order, name) = (world.an_order(CYD), Title::new(name).ok());
        let listing = concert::ListingPatch::default();
        concert::ChangeConcert { order, id, expected: None, name, host: None, queue: None, max_seats_per_user: None, listing }
    };
    let mut other = world.change_of(&rename("B", CONCERT)).await;
    other.rows_mut::<AuditEntry>().for_each(|audit_entry| audit_entry.row.id = first.order.audit_entry);
    let same = Change::default().writing(Write::insert(kept[0].clone()));
    for (change, what) in [(&other, "another entry with its id"), (&same, "the same entry again")] {
        let before = world.everything().await;
        assert_conflict(&world.commit(change).await, what);
        assert_eq!(world.everything().await, before, "{what}");
    }

    let (mut group, id) = (Vec::new(), world.new_id());
    for (name, concert) in [("C", CONCERT), ("D", OTHER_CONCERT), ("E", NEIGHBOUR)] {
        group.push(world.change_of(&rename(name, concert)).await);
    }
    for change in &mut group[..2] {
        change.rows_mut::<AuditEntry>().for_each(|audit_entry| audit_entry.row.id = id);
    }
    let results = world.commit_group(&group).await;
    assert_committed(&results[0], "a new id");
    assert_conflict(&results[1], "the id of an earlier entry of the group");
    assert_committed(&results[2], "another new id");
    assert_eq!(world.concert(OTHER_CONCERT).await.unwrap().version, Version::FIRST);
    let written: Vec<_> = group
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != 1)
        .filter_map(|(_, change)| change.row::<AuditEntry>().map(|audit_entry| audit_entry.row.clone()))
        .collect();
    let mut expected = [kept, written].concat();
    expected.sort_by_key(|entry| std::cmp::Reverse(entry.id));
    assert_eq!(entries().await, expected);
}

/// `audit_entries`: returns entries about a subject or of an operator, the highest id first, below the page's cursor, up to its size.
pub async fn audit_entries_are_paged_latest_first(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    for (operator, id, name) in [(BEN, CONCERT, "A"), (CYD, CONCERT, "B"), (BEN, OTHER_CONCERT, "C"), (BEN, CONCERT, "D")] {
        let (order, name) = (world.an_order(operator), Title::new(name).ok());
        let listing = concert::ListingPatch::default();
        let command =
            concert::ChangeConcert { order, id, expected: None, name, host: None, queue: None, max_seats_per_user: None, listing };
        world.run(&command).await.unwrap();
    }
    let names = async |subject: Option<domain::ConcertId>, operator, after, size| {
        let filter = AuditEntryFilter { subject: subject.map(|concert| concert.0), operator };
        let audit_entries = world.ports.admin.audit_entries(filter, PageRequest { after, size }).await.unwrap();
        let names: Vec<_> = audit_entries.iter().map(|audit_entry| audit_entry.changes[0].after.clone().unwrap()).collect();
        (names.join(""), audit_entries.last().map(|audit_entry| audit_entry.id))
    };
    let (first, last) = names(None, None, None, 3).await;
    assert_eq!(first, "DCB");
    assert_eq!(names(None, None, last, 3).await.0, "A");
    assert_eq!(names(Some(CONCERT), None, None, ALL).await.0, "DBA");
    assert_eq!(names(None, Some(BEN), None, ALL).await.0, "DCA");
    assert_eq!(names(Some(CONCERT), Some(BEN), None, 1).await.0, "D");
    assert_eq!(names(Some(CONCERT), Some(ADA), None, ALL).await.0, "");
}
