//! Rows that another transaction has locked.

use application::ports::CommitError;
use domain::need::QueueHead;
use domain::{Money, Queue, Wallet, WalletEntry};
use sea_orm::sqlx::{Connection, Executor};

use crate::world::{World, user};

#[tokio::test]
async fn a_locked_row_fails_only_the_change_that_writes_it() {
    let world = World::empty().await;
    for number in [1, 2, 3] {
        assert!(world.commit(&[world.a_charge(number, "first").await]).await[0].is_ok());
    }
    let group = [world.a_charge(1, "2").await, world.a_charge(2, "2").await, world.a_charge(3, "2").await];
    let mut connection = world.connect().await;
    let mut locking = connection.begin().await.unwrap();
    let lock = format!("SELECT 1 FROM wallets WHERE user_id = '{}' FOR UPDATE", user(2).0);
    locking.execute(sea_orm::sqlx::AssertSqlSafe(lock)).await.unwrap();

    let results = world.commit(&group).await;

    assert!(results[0].is_ok() && results[2].is_ok(), "{results:?}");
    assert!(matches!(results[1], Err(CommitError::Conflict)), "the change can be retried: {results:?}");
    assert_eq!((world.balance(1).await, world.balance(2).await, world.balance(3).await), (2, 1, 2));
    locking.rollback().await.unwrap();
    assert!(world.commit(&group[1..2]).await[0].is_ok());
}

#[tokio::test]
async fn a_change_that_violates_a_constraint_fails_alone() {
    let world = World::empty().await;
    for number in [1, 2] {
        assert!(world.commit(&[world.a_charge(number, "first").await]).await[0].is_ok());
    }
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
