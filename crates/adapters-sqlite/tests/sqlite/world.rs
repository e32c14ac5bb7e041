//! The test environment: a file per test, a stopped clock, and helpers that run commands.

use std::sync::Arc;

use adapters_sqlite::SqliteStore;
use application::ports::{Audit, Clock, CommitError, Committed, Finding, Ids, Store};
use application::testing::{CatalogueFixture, CountingIds, StoppedClock};
use domain::decide::admission::Pass;
use domain::decide::{Decision, admit, charge, hold, join, pay, refund, register};
use domain::idempotency::IdempotentRequest;
use domain::need::{QueueHead, Unreadable};
use domain::testing::{SCHEDULE, a_concert, a_schedule, a_seat, idempotency, rules, seats, won};
use domain::{
    Change, Command, Need, Needs, Operation, Outcome, Payment, Queue, QueuePolicy, Reservation, Rules, TokenId, UserId, UserName,
};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use tempfile::TempDir;

/// A store in a file of its own.
pub(crate) struct World {
    folder: TempDir,
    pub(crate) clock: Arc<StoppedClock>,
    pub(crate) ids: CountingIds,
    pub(crate) rules: Rules,
    pub(crate) store: SqliteStore,
}

impl World {
    /// Creates an empty store.
    pub(crate) async fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(StoppedClock::default());
        let store = SqliteStore::open(&path(&folder), clock.clone()).await.unwrap();
        Self { folder, clock, ids: CountingIds::default(), rules: generous_rules(), store }
    }

    /// Creates a store with one concert with one schedule, in a hall of `seats` seats.
    pub(crate) async fn with_a_hall_of(seats: u32) -> Self {
        let world = Self::empty().await;
        Self::catalogue(seats).insert_into(&world.store).await;
        world
    }

    /// Returns the path of the database file.
    pub(crate) fn path(&self) -> String {
        path(&self.folder)
    }

    /// Returns one concert with one schedule, in a hall of `seats` seats.
    pub(crate) fn catalogue(seats: u32) -> CatalogueFixture {
        let seat = |number| a_seat(number).with(|seat| seat.with_price(won(10_000))).row;
        let (concerts, schedules) = (vec![a_concert().row], vec![a_schedule().row]);
        CatalogueFixture { queues: vec![], concerts, schedules, seats: (1..=seats).map(seat).collect() }
    }

    /// Opens the store's file without its constraints.
    pub(crate) async fn unchecked_pool(&self) -> SqlitePool {
        let options = SqliteConnectOptions::new().filename(self.path()).foreign_keys(false).pragma("ignore_check_constraints", "on");
        SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap()
    }

    /// Opens the store's file with all its constraints in force.
    pub(crate) async fn checked_pool(&self) -> SqlitePool {
        let options = SqliteConnectOptions::new().filename(self.path()).foreign_keys(true);
        SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap()
    }

    /// Returns the result of `needs` in the store.
    pub(crate) async fn try_find<N: Needs>(&self, needs: &N) -> Result<N::Found, Unreadable> {
        let mut list = Vec::<Need>::new();
        needs.add_to(&mut list);
        needs.find(&self.store.load(&list).await.unwrap())
    }

    /// Returns the result of `needs` in a store without invalid rows.
    pub(crate) async fn find<N: Needs>(&self, needs: N) -> N::Found {
        self.try_find(&needs).await.unwrap()
    }

    /// Decides `command`, which must not be refused.
    pub(crate) async fn decide<C: Command>(&self, command: &C) -> Decision<C::Outcome> {
        let found = self.find(command.needs()).await;
        command.decide(self.clock.now(), found, &self.rules).unwrap()
    }

    pub(crate) async fn commit(&self, change: &Change) -> Result<Committed, CommitError> {
        self.store.commit(std::slice::from_ref(change)).await.remove(0)
    }

    async fn commit_decision<T>(&self, decision: Decision<T>) -> T {
        if let Some(change) = &decision.change {
            self.commit(change).await.unwrap();
        }
        decision.outcome
    }

    pub(crate) async fn findings(&self) -> Vec<Finding> {
        self.store.audit().await.unwrap()
    }

    /// Returns the names of the violated invariants.
    pub(crate) async fn violated(&self) -> Vec<&'static str> {
        self.findings().await.into_iter().filter(|finding| finding.violations > 0).map(|finding| finding.invariant.name()).collect()
    }

    pub(crate) fn key(&self, user: UserId, operation: Operation) -> IdempotentRequest {
        idempotency(user, operation, &self.ids.ordered().to_string())
    }

    /// Registers a new user with a wallet.
    pub(crate) async fn user(&self) -> UserId {
        let command = register::Command { user: UserId(self.ids.ordered()), name: UserName::new("Ada").unwrap(), idempotency: None };
        self.commit_decision(self.decide(&command).await).await;
        command.user
    }

    pub(crate) async fn join_change(&self, user: UserId) -> (TokenId, Change) {
        let command = join::Command { user, concert: None, token: TokenId(self.ids.secret()) };
        (command.token, self.decide(&command).await.change.unwrap())
    }

    /// Joins the default queue.
    pub(crate) async fn join(&self, user: UserId) -> TokenId {
        let (token, change) = self.join_change(user).await;
        self.commit(&change).await.unwrap();
        token
    }

    /// Admits as many waiting users as the queue allows.
    pub(crate) async fn admit(&self) {
        let line = self.find(QueueHead { queue: Queue::DEFAULT, at_most: 10_000 }).await.unwrap();
        if let Some((change, _)) = admit::decide(&line, self.clock.now(), &self.rules) {
            self.commit(&change).await.unwrap();
        }
    }

    /// Returns a new active user.
    pub(crate) async fn guest(&self) -> Pass {
        let user = self.user().await;
        let token = self.join(user).await;
        self.admit().await;
        Pass { user, token: Some(token) }
    }

    pub(crate) fn hold_command(&self, pass: Pass, numbers: &[u32]) -> hold::Command {
        let (id, seats) = (self.ids.ordered().into(), seats(numbers));
        hold::Command { pass, idempotency: self.key(pass.user, Operation::Hold), id, schedule: SCHEDULE, seats: seats.into() }
    }

    pub(crate) async fn hold_change(&self, pass: Pass, seats: &[u32]) -> Change {
        self.decide(&self.hold_command(pass, seats)).await.change.unwrap()
    }

    /// Holds seats for an active user.
    pub(crate) async fn hold(&self, pass: Pass, seats: &[u32]) -> Reservation {
        let decision = self.decide(&self.hold_command(pass, seats)).await;
        match self.commit_decision(decision).await {
            Outcome::Held { reservation, .. } => reservation,
            other => panic!("expected the outcome of a hold, got {other:?}"),
        }
    }

    pub(crate) async fn charge_change(&self, user: UserId, amount: i64) -> Change {
        let idempotency = self.key(user, Operation::Charge);
        let command = charge::Command { user: None, order: None, idempotency, id: self.ids.ordered().into(), amount: won(amount) };
        self.decide(&command).await.change.unwrap()
    }

    pub(crate) async fn charge(&self, user: UserId, amount: i64) {
        self.commit(&self.charge_change(user, amount).await).await.unwrap();
    }

    /// Pays for a held reservation.
    pub(crate) async fn pay(&self, pass: Pass, reservation: &Reservation) -> Payment {
        let idempotency = self.key(pass.user, Operation::Pay);
        let (id, entry) = (self.ids.ordered().into(), self.ids.ordered().into());
        let command = pay::Command { pass, idempotency, id, entry, reservation: reservation.id(), amount: None };
        paid(self.commit_decision(self.decide(&command).await).await)
    }

    /// Refunds a payment.
    pub(crate) async fn refund(&self, payment: &Payment) -> Payment {
        let idempotency = self.key(payment.user(), Operation::Refund);
        let entry = self.ids.ordered().into();
        let command = refund::Command { user: payment.user(), order: None, idempotency, payment: payment.id(), entry };
        paid(self.commit_decision(self.decide(&command).await).await)
    }
}

fn paid(outcome: Outcome) -> Payment {
    match outcome {
        Outcome::Paid { payment, .. } => payment,
        other => panic!("expected the outcome of a payment, got {other:?}"),
    }
}

fn path(folder: &TempDir) -> String {
    folder.path().join("data").join("frontrow.db").to_str().unwrap().to_owned()
}

/// Returns rules under which all users are admitted at once.
fn generous_rules() -> Rules {
    Rules { queue: QueuePolicy { capacity: 10_000, batch: 10_000, ..rules().queue }, ..rules() }
}
