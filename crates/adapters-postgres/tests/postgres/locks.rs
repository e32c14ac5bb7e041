//! Rows that somebody else has locked.

use application::ports::CommitError;
use domain::need::Line;
use domain::{Money, Queue, Wallet, WalletEntry};
use sea_orm::sqlx::{Connection, Executor};

use crate::world::{World, user};

#[tokio::test]
async fn a_row_that_another_program_keeps_locked_holds_no_other_change_back() {
    let world = World::empty().await;
    for number in [1, 2, 3] {
        assert!(world.commit(&[world.a_charge(number, "first").await]).await[0].is_ok());
    }
    let group = [world.a_charge(1, "2").await, world.a_charge(2, "2").await, world.a_charge(3, "2").await];
    let mut beside = world.beside().await;
    let mut kept = beside.begin().await.unwrap();
    let lock = format!("SELECT 1 FROM wallets WHERE user_id = '{}' FOR UPDATE", user(2).0);
    kept.execute(sea_orm::sqlx::AssertSqlSafe(lock)).await.unwrap();

    let results = world.commit(&group).await;

    assert!(results[0].is_ok() && results[2].is_ok(), "{results:?}");
    assert!(matches!(results[1], Err(CommitError::Conflict)), "to be tried again: {results:?}");
    assert_eq!((world.balance(1).await, world.balance(2).await, world.balance(3).await), (2, 1, 2));
    kept.rollback().await.unwrap();
    assert!(world.commit(&group[1..2]).await[0].is_ok());
}

#[tokio::test]
async fn a_change_that_the_schema_refuses_holds_no_other_back() {
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
    assert_eq!((world.balance(1).await, world.balance(2).await), (2, 1), "it is written whole or not at all");
}

#[tokio::test]
async fn a_tick_sees_the_foremost_of_a_line_while_another_program_keeps_its_row_locked() {
    let world = World::empty().await;
    for number in [1, 2] {
        assert!(world.commit(&[world.a_join(number).await]).await[0].is_ok());
    }
    let mut beside = world.beside().await;
    let mut kept = beside.begin().await.unwrap();
    kept.execute("SELECT 1 FROM queue_tokens WHERE number = 1 FOR UPDATE").await.unwrap();

    let line = world.find(Line { queue: Queue::DEFAULT, at_most: 1 }).await.unwrap();

    let seen: Vec<u64> = line.foremost.iter().map(|token| token.number()).collect();
    assert_eq!(seen, [1], "a row that is skipped would be overtaken");
    kept.rollback().await.unwrap();
}
