//! Races as rendezvous: both have decided, then both commit.

use std::sync::Arc;

use application::ports::{CommitError, Committed};
use domain::{Change, Command};
use tokio::sync::Barrier;

use super::World;

/// How two changes that were decided on the same rows come to be committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meeting {
    /// The first, then the second.
    FirstLeads,
    /// The second, then the first.
    SecondLeads,
    /// Both at once, from two tasks.
    AtOnce,
}

/// Whose change was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Won {
    First,
    Second,
}

impl Meeting {
    /// Every way to meet; the last one a few times, since it has more than one end.
    pub(crate) const ALL: [Self; 5] = [Self::FirstLeads, Self::SecondLeads, Self::AtOnce, Self::AtOnce, Self::AtOnce];
}

impl Won {
    /// The winner and the loser of two.
    pub(crate) fn winner_and_loser<T>(self, first: T, second: T) -> (T, T) {
        match self {
            Self::First => (first, second),
            Self::Second => (second, first),
        }
    }
}

impl World {
    /// Commits two changes, as `meeting` says.
    pub(crate) async fn meet(&self, meeting: Meeting, first: &Change, second: &Change) -> [Result<Committed, CommitError>; 2] {
        self.meet_beside(self, meeting, first, second).await
    }

    /// Commits two changes, as `meeting` says, the second of them through another process.
    pub(crate) async fn meet_beside(
        &self,
        other: &Self,
        meeting: Meeting,
        first: &Change,
        second: &Change,
    ) -> [Result<Committed, CommitError>; 2] {
        match meeting {
            Meeting::FirstLeads => [self.commit(first).await, other.commit(second).await],
            Meeting::SecondLeads => {
                let second = other.commit(second).await;
                [self.commit(first).await, second]
            }
            Meeting::AtOnce => {
                self.note([first, second]);
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

    /// Commits two changes of which one, and only one, can be.
    pub(crate) async fn one_wins(&self, meeting: Meeting, first: &Change, second: &Change) -> Won {
        match self.meet(meeting, first, second).await {
            [Ok(_), Err(CommitError::Conflict)] => {
                assert_ne!(meeting, Meeting::SecondLeads, "the first was committed after the second");
                Won::First
            }
            [Err(CommitError::Conflict), Ok(_)] => {
                assert_ne!(meeting, Meeting::FirstLeads, "the second was committed after the first");
                Won::Second
            }
            results @ [Ok(_) | Err(_), Ok(_) | Err(_)] => panic!("{meeting:?}: not one winner: {results:?}"),
        }
    }

    /// Both commands decide, then both commit: one wins.
    pub(crate) async fn rivals<A: Command, B: Command>(&self, meeting: Meeting, first: &A, second: &B) -> Won {
        let (first, second) = (self.change_of(first).await, self.change_of(second).await);
        self.one_wins(meeting, &first, &second).await
    }
}
