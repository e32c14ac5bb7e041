//! The test environment: a database per test, with users who have wallets.

use std::sync::Arc;

use adapters_postgres::{PoolSize, PostgresStore};
use application::ports::{CommitError, Committed, Store};
use domain::audit_entry::OperatorOrder;
use domain::decide::admin::queue;
use domain::decide::{charge, join, register};
use domain::testing::{idempotency, rules, won};
use domain::{AuditEntryId, Change, Command, Needs, Operation, Queue, QueueTransition, Rows, Rules, TokenId, UserId};
use sea_orm::sqlx::{Connection, Executor, PgConnection};
use testbed::{Cluster, Database};
use time::OffsetDateTime;
use uuid::Uuid;

/// Terminates the backends of the store's connections that are running a statement.
const KILL_BUSY: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'frontrow' AND state = 'active'";

pub(crate) const SIZE: PoolSize = PoolSize { commands: 4, reads: 2, operator_timeout: std::time::Duration::from_secs(30) };

/// A store in a database of its own.
pub(crate) struct World {
    pub(crate) database: Database,
    pub(crate) store: Arc<PostgresStore>,
    pub(crate) rules: Rules,
}

pub(crate) const fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

impl World {
    pub(crate) async fn empty() -> Self {
        Self::of(Cluster::shared().create_database()).await
    }

    /// Creates a store in `database`, which is empty.
    pub(crate) async fn of(database: Database) -> Self {
        let store = Arc::new(PostgresStore::open(&database.url, SIZE).await.unwrap());
        Self { database, store, rules: rules() }
    }

    /// Opens a connection that is not one of the store.
    pub(crate) async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.database.url).await.unwrap()
    }

    /// Runs `sql` on a connection that is not one of the store.
    pub(crate) fn sql(&self, sql: &str) -> String {
        Cluster::shared().sql(&self.database.name, sql)
    }

    /// Returns the change that registers a user.
    pub(crate) async fn a_registration(&self, number: u128) -> Change {
        self.decide(&register::Command { user: user(number), name: domain::UserName::new("Ada").unwrap(), idempotency: None }).await
    }

    /// Returns the change by which an operator pauses the default queue.
    pub(crate) async fn a_pause(&self) -> Change {
        let order = OperatorOrder { audit_entry: AuditEntryId(Uuid::from_u128(7)), operator: user(7), reason: None };
        self.decide(&queue::Take { order, id: Queue::DEFAULT, step: QueueTransition::Pause }).await
    }

    /// Returns the result of `needs` in the store.
    pub(crate) async fn find<N: Needs>(&self, needs: N) -> N::Found {
        needs.find(&self.rows_for(&needs).await).unwrap()
    }

    async fn rows_for(&self, needs: &impl Needs) -> Rows {
        let mut list = Vec::new();
        needs.add_to(&mut list);
        self.store.load(&list).await.unwrap()
    }

    /// Returns the change of `command`, which must not be refused.
    async fn decide<C: Command>(&self, command: &C) -> Change {
        let rows = self.rows_for(&command.needs()).await;
        command.decide_by(&rows, &self.rules).unwrap().unwrap().change.unwrap()
    }

    /// Returns the change of a join to the default queue.
    pub(crate) async fn a_join(&self, number: u128) -> Change {
        let token = TokenId(Uuid::from_u128(number << 64));
        self.decide(&join::Command { user: user(number), concert: None, token }).await
    }

    /// Returns the result of `change`, which inserts a user, if the connection breaks during its commit: nothing of it is written.
    pub(crate) async fn commit_with_broken_connection(&self, change: Change) -> Result<Committed, CommitError> {
        let mut connection = self.connect().await;
        let mut locking = connection.begin().await.unwrap();
        // The commit blocks here.
        locking.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let store = self.store.clone();
        let commit = tokio::spawn(async move { store.commit(&[change]).await.remove(0) });
        while self.sql(KILL_BUSY).is_empty() {
            tokio::task::yield_now().await;
        }
        let result = commit.await.unwrap();
        locking.rollback().await.unwrap();
        result
    }

    /// Returns the change that charges a wallet with 1, decided on its current state.
    pub(crate) async fn a_charge(&self, number: u128, key: &str) -> Change {
        let entry =
            domain::WalletEntryId(Uuid::from_u128(number << 64 | u128::from(key.len() as u64) << 32 | u128::from(key.as_bytes()[0])));
        let idempotency = idempotency(user(number), Operation::Charge, key);
        let command = charge::Command { user: None, order: None, idempotency, id: entry, amount: won(1) };
        self.decide(&command).await
    }

    pub(crate) async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        self.store.commit(changes).await
    }

    pub(crate) async fn balance(&self, number: u128) -> i64 {
        use application::ports::Wallets;
        self.store.reads().wallet(user(number)).await.unwrap().map_or(0, |wallet| wallet.balance().minor())
    }
}

/// Returns the change that registers a user, decided without a store.
pub(crate) fn a_change(number: u128) -> Change {
    let command = register::Command { user: user(number), name: domain::UserName::new("Ada").unwrap(), idempotency: None };
    command.decide_by(&Rows::at(OffsetDateTime::UNIX_EPOCH), &rules()).unwrap().unwrap().change.unwrap()
}
