//! Several processes on one store: the log returns the commits of all of them to each.

use std::sync::Arc;
use std::time::Duration;

use application::SalesFold;
use application::ports::{LedgerCheck, Log, LogPage, Ports, Position, ReaderName};
use domain::decide::admin::{concert, queue};
use domain::{LoggedRow, QueueToken, QueueTransition, ScheduleSales, Versioned};
use tokio::task::JoinSet;

use super::log::{assert_all_logged, start_a_crowd};
use crate::Adapter;
use crate::world::{
    ADA, ALL, BEN, CYD, MOMENT, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, Recorded, Recorder, SCHEDULE, World, assert_conflict,
    assert_progress, guest, read,
};

/// Creates a process whose commits are recorded, and another one on the same store.
async fn two_processes(adapter: &dyn Adapter) -> (World, Arc<Recorder>, World) {
    let (world, recorder) = World::with_halls(adapter, 5).await.recorded();
    let other = world.beside(adapter).await.expect("a second process: implement `beside`, or declare `without sharing: \"why\"`");
    assert!(world.ports.is_shared && other.ports.is_shared, "`Ports::is_shared` must be true");
    (world, recorder, other)
}

async fn page(log: &dyn Log, after: Position, at_most: u32) -> LogPage<LoggedRow> {
    let page = log.rows(after, at_most).await.unwrap().expect("nothing after the position is deleted");
    assert_progress(&page, after);
    page
}

/// Reads the rows from `position`, `at_most` positions at a time, and moves `position` to the end.
async fn read_rows(log: &dyn Log, position: &mut Position, at_most: u32) -> Vec<LoggedRow> {
    let mut logged = Vec::new();
    loop {
        let page = page(log, *position, at_most).await;
        logged.extend(page.items);
        *position = page.position;
        if page.position == page.end {
            return logged;
        }
    }
}

/// Returns the rows that changes wrote.
fn rows_of(commit: &[Recorded]) -> impl Iterator<Item = LoggedRow> {
    commit.iter().flat_map(|recorded| recorded.change.logged(recorded.number))
}

/// Returns the rows in a fixed order.
fn sorted(mut rows: Vec<LoggedRow>) -> Vec<LoggedRow> {
    rows.sort_by_key(|row| format!("{row:?}"));
    rows
}

fn row_of(token: &Versioned<QueueToken>) -> LoggedRow {
    LoggedRow::Token(Versioned::new(token.version, (&token.row).into()))
}

/// `rows`: returns the tokens, seats, queues, concerts and schedules that another process wrote, as each commit left them, in pages of any size.
pub async fn rows_of_another_process_are_returned(adapter: &dyn Adapter) {
    let (world, recorder, other) = two_processes(adapter).await;
    let start = other.extent().await.end;
    world.clock.advance(time::Duration::microseconds(123_457));
    let pass = world.admitted(ADA).await;
    world.held(pass, SCHEDULE, &[2, 4]).await;
    let waiting = world.join(BEN, Some(OTHER_CONCERT)).await;
    world.charged(CYD, 5).await;
    let mut group = Vec::new();
    for user in 10..15 {
        group.push(world.change_of(&world.a_join(guest(user), None)).await);
    }
    assert!(world.commit_group(&group).await.iter().all(Result::is_ok));
    world.run(&queue::Take { order: world.an_order(CYD), id: OTHER_QUEUE, step: QueueTransition::Pause }).await.unwrap();
    world.run(&concert::Cancel { order: world.an_order(CYD), id: OTHER_CONCERT }).await.unwrap();

    let expected = sorted(recorder.rows());
    for at_most in (1..=30).chain([ALL, u32::MAX]) {
        let mut position = start;
        let logged = read_rows(&*other.ports.log, &mut position, at_most).await;
        assert_eq!(sorted(logged), expected, "{at_most} at a time");
        assert_eq!(position, world.extent().await.end);
    }
    // A reader in the middle of a commit gets all of its rows, because rows have no positions of their own.
    let log = read(&*other.ports.log, start, ALL).await.0;
    let mut positions = log.iter().map(|event| event.position);
    for commit in recorder.changes().chunk_by(|one, next| one.group == next.group) {
        let events: usize = commit.iter().map(|recorded| recorded.change.events.len()).sum();
        for mut after in positions.by_ref().take(events).map(|position| Position(position.0 - 1)).collect::<Vec<_>>() {
            let logged = read_rows(&*other.ports.log, &mut after, 1).await;
            assert!(rows_of(commit).all(|row| logged.contains(&row)), "after {after:?}: {logged:?} of {commit:?}");
        }
    }
    let logged = read_rows(&*other.ports.log, &mut start.clone(), ALL).await;
    for token in [pass.token.unwrap(), waiting.id()] {
        assert!(logged.contains(&row_of(&world.token(token).await)), "in its current state");
    }
    for seat in world.seats(SCHEDULE, &[2, 4]).await {
        assert!(logged.contains(&LoggedRow::Seat(seat)));
    }
    assert!(logged.contains(&LoggedRow::Queue(world.queue(OTHER_QUEUE).await.unwrap())));
    assert!(logged.contains(&LoggedRow::Concert(world.concert(OTHER_CONCERT).await.unwrap())));
    assert!(logged.contains(&LoggedRow::Schedule(world.schedule(OTHER_SCHEDULE).await.unwrap())));
}

/// `rows`: returns each row once across positions; rows that are readable at a position are not returned after it.
pub async fn rows_of_another_process_are_returned_once(adapter: &dyn Adapter) {
    let (world, recorder, other) = two_processes(adapter).await;
    world.joined(ADA).await;
    let mut position = other.extent().await.end;
    let mut read_before = recorder.rows().len();
    for user in [BEN, CYD] {
        world.joined(user).await;
        let logged = read_rows(&*other.ports.log, &mut position, 1).await;
        assert_eq!(logged, recorder.rows()[read_before..]);
        assert_eq!(read_rows(&*other.ports.log, &mut position, ALL).await, [], "it has been returned already");
        read_before = recorder.rows().len();
    }
}

/// `rows`: a process's own rows are in commit order between those of other processes, so both processes read the same.
pub async fn both_processes_read_all_rows_in_one_order(adapter: &dyn Adapter) {
    let (world, recorder, other) = two_processes(adapter).await;
    let (other, others) = other.recorded();
    let start = world.extent().await.end;
    let mut expected = Vec::new();
    for user in 100..106 {
        let (one, recorder) = if user % 3 == 0 { (&world, &recorder) } else { (&other, &others) };
        let before = recorder.rows().len();
        one.joined(guest(user)).await;
        expected.extend_from_slice(&recorder.rows()[before..]);
    }
    for at_most in [1, 2, ALL] {
        for one in [&world, &other] {
            assert_eq!(read_rows(&*one.ports.log, &mut start.clone(), at_most).await, expected, "{at_most} at a time");
        }
    }
}

/// `rows`: a commit that fails adds no rows, alone or in a group.
pub async fn a_conflicting_commit_adds_no_rows(adapter: &dyn Adapter) {
    let (world, _, other) = two_processes(adapter).await;
    let token = world.joined(ADA).await;
    let leave = world.change_of(&world.a_leave(ADA, token)).await;
    world.left(ADA, token).await;
    let mut position = other.extent().await.end;
    assert_conflict(&world.commit(&leave).await, "Ada has left in the meantime");
    assert_eq!(read_rows(&*other.ports.log, &mut position, ALL).await, []);
    let join = world.change_of(&world.a_join(BEN, None)).await;
    let results = world.commit_group(&[leave, join.clone()]).await;
    assert_conflict(&results[0], "Ada has left in the meantime");
    let number = results[1].as_ref().unwrap().number;
    assert_eq!(read_rows(&*other.ports.log, &mut position, ALL).await, join.logged(number).collect::<Vec<_>>());
}

/// `events`: both processes read the same events at the same positions, whichever process committed them.
pub async fn all_processes_read_the_same_events(adapter: &dyn Adapter) {
    let (world, recorder, other) = two_processes(adapter).await;
    world.charged(ADA, 5).await;
    let (other, others) = other.recorded();
    other.charged(ADA, 5).await;
    let expected = [recorder.events(), others.events()].concat();
    world.charged(BEN, 5).await;
    let expected = [expected.as_slice(), &recorder.events()[recorder.events().len() - 2..]].concat();
    let log = world.log().await;
    assert_eq!(log.iter().map(|logged| logged.event.clone()).collect::<Vec<_>>(), expected);
    assert_eq!(other.log().await, log);
    assert_eq!(other.extent().await, world.extent().await);
}

/// `events`, `rows`: during many concurrent commits by both processes, no reader misses anything; both read the same events in the same
/// order, each once.
pub async fn concurrent_commits_of_two_processes_are_all_read(adapter: &dyn Adapter) {
    let (world, recorder, other) = two_processes(adapter).await;
    let (other, others) = other.recorded();
    let worlds = [Arc::new(world), Arc::new(other)];
    let start = worlds[0].extent().await.end;
    let crowds = [start_a_crowd(&worlds[0], 100), start_a_crowd(&worlds[1], 200)];
    let mut events = [(Vec::new(), start), (Vec::new(), start)];
    let mut rows = [(Vec::new(), start), (Vec::new(), start)];
    loop {
        let was_last = crowds.iter().all(tokio::task::JoinHandle::is_finished);
        for (world, (events, rows)) in worlds.iter().zip(events.iter_mut().zip(&mut rows)) {
            let (more, end) = read(&*world.ports.log, events.1, 7).await;
            events.0.extend(more);
            events.1 = end;
            let more = read_rows(&*world.ports.log, &mut rows.1, 7).await;
            rows.0.extend(more);
        }
        if was_last {
            break;
        }
    }
    for crowd in crowds {
        crowd.await.unwrap();
    }
    let [(ones, _), (the_others, _)] = events;
    assert_eq!(ones, the_others, "both must read the same events in the same order");
    assert_all_logged(&ones, [recorder.events(), others.events()].concat());
    assert_eq!(ones, read(&*worlds[0].ports.log, start, ALL).await.0, "a concurrent and a later reader must read the same");
    let [(read_by_one, _), (read_by_other, _)] = rows;
    let committed = sorted([recorder.rows(), others.rows()].concat());
    for logged in [read_by_one, read_by_other] {
        // Rows may be returned more than once.
        let mut logged = sorted(logged);
        logged.dedup();
        assert_eq!(logged, committed);
    }
}

/// `rows`: none if events after the position are deleted, by any process, or if the log ends before it.
pub async fn pruned_rows_are_reported_as_missing(adapter: &dyn Adapter) {
    let (world, _, other) = two_processes(adapter).await;
    let start = other.extent().await.end;
    world.joined(ADA).await;
    let end = other.extent().await.end;
    for after in [end.0 + 1, u64::MAX] {
        assert_eq!(other.ports.log.rows(Position(after), 5).await.unwrap(), None, "the log ends before {after}");
    }
    world.pass_seconds(1);
    world.prune_log(world.now(), ALL).await;
    assert_eq!(other.ports.log.rows(start, 5).await.unwrap(), None, "Ada's row is deleted");
    assert_eq!(other.ports.log.events(start, 5).await.unwrap(), None);
    let mut position = end;
    assert_eq!(read_rows(&*other.ports.log, &mut position, 5).await, []);
    let waiting = world.joined(BEN).await;
    let logged = read_rows(&*other.ports.log, &mut position, 5).await;
    assert_eq!(logged, [row_of(&world.token(waiting).await)]);
}

/// `readers`: they belong to the store, and every process sees them.
pub async fn all_processes_see_the_same_readers(adapter: &dyn Adapter) {
    let (world, _, other) = two_processes(adapter).await;
    let mailer = ReaderName::new("mailer").unwrap();
    for (number, one) in (0..).zip([&world, &other, &world]) {
        assert!(one.ports.log.keep_reader(&mailer, Position(number)).await.unwrap());
        assert_eq!(other.readers().await, world.readers().await);
        assert_eq!(world.readers().await[0].position, Position(number));
    }
    assert!(other.ports.log.forget_reader(&mailer).await.unwrap());
    assert_eq!(world.readers().await, []);
}

/// `advance`: however the folds of two processes alternate, or run at once, each payment is added once.
pub async fn two_processes_fold_each_payment_once(adapter: &dyn Adapter) {
    let (world, _, other) = two_processes(adapter).await;
    let mut folds = [SalesFold::new(&world.ports), SalesFold::new(&other.ports)];
    let mut bought = 0;
    for user in [ADA, BEN, CYD] {
        world.bought(user, SCHEDULE, &[bought + 1]).await;
        bought += 1;
        let [one, two] = &mut folds;
        let (one, two) = tokio::join!(one.fold(), two.fold());
        one.and(two).unwrap();
        // One of them may pause once for the other.
        for fold in &mut folds {
            fold.fold().await.unwrap();
        }
        for process in [&world, &other] {
            let sales = process.ports.sales.sales_of(&[SCHEDULE]).await.unwrap();
            assert_eq!(sales.iter().map(ScheduleSales::sold).collect::<Vec<_>>(), [bought]);
            assert_eq!(process.ports.sales.folded_to().await.unwrap(), Some(process.extent().await.end));
        }
    }
}

/// `check_ledger`: a check that another process has made is returned while it is younger than the maximum age, and made again afterwards.
pub async fn one_process_checks_the_ledger_for_all(adapter: &dyn Adapter) {
    let (world, _, other) = two_processes(adapter).await;
    world.charged(ADA, 5).await;
    let minute = Duration::from_mins(1);
    let check = async |ports: &Ports| ports.audit.check_ledger(minute).await.unwrap().expect("a check");
    let first = LedgerCheck { at: world.now(), drift: 0, is_new: true };
    assert_eq!(check(&world.ports).await, first);
    world.clock.advance(time::Duration::minutes(1) - MOMENT);
    for process in [&other.ports, &world.ports] {
        assert_eq!(check(process).await, LedgerCheck { is_new: false, ..first }, "a moment before the maximum age");
    }
    world.clock.advance(MOMENT);
    let second = LedgerCheck { at: world.now(), ..first };
    assert_eq!(check(&other.ports).await, second);
    assert_eq!(check(&world.ports).await, LedgerCheck { is_new: false, ..second });
}

/// `check_ledger`: of many processes that check at once, one sums; the others return its check or the one before.
pub async fn concurrent_ledger_checks_are_made_once(adapter: &dyn Adapter) {
    let (world, _, other) = two_processes(adapter).await;
    let first = world.ports.audit.check_ledger(Duration::ZERO).await.unwrap().expect("a check");
    world.clock.advance(time::Duration::minutes(2));
    let mut checks = JoinSet::new();
    for number in 0..16 {
        let audit = if number % 2 == 0 { &world } else { &other }.ports.audit.clone();
        checks.spawn(async move { audit.check_ledger(Duration::from_mins(1)).await.unwrap().expect("a check") });
    }
    let checks = checks.join_all().await;
    assert_eq!(checks.iter().filter(|check| check.is_new).count(), 1, "{checks:?}");
    assert!(checks.iter().all(|check| check.at == first.at || check.at == world.now()), "{checks:?}");
}
