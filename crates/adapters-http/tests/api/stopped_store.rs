//! A store that stops responding: what users can still read.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use application::PageRequest;
use application::ports::{Catalogue, CommitError, Committed, Ports, ReadError, Store, Tokens};
use async_trait::async_trait;
use domain::{
    Change, Concert, ConcertId, Layout, LayoutHash, Need, OfferedSeats, Queue, QueueId, QueueToken, Rows, Schedule, ScheduleId, Seat,
    TokenId, Versioned,
};
use serde_json::Value;
use uuid::Uuid;

use crate::plan::{CONCERT, LATER_SCHEDULE, Plan, SCHEDULE};
use crate::shop::{Shop, Visitor, rand};

/// The ports of a store that can be stopped. Each test that stops one has its own, since tests run in parallel.
struct Stoppable {
    ports: Ports,
    is_stopped: &'static AtomicBool,
}

impl Stoppable {
    fn check(&self) -> Result<(), ReadError> {
        if self.is_stopped.load(Ordering::SeqCst) { Err(ReadError::Unavailable("stopped".into())) } else { Ok(()) }
    }
}

#[async_trait]
impl Catalogue for Stoppable {
    async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Vec<Versioned<Concert>>, ReadError> {
        self.check()?;
        self.ports.catalogue.concerts(page).await
    }

    async fn concert(&self, id: ConcertId) -> Result<Option<Versioned<Concert>>, ReadError> {
        self.check()?;
        self.ports.catalogue.concert(id).await
    }

    async fn concerts_by_id(&self, ids: &[ConcertId]) -> Result<Vec<Versioned<Concert>>, ReadError> {
        self.check()?;
        self.ports.catalogue.concerts_by_id(ids).await
    }

    async fn concerts_of(&self, queue: QueueId) -> Result<Vec<Versioned<Concert>>, ReadError> {
        self.check()?;
        self.ports.catalogue.concerts_of(queue).await
    }

    async fn schedules(&self, concert: ConcertId) -> Result<Vec<Versioned<Schedule>>, ReadError> {
        self.check()?;
        self.ports.catalogue.schedules(concert).await
    }

    async fn schedules_of(&self, concerts: &[ConcertId]) -> Result<Vec<Versioned<Schedule>>, ReadError> {
        self.check()?;
        self.ports.catalogue.schedules_of(concerts).await
    }

    async fn schedule(&self, id: ScheduleId) -> Result<Option<Versioned<Schedule>>, ReadError> {
        self.check()?;
        self.ports.catalogue.schedule(id).await
    }

    async fn schedules_by_id(&self, ids: &[ScheduleId]) -> Result<Vec<Versioned<Schedule>>, ReadError> {
        self.check()?;
        self.ports.catalogue.schedules_by_id(ids).await
    }

    async fn seats(&self, schedule: ScheduleId) -> Result<Vec<Versioned<Seat>>, ReadError> {
        self.check()?;
        self.ports.catalogue.seats(schedule).await
    }

    async fn offered_seats(&self, schedules: &[ScheduleId]) -> Result<BTreeMap<ScheduleId, OfferedSeats>, ReadError> {
        self.check()?;
        self.ports.catalogue.offered_seats(schedules).await
    }

    async fn queues(&self) -> Result<Vec<Versioned<Queue>>, ReadError> {
        self.check()?;
        self.ports.catalogue.queues().await
    }

    async fn queue(&self, id: QueueId) -> Result<Option<Versioned<Queue>>, ReadError> {
        self.check()?;
        self.ports.catalogue.queue(id).await
    }

    async fn layout(&self, hash: LayoutHash) -> Result<Option<Layout>, ReadError> {
        self.check()?;
        self.ports.catalogue.layout(hash).await
    }
}

#[async_trait]
impl Tokens for Stoppable {
    async fn tokens(&self, ids: &[TokenId]) -> Result<Vec<Versioned<QueueToken>>, ReadError> {
        self.check()?;
        self.ports.tokens.tokens(ids).await
    }

    async fn live(&self, queue: QueueId, after: u64, at_most: u32) -> Result<Vec<Versioned<QueueToken>>, ReadError> {
        self.check()?;
        self.ports.tokens.live(queue, after, at_most).await
    }
}

#[async_trait]
impl Store for Stoppable {
    async fn load(&self, needs: &[Need]) -> Result<Rows, ReadError> {
        self.check()?;
        self.ports.store.load(needs).await
    }

    async fn commit(&self, changes: &[Change]) -> Vec<Result<Committed, CommitError>> {
        match self.check() {
            Ok(()) => self.ports.store.commit(changes).await,
            Err(_) => changes.iter().map(|_| Err(CommitError::Unavailable("stopped".into()))).collect(),
        }
    }
}

fn stoppable(ports: &mut Ports, is_stopped: &'static AtomicBool) {
    let all = Arc::new(Stoppable { ports: ports.clone(), is_stopped });
    (ports.store, ports.catalogue, ports.tokens) = (all.clone(), all.clone(), all);
}

async fn open(ports: fn(&mut Ports)) -> Shop {
    let mut plan = Plan { ports, ..Plan::default() };
    plan.limits.deadline = Duration::from_millis(300);
    plan.settings.limits.overload_pause = Duration::ZERO;
    plan.open().await
}

fn paths() -> [String; 5] {
    let (concert, schedule) = (CONCERT.0, SCHEDULE.0);
    [
        "/v1/concerts".to_owned(),
        format!("/v1/concerts/{concert}"),
        format!("/v1/concerts/{concert}/schedules"),
        format!("/v1/schedules/{schedule}/seats"),
        format!("/v1/schedules/{schedule}/seats?status=HELD"),
    ]
}

async fn read_all(shop: &Shop, visitor: &Visitor) -> Vec<Value> {
    let mut bodies = Vec::new();
    for path in paths() {
        bodies.push(shop.get(&path).by(visitor).send().await.with_status(200).body.clone());
    }
    bodies
}

#[actix_web::test]
async fn concerts_and_seat_maps_are_served_while_the_store_is_stopped() {
    static IS_STOPPED: AtomicBool = AtomicBool::new(false);
    let shop = open(|ports| stoppable(ports, &IS_STOPPED)).await;
    let (ada, bob, late) = (shop.admitted("Ada").await, shop.admitted("Bob").await, shop.admitted("Cyd").await);
    shop.held(&ada, &[1]).await;
    let before = read_all(&shop, &bob).await;

    IS_STOPPED.store(true, Ordering::SeqCst);
    assert_eq!(read_all(&shop, &bob).await, before);
    shop.wait(20);
    assert_eq!(read_all(&shop, &bob).await, before);
    shop.wait(290);
    assert_ne!(read_all(&shop, &bob).await, before, "the hold has ended at its deadline");
    shop.get(&format!("/v1/schedules/{}/seats", Uuid::nil())).by(&bob).send().await.with_problem(404, "NOT_FOUND");
    shop.hold(&bob, "hold", &[2]).await.with_problem(503, "OVERLOADED");
    // The first guarded request claims the token, which the store must confirm.
    shop.get(&paths()[3]).by(&late).send().await.with_problem(503, "OVERLOADED");
    let unknown = Visitor { queue_token: Some(Uuid::from_u128(rand()).to_string()), ..bob.clone() };
    shop.get(&paths()[3]).by(&unknown).send().await.with_problem(503, "UNAVAILABLE");

    IS_STOPPED.store(false, Ordering::SeqCst);
    shop.get(&paths()[3]).by(&unknown).send().await.with_problem(403, "QUEUE_TOKEN_MISMATCH");
    shop.hold(&bob, "hold", &[2]).await.with_status(201);
}

#[actix_web::test]
async fn a_token_that_does_not_exist_is_refused_without_the_store_once_it_was_looked_up() {
    static IS_STOPPED: AtomicBool = AtomicBool::new(false);
    let shop = open(|ports| stoppable(ports, &IS_STOPPED)).await;
    let user = shop.user("Ada").await;
    let unknown = Visitor { queue_token: Some(Uuid::from_u128(rand()).to_string()), ..user };
    let poll = format!("/v1/queue-tokens/{}", unknown.queue_token.as_deref().expect("a token"));
    shop.get(&poll).by(&unknown).send().await.with_problem(404, "NOT_FOUND");
    IS_STOPPED.store(true, Ordering::SeqCst);
    for schedule in [SCHEDULE, LATER_SCHEDULE] {
        let path = format!("/v1/schedules/{}/seats", schedule.0);
        shop.get(&path).by(&unknown).send().await.with_problem(403, "QUEUE_TOKEN_MISMATCH");
    }
    shop.get(&poll).by(&unknown).send().await.with_problem(404, "NOT_FOUND");
}
