//! The ports: the interfaces that the application requires. Each sentence of their docs is an obligation of an adapter, with a clause in
//! `adapter-conformance`; its `CLAUSES.md` lists the clauses, and the obligations that no clause can check.
//!
//! Every asynchronous method runs on the threads of the server's runtime, which are few and shared by all requests. It MUST NOT block them:
//! a store that can only read and write by blocking (a file, a driver without async) does so on other threads, for example by
//! `tokio::task::spawn_blocking`, and the method waits for these. Holding a lock for a short access to memory doesn't count as blocking.
//! The methods that aren't asynchronous ([`Clock`], [`Ids`], [`Observer`]) are called during decisions and commits: they MUST return at
//! once and wait for nothing.

mod admin;
mod audit;
mod catalogue;
mod clock;
mod health_check;
mod housekeeping;
mod ids;
mod log;
mod observer;
mod pools;
mod reservations;
mod sales;
mod secrets;
mod store;
mod tokens;
mod users;
mod wallets;

pub use admin::{AdminQueries, AuditEntryFilter, QueueTotals, ReservationFilter, ScheduleTotals};
pub use audit::{Audit, Finding, Invariant, LedgerCheck};
pub use catalogue::Catalogue;
pub use clock::Clock;
pub use health_check::HealthCheck;
pub use housekeeping::{Housekeeping, Prunable, Pruned};
pub use ids::Ids;
pub use log::{InvalidReaderName, Log, LogExtent, LogPage, LogReader, LoggedEvent, MAX_READERS, Position, ReaderName};
pub use observer::Observer;
pub use pools::PoolState;
pub use reservations::Reservations;
pub use sales::Sales;
pub use secrets::{SecretName, Secrets};
pub use store::{CommitError, Committed, ReadError, Store};
pub use tokens::Tokens;
pub use users::Users;
pub use wallets::Wallets;

#[cfg(any(test, feature = "testing"))]
pub use self::{
    admin::MockAdminQueries, audit::MockAudit, catalogue::MockCatalogue, clock::MockClock, health_check::MockHealthCheck,
    housekeeping::MockHousekeeping, ids::MockIds, log::MockLog, observer::MockObserver, reservations::MockReservations, sales::MockSales,
    secrets::MockSecrets, store::MockStore, tokens::MockTokens, users::MockUsers, wallets::MockWallets,
};

use std::sync::Arc;

/// All ports of a persistence adapter, as one value for the wiring. Tests replace the ports that they make assertions about.
#[derive(Clone)]
pub struct Ports {
    /// Loads and commits.
    pub store: Arc<dyn Store>,
    /// Loads and commits for operators' commands, which may be large: they have a longer time limit than users' commands.
    pub operator_store: Arc<dyn Store>,
    /// Concerts, schedules, seats and queues.
    pub catalogue: Arc<dyn Catalogue>,
    /// Reservations and payments.
    pub reservations: Arc<dyn Reservations>,
    /// Wallets and their entries.
    pub wallets: Arc<dyn Wallets>,
    /// Users.
    pub users: Arc<dyn Users>,
    /// Queue tokens.
    pub tokens: Arc<dyn Tokens>,
    /// Secrets.
    pub secrets: Arc<dyn Secrets>,
    /// The queries of operators.
    pub admin: Arc<dyn AdminQueries>,
    /// The audit of the promises.
    pub audit: Arc<dyn Audit>,
    /// The deletion of rows after their retention.
    pub housekeeping: Arc<dyn Housekeeping>,
    /// The health check of the store.
    pub health_check: Arc<dyn HealthCheck>,
    /// The event log.
    pub log: Arc<dyn Log>,
    /// The sales that are folded from the event log.
    pub sales: Arc<dyn Sales>,
    /// Whether other processes commit to the same store, so that the log must be followed.
    pub is_shared: bool,
}

impl Ports {
    /// Returns the ports of an adapter that implements all of them, and whose store belongs to one process.
    pub fn of<A>(adapter: &Arc<A>) -> Self
    where
        A: Store
            + Catalogue
            + Reservations
            + Wallets
            + Users
            + Tokens
            + Secrets
            + AdminQueries
            + Audit
            + Housekeeping
            + HealthCheck
            + Log
            + Sales
            + 'static,
    {
        Self {
            store: adapter.clone(),
            operator_store: adapter.clone(),
            catalogue: adapter.clone(),
            reservations: adapter.clone(),
            wallets: adapter.clone(),
            users: adapter.clone(),
            tokens: adapter.clone(),
            secrets: adapter.clone(),
            admin: adapter.clone(),
            audit: adapter.clone(),
            housekeeping: adapter.clone(),
            health_check: adapter.clone(),
            log: adapter.clone(),
            sales: adapter.clone(),
            is_shared: false,
        }
    }
}
