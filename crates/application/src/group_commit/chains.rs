//! Commands about one wallet in one batch: their decisions build on each other.

use std::sync::Mutex;

use async_trait::async_trait;
use domain::decide::charge;
use domain::testing::{ADA, BEN, NOW, a_user, a_wallet, idempotency, rules};
use domain::{Change, IdempotencyRecord, Money, Need, Operation, Outcome, Refusal, Rows, UserId, Wallet, WalletEntry, WalletEntryId};
use futures_util::future::join_all;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::tests::limits;
use super::*;
use crate::ports::{CommitError, Committed, ReadError, Store};

/// The balance of each wallet at the start; at most 10,000,000 may be charged.
const BALANCE: i64 = 9_000_000;

/// A store of two wallets that can't load until it is opened, so that commands gather. It returns `results` in turn, then commits everything.
struct Gathering {
    rows: Mutex<Rows>,
    open: Semaphore,
    results: Mutex<Vec<fn() -> CommitError>>,
    groups: Mutex<Vec<Vec<Change>>>,
}

impl Gathering {
    fn returning(results: &[fn() -> CommitError]) -> Arc<Self> {
        let mut rows = Rows::at(NOW);
        rows.add_all([a_user(ADA), a_user(BEN)]);
        rows.add_all([a_wallet(ADA, BALANCE), a_wallet(BEN, BALANCE)]);
        let results = Mutex::new(results.to_vec());
        Arc::new(Self { rows: Mutex::new(rows), open: Semaphore::new(0), results, groups: Mutex::default() })
    }

    /// Runs charges of one wallet each in one batch, and returns the answers.
    async fn charge(self: &Arc<Self>, charges: &[(UserId, i64)]) -> Vec<Result<Outcome, Error>> {
        let limits = Limits { queue: 64, batch: 64, ..limits() };
        let commits = GroupCommit::start(Arc::new(Committer::new(self.clone(), Vec::new())), Arc::new(rules()), limits);
        // The first batch can't be loaded, so all charges are in it or in the second one.
        let run = charges.iter().enumerate().map(|(index, (user, amount))| {
            let idempotency = idempotency(*user, Operation::Charge, &format!("charge-{index}"));
            let id = WalletEntryId(Uuid::from_u128(index as u128));
            commits.run(charge::Command { user: None, order: None, idempotency, id, amount: Money::new(*amount).unwrap() })
        });
        let opened = async { self.open.add_permits(1_000) };
        let (answers, ()) = tokio::join!(join_all(run), opened);
        commits.close().await;
        answers.into_iter().map(|answer| answer.map(|answer| answer.outcome)).collect()
    }

    fn groups(&self) -> Vec<Vec<Change>> {
        self.groups.lock().unwrap().clone()
    }
}

#[async_trait]
impl Store for Gathering {
    async fn load(&self, _: &[Need]) -> Result<Rows, ReadError> {
        self.open.acquire().await.unwrap().forget();
        Ok(self.rows.lock().unwrap().clone())
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        self.groups.lock().unwrap().push(changes.to_vec());
        if let Some(error) = self.results.lock().unwrap().pop() {
            return changes.iter().map(|_| Err(error())).collect();
        }
        let mut rows = self.rows.lock().unwrap();
        for wallet in changes.iter().flat_map(Change::rows::<Wallet>) {
            let before = rows.replace_wallet(wallet.versioned()).unwrap();
            assert_eq!(wallet.expected, Some(before.version), "the wallet is written as it was loaded");
        }
        changes.iter().map(|_| Ok(Committed::default())).collect()
    }
}

fn balances(outcomes: &[Result<Outcome, Error>]) -> Vec<i64> {
    let balance = |outcome: &Result<Outcome, Error>| match outcome {
        Ok(Outcome::Charged(entry)) => entry.balance().minor(),
        other => panic!("not a charge: {other:?}"),
    };
    outcomes.iter().map(balance).collect()
}

#[tokio::test]
async fn charges_of_one_wallet_in_one_batch_are_committed_as_one_change_that_adds_up() {
    let store = Gathering::returning(&[]);
    let outcomes = store.charge(&[(ADA, 1), (BEN, 10), (ADA, 2), (ADA, 3)]).await;
    assert_eq!(balances(&outcomes), [BALANCE + 1, BALANCE + 10, BALANCE + 3, BALANCE + 6]);
    let groups = store.groups();
    let [group] = &groups[..] else { panic!("one group is expected: {groups:?}") };
    let [chain, other] = &group[..] else { panic!("one change per wallet is expected: {group:?}") };
    let sequences: Vec<u64> = chain.rows::<WalletEntry>().map(|entry| entry.row.sequence()).collect();
    assert_eq!((sequences, chain.rows::<IdempotencyRecord>().count()), (vec![4, 5, 6], 3), "each charge has an entry and a key");
    assert_eq!((chain.rows::<Wallet>().count(), chain.events.len()), (1, 3));
    assert_eq!((other.rows::<WalletEntry>().count(), other.events.len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_chain_that_conflicts_is_decided_again() {
    let store = Gathering::returning(&[|| CommitError::Conflict]);
    let outcomes = store.charge(&[(ADA, 1), (ADA, 2)]).await;
    let mut found = balances(&outcomes);
    found.sort_unstable();
    assert_eq!(found[1], BALANCE + 3);
    assert!([BALANCE + 1, BALANCE + 2].contains(&found[0]), "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn commands_of_a_rejected_chain_are_tried_alone() {
    let store = Gathering::returning(&[|| CommitError::Rejected("a constraint".into())]);
    let outcomes = store.charge(&[(ADA, 1), (ADA, 2)]).await;
    assert_eq!(balances(&outcomes).into_iter().max(), Some(BALANCE + 3));
    let changes: Vec<usize> = store.groups().iter().map(|group| group[0].events.len()).collect();
    assert_eq!(changes, [2, 1, 1], "a chain, then each charge alone");
}

#[tokio::test(start_paused = true)]
async fn a_charge_is_refused_only_because_of_committed_charges() {
    let store = Gathering::returning(&[|| CommitError::Rejected("a constraint".into())]);
    let outcomes = store.charge(&[(ADA, 600_000), (ADA, 600_000)]).await;
    let refused = |outcome: &&Result<Outcome, Error>| matches!(outcome, Err(Error::Refused(Refusal::Wallet(_))));
    // The first attempt of the first charge is rejected: the second one must not have been refused because of it.
    assert_eq!((outcomes.iter().filter(refused).count(), store.groups()[0][0].events.len()), (0, 1), "{outcomes:?}");
}
