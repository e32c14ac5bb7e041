//! Races: both sides decide, then both commit.

use std::sync::Arc;

use application::ports::{CommitError, Committed};
use domain::{Change, Command};
use tokio::sync::Barrier;

use super::World;

/// The order in which two changes that were decided on the same rows are committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommitOrder {
    /// The first, then the second.
    FirstThenSecond,
    /// The second, then the first.
    SecondThenFirst,
    /// Both concurrently, from two tasks.
    Concurrent,
}

/// The side whose change was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Winner {
    First,
    Second,
}

impl CommitOrder {
    /// All orders; the last one several times, because its outcome varies.
    pub(crate) const ALL: [Self; 5] = [Self::FirstThenSecond, Self::SecondThenFirst, Self::Concurrent, Self::Concurrent, Self::Concurrent];
}

impl Winner {
    /// Returns the winner and the loser of two.
    pub(crate) fn winner_and_loser<T>(self, first: T, second: T) -> (T, T) {
        match self {
            Self::First => (first, second),
            Self::Second => (second, first),
        }
    }
}

impl World {
    /// Commits two changes in the order of `commit_order`.
    pub(crate) async fn commit_both(
        &self,
        commit_order: CommitOrder,
        first: &Change,
        second: &Change,
    ) -> [Result<Committed, CommitError>; 2] {
        self.commit_both_with(self, commit_order, first, second).await
    }

    /// Commits two changes in the order of `commit_order`, the second one through another process.
    pub(crate) async fn commit_both_with(
        &self,
        other: &Self,
        commit_order: CommitOrder,
        first: &Change,
        second: &Change,
    ) -> [Result<Committed, CommitError>; 2] {
        match commit_order {
            CommitOrder::FirstThenSecond => [self.commit(first).await, other.commit(second).await],
            CommitOrder::SecondThenFirst => {
                let second = other.commit(second).await;
                [self.commit(first).await, second]
            }
            CommitOrder::Concurrent => {
                self.track([first, second]);
                let barrier = Arc::new(Barrier::new(2));
                let [first, second] = [(self, first), (other, second)].map(|(world, change)| {
                    let (store, change, barrier) = (world.ports.store.clone(), change.clone(), barrier.clone());
                    tokio::spawn(async move {
                        barrier.wait().await;
                        store.commit(&[change]).await.remove(0)
                    })
                });
                [first.await.unwrap(), second.await.unwrap()]
            }
        }
    }

    /// Commits two changes, and asserts that exactly one of them is committed.
    pub(crate) async fn assert_one_wins(&self, commit_order: CommitOrder, first: &Change, second: &Change) -> Winner {
        match self.commit_both(commit_order, first, second).await {
            [Ok(_), Err(CommitError::Conflict)] => {
                assert_ne!(commit_order, CommitOrder::SecondThenFirst, "the first was committed after the second");
                Winner::First
            }
            [Err(CommitError::Conflict), Ok(_)] => {
                assert_ne!(commit_order, CommitOrder::FirstThenSecond, "the second was committed after the first");
                Winner::Second
            }
            results @ [Ok(_) | Err(_), Ok(_) | Err(_)] => panic!("{commit_order:?}: not exactly one winner: {results:?}"),
        }
    }

    /// Decides both commands, then commits both, and asserts that one wins.
    pub(crate) async fn race<A: Command, B: Command>(&self, commit_order: CommitOrder, first: &A, second: &B) -> Winner {
        let (first, second) = (self.change_of(first).await, self.change_of(second).await);
        self.assert_one_wins(commit_order, &first, &second).await
    }
}
