//! A shop that accepts requests, and its visitors.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::test::TestRequest;
use adapters_http::{Api, Issuer, Role};
use adapters_memory::MemoryStore;
use application::ports::{Clock as _, Ids as _};
use application::testing::StoppedClock;
use application::{RandomIds, SalesFold, Scheduler, WaitingRoom};
use domain::{Queue, UserId, Versioned};
use serde_json::{Value, json};
use time::Duration as Span;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::answer::Answer;
use crate::plan::{CONCERT, Plan, SCHEDULE, SECRET};

pub(crate) type Answered = Pin<Box<dyn Future<Output = Result<ServiceResponse<BoxBody>, actix_web::Error>>>>;

/// A shop that accepts requests.
pub(crate) struct Shop {
    pub(crate) clock: Arc<StoppedClock>,
    pub(crate) api: Api,
    pub(crate) queues: Vec<Versioned<Queue>>,
    pub(crate) room: Arc<WaitingRoom>,
    pub(crate) closing: CancellationToken,
    pub(crate) scheduler: Scheduler,
    pub(crate) store: MemoryStore,
    pub(crate) send: Box<dyn Fn(TestRequest) -> Answered>,
}

/// A visitor of the shop: a user, with their queue token if they have one.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) id: UserId,
    pub(crate) access_token: String,
    pub(crate) queue_token: Option<String>,
}

/// A request that is being built.
pub(crate) struct Request<'a> {
    shop: &'a Shop,
    request: TestRequest,
}

impl Shop {
    /// Opens a shop with the default rules.
    pub(crate) async fn open() -> Self {
        Plan::default().open().await
    }

    /// Admits the next users.
    pub(crate) async fn tick(&self) {
        let queues: Vec<_> = self.queues.iter().map(|queue| queue.id()).collect();
        self.scheduler.tick(&queues).await.expect("a tick");
    }

    /// Folds the events of the log into sales.
    pub(crate) async fn fold(&self) {
        SalesFold::new(&self.store.ports()).fold().await.expect("folded events");
    }

    /// Returns a visitor with an access token but without any stored data.
    pub(crate) fn stranger(&self, roles: &[Role]) -> Visitor {
        let id = UserId(Uuid::from_u128(rand()));
        let issuer = Issuer::new(&SECRET, Duration::from_hours(24));
        let access_token = issuer.issue(id, roles, self.clock.now()).expect("a token");
        Visitor { id, access_token, queue_token: None }
    }

    /// Returns an operator.
    pub(crate) fn operator(&self) -> Visitor {
        self.stranger(&[Role::User, Role::Operator])
    }

    /// Registers a user.
    pub(crate) async fn user(&self, name: &str) -> Visitor {
        let answer = self.post("/v1/users").json(&json!({"name": name})).send().await.with_status(201);
        let access_token = answer.text("access_token");
        Visitor { id: UserId(answer.text("id").parse().expect("an id")), access_token, queue_token: None }
    }

    /// Registers a user who joins the concert's queue.
    pub(crate) async fn waiting(&self, name: &str) -> Visitor {
        let user = self.user(name).await;
        let answer = self.post("/v1/queue-tokens").by(&user).json(&json!({"concert_id": CONCERT.0})).send().await.with_status(201);
        Visitor { queue_token: Some(answer.text("token")), ..user }
    }

    /// Registers a user who is admitted to the concert.
    pub(crate) async fn admitted(&self, name: &str) -> Visitor {
        let visitor = self.waiting(name).await;
        self.tick().await;
        visitor
    }

    /// Registers a user who is admitted and has `minor` in their wallet.
    pub(crate) async fn funded(&self, name: &str, minor: i64) -> Visitor {
        let visitor = self.admitted(name).await;
        self.charge(&visitor, minor).await;
        visitor
    }

    /// Charges `minor` to the visitor's wallet.
    pub(crate) async fn charge(&self, visitor: &Visitor, minor: i64) -> Answer {
        let body = json!({"amount": {"amount": minor, "currency": "KRW"}});
        self.post("/v1/wallet/charges").by(visitor).key(&format!("charge-{}", rand())).json(&body).send().await
    }

    /// Holds `seats` for the visitor and returns the reservation's id.
    pub(crate) async fn held(&self, visitor: &Visitor, seats: &[u32]) -> String {
        self.hold(visitor, "hold", seats).await.with_status(201).text("id")
    }

    /// Requests to hold `seats` under `key`.
    pub(crate) async fn hold(&self, visitor: &Visitor, key: &str, seats: &[u32]) -> Answer {
        let body = json!({"schedule_id": SCHEDULE.0, "seat_numbers": seats});
        self.post("/v1/reservations").by(visitor).key(key).json(&body).send().await
    }

    /// Requests to pay for `reservation` under `key`.
    pub(crate) async fn pay(&self, visitor: &Visitor, key: &str, reservation: &str) -> Answer {
        self.post("/v1/payments").by(visitor).key(key).json(&json!({"reservation_id": reservation})).send().await
    }

    /// Advances the clock.
    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.advance(Span::seconds(seconds));
    }

    pub(crate) fn get(&self, path: &str) -> Request<'_> {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> Request<'_> {
        self.request(Method::POST, path)
    }

    pub(crate) fn put(&self, path: &str) -> Request<'_> {
        self.request(Method::PUT, path)
    }

    pub(crate) fn patch(&self, path: &str) -> Request<'_> {
        self.request(Method::PATCH, path)
    }

    pub(crate) fn delete(&self, path: &str) -> Request<'_> {
        self.request(Method::DELETE, path)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> Request<'_> {
        Request { shop: self, request: TestRequest::with_uri(path).method(method) }
    }
}

impl Request<'_> {
    /// Adds the visitor's access token and, if they have one, queue token.
    pub(crate) fn by(self, visitor: &Visitor) -> Self {
        let request = self.header("Authorization", &format!("Bearer {}", visitor.access_token));
        match &visitor.queue_token {
            Some(token) => request.header("Queue-Token", token),
            None => request,
        }
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("Idempotency-Key", key)
    }

    pub(crate) fn header(self, name: &'static str, value: &str) -> Self {
        Self { request: self.request.append_header((name, value)), ..self }
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.raw("application/json", body.to_string())
    }

    pub(crate) fn raw(self, media_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { request: self.request.insert_header(("Content-Type", media_type)).set_payload(body.into()), ..self }
    }

    pub(crate) fn untyped(self, body: impl Into<Vec<u8>>) -> Self {
        Self { request: self.request.set_payload(body.into()), ..self }
    }

    pub(crate) async fn send(self) -> Answer {
        Answer::of((self.shop.send)(self.request).await).await
    }
}

/// Returns a random number, different in each call.
pub(crate) fn rand() -> u128 {
    RandomIds.secret().as_u128()
}
