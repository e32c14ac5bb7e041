//! A valid request to each route, and a shop that accepts them all.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::request::Request;
use crate::admin::valid_requests;
use crate::document::operations;
use crate::plan::{CONCERT, PRICE, QUEUE, SCHEDULE};
use crate::shop::{Shop, Visitor};

/// A shop with test data: a user with an active queue token, a hold, a payment and money.
pub(crate) struct Fixture {
    pub(crate) shop: Shop,
    pub(crate) ada: Visitor,
    /// Another user with an active queue token.
    pub(crate) bob: Visitor,
    /// An operator.
    pub(crate) operator: Visitor,
    /// A valid request to each route, in the order of [`routes`].
    pub(crate) valid: Vec<ValidRequest>,
}

/// A request that would succeed.
#[derive(Debug, Clone)]
pub(crate) struct ValidRequest {
    pub(crate) request: Request,
    /// Whether it requires an access token.
    pub(crate) is_authenticated: bool,
    /// Whether it also requires an active queue token.
    pub(crate) is_guarded: bool,
    /// Which idempotency key it requires.
    pub(crate) key: Key,
    /// The body, and pointers to its required members.
    pub(crate) body: Option<(Value, &'static [&'static str])>,
    /// The names of the query's parameters.
    pub(crate) query: Vec<String>,
    /// Whether the body is required.
    pub(crate) needs_body: bool,
}

/// Which idempotency key a request requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// None; a key is ignored.
    None,
    /// None, or a key that can't be guessed.
    Optional,
    /// Any key.
    Required,
}

/// A route of the OpenAPI document.
pub(crate) struct Route {
    path: String,
    method: String,
    operation: Value,
}

/// Returns every route of the document, and those of the document itself.
pub(crate) fn routes() -> Vec<Route> {
    let documented = operations().into_iter();
    let mut routes: Vec<_> = documented.map(|(method, path, operation)| Route { path, method: method.to_uppercase(), operation }).collect();
    for path in ["/openapi.json", "/docs", "/docs/{file}"] {
        routes.push(Route { path: path.to_owned(), method: "GET".to_owned(), operation: Value::Null });
    }
    routes
}

impl Route {
    fn has(&self, kind: &str, name: &str) -> bool {
        self.parameters(kind).iter().any(|given| given == name)
    }

    fn parameters(&self, kind: &str) -> Vec<String> {
        let all = self.operation["parameters"].as_array().into_iter().flatten();
        all.filter(|parameter| parameter["in"] == kind).filter_map(|parameter| Some(parameter["name"].as_str()?.to_owned())).collect()
    }

    /// Returns which idempotency key the document requires.
    fn key(&self) -> Key {
        let all = self.operation["parameters"].as_array().into_iter().flatten();
        let key = all.filter(|parameter| parameter["name"] == "Idempotency-Key").map(|parameter| parameter["required"] == true).next();
        key.map_or(Key::None, |required| if required { Key::Required } else { Key::Optional })
    }

    fn secured_by(&self, scheme: &str) -> bool {
        self.operation["security"].as_array().into_iter().flatten().any(|needed| needed.get(scheme).is_some())
    }
}

impl ValidRequest {
    /// Whether the sender must be an operator.
    pub(crate) fn is_admin(&self) -> bool {
        self.request.target.starts_with("/v1/admin/")
    }

    /// Whether it must specify the version that it changes.
    pub(crate) fn is_conditional(&self) -> bool {
        !self.request.header("If-Match").is_empty()
    }
}

/// Returns a user who has paid, and joined the queue again, with the reservation and the payment.
async fn a_buyer(shop: &Shop) -> (Visitor, String, String) {
    let buyer = shop.funded("Ada", 500_000).await;
    let sold = shop.held(&buyer, &[1]).await;
    let payment = shop.pay(&buyer, "pay", &sold).await.with_status(201).text("id");
    let rejoined = shop.post("/v1/queue-tokens").by(&buyer).json(&json!({"concert_id": CONCERT.0})).send().await.with_status(201);
    (Visitor { queue_token: Some(rejoined.text("token")), ..buyer }, sold, payment)
}

/// Creates what valid requests of operators need.
async fn prepare(shop: &Shop, operator: &Visitor) {
    valid_requests::cancel_the_later_schedule(shop, operator).await;
    valid_requests::store_the_reader(shop, operator).await;
    valid_requests::run_an_audit(shop, operator).await;
    valid_requests::rank_the_schedule(shop).await;
}

/// Returns the addresses of the streams of a queue token and of the availability, by stream tickets.
async fn streams_of(shop: &Shop, user: &Visitor, token: &str) -> [String; 2] {
    let stream = async |path: String| shop.post(&path).by(user).send().await.with_status(201).text("url");
    let of_token = stream(format!("/v1/queue-tokens/{token}/stream-tickets")).await;
    [of_token, stream(format!("/v1/schedules/{}/availability/stream-tickets", SCHEDULE.0)).await]
}

/// Starts a session of a user, and returns its id and its cookie.
async fn a_session(shop: &Shop, user: &Visitor) -> (String, String) {
    let started = shop.post("/v1/sessions").by(user).json(&json!({})).send().await.with_status(201);
    let cookie = started.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie");
    (started.body["session"]["id"].as_str().expect("an id").to_owned(), cookie.to_owned())
}

impl Fixture {
    /// Creates the shop and its data, and makes the first guarded request, so that no other one claims the token.
    pub(crate) async fn create() -> Self {
        let shop = Shop::open().await;
        let (ada, sold, payment) = a_buyer(&shop).await;
        let bob = shop.admitted("Bob").await;
        shop.get(&format!("/v1/schedules/{}/seats", SCHEDULE.0)).by(&bob).send().await.with_status(200);
        assert_eq!(shop.hold(&ada, "hold again", &[2]).await.status, 400, "a key has no space");
        let hold = shop.hold(&ada, "hold-again", &[2]).await.with_status(201).text("id");

        let operator = shop.operator();
        prepare(&shop, &operator).await;
        let layout = shop.get(&format!("/v1/schedules/{}/layout", SCHEDULE.0)).send().await.with_status(200).text("hash");
        let token = ada.queue_token.clone().expect("a token");
        let [token_stream, availability_stream] = streams_of(&shop, &ada, &token).await;
        let [(session, _), (_, cookie)] = [a_session(&shop, &ada).await, a_session(&shop, &bob).await];
        let valid = |route: Route| {
            let (target, body): (_, Option<(Value, &'static [&'static str])>) = match (route.method.as_str(), route.path.as_str()) {
                ("GET", "/docs/{file}") => ("/docs/index.css".to_owned(), None),
                ("POST", "/v1/users") => (route.path.clone(), Some((json!({"name": "Eve"}), &["/name"]))),
                ("POST", "/v1/queue-tokens") => (route.path.clone(), Some((json!({"concert_id": CONCERT.0}), &["/concert_id"]))),
                ("POST", "/v1/reservations") => {
                    let body = json!({"schedule_id": SCHEDULE.0, "seat_numbers": [2]});
                    (route.path.clone(), Some((body, &["/schedule_id", "/seat_numbers", "/seat_numbers/0"])))
                }
                ("POST", "/v1/reservations/{id}:exchange") => {
                    let body = json!({"schedule_id": SCHEDULE.0, "seat_numbers": [3]});
                    (format!("/v1/reservations/{hold}:exchange"), Some((body, &["/schedule_id", "/seat_numbers", "/seat_numbers/0"])))
                }
                ("POST", "/v1/wallet/charges") => {
                    let body = json!({"amount": {"amount": 1_000, "currency": "KRW"}, "user_id": ada.id.0});
                    (route.path.clone(), Some((body, &["/amount", "/amount/amount", "/amount/currency", "/user_id"])))
                }
                ("POST", "/v1/payments") => {
                    let body = json!({"reservation_id": hold, "amount": {"amount": PRICE, "currency": "KRW"}});
                    (route.path.clone(), Some((body, &["/reservation_id", "/amount", "/amount/amount", "/amount/currency"])))
                }
                ("POST", "/v1/payments/{id}/refunds") => (format!("/v1/payments/{payment}/refunds"), Some((json!({}), &[]))),
                ("POST", "/v1/admin/tickets:check-in") => {
                    let body = json!({"code": valid_requests::code(valid_requests::ticket(&sold, 1)), "schedule_id": SCHEDULE.0});
                    (route.path.clone(), Some((body, &["/code", "/schedule_id"])))
                }
                ("POST", "/v1/sessions") => (route.path.clone(), Some((json!({}), &[]))),
                ("POST", "/v1/sessions:refresh") => (route.path.clone(), None),
                (method, path) if path.starts_with("/v1/admin/") => {
                    let found = path.replace("{id}", &valid_requests::id(path, &ada, &hold)).replace("{name}", valid_requests::READER);
                    (found, valid_requests::valid_body(method, path))
                }
                ("GET" | "DELETE", path) | ("POST", path @ "/v1/queue-tokens/{token}/stream-tickets") if path.contains("{token}") => {
                    (path.replace("{token}", &token), None)
                }
                ("POST", path @ "/v1/schedules/{id}/availability/stream-tickets") => (path.replace("{id}", &SCHEDULE.0.to_string()), None),
                ("POST" | "PUT" | "PATCH", unknown) => panic!("{unknown} is new: add a valid body for it here"),
                (_, "/v1/streams/queue-tokens/{ticket}") => (token_stream.clone(), None),
                (_, "/v1/streams/availability/{id}/{ticket}") => (availability_stream.clone(), None),
                (_, path) if path.starts_with("/v1/concerts/{id}") => (path.replace("{id}", &CONCERT.0.to_string()), None),
                (_, path) if path.starts_with("/v1/queues/{id}") => (path.replace("{id}", &QUEUE.0.to_string()), None),
                (_, path) if path.starts_with("/v1/schedules/{id}") => {
                    (path.replace("{id}", &SCHEDULE.0.to_string()).replace("{hash}", &layout), None)
                }
                (_, path) if path.starts_with("/v1/tickets/{id}") => (path.replace("{id}", &format!("{sold}-1")), None),
                (_, "/v1/sessions/{id}") => (format!("/v1/sessions/{session}"), None),
                (_, "/v1/reservations/{id}") => (format!("/v1/reservations/{hold}"), None),
                (_, "/v1/payments/{id}") => (format!("/v1/payments/{payment}"), None),
                (_, path) if !path.contains('{') => (path.to_owned(), None),
                (_, unknown) => panic!("{unknown} is new: add its path here"),
            };
            let (is_authenticated, is_guarded) = (route.secured_by("bearer"), route.secured_by("queue_token"));
            let (key, is_conditional) = (route.key(), route.has("header", "If-Match"));
            let is_admin = route.path.starts_with("/v1/admin/");
            let mut headers = Vec::new();
            if is_authenticated {
                let visitor = if is_admin { &operator } else { &ada };
                headers.push(("Authorization", format!("Bearer {}", visitor.access_token).into_bytes()));
            }
            if route.secured_by("session_cookie") {
                headers.push(("Cookie", cookie.clone().into_bytes()));
            }
            if is_guarded {
                headers.push(("Queue-Token", token.clone().into_bytes()));
            }
            if key != Key::None {
                headers.push(("Idempotency-Key", b"a-valid-key-which-nobody-guesses".to_vec()));
            }
            if is_conditional {
                headers.push(("If-Match", b"\"1\"".to_vec()));
            }
            if body.is_some() {
                headers.push(("Content-Type", b"application/json".to_vec()));
            }
            let request = Request {
                operation: format!("{} {}", route.method, route.path),
                method: Method::from_bytes(route.method.as_bytes()).expect("a method"),
                target,
                headers,
                body: body.as_ref().map(|(body, _)| body.to_string().into_bytes()),
            };
            let needs_body = route.operation["requestBody"]["required"] == true;
            ValidRequest { request, is_authenticated, is_guarded, key, body, query: route.parameters("query"), needs_body }
        };
        let valid = routes().into_iter().map(valid).collect();
        Self { shop, ada, bob, operator, valid }
    }

    /// Returns the valid requests to those routes that meet `condition`.
    pub(crate) fn requests_where(&self, condition: impl Fn(&ValidRequest) -> bool) -> Vec<&Request> {
        self.valid.iter().filter(|valid| condition(valid)).map(|valid| &valid.request).collect()
    }
}
