//! Many concurrent commands, through the real group commit.

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
    ADA, ALL, OTHER_CONCERT, OTHER_QUEUE, SCHEDULE, World, a_small_catalogue, guest, needs_of, payment_in, readable, reservation_in,
};

fn group_commit(world: &World, lanes: usize) -> Arc<GroupCommit> {
    let limits = Limits { kind: "crowd", lanes, queue: 1_000, batch: 256, deadline: Duration::from_mins(1) };
    let committer = Arc::new(Committer::new(world.ports.store.clone(), Vec::new()));
    Arc::new(GroupCommit::start(committer, Arc::new(world.rules.clone()), limits))
}

/// Runs all commands concurrently, and returns their results in no particular order.
async fn run_concurrently<C: Command>(commits: &Arc<GroupCommit>, commands: Vec<C>) -> Vec<Result<Answer<C::Outcome>, Refusal>> {
    let mut tasks = JoinSet::new();
    for command in commands {
        let commits = commits.clone();
        tasks.spawn(async move { commits.run(command).await });
    }
    let answers = tasks.join_all().await;
    commits.close().await;
    let refusal = |error| match error {
        Error::Refused(refusal) => refusal,
        error @ (Error::Overloaded | Error::Unavailable | Error::Internal) => panic!("no decision: {error}"),
    };
    answers.into_iter().map(|answer| answer.map_err(refusal)).collect()
}

async fn admitted_crowd(world: &World, users: u128) -> Vec<Pass> {
    let mut crowd = Vec::new();
    for user in (100..).take(usize::try_from(users).unwrap()).map(guest) {
        crowd.push(Pass { user, token: Some(world.joined(user).await) });
    }
    while world.tick(Queue::DEFAULT).await.admitted > 0 {}
    crowd
}

/// P1: one of 64 concurrent holds of one seat succeeds; the others are refused because the seat is unavailable.
pub async fn one_of_64_holds_of_one_seat_is_made(adapter: &dyn Adapter) {
    for lanes in [1, 3] {
        let world = World::with_halls(adapter, 2).await;
        let crowd = admitted_crowd(&world, 64).await;
        let holds = crowd.iter().map(|pass| world.a_hold(*pass, SCHEDULE, &[1])).collect();
        let answers = run_concurrently(&group_commit(&world, lanes), holds).await;
        let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!((made.len(), refused.len()), (1, 63), "{lanes} lanes");
        assert!(refused.iter().all(|answer| matches!(answer, Err(Refusal::SeatsUnavailable(_)))), "{refused:?}");
        let winner = reservation_in(made.into_iter().next().unwrap().unwrap().outcome);
        assert_eq!(world.seats(SCHEDULE, &[1]).await[0].reservation(), Some(winner.id()));
        world.assert_audit_is_clean().await;
    }
}

/// P3: one of 16 concurrent payments of one hold with different keys succeeds.
pub async fn one_of_16_payments_of_one_hold_is_made(adapter: &dyn Adapter) {
    for lanes in [1, 3] {
        let world = World::with_halls(adapter, 2).await;
        let ada = world.admitted(ADA).await;
        let hold = world.held(ada, SCHEDULE, &[1, 2]).await;
        world.charged(ADA, 1_000_000).await;
        let answers = run_concurrently(&group_commit(&world, lanes), (0..16).map(|_| world.a_payment(ada, hold.id())).collect()).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{lanes} lanes");
        assert_eq!(world.balance(ADA).await, 1_000_000 - hold.amount().minor());
        world.assert_audit_is_clean().await;
    }
}

/// P3: one payment sent 16 times concurrently with one key has one effect, and 16 times the same outcome.
pub async fn one_payment_sent_16_times_has_one_effect(adapter: &dyn Adapter) {
    for lanes in [1, 3] {
        let world = World::with_halls(adapter, 2).await;
        let ada = world.admitted(ADA).await;
        let hold = world.held(ada, SCHEDULE, &[1, 2]).await;
        world.charged(ADA, 1_000_000).await;
        let key = world.new_key(ADA, Operation::Pay);
        let payments = (0..16).map(|_| world.a_payment_with(key.clone(), ada, hold.id())).collect();
        let answers: Vec<_> = run_concurrently(&group_commit(&world, lanes), payments).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1, "{lanes} lanes");
        let mut payments: Vec<_> = answers.into_iter().map(|answer| payment_in(answer.outcome)).collect();
        payments.dedup();
        assert_eq!(payments.len(), 1, "all outcomes must be equal");
        assert_eq!(world.balance(ADA).await, 1_000_000 - hold.amount().minor());
        world.assert_audit_is_clean().await;
    }
}

/// P2: 32 concurrent charges of one wallet, which doesn't exist yet, are all added to it.
pub async fn all_of_32_concurrent_charges_are_in_the_wallet(adapter: &dyn Adapter) {
    for lanes in [1, 3] {
        let world = World::with_halls(adapter, 2).await;
        let answers = run_concurrently(&group_commit(&world, lanes), (1..=32).map(|amount| world.a_charge(ADA, amount)).collect()).await;
        assert!(answers.iter().all(Result::is_ok), "{lanes} lanes");
        assert_eq!(world.balance(ADA).await, (1..=32).sum::<i64>());
        world.assert_audit_is_clean().await;
    }
}

/// P6: 16 concurrent joins of one user and 48 of others take 49 numbers.
pub async fn concurrent_joins_number_each_user_once(adapter: &dyn Adapter) {
    for lanes in [1, 3] {
        let world = World::with_halls(adapter, 2).await;
        let users = (0..64).map(|number| if number % 4 == 0 { ADA } else { guest(100 + number) });
        let answers = run_concurrently(&group_commit(&world, lanes), users.map(|user| world.a_join(user, None)).collect()).await;
        let mut numbers: Vec<u64> = answers.into_iter().filter_map(|answer| answer.unwrap().number).collect();
        numbers.sort_unstable();
        assert!(numbers.into_iter().eq(1..=49), "{lanes} lanes");
        assert_eq!(world.ports.tokens.live(Queue::DEFAULT, 0, ALL).await.unwrap().len(), 49);
        world.assert_audit_is_clean().await;
    }
}

/// P5: many concurrent ticks, while users leave, never admit more users than the capacity allows.
pub async fn concurrent_ticks_respect_the_capacity(adapter: &dyn Adapter) {
    let world = Arc::new(World::with_halls(adapter, 2).await);
    let mut tokens = Vec::new();
    for user in 0..24 {
        tokens.push(world.join(guest(100 + user), Some(OTHER_CONCERT)).await);
    }
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        let world = world.clone();
        tasks.spawn(async move {
            for _ in 0..10 {
                if let Some((change, _)) = world.change_of_tick(OTHER_QUEUE).await {
                    // A tick that conflicts with another one changes nothing.
                    let _ = world.commit(&change).await;
                }
                assert!(active(&world, OTHER_QUEUE).await <= 3, "more active users than the capacity");
            }
        });
    }
    let leaving = world.clone();
    tasks.spawn(async move {
        for token in tokens.into_iter().take(12) {
            leaving.left(token.user(), token.id()).await;
            assert!(active(&leaving, OTHER_QUEUE).await <= 3, "more active users than the capacity");
        }
    });
    tasks.join_all().await;
    world.assert_audit_is_clean().await;
}

/// P5: concurrent pruning of ended tokens, while users join and leave, fails no request and counts each token once.
pub async fn pruning_tokens_does_not_disturb_joins(adapter: &dyn Adapter) {
    const ROUNDS: u64 = 15;
    let world = Arc::new(World::with_halls(adapter, 2).await);
    let beside = adapter.beside(world.clock.clone()).await;
    let mut tasks = JoinSet::new();
    for user in 0..4 {
        let world = world.clone();
        tasks.spawn(async move {
            for round in 0..ROUNDS {
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
    let rest = world.prune(world.now() + time::Duration::SECOND, ALL).await.tokens;
    assert_eq!(pruned + rest, 4 * ROUNDS, "each token must be pruned once");
    assert_eq!(world.join(ADA, None).await.number() + world.join(ADA, Some(OTHER_CONCERT)).await.number(), 4 * ROUNDS + 2);
    world.assert_audit_is_clean().await;
}

/// The number of live holds of a schedule that is cancelled, multiplied by the soak factor, up to [`MAX_HOLDS`].
const HOLDS: u32 = 1_000;
const MAX_HOLDS: u32 = 5_000;
/// The number of changes in a group.
const GROUP: usize = 500;

/// Returns the needs of `commands`.
fn needs<C: Command>(commands: &[C]) -> Vec<C::Needs> {
    commands.iter().map(Command::needs).collect()
}

/// Decides `commands` now, and returns their changes.
async fn decide_all<C: Command>(world: &World, commands: &[C]) -> Vec<Change> {
    let mut changes = Vec::new();
    for group in commands.chunks(GROUP) {
        let rows = world.load(&needs_of(&needs(group))).await;
        for command in group {
            let verdict = command.decide_by(&rows, &world.rules).unwrap();
            changes.extend(verdict.unwrap_or_else(|refused| panic!("refused: {refused:?}")).change);
        }
    }
    changes
}

/// Commits `changes` in groups. Returns how many are committed; the others must be conflicts.
async fn commit_all(store: &dyn Store, changes: &[Change]) -> usize {
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

/// Holds a seat of [`SCHEDULE`] for each of `holds` users who can pay for it, and returns their payments.
async fn payments_for_all_seats(world: &World, holds: u32) -> Vec<pay::Command> {
    let store = &*world.ports.store;
    let users: Vec<_> = (0..holds).map(|number| guest(u128::from(1_000 + number))).collect();
    let charges: Vec<_> = users.iter().map(|user| world.a_charge(*user, 100_000)).collect();
    assert_eq!(commit_all(store, &decide_all(world, &charges).await).await, users.len());
    let joins: Vec<_> = users.iter().map(|user| world.a_join(*user, None)).collect();
    assert_eq!(commit_all(store, &decide_all(world, &joins).await).await, users.len());
    assert_eq!(world.tick(Queue::DEFAULT).await.admitted, holds);
    let passes: Vec<_> = joins.iter().map(|join| Pass { user: join.user, token: Some(join.token) }).collect();
    let holds: Vec<_> = passes.iter().zip(1..).map(|(pass, seat)| world.a_hold(*pass, SCHEDULE, &[seat])).collect();
    assert_eq!(commit_all(store, &decide_all(world, &holds).await).await, users.len());
    passes.iter().zip(&holds).map(|(pass, hold)| world.a_payment(*pass, hold.id)).collect()
}

/// P3: the users of a full hall pay while their schedule is cancelled. After the commit of the cancellation no payment completes,
/// including payments decided before it; the remaining holds are ended in steps of limited size.
pub async fn no_payment_completes_after_a_cancellation(adapter: &dyn Adapter) {
    let holds = (HOLDS * adapter.soak()).min(MAX_HOLDS);
    let mut world = World::empty(adapter).await;
    (world.rules.queue.capacity, world.rules.queue.batch) = (holds, holds);
    a_small_catalogue(holds, world.now()).insert_into(&*world.ports.store).await;
    let payments = payments_for_all_seats(&world, holds).await;
    let (store, changes) = (world.ports.store.clone(), decide_all(&world, &payments).await);
    let tenth = changes.len() / 10;
    let (early, rest) = changes.split_at(2 * tenth);
    let (concurrent, late) = rest.split_at(4 * tenth);

    assert_eq!(commit_all(&*store, early).await, early.len(), "before the cancellation");
    let cancel = world.change_of(&schedule::Cancel { order: world.an_order_because(ADA, "The singer has a cold"), id: SCHEDULE }).await;
    let (barrier, mut payers) = (Arc::new(Barrier::new(5)), JoinSet::new());
    for group in concurrent.chunks(tenth) {
        let (store, group, barrier) = (store.clone(), group.to_vec(), barrier.clone());
        payers.spawn(async move {
            barrier.wait().await;
            // Some may be committed before the cancellation, and some after it.
            commit_all(&*store, &group).await
        });
    }
    barrier.wait().await;
    world.commit(&cancel).await.unwrap();
    assert_eq!(commit_all(&*store, late).await, 0, "decided before the cancellation, committed after it");
    let paid = early.len() + payers.join_all().await.into_iter().sum::<usize>();

    let refused = Refusal::ScheduleCancelled { reason: Note::new("The singer has a cold").ok() };
    let mut completed = 0;
    let rows = world.load(&needs_of(&needs(&payments))).await;
    for payment in &payments {
        match payment.decide_by(&rows, &world.rules).unwrap() {
            Ok(decision) => completed += usize::from(decision.replayed && decision.change.is_none()),
            Err(other) => assert_eq!(other.refusal, refused),
        }
    }
    assert_eq!(completed, paid);
    world.assert_audit_is_clean().await;

    let (mut remaining, step) = (payments.len() - paid, 2 * tenth);
    while remaining > 0 {
        let lapsed = lapse::decide(&readable(world.find(world.lapsed_holds(step.try_into().unwrap())).await), world.now());
        let changes: Vec<_> = lapsed.into_iter().map(|change| change.expect("a hold with all of its seats")).collect();
        assert_eq!(changes.len(), remaining.min(step), "a step must be as large as its limit allows");
        assert_eq!(commit_all(&*store, &changes).await, changes.len());
        remaining -= changes.len();
    }
    assert_eq!(world.ports.admin.count_live_reservations(SCHEDULE).await.unwrap(), paid as u64, "only paid reservations must be left");
    assert_eq!(world.sweep().await, 0);
    world.assert_audit_is_clean().await;
}

async fn active(world: &World, queue: QueueId) -> usize {
    let tokens = world.ports.tokens.live(queue, 0, ALL).await.unwrap();
    tokens.iter().filter(|token| token.status(world.now()) == TokenStatus::Active).count()
}
