//! What operators did is kept.

use application::PageRequest;
use application::ports::DeedsWanted;
use domain::decide::desk::{concert, queue};
use domain::deed::{Act, Changed, Subject};
use domain::{Change, Deed, Order, QueueStep, Remark, Title, Version, Write};

use crate::Adapter;
use crate::world::{ADA, ALL, BEN, CONCERT, CYD, DATE, NEIGHBOUR, OTHER_CONCERT, OTHER_QUEUE, World, assert_committed, assert_conflict};

/// `commit` and `deeds`: a deed is written with its change, whole, and read as it was written.
pub async fn a_deed_is_kept_as_it_was_done(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let (_, payment) = world.bought(ADA, DATE, &[1]).await;
    let changes = vec![
        Changed { name: "message".into(), before: Some("\"quoted\" ♫".into()), after: None },
        Changed { name: "capacity".into(), before: None, after: Some("7".into()) },
    ];
    let subjects = [
        Subject::Queue(OTHER_QUEUE),
        Subject::Concert(CONCERT),
        Subject::Schedule(DATE),
        Subject::Payment(payment.id()),
        Subject::Reservation(payment.reservation()),
        Subject::User(ADA),
    ];
    let acts = [
        Act::Create,
        Act::Change,
        Act::Pause,
        Act::Resume,
        Act::Close,
        Act::Open,
        Act::Admit,
        Act::Cancel,
        Act::LayOut,
        Act::Block,
        Act::Unblock,
        Act::Release,
        Act::Refund,
        Act::Charge,
    ];
    let mut done: Vec<Deed> = Vec::new();
    for (index, act) in acts.into_iter().enumerate() {
        let reason = Remark::new("a broken seat").ok().filter(|_| index % 2 == 0);
        let order = Order { operator: BEN, deed: world.new_id(), reason };
        let deed = order.done(act, subjects[index % subjects.len()], changes.clone(), world.now());
        world.commit(&Change::default().writing(Write::insert(deed.clone()))).await.unwrap();
        done.push(deed);
    }
    done.reverse();
    let all = world.ports.desk.deeds(DeedsWanted::default(), PageRequest { after: None, size: ALL }).await.unwrap();
    assert_eq!(all, done);
}

/// `commit`: a change that fails leaves no deed; one that is carried out leaves one.
pub async fn what_was_not_done_is_no_deed(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let change = world.change_of(&queue::Take { order: world.an_order(BEN), id: OTHER_QUEUE, step: QueueStep::Pause }).await;
    world.run(&queue::Take { order: world.an_order(CYD), id: OTHER_QUEUE, step: QueueStep::Close }).await.unwrap();
    assert_conflict(&world.commit(&change).await, "the queue was closed meanwhile");
    let page = PageRequest { after: None, size: ALL };
    let deeds = world.ports.desk.deeds(DeedsWanted::default(), page).await.unwrap();
    assert_eq!(deeds.iter().map(|deed| (deed.operator, deed.act)).collect::<Vec<_>>(), [(CYD, Act::Close)]);
}

/// `commit`: a conflict if there is an audit entry with that id, in the same group, too: the first stays as it was written, and nothing else of
/// the change is written.
pub async fn an_audit_entry_is_never_overwritten(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let page = || PageRequest { after: None, size: ALL };
    let entries = async || world.ports.desk.deeds(DeedsWanted::default(), page()).await.unwrap();
    let pause = |operator| queue::Take { order: world.an_order(operator), id: OTHER_QUEUE, step: QueueStep::Pause };
    let first = pause(BEN);
    world.run(&first).await.unwrap();
    let kept = entries().await;

    let rename = |name: &str, id| {
        let (order, name) = (world.an_order(CYD), Title::new(name).ok());
        concert::ChangeConcert { order, id, expected: None, name, host: None, queue: None, max_seats_per_user: None }
    };
    let mut other = world.change_of(&rename("B", CONCERT)).await;
    other.rows_mut::<Deed>().for_each(|deed| deed.row.id = first.order.deed);
    let same = Change::default().writing(Write::insert(kept[0].clone()));
    for (change, what) in [(&other, "another entry with its id"), (&same, "the same entry once more")] {
        let before = world.everything().await;
        assert_conflict(&world.commit(change).await, what);
        assert_eq!(world.everything().await, before, "{what}");
    }

    let (mut group, id) = (Vec::new(), world.new_id());
    for (name, concert) in [("C", CONCERT), ("D", OTHER_CONCERT), ("E", NEIGHBOUR)] {
        group.push(world.change_of(&rename(name, concert)).await);
    }
    for change in &mut group[..2] {
        change.rows_mut::<Deed>().for_each(|deed| deed.row.id = id);
    }
    let results = world.commit_group(&group).await;
    assert_committed(&results[0], "a new id");
    assert_conflict(&results[1], "the id of an entry before it in the group");
    assert_committed(&results[2], "another new id");
    assert_eq!(world.concert(OTHER_CONCERT).await.unwrap().version, Version::FIRST);
    let written: Vec<_> = group
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != 1)
        .filter_map(|(_, change)| change.row::<Deed>().map(|deed| deed.row.clone()))
        .collect();
    let mut expected = [kept, written].concat();
    expected.sort_by_key(|entry| std::cmp::Reverse(entry.id));
    assert_eq!(entries().await, expected);
}

/// `deeds`: those to a thing, those of an operator, the highest id first, below the page's cursor, so many.
pub async fn deeds_come_in_pages_the_latest_first(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    for (operator, id, name) in [(BEN, CONCERT, "A"), (CYD, CONCERT, "B"), (BEN, OTHER_CONCERT, "C"), (BEN, CONCERT, "D")] {
        let (order, name) = (world.an_order(operator), Title::new(name).ok());
        let command = concert::ChangeConcert { order, id, expected: None, name, host: None, queue: None, max_seats_per_user: None };
        world.run(&command).await.unwrap();
    }
    let names = async |subject: Option<domain::ConcertId>, operator, after, size| {
        let wanted = DeedsWanted { subject: subject.map(|concert| concert.0), operator };
        let deeds = world.ports.desk.deeds(wanted, PageRequest { after, size }).await.unwrap();
        let names: Vec<_> = deeds.iter().map(|deed| deed.changes[0].after.clone().unwrap()).collect();
        (names.join(""), deeds.last().map(|deed| deed.id))
    };
    let (first, last) = names(None, None, None, 3).await;
    assert_eq!(first, "DCB");
    assert_eq!(names(None, None, last, 3).await.0, "A");
    assert_eq!(names(Some(CONCERT), None, None, ALL).await.0, "DBA");
    assert_eq!(names(None, Some(BEN), None, ALL).await.0, "DCA");
    assert_eq!(names(Some(CONCERT), Some(BEN), None, 1).await.0, "D");
    assert_eq!(names(Some(CONCERT), Some(ADA), None, ALL).await.0, "");
}
