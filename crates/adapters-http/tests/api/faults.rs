//! Faults of the store: what clients receive, and what has changed afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use application::ports::{CommitError, Committed, MockUsers, Ports, ReadError, Store};
use async_trait::async_trait;
use domain::{Change, Need, Rows};
use serde_json::json;

use crate::answer::Answer;
use crate::plan::{Plan, SCHEDULE};
use crate::shop::{Shop, Visitor};

type Results = Vec<Result<Committed, CommitError>>;

/// The memory store, with faults in the commits of idempotent requests.
struct Failing {
    store: Arc<dyn Store>,
    /// Returns the error with which to fail this commit without committing, if any.
    refuse: fn() -> Option<CommitError>,
    /// Replaces the results of a successful commit.
    distort: fn(Results) -> Results,
}

#[async_trait]
impl Store for Failing {
    async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError> {
        self.store.load(needs).await
    }

    async fn commit(&self, changes: &[Change]) -> Results {
        if changes.iter().all(|change| change.row::<domain::IdempotencyRecord>().is_none()) {
            return self.store.commit(changes).await;
        }
        match (self.refuse)() {
            Some(error) => vec![Err(error)],
            None => (self.distort)(self.store.commit(changes).await),
        }
    }
}

fn refusing(ports: &mut Ports, refuse: fn() -> Option<CommitError>) {
    ports.store = Arc::new(Failing { store: ports.store.clone(), refuse, distort: |results| results });
}

fn distorting(ports: &mut Ports, distort: fn(Results) -> Results) {
    ports.store = Arc::new(Failing { store: ports.store.clone(), refuse: || None, distort });
}

/// Opens a shop whose commands have a deadline of 300 ms and no overload pause.
async fn open(ports: fn(&mut Ports)) -> Shop {
    let mut plan = Plan { ports, ..Plan::default() };
    plan.limits.deadline = Duration::from_millis(300);
    plan.settings.limits.overload_pause = Duration::ZERO;
    plan.open().await
}

async fn charge(shop: &Shop, visitor: &Visitor) -> Answer {
    let body = json!({"amount": {"amount": 500, "currency": "KRW"}});
    shop.post("/v1/wallet/charges").by(visitor).key("charge-1").json(&body).send().await
}

async fn balance(shop: &Shop, visitor: &Visitor) -> i64 {
    let wallet = shop.get("/v1/wallet").by(visitor).send().await.with_status(200);
    wallet.body["balance"]["amount"].as_i64().expect("an amount")
}

#[actix_web::test]
async fn a_commit_is_retried_while_the_store_is_briefly_unavailable() {
    static TRIES: AtomicUsize = AtomicUsize::new(0);
    fn away() -> Option<CommitError> {
        (TRIES.fetch_add(1, Ordering::SeqCst) < 2).then(|| CommitError::Unavailable("no connection".into()))
    }
    let shop = open(|ports| refusing(ports, away)).await;
    let ada = shop.user("Ada").await;
    charge(&shop, &ada).await.with_status(201);
    assert_eq!((balance(&shop, &ada).await, TRIES.load(Ordering::SeqCst)), (500, 3));
}

#[actix_web::test]
async fn a_store_that_stays_unavailable_changes_nothing_and_is_reported() {
    static AWAY: AtomicBool = AtomicBool::new(true);
    fn away() -> Option<CommitError> {
        AWAY.load(Ordering::SeqCst).then(|| CommitError::Unavailable("no connection".into()))
    }
    let shop = open(|ports| refusing(ports, away)).await;
    let ada = shop.user("Ada").await;
    let answer = charge(&shop, &ada).await.with_problem(503, "OVERLOADED");
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(balance(&shop, &ada).await, 0);

    AWAY.store(false, Ordering::SeqCst);
    let answer = charge(&shop, &ada).await.with_status(201);
    assert_eq!((answer.header("idempotency-replayed"), balance(&shop, &ada).await), (None, 500));
}

#[actix_web::test]
async fn a_change_that_the_store_rejects_is_an_internal_error_and_is_not_retried() {
    static TRIES: AtomicUsize = AtomicUsize::new(0);
    #[expect(clippy::unnecessary_wraps, reason = "one of several ways to refuse, some of which let a change through")]
    fn rejected() -> Option<CommitError> {
        TRIES.fetch_add(1, Ordering::SeqCst);
        Some(CommitError::Rejected("CHECK constraint failed: balance".into()))
    }
    let shop = open(|ports| refusing(ports, rejected)).await;
    let ada = shop.user("Ada").await;
    let answer = charge(&shop, &ada).await.with_problem(500, "INTERNAL");
    assert_eq!((answer.header("retry-after"), TRIES.load(Ordering::SeqCst)), (None, 1));
    assert!(!answer.body.to_string().contains("constraint"), "{}", answer.body);
    assert_eq!(balance(&shop, &ada).await, 0);
}

#[actix_web::test]
async fn an_unknown_outcome_is_resolved_by_a_retry_with_the_same_key() {
    let shops: [fn(&mut Ports); 3] = [
        |ports| distorting(ports, |results| results.iter().map(|_| Err(CommitError::Unknown("the connection broke".into()))).collect()),
        |ports| distorting(ports, |_| Vec::new()),
        |ports| distorting(ports, |_| panic!("the store panics after its commit")),
    ];
    for ports in shops {
        let shop = open(ports).await;
        let ada = shop.user("Ada").await;
        let answer = charge(&shop, &ada).await.with_problem(503, "UNAVAILABLE");
        assert_eq!(answer.header("retry-after"), Some("1"));
        let answer = charge(&shop, &ada).await.with_status(201);
        assert_eq!((answer.header("idempotency-replayed"), balance(&shop, &ada).await), (Some("true"), 500));
    }
}

#[actix_web::test]
async fn a_seat_is_shown_as_held_after_the_store_panics_after_the_commit() {
    let shop = open(|ports| distorting(ports, |_| panic!("the store panics after its commit"))).await;
    let (ada, bob) = (shop.admitted("Ada").await, shop.admitted("Bob").await);
    let seat = || async {
        let map = shop.get(&format!("/v1/schedules/{}/seats", SCHEDULE.0)).by(&bob).send().await.with_status(200);
        map.body["seats"][6]["status"].as_str().expect("a status").to_owned()
    };
    assert_eq!(seat().await, "AVAILABLE", "the seat map is cached from now on");
    shop.hold(&ada, "hold-1", &[7]).await.with_problem(503, "UNAVAILABLE");
    assert_eq!(seat().await, "HELD");
}

#[actix_web::test]
async fn a_corrupt_row_is_an_internal_error() {
    let shop = open(|ports| {
        let mut users = MockUsers::new();
        users.expect_user().returning(|_| Err(ReadError::Corrupt("users.name".into())));
        ports.users = Arc::new(users);
    })
    .await;
    let ada = shop.stranger(&[]);
    let answer = shop.get("/v1/users/me").by(&ada).send().await.with_problem(500, "INTERNAL");
    assert_eq!(answer.header("retry-after"), None);
    assert!(!answer.body.to_string().contains("users.name"), "{}", answer.body);
}
