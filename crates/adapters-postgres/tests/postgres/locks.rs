//! Rows that another transaction has locked.

use application::ports::CommitError;
use domain::need::QueueHead;
use domain::{Change, Money, Queue, Wallet, WalletEntry};
use sea_orm::sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Postgres, Transaction};
use testbed::{Cluster, Durability};

use crate::world::{World, user};

/// Starts a transaction that locks the rows of `table` that fulfil `condition`, as a session of an administrator may.
async fn lock<'a>(connection: &'a mut PgConnection, table: &str, condition: &str) -> Transaction<'a, Postgres> {
    let mut locking = connection.begin().await.unwrap();
    locking.execute(AssertSqlSafe(format!("SELECT 1 FROM {table} WHERE {condition} FOR UPDATE"))).await.unwrap();
    locking
}

/// Creates users with these numbers and a balance of 1.
async fn charge_once(world: &World, numbers: impl IntoIterator<Item = u128>) {
    for number in numbers {
        assert!(world.commit(&[world.a_charge(number, "first").await]).await[0].is_ok());
    }
}

#[tokio::test]
async fn a_locked_row_fails_only_the_change_that_writes_it() {
    let world = World::empty().await;
    charge_once(&world, [1, 2, 3]).await;
    let group = [world.a_charge(1, "2").await, world.a_charge(2, "2").await, world.a_charge(3, "2").await];
    let mut connection = world.connect().await;
    let locking = lock(&mut connection, "wallets", &format!("user_id = '{}'", user(2).0)).await;

    let results = world.commit(&group).await;

    assert!(results[0].is_ok() && results[2].is_ok(), "{results:?}");
    assert!(matches!(results[1], Err(CommitError::Conflict)), "the change can be retried: {results:?}");
    assert_eq!((world.balance(1).await, world.balance(2).await, world.balance(3).await), (2, 1, 2));
    locking.rollback().await.unwrap();
    assert!(world.commit(&group[1..2]).await[0].is_ok());
}

#[tokio::test]
async fn a_locked_counter_fails_only_the_joins_of_its_queue() {
    let world = World::empty().await;
    charge_once(&world, [1]).await;
    let group = [world.a_charge(1, "2").await, world.a_join(2).await];
    let mut connection = world.connect().await;
    let _locking = lock(&mut connection, "queue_counters", "true").await;
    let results = world.commit(&group).await;
    assert!(results[0].is_ok() && matches!(results[1], Err(CommitError::Conflict)), "{results:?}");
}

#[tokio::test]
async fn a_locked_row_of_the_catalogue_fails_no_change_that_relies_on_it() {
    let world = World::empty().await;
    let mut connection = world.connect().await;
    let _locking = lock(&mut connection, "queues", "true").await;
    let results = world.commit(&[world.a_join(1).await]).await;
    assert!(results[0].is_ok(), "{results:?}");
}

#[tokio::test]
async fn a_row_that_stays_locked_is_waited_for_once_and_no_statement_is_logged() {
    let cluster = Cluster::start(Durability::Processes);
    let world = World::of(cluster.create_database()).await;
    charge_once(&world, [1, 2]).await;
    let mut connection = world.connect().await;
    let _locking = lock(&mut connection, "wallets", &format!("user_id = '{}'", user(2).0)).await;
    for key in ["2", "3", "4"] {
        let results = world.commit(&[world.a_charge(1, key).await, world.a_charge(2, key).await]).await;
        assert!(results[0].is_ok() && matches!(results[1], Err(CommitError::Conflict)), "{results:?}");
    }
    let log = cluster.log();
    assert_eq!(log.matches("canceling statement due to lock timeout").count(), 1, "{log}");
    assert!(!log.contains("STATEMENT"), "{log}");
}

#[tokio::test]
async fn an_operators_change_of_a_locked_row_waits_for_it_once() {
    let cluster = Cluster::start(Durability::Processes);
    let world = World::of(cluster.create_database()).await;
    let (pause, operator_store) = (world.a_pause().await, world.store.ports().operator_store);
    let mut connection = world.connect().await;
    let locking = lock(&mut connection, "queues", "true").await;
    for _ in 0..3 {
        let results = operator_store.commit(std::slice::from_ref(&pause)).await;
        assert!(matches!(results[0], Err(CommitError::Conflict)), "{results:?}");
    }
    let log = cluster.log();
    assert_eq!(log.matches("canceling statement due to lock timeout").count(), 1, "{log}");
    locking.rollback().await.unwrap();
    assert!(operator_store.commit(&[pause]).await[0].is_ok());
}

#[tokio::test]
async fn a_poisoned_change_is_found_by_halving_its_group() {
    let cluster = Cluster::start(Durability::Processes);
    let world = World::of(cluster.create_database()).await;
    charge_once(&world, 0..64).await;
    let mut connection = world.connect().await;
    let poison = format!("ALTER TABLE wallets ADD CONSTRAINT poison CHECK (balance < 2 OR user_id <> '{}')", user(42).0);
    connection.execute(AssertSqlSafe(poison)).await.unwrap();
    let mut group = Vec::new();
    for number in 0..64 {
        group.push(world.a_charge(number, "2").await);
    }
    let results = world.commit(&group).await;
    let rejected: Vec<usize> = (0..64).filter(|index| matches!(results[*index], Err(CommitError::Rejected(_)))).collect();
    assert_eq!((rejected, results.iter().filter(|result| result.is_ok()).count()), (vec![42], 63));
    let failed = cluster.log().matches("violates check constraint").count();
    assert_eq!(failed, 8, "the group, then the half with the poisoned change each time: 64, 64, 32, 16, 8, 4, 2, 1");
}

/// Commits `change` in a task, as a user's or as an operator's command, and returns once it waits for a lock of the catalogue.
async fn commit_until_it_waits(world: &World, change: Change, is_operators: bool, waiting: &str) -> tokio::task::JoinHandle<bool> {
    let ports = world.store.ports();
    let store = if is_operators { ports.operator_store } else { ports.store };
    let commit = tokio::spawn(async move { store.commit(&[change]).await[0].is_ok() });
    while world.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") != waiting && !commit.is_finished() {
        tokio::task::yield_now().await;
    }
    commit
}

#[tokio::test]
async fn commits_that_begin_later_do_not_overtake_an_operator() {
    let world = World::empty().await;
    let (pause, join, late) = (world.a_pause().await, world.a_join(1).await, world.a_join(2).await);
    // A commit that relies on the queue is in progress.
    let mut connection = world.connect().await;
    let mut relying = connection.begin().await.unwrap();
    let rely = format!("SELECT rely_on(ARRAY['{}']::uuid[], ARRAY[1], '{{}}', '{{}}', '{{}}', '{{}}', '{{}}')", Queue::DEFAULT.0);
    relying.execute(AssertSqlSafe(rely)).await.unwrap();
    assert!(world.commit(&[join]).await[0].is_ok(), "commits that rely on the same row don't wait for each other");

    let pausing = commit_until_it_waits(&world, pause, true, "1").await;
    let joining = commit_until_it_waits(&world, late, false, "2").await;
    relying.rollback().await.unwrap();

    assert!(pausing.await.unwrap(), "the operator waits only for the commit in progress");
    assert!(!joining.await.unwrap(), "the join relied on the queue as it was before the operator's change");
}

#[tokio::test]
async fn a_change_that_violates_a_constraint_fails_alone() {
    let world = World::empty().await;
    charge_once(&world, [1, 2]).await;
    let (good, mut poisoned) = (world.a_charge(1, "2").await, world.a_charge(2, "2").await);
    world.sql("ALTER TABLE wallet_entries ADD CONSTRAINT poison CHECK (amount <> 13)");
    let entry = &mut poisoned.rows_mut::<WalletEntry>().next().unwrap().row;
    let after = Wallet::restore(entry.user(), entry.balance(), entry.sequence());
    *entry = WalletEntry::restore(entry.id(), &after, entry.kind(), Money::new(13).unwrap(), entry.at());
    let results = world.commit(&[good, poisoned]).await;
    assert!(results[0].is_ok() && matches!(results[1], Err(CommitError::Rejected(_))), "{results:?}");
    assert_eq!((world.balance(1).await, world.balance(2).await), (2, 1), "a change is written atomically");
}

#[tokio::test]
async fn an_admission_reads_the_first_waiting_token_while_its_row_is_locked() {
    let world = World::empty().await;
    for number in [1, 2] {
        assert!(world.commit(&[world.a_join(number).await]).await[0].is_ok());
    }
    let mut connection = world.connect().await;
    let mut locking = connection.begin().await.unwrap();
    locking.execute("SELECT 1 FROM queue_tokens WHERE number = 1 FOR UPDATE").await.unwrap();

    let line = world.find(QueueHead { queue: Queue::DEFAULT, at_most: 1 }).await.unwrap();

    let seen: Vec<u64> = line.first_waiting.iter().map(|token| token.number()).collect();
    assert_eq!(seen, [1], "a skipped token would be overtaken");
    locking.rollback().await.unwrap();
}
