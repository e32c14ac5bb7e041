//! A crowd, through the real group commit.

use std::sync::Arc;
use std::time::Duration;

use application::group_commit::Limits;
use application::ports::{CommitError, Prunable, Store};
use application::{Answer, Committer, Error, GroupCommit};
use domain::decide::admin::schedule;
use domain::decide::admission::Pass;
use domain::decide::{lapse, pay};
use domain::{Change, Command, Note, Operation, Queue, QueueId, Refusal, TokenStatus};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::Adapter;
use crate::world::{
    ADA, ALL, OTHER_CONCERT, OTHER_QUEUE, SCHEDULE, World, a_small_catalogue, asked, guest, payment_in, readable, reservation_in,
};

fn group_commit(world: &World, lanes: usize) -> Arc<GroupCommit> {
    let limits = Limits { kind: "crowd", lanes, queue: 1_000, batch: 256, deadline: Duration::from_mins(1) };
    let committer = Arc::new(Committer::new(world.ports.store.clone(), Vec::new()));
    Arc::new(GroupCommit::start(committer, Arc::new(world.rules.clone()), limits))
}

/// Sends all commands at once; their answers in no order.
async fn all_at_once<C: Command>(commits: &Arc<GroupCommit>, commands: Vec<C>) -> Vec<Result<Answer<C::Outcome>, Refusal>> {
    let mut tasks = JoinSet::new();
    for command in commands {
        let commits = commits.clone();
        tasks.spawn(async move { commits.run(command).await });
    }
    let answers = tasks.join_all().await;
    commits.close().await;
    let refusal = |error| match error {
        Error::Refused(refusal) => refusal,
        error @ (Error::Overloaded | Error::Unavailable | Error::Internal) => panic!("no answer: {error}"),
    };
    answers.into_iter().map(|answer| answer.map_err(refusal)).collect()
}

async fn admitted_crowd(world: &World, people: u128) -> Vec<Pass> {
    let mut crowd = Vec::new();
    for user in (100..).take(usize::try_from(people).unwrap()).map(guest) {
        crowd.push(Pass { user, token: Some(world.joined(user).await) });
    }
    while world.tick(Queue::DEFAULT).await.admitted > 0 {}
    crowd
}

/// P1: of 64 holds of one seat at once one is made; the others find the seat taken.
pub async fn of_64_holds_of_one_seat_one_is_made(adapter: &dyn Adapter) {
    for lanes in [1, 3] {
        let world = World::with_halls(adapter, 2).await;
        let crowd = admitted_crowd(&world, 64).await;
        let holds = crowd.iter().map(|pass| world.a_hold(*pass, SCHEDULE, &[1])).collect();
        let answers = all_at_once(&group_commit(&world, lanes), holds).await;
        let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!((made.len(), refused.len()), (1, 63), "{lanes} lanes");
        assert!(refused.iter().all(|answer| matches!(answer, Err(Refusal::SeatsUnavailable(_)))), "{refused:?}");
        let winner = reservation_in(made.into_iter().next().unwrap().unwrap().outcome);
        assert_eq!(world.seats(SCHEDULE, &[1]).await[0].reservation(), Some(winner.id()));
        world.assert_audit_is_clean().await;
    }
}

/// P3: of 16 payments of one hold with different keys at once one is made.
pub async fn of_16_payments_of_one_hold_one_is_made(adapter: &dyn Adapter) {
    for lanes in [1, 3] {
        let world = World::with_halls(adapter, 2).await;
        let ada = world.admitted(ADA).await;
        let hold = world.held(ada, SCHEDULE, &[1, 2]).await;
        world.charged(ADA, 1_000_000).await;
        let answers = all_at_once(&group_commit(&world, lanes), (0..16).map(|_| world.a_payment(ada, hold.id())).collect()).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{lanes} lanes");
        assert_eq!(world.balance(ADA).await, 1_000_000 - hold.amount().minor());
        world.assert_audit_is_clean().await;
    }
}

/// P3: one payment sent 16 times at once with one key has one effect and 16 times the same answer.
pub async fn one_payment_sent_16_times_has_one_effect(adapter: &dyn Adapter) {
    for lanes in [1, 3] {
        let world = World::with_halls(adapter, 2).await;
        let ada = world.admitted(ADA).await;
        let hold = world.held(ada, SCHEDULE, &[1, 2]).await;
        world.charged(ADA, 1_000_000).await;
        let key = world.new_key(ADA, Operation::Pay);
        let payments = (0..16).map(|_| world.a_payment_with(key.clone(), ada, hold.id())).collect();
        let answers: Vec<_> = all_at_once(&group_commit(&world, lanes), payments).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1, "{lanes} lanes");
        let mut told: Vec<_> = answers.into_iter().map(|answer| payment_in(answer.outcome)).collect();
        told.dedup();
        assert_eq!(told.len(), 1, "everybody is told the same");
        assert_eq!(world.balance(ADA).await, 1_000_000 - hold.amount().minor());
        world.assert_audit_is_clean().await;
    }
}

/// P2: 32 charges of one wallet at once, which isn't there yet, are all in it.
pub async fn all_of_32_charges_of_one_wallet_are_in_it(adapter: &dyn Adapter) {
    for lanes in [1, 3] {
        let world = World::with_halls(adapter, 2).await;
        let answers = all_at_once(&group_commit(&world, lanes), (1..=32).map(|amount| world.a_charge(ADA, amount)).collect()).await;
        assert!(answers.iter().all(Result::is_ok), "{lanes} lanes");
        assert_eq!(world.balance(ADA).await, (1..=32).sum::<i64>());
        world.assert_audit_is_clean().await;
    }
}

/// P6: 16 joins of one user and 48 of others at once take 49 numbers.
pub async fn a_crowd_that_joins_is_numbered_once_each(adapter: &dyn Adapter) {
    for lanes in [1, 3] {
        let world = World::with_halls(adapter, 2).await;
        let users = (0..64).map(|number| if number % 4 == 0 { ADA } else { guest(100 + number) });
        let answers = all_at_once(&group_commit(&world, lanes), users.map(|user| world.a_join(user, None)).collect()).await;
        let mut numbers: Vec<u64> = answers.into_iter().filter_map(|answer| answer.unwrap().number).collect();
        numbers.sort_unstable();
        assert!(numbers.into_iter().eq(1..=49), "{lanes} lanes");
        assert_eq!(world.ports.tokens.live(Queue::DEFAULT, 0, ALL).await.unwrap().len(), 49);
        world.assert_audit_is_clean().await;
    }
}

/// P5: many ticks at once, while users leave and join, never let in more than there are places.
pub async fn ticks_at_once_keep_to_the_capacity(adapter: &dyn Adapter) {
    let world = Arc::new(World::with_halls(adapter, 2).await);
    let mut line = Vec::new();
    for user in 0..24 {
        line.push(world.join(guest(100 + user), Some(OTHER_CONCERT)).await);
    }
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        let world = world.clone();
        tasks.spawn(async move {
            for _ in 0..10 {
                if let Some((change, _)) = world.change_of_tick(OTHER_QUEUE).await {
                    // A tick that loses to another is as good as none.
                    let _ = world.commit(&change).await;
                }
                assert!(active(&world, OTHER_QUEUE).await <= 3, "more than there are places");
            }
        });
    }
    let leaving = world.clone();
    tasks.spawn(async move {
        for token in line.into_iter().take(12) {
            leaving.left(token.user(), token.id()).await;
            assert!(active(&leaving, OTHER_QUEUE).await <= 3, "more than there are places");
        }
    });
    tasks.join_all().await;
    world.assert_audit_is_clean().await;
}

/// P5: forgetting ended tokens, by several at once, while users join and leave, disturbs nobody and counts each once.
pub async fn forgetting_tokens_disturbs_nobody(adapter: &dyn Adapter) {
    const EACH: u64 = 15;
    let world = Arc::new(World::with_halls(adapter, 2).await);
    let beside = adapter.beside(world.clock.clone()).await;
    let mut tasks = JoinSet::new();
    for user in 0..4 {
        let world = world.clone();
        tasks.spawn(async move {
            for round in 0..EACH {
                let concert = (round % 2 == 0).then_some(OTHER_CONCERT);
                let token = world.join(guest(100 + user), concert).await;
                world.left(token.user(), token.id()).await;
            }
            0
        });
    }
    for housekeeping in [Some(world.ports.housekeeping.clone()), beside.map(|ports| ports.housekeeping)].into_iter().flatten() {
        let later = world.now() + time::Duration::SECOND;
        tasks.spawn(async move {
            let mut pruned = 0;
            for _ in 0..40 {
                pruned += housekeeping.prune(Prunable::Tokens { before: later }, 3).await.unwrap().rows;
            }
            pruned
        });
    }
    let pruned: u64 = tasks.join_all().await.into_iter().sum();
    world.assert_audit_is_clean().await;
    let left = world.prune(world.now() + time::Duration::SECOND, ALL).await.tokens;
    assert_eq!(pruned + left, 4 * EACH, "each was forgotten once");
    assert_eq!(world.join(ADA, None).await.number() + world.join(ADA, Some(OTHER_CONCERT)).await.number(), 4 * EACH + 2);
    world.assert_audit_is_clean().await;
}

/// So many holds of one date are live when it is cancelled, times the factor of a soak, but no more than [`MOST_HOLDS`].
const HOLDS: u32 = 1_000;
const MOST_HOLDS: u32 = 5_000;
/// So many changes are committed at once.
const GROUP: usize = 500;

/// What `commands` have to see.
fn needs<C: Command>(commands: &[C]) -> Vec<C::Needs> {
    commands.iter().map(Command::needs).collect()
}

/// What `commands` would change, decided now.
async fn decided<C: Command>(world: &World, commands: &[C]) -> Vec<Change> {
    let mut changes = Vec::new();
    for some in commands.chunks(GROUP) {
        let rows = world.load(&asked(&needs(some))).await;
        for command in some {
            let verdict = command.decide_by(&rows, &world.rules).unwrap();
            changes.extend(verdict.unwrap_or_else(|refused| panic!("refused: {refused:?}")).change);
        }
    }
    changes
}

/// Commits `changes`, group by group; how many are committed. The others are conflicts.
async fn committed(store: &dyn Store, changes: &[Change]) -> usize {
    let mut committed = 0;
    for group in changes.chunks(GROUP) {
        for result in store.commit(group).await {
            match result {
                Ok(_) => committed += 1,
                Err(error) => assert!(matches!(error, CommitError::Conflict), "{error:?}"),
            }
        }
    }
    committed
}

/// As many users as `holds`, who hold a seat of [`SCHEDULE`] each and can pay for it; their payments.
async fn a_full_house(world: &World, holds: u32) -> Vec<pay::Command> {
    let store = &*world.ports.store;
    let users: Vec<_> = (0..holds).map(|number| guest(u128::from(1_000 + number))).collect();
    let charges: Vec<_> = users.iter().map(|user| world.a_charge(*user, 100_000)).collect();
    assert_eq!(committed(store, &decided(world, &charges).await).await, users.len());
    let joins: Vec<_> = users.iter().map(|user| world.a_join(*user, None)).collect();
    assert_eq!(committed(store, &decided(world, &joins).await).await, users.len());
    assert_eq!(world.tick(Queue::DEFAULT).await.admitted, holds);
    let passes: Vec<_> = joins.iter().map(|join| Pass { user: join.user, token: Some(join.token) }).collect();
    let holds: Vec<_> = passes.iter().zip(1..).map(|(pass, seat)| world.a_hold(*pass, SCHEDULE, &[seat])).collect();
    assert_eq!(committed(store, &decided(world, &holds).await).await, users.len());
    passes.iter().zip(&holds).map(|(pass, hold)| world.a_payment(*pass, hold.id)).collect()
}

/// P3: a full house of users rush to pay while their date is cancelled. After the commit of the cancellation no payment completes, also of
/// those that were decided before; the holds that are left are tidied in bounded steps.
pub async fn nobody_pays_after_a_cancellation(adapter: &dyn Adapter) {
    let holds = (HOLDS * adapter.soak()).min(MOST_HOLDS);
    let mut world = World::empty(adapter).await;
    (world.rules.queue.capacity, world.rules.queue.batch) = (holds, holds);
    a_small_catalogue(holds, world.now()).put_on(&*world.ports.store).await;
    let payments = a_full_house(&world, holds).await;
    let (store, changes) = (world.ports.store.clone(), decided(&world, &payments).await);
    let tenth = changes.len() / 10;
    let (early, rest) = changes.split_at(2 * tenth);
    let (rushing, late) = rest.split_at(4 * tenth);

    assert_eq!(committed(&*store, early).await, early.len(), "before the cancellation");
    let cancel = world.change_of(&schedule::Cancel { order: world.an_order_because(ADA, "The singer has a cold"), id: SCHEDULE }).await;
    let (barrier, mut rush) = (Arc::new(Barrier::new(5)), JoinSet::new());
    for group in rushing.chunks(tenth) {
        let (store, group, barrier) = (store.clone(), group.to_vec(), barrier.clone());
        rush.spawn(async move {
            barrier.wait().await;
            // Some may come before the cancellation, and some after it.
            committed(&*store, &group).await
        });
    }
    barrier.wait().await;
    world.commit(&cancel).await.unwrap();
    assert_eq!(committed(&*store, late).await, 0, "decided before the cancellation, committed after it");
    let paid = early.len() + rush.join_all().await.into_iter().sum::<usize>();

    let refused = Refusal::ScheduleCancelled { reason: Note::new("The singer has a cold").ok() };
    let mut completed = 0;
    let rows = world.load(&asked(&needs(&payments))).await;
    for payment in &payments {
        match payment.decide_by(&rows, &world.rules).unwrap() {
            Ok(decision) => completed += usize::from(decision.replayed && decision.change.is_none()),
            Err(other) => assert_eq!(other.refusal, refused),
        }
    }
    assert_eq!(completed, paid);
    world.assert_audit_is_clean().await;

    let (mut left, step) = (payments.len() - paid, 2 * tenth);
    while left > 0 {
        let lapsed = lapse::decide(&readable(world.find(world.lapsed_holds(step.try_into().unwrap())).await), world.now());
        let changes: Vec<_> = lapsed.into_iter().map(|change| change.expect("all seats of a hold")).collect();
        assert_eq!(changes.len(), left.min(step), "a step is bounded, and none is wasted");
        assert_eq!(committed(&*store, &changes).await, changes.len());
        left -= changes.len();
    }
    assert_eq!(world.ports.admin.count_live_reservations(SCHEDULE).await.unwrap(), paid as u64, "only what is paid is left");
    assert_eq!(world.sweep().await, 0);
    world.assert_audit_is_clean().await;
}

async fn active(world: &World, queue: QueueId) -> usize {
    let tokens = world.ports.tokens.live(queue, 0, ALL).await.unwrap();
    tokens.iter().filter(|token| token.status(world.now()) == TokenStatus::Active).count()
}
