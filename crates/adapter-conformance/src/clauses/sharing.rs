//! Several processes on one store: the log tells each of what all of them commit.

use std::sync::Arc;

use application::ports::{Log, LogPage, Position, ReaderName};
use domain::decide::admin::queue;
use domain::{LoggedRow, QueueStep, QueueToken, Versioned};

use super::log::{a_crowd, assert_all_told};
use crate::Adapter;
use crate::world::{
    ADA, ALL, BEN, CYD, OTHER_CONCERT, OTHER_QUEUE, Recorded, Recorder, SCHEDULE, World, assert_conflict, assert_goes_on, guest, read,
};

/// A process whose commits are recorded, and another one on the same store.
async fn two_processes(adapter: &dyn Adapter) -> (World, Arc<Recorder>, World) {
    let (world, recorder) = World::with_halls(adapter, 5).await.recorded();
    let other = world.beside(adapter).await.expect("a second process: implement `beside`, or say `without sharing: \"why\"`");
    assert!(world.ports.is_shared && other.ports.is_shared, "`Ports::is_shared`");
    (world, recorder, other)
}

async fn page(log: &dyn Log, after: Position, at_most: u32) -> LogPage<LoggedRow> {
    let page = log.rows(after, at_most).await.unwrap().expect("nothing after the position is deleted");
    assert_goes_on(&page, after);
    page
}

/// Reads on from `position`, so many positions at once, and moves it to the end.
async fn read_on(log: &dyn Log, position: &mut Position, at_most: u32) -> Vec<LoggedRow> {
    let mut told = Vec::new();
    loop {
        let page = page(log, *position, at_most).await;
        told.extend(page.items);
        *position = page.position;
        if page.position == page.end {
            return told;
        }
    }
}

/// The rows that changes wrote.
fn rows_of(commit: &[Recorded]) -> impl Iterator<Item = LoggedRow> {
    commit.iter().flat_map(|recorded| recorded.change.logged(recorded.number))
}

/// The rows in an order of their own.
fn sorted(mut rows: Vec<LoggedRow>) -> Vec<LoggedRow> {
    rows.sort_by_key(|row| format!("{row:?}"));
    rows
}

fn row_of(token: &Versioned<QueueToken>) -> LoggedRow {
    LoggedRow::Token(Versioned::new(token.version, (&token.row).into()))
}

/// `rows`: the tokens, seats and queues that another process wrote, as each commit left them, page by page of whatever size.
pub async fn what_another_process_commits_is_told(adapter: &dyn Adapter) {
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
    world.run(&queue::Take { order: world.an_order(CYD), id: OTHER_QUEUE, step: QueueStep::Pause }).await.unwrap();

    let expected = sorted(recorder.rows());
    for at_most in (1..=30).chain([ALL, u32::MAX]) {
        let mut position = start;
        let told = read_on(&*other.ports.log, &mut position, at_most).await;
        assert_eq!(sorted(told), expected, "{at_most} at once");
        assert_eq!(position, world.extent().await.end);
    }
    // Amid a commit, too: of it all is told then, since its rows have no places of their own.
    let log = read(&*other.ports.log, start, ALL).await.0;
    let mut places = log.iter().map(|event| event.position);
    for commit in recorder.changes().chunk_by(|one, next| one.group == next.group) {
        let events: usize = commit.iter().map(|recorded| recorded.change.events.len()).sum();
        for mut after in places.by_ref().take(events).map(|place| Position(place.0 - 1)).collect::<Vec<_>>() {
            let told = read_on(&*other.ports.log, &mut after, 1).await;
            assert!(rows_of(commit).all(|row| told.contains(&row)), "after {after:?}: {told:?} of {commit:?}");
        }
    }
    let told = read_on(&*other.ports.log, &mut start.clone(), ALL).await;
    for token in [pass.token.unwrap(), waiting.id()] {
        assert!(told.contains(&row_of(&world.token(token).await)), "as it is by now");
    }
    for seat in world.seats(SCHEDULE, &[2, 4]).await {
        assert!(told.contains(&LoggedRow::Seat(seat)));
    }
    assert!(told.contains(&LoggedRow::Queue(world.queue(OTHER_QUEUE).await.unwrap())));
}

/// `rows`: once on the way from position to position; what can be read when a position is taken is not told after it.
pub async fn what_another_process_commits_is_told_once(adapter: &dyn Adapter) {
    let (world, recorder, other) = two_processes(adapter).await;
    world.joined(ADA).await;
    let mut position = other.extent().await.end;
    let mut told_before = recorder.rows().len();
    for user in [BEN, CYD] {
        world.joined(user).await;
        let told = read_on(&*other.ports.log, &mut position, 1).await;
        assert_eq!(told, recorder.rows()[told_before..]);
        assert_eq!(read_on(&*other.ports.log, &mut position, ALL).await, [], "it is told already");
        told_before = recorder.rows().len();
    }
}

/// `rows`: one's own come in their place between those of others, so that both are told the same.
pub async fn each_process_is_told_of_all(adapter: &dyn Adapter) {
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
            assert_eq!(read_on(&*one.ports.log, &mut start.clone(), at_most).await, expected, "{at_most} at once");
        }
    }
}

/// `rows`: a commit that fails is no news, alone or in a group.
pub async fn a_conflict_is_no_news(adapter: &dyn Adapter) {
    let (world, _, other) = two_processes(adapter).await;
    let token = world.joined(ADA).await;
    let leave = world.change_of(&world.a_leave(ADA, token)).await;
    world.left(ADA, token).await;
    let mut position = other.extent().await.end;
    assert_conflict(&world.commit(&leave).await, "she has left by now");
    assert_eq!(read_on(&*other.ports.log, &mut position, ALL).await, []);
    let join = world.change_of(&world.a_join(BEN, None)).await;
    let results = world.commit_group(&[leave, join.clone()]).await;
    assert_conflict(&results[0], "she has left by now");
    let number = results[1].as_ref().unwrap().number;
    assert_eq!(read_on(&*other.ports.log, &mut position, ALL).await, join.logged(number).collect::<Vec<_>>());
}

/// `events`: both processes read one log: the same events at the same positions, whoever committed them.
pub async fn all_processes_read_one_log(adapter: &dyn Adapter) {
    let (world, recorder, other) = two_processes(adapter).await;
    world.charged(ADA, 5).await;
    let (other, others) = other.recorded();
    other.charged(ADA, 5).await;
    let expected = [recorder.events(), others.events()].concat();
    world.charged(BEN, 5).await;
    let expected = [expected.as_slice(), &recorder.events()[recorder.events().len() - 2..]].concat();
    let log = world.log().await;
    assert_eq!(log.iter().map(|told| told.event.clone()).collect::<Vec<_>>(), expected);
    assert_eq!(other.log().await, log);
    assert_eq!(other.extent().await, world.extent().await);
}

/// `events`, `rows`: many commits at once by both processes: nothing is left out, whoever reads along; both are told the same
/// events in the same order, each once.
pub async fn many_commits_at_once_are_all_told(adapter: &dyn Adapter) {
    let (world, recorder, other) = two_processes(adapter).await;
    let (other, others) = other.recorded();
    let worlds = [Arc::new(world), Arc::new(other)];
    let start = worlds[0].extent().await.end;
    let crowds = [a_crowd(&worlds[0], 100), a_crowd(&worlds[1], 200)];
    let mut events = [(Vec::new(), start), (Vec::new(), start)];
    let mut rows = [(Vec::new(), start), (Vec::new(), start)];
    loop {
        let was_last = crowds.iter().all(tokio::task::JoinHandle::is_finished);
        for (world, (events, rows)) in worlds.iter().zip(events.iter_mut().zip(&mut rows)) {
            let (more, end) = read(&*world.ports.log, events.1, 7).await;
            events.0.extend(more);
            events.1 = end;
            let more = read_on(&*world.ports.log, &mut rows.1, 7).await;
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
    assert_eq!(ones, the_others, "the same in the same order");
    assert_all_told(&ones, [recorder.events(), others.events()].concat());
    assert_eq!(ones, read(&*worlds[0].ports.log, start, ALL).await.0, "who reads along and who reads later");
    let [(told_to_one, _), (told_to_other, _)] = rows;
    let committed = sorted([recorder.rows(), others.rows()].concat());
    for told in [told_to_one, told_to_other] {
        // They may come more than once.
        let mut told = sorted(told);
        told.dedup();
        assert_eq!(told, committed);
    }
}

/// `rows`: none if what comes after a position is deleted, by whichever process, or if the log ends before it.
pub async fn rows_that_are_deleted_are_missed(adapter: &dyn Adapter) {
    let (world, _, other) = two_processes(adapter).await;
    let start = other.extent().await.end;
    world.joined(ADA).await;
    let end = other.extent().await.end;
    for after in [end.0 + 1, u64::MAX] {
        assert_eq!(other.ports.log.rows(Position(after), 5).await.unwrap(), None, "the log ends before {after}");
    }
    world.pass_seconds(1);
    world.prune_log(world.now(), ALL).await;
    assert_eq!(other.ports.log.rows(start, 5).await.unwrap(), None, "she is missed");
    assert_eq!(other.ports.log.events(start, 5).await.unwrap(), None);
    let mut position = end;
    assert_eq!(read_on(&*other.ports.log, &mut position, 5).await, []);
    let waiting = world.joined(BEN).await;
    let told = read_on(&*other.ports.log, &mut position, 5).await;
    assert_eq!(told, [row_of(&world.token(waiting).await)]);
}

/// `readers`: the store's, whichever process is asked.
pub async fn all_processes_know_the_same_readers(adapter: &dyn Adapter) {
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
