//! The ports: what the application asks of the world. Each sentence of their docs is an obligation of an adapter, with
//! a clause in `adapter-conformance`; its `CLAUSES.md` says which, and what no clause can check.
//!
//! Every asynchronous method runs on the threads of the server's runtime, a few that all requests share. It MUST NOT block them: a store that
//! can only read and write by blocking (a file, a driver without async) does so on other threads, by `tokio::task::spawn_blocking` say, and
//! the method waits for these. To hold a lock for as long as it takes to look at memory is no blocking. The methods that aren't
//! asynchronous ([`Clock`], [`Ids`], [`Observer`]) are called amid decisions and commits: they MUST return at once and wait for nothing.

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
mod secrets;
mod store;
mod tokens;
mod users;
mod wallets;

pub use admin::{AdminQueries, AuditEntryFilter, QueueTotals};
pub use audit::{Audit, Finding, Invariant};
pub use catalogue::Catalogue;
pub use clock::Clock;
pub use health_check::HealthCheck;
pub use housekeeping::{Housekeeping, Prunable, Pruned};
pub use ids::Ids;
pub use log::{InvalidReaderName, Log, LogExtent, LogPage, LogReader, LoggedEvent, MAX_READERS, Position, ReaderName};
pub use observer::Observer;
pub use pools::PoolState;
pub use reservations::Reservations;
pub use secrets::Secrets;
pub use store::{CommitError, Committed, ReadError, Store};
pub use tokens::Tokens;
pub use users::Users;
pub use wallets::Wallets;

#[cfg(any(test, feature = "testing"))]
pub use self::{
    admin::MockAdminQueries, audit::MockAudit, catalogue::MockCatalogue, clock::MockClock, health_check::MockHealthCheck,
    housekeeping::MockHousekeeping, ids::MockIds, log::MockLog, observer::MockObserver, reservations::MockReservations,
    secrets::MockSecrets, store::MockStore, tokens::MockTokens, users::MockUsers, wallets::MockWallets,
};

use std::sync::Arc;

/// Every port that a persistence adapter serves, as one value for the wiring. Tests replace the ones they make claims
/// about.
#[derive(Clone)]
pub struct Ports {
    /// Load and commit.
    pub store: Arc<dyn Store>,
    /// Load and commit for operators' commands, which may be large: what takes longer than a crowd's commands may isn't given up here.
    pub orders: Arc<dyn Store>,
    /// Concerts, dates, seats, queues.
    pub catalogue: Arc<dyn Catalogue>,
    /// Reservations and payments.
    pub reservations: Arc<dyn Reservations>,
    /// Wallets and their books.
    pub wallets: Arc<dyn Wallets>,
    /// Users.
    pub users: Arc<dyn Users>,
    /// Queue tokens.
    pub tokens: Arc<dyn Tokens>,
    /// What nobody else may know.
    pub secrets: Arc<dyn Secrets>,
    /// What operators read.
    pub admin: Arc<dyn AdminQueries>,
    /// Whether the promises hold.
    pub audit: Arc<dyn Audit>,
    /// Forgetting what has been kept long enough.
    pub housekeeping: Arc<dyn Housekeeping>,
    /// Whether the store lives.
    pub health_check: Arc<dyn HealthCheck>,
    /// What was committed.
    pub log: Arc<dyn Log>,
    /// Whether other processes commit to the same store: then the log must be followed.
    pub is_shared: bool,
}

impl Ports {
    /// All ports served by one adapter, whose store is one process's own.
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
            + 'static,
    {
        Self {
            store: adapter.clone(),
            orders: adapter.clone(),
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
            is_shared: false,
        }
    }
}
