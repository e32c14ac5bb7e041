//! Every route × every credential: which requests are accepted or refused, the reason given, and that a refusal changes nothing.

use std::collections::BTreeSet;

use adapters_http::Role;
use application::ports::Clock as _;
use serde_json::{Value, json};

use crate::admin::valid_requests;
use crate::answer::Answer;
use crate::document::operations;
use crate::forge::{AUDIENCE, NAME, RSA_PUBLIC, Signer, base64, trusted};
use crate::plan::{CONCERT, OTHER_CONCERT, Plan, QUEUE, SCHEDULE, SECRET};
use crate::shop::{Shop, Visitor, rand};

/// The credentials that a route requires.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Needs {
    /// None.
    Nothing,
    /// An access token; each user sees only their own data.
    User,
    /// The access token of the resource's owner.
    Owner,
    /// An access token, and an active queue token.
    Admission,
    /// The access token of an operator.
    Operator,
    /// A stream ticket, which is a part of the path.
    Ticket,
    /// A session cookie.
    Cookie,
    /// The access token of the reservation's owner, and an active queue token.
    OwnersAdmission,
}

use Needs::{Admission, Cookie, Nothing, Operator, Owner, OwnersAdmission, Ticket, User};

const ROUTES: &[(&str, &str, Needs)] = &[
    ("get", "/livez", Nothing),
    ("get", "/readyz", Nothing),
    ("get", "/metrics", Nothing),
    ("post", "/v1/users", Nothing),
    ("get", "/v1/users/me", User),
    ("get", "/v1/concerts", Nothing),
    ("get", "/v1/concerts/{id}", Nothing),
    ("get", "/v1/concerts/{id}/schedules", Admission),
    ("get", "/v1/rankings/popular", Nothing),
    ("get", "/v1/rankings/sold-out", Nothing),
    ("get", "/v1/schedules/{id}", Nothing),
    ("get", "/v1/schedules/{id}/seats", Admission),
    ("get", "/v1/schedules/{id}/layout", Nothing),
    ("get", "/v1/schedules/{id}/layouts/{hash}", Nothing),
    ("get", "/v1/schedules/{id}/availability", Admission),
    ("get", "/v1/schedules/{id}/availability/events", Admission),
    ("post", "/v1/schedules/{id}/availability/stream-tickets", Admission),
    ("get", "/v1/streams/availability/{id}/{ticket}", Ticket),
    ("get", "/v1/queues/{id}", Nothing),
    ("get", "/v1/queues/{id}/board", Nothing),
    ("post", "/v1/queue-tokens", User),
    ("get", "/v1/queue-tokens/{token}", Owner),
    ("get", "/v1/queue-tokens/{token}/events", Owner),
    ("post", "/v1/queue-tokens/{token}/stream-tickets", Owner),
    ("get", "/v1/streams/queue-tokens/{ticket}", Ticket),
    ("delete", "/v1/queue-tokens/{token}", Owner),
    ("post", "/v1/reservations", Admission),
    ("post", "/v1/reservations/{id}:exchange", OwnersAdmission),
    ("get", "/v1/reservations", User),
    ("get", "/v1/reservations/{id}", Owner),
    ("delete", "/v1/reservations/{id}", Owner),
    ("get", "/v1/wallet", User),
    ("get", "/v1/wallet/entries", User),
    ("post", "/v1/wallet/charges", User),
    ("post", "/v1/payments", OwnersAdmission),
    ("get", "/v1/payments", User),
    ("get", "/v1/payments/{id}", Owner),
    ("post", "/v1/payments/{id}/refunds", Owner),
    ("post", "/v1/sessions", User),
    ("post", "/v1/sessions:refresh", Cookie),
    ("get", "/v1/sessions", User),
    ("delete", "/v1/sessions/{id}", Owner),
    ("get", "/v1/tickets", User),
    ("get", "/v1/tickets/{id}", Owner),
    ("get", "/v1/tickets/{id}/qr", Owner),
    ("post", "/v1/admin/tickets:check-in", Operator),
    ("get", "/v1/admin/schedules/{id}/reservations", Operator),
    ("get", "/v1/admin/schedules/{id}/tickets", Operator),
    ("get", "/v1/admin/queues", Operator),
    ("post", "/v1/admin/queues", Operator),
    ("get", "/v1/admin/queues/{id}", Operator),
    ("patch", "/v1/admin/queues/{id}", Operator),
    ("post", "/v1/admin/queues/{id}:pause", Operator),
    ("post", "/v1/admin/queues/{id}:resume", Operator),
    ("post", "/v1/admin/queues/{id}:close", Operator),
    ("post", "/v1/admin/queues/{id}:open", Operator),
    ("post", "/v1/admin/queues/{id}:admit", Operator),
    ("get", "/v1/admin/concerts", Operator),
    ("post", "/v1/admin/concerts", Operator),
    ("get", "/v1/admin/concerts/{id}", Operator),
    ("patch", "/v1/admin/concerts/{id}", Operator),
    ("post", "/v1/admin/concerts/{id}:cancel", Operator),
    ("post", "/v1/admin/concerts/{id}/schedules", Operator),
    ("get", "/v1/admin/concerts/{id}/history", Operator),
    ("get", "/v1/admin/schedules/{id}", Operator),
    ("get", "/v1/admin/schedules/{id}/availability", Operator),
    ("patch", "/v1/admin/schedules/{id}", Operator),
    ("post", "/v1/admin/schedules/{id}:cancel", Operator),
    ("post", "/v1/admin/schedules/{id}:refund-all", Operator),
    ("get", "/v1/admin/schedules/{id}/seat-map", Operator),
    ("put", "/v1/admin/schedules/{id}/seat-map", Operator),
    ("post", "/v1/admin/schedules/{id}/seats:block", Operator),
    ("post", "/v1/admin/schedules/{id}/seats:unblock", Operator),
    ("get", "/v1/admin/users", Operator),
    ("get", "/v1/admin/users/{id}", Operator),
    ("get", "/v1/admin/users/{id}/queue-tokens", Operator),
    ("get", "/v1/admin/users/{id}/reservations", Operator),
    ("get", "/v1/admin/users/{id}/payments", Operator),
    ("get", "/v1/admin/users/{id}/wallet-entries", Operator),
    ("post", "/v1/admin/reservations/{id}:release", Operator),
    ("post", "/v1/admin/audits", Operator),
    ("get", "/v1/admin/audits/{id}", Operator),
    ("get", "/v1/admin/log", Operator),
    ("post", "/v1/admin/login-codes", Operator),
    ("get", "/v1/admin/events", Operator),
    ("get", "/v1/admin/event-readers", Operator),
    ("put", "/v1/admin/event-readers/{name}", Operator),
    ("delete", "/v1/admin/event-readers/{name}", Operator),
];

impl Needs {
    const fn user(self) -> bool {
        !matches!(self, Nothing | Ticket | Cookie)
    }

    const fn admission(self) -> bool {
        matches!(self, Admission | OwnersAdmission)
    }
}

/// A shop with test data: Ada has paid for one reservation, holds another, and has an active queue token.
struct Fixture {
    shop: Shop,
    ada: Visitor,
    operator: Visitor,
    reservation: String,
    payment: String,
    /// The hash of the schedule's layout.
    layout: String,
    ticket: domain::TicketId,
    /// Ada's session.
    session: String,
}

impl Fixture {
    async fn create() -> Self {
        let shop = Plan { trusted: vec![trusted(&Signer::rs256())], ..Plan::default() }.open().await;
        let ada = shop.funded("Ada", 500_000).await;
        let first = shop.held(&ada, &[1]).await;
        let payment = shop.pay(&ada, "pay", &first).await.with_status(201).text("id");
        let again = shop.post("/v1/queue-tokens").by(&ada).json(&json!({"concert_id": CONCERT.0})).send().await.with_status(201);
        let ada = Visitor { queue_token: Some(again.text("token")), ..ada };
        shop.tick().await;
        let reservation = shop.hold(&ada, "again", &[2]).await.with_status(201).text("id");
        let operator = shop.operator();
        valid_requests::cancel_the_later_schedule(&shop, &operator).await;
        valid_requests::store_the_reader(&shop, &operator).await;
        valid_requests::run_an_audit(&shop, &operator).await;
        let layout = shop.get(&format!("/v1/schedules/{}/layout", SCHEDULE.0)).send().await.with_status(200).text("hash");
        let ticket = valid_requests::ticket(&first, 1);
        let started = shop.post("/v1/sessions").by(&ada).json(&json!({})).send().await.with_status(201);
        let session = started.body["session"]["id"].as_str().expect("an id").to_owned();
        Self { shop, ada, operator, reservation, payment, layout, ticket, session }
    }

    /// Sends a valid request for a resource of Ada's with the credentials of `visitor`.
    async fn send(&self, method: &str, route: &str, visitor: Option<&Visitor>) -> Answer {
        let id = match route {
            _ if route.starts_with("/v1/admin/") => valid_requests::id(route, &self.ada, &self.reservation),
            _ if route.starts_with("/v1/concerts/") => CONCERT.0.to_string(),
            _ if route.starts_with("/v1/schedules/") => SCHEDULE.0.to_string(),
            _ if route.starts_with("/v1/queues/") => QUEUE.0.to_string(),
            _ if route.starts_with("/v1/payments/") => self.payment.clone(),
            _ if route.starts_with("/v1/sessions/") => self.session.clone(),
            _ if route.starts_with("/v1/tickets/") => self.ticket.to_string(),
            _ => self.reservation.clone(),
        };
        let path = route
            .replace("{id}", &id)
            .replace("{name}", valid_requests::READER)
            .replace("{hash}", &self.layout)
            .replace("{token}", self.ada.queue_token.as_deref().unwrap_or_default());
        let request = self.shop.request(method.to_uppercase().parse().expect("a method"), &path);
        let request = match visitor {
            Some(visitor) => request.by(visitor),
            None => request,
        };
        let body = match route {
            "/v1/users" => json!({"name": "Sam"}),
            "/v1/queue-tokens" => json!({"concert_id": CONCERT.0}),
            "/v1/reservations" | "/v1/reservations/{id}:exchange" => json!({"schedule_id": SCHEDULE.0, "seat_numbers": [5]}),
            "/v1/wallet/charges" => json!({"amount": {"amount": 1_000, "currency": "KRW"}}),
            "/v1/payments" => json!({"reservation_id": self.reservation}),
            "/v1/admin/tickets:check-in" => json!({"code": valid_requests::code(self.ticket)}),
            _ => valid_requests::valid_body(&method.to_uppercase(), route).map_or_else(|| json!({}), |(body, _)| body),
        };
        let request = if method == "patch" { request.header("If-Match", "*") } else { request };
        if ["get", "delete"].contains(&method) {
            request.send().await
        } else {
            request.key(&format!("key-{}", rand())).json(&body).send().await
        }
    }

    /// Returns everything that a refused request might have changed.
    async fn state(&self) -> Vec<Value> {
        let mut state = Vec::new();
        for path in ["/v1/users/me", "/v1/wallet/entries", "/v1/reservations", "/v1/payments"] {
            state.push(self.shop.get(path).by(&self.ada).send().await.with_status(200).body);
        }
        let token = self.ada.queue_token.as_deref().unwrap_or_default();
        state.push(self.shop.get(&format!("/v1/queue-tokens/{token}")).by(&self.ada).send().await.with_status(200).body);
        state.push(self.shop.get(&format!("/v1/schedules/{}/seats", SCHEDULE.0)).by(&self.ada).send().await.with_status(200).body);
        state.push(self.shop.get(&format!("/v1/queues/{}", QUEUE.0)).send().await.with_status(200).body);
        state
    }

    /// Returns Ada with another access token.
    fn ada_with(&self, access_token: String) -> Visitor {
        Visitor { access_token, ..self.ada.clone() }
    }

    /// Returns invalid access tokens that claim to be Ada's, together with her queue token.
    fn invalid_tokens(&self) -> Vec<(&'static str, Visitor)> {
        let now = self.shop.clock.now().unix_timestamp();
        let ours = json!({"iss": "frontrow", "sub": self.ada.id.0, "roles": ["user", "operator"], "exp": now + 600});
        let theirs = json!({"iss": NAME, "aud": AUDIENCE, "sub": self.ada.id.0, "roles": ["operator"], "exp": now + 600});
        let changed = |claims: &Value, name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            claims
        };
        let (secret, rsa) = (Signer::Hs256(SECRET.into()), Signer::rs256());
        let parts: Vec<&str> = self.ada.access_token.split('.').collect();
        let (none, kid) = (json!({}), json!({"kid": "a"}));
        let tokens = [
            ("nothing", String::new()),
            ("garbage", "e30.e30.e30".to_owned()),
            ("a queue token", self.ada.queue_token.clone().unwrap_or_default()),
            ("expired", secret.sign(&none, &changed(&ours, "exp", json!(now - 30)))),
            ("not yet valid", secret.sign(&none, &changed(&ours, "nbf", json!(now + 31)))),
            ("another secret", Signer::Hs256(vec![8; 32]).sign(&none, &ours)),
            ("an empty secret", Signer::Hs256(Vec::new()).sign(&none, &ours)),
            ("claims that do not match the signature", format!("{}.{}.{}", parts[0], base64(ours.to_string()), parts[2])),
            ("no signature", format!("{}.{}.", parts[0], parts[1])),
            ("alg=none", Signer::None.sign(&none, &ours)),
            ("alg=None", Signer::None.sign(&json!({"alg": "None"}), &ours)),
            ("external, alg=none", Signer::None.sign(&kid, &theirs)),
            ("external, public key as a secret", Signer::Hs256(RSA_PUBLIC.into()).sign(&kid, &theirs)),
            ("ours, public key as a secret", Signer::Hs256(RSA_PUBLIC.into()).sign(&none, &ours)),
            ("external, expired", rsa.sign(&kid, &changed(&theirs, "exp", json!(now - 30)))),
            ("external, another audience", rsa.sign(&kid, &changed(&theirs, "aud", json!("another")))),
            ("external, an unknown issuer", rsa.sign(&kid, &changed(&theirs, "iss", json!("https://evil.example.com/")))),
            ("external, our issuer name", rsa.sign(&kid, &ours)),
            ("external, another algorithm", Signer::ps256().sign(&kid, &theirs)),
            ("external, another issuer's key", Signer::es256().sign(&kid, &theirs)),
        ];
        tokens.map(|(name, token)| (name, self.ada_with(token))).into()
    }

    /// Returns queue tokens that don't admit to this queue, with the visitor who sends each and the expected status and code.
    async fn invalid_queue_tokens(&self) -> Vec<(&'static str, Visitor, u16, &'static str)> {
        let shop = &self.shop;
        // Ada's own token, for another queue: it doesn't allow her to pay for her reservation either.
        let token = shop.post("/v1/queue-tokens").by(&self.ada).json(&json!({"concert_id": OTHER_CONCERT.0})).send().await;
        let elsewhere = Visitor { queue_token: Some(token.with_status(201).text("token")), ..self.ada.clone() };
        let left = shop.admitted("Lea").await;
        let path = format!("/v1/queue-tokens/{}", left.queue_token.as_deref().unwrap_or_default());
        shop.delete(&path).by(&left).send().await.with_status(204);
        let active = shop.admitted("Ida").await;
        let waiting = shop.waiting("Wim").await;
        let with_token = |token: Option<&str>| Visitor { queue_token: token.map(str::to_owned), ..active.clone() };
        vec![
            ("none", with_token(None), 403, "QUEUE_TOKEN_REQUIRED"),
            ("garbage", with_token(Some("garbage")), 403, "QUEUE_TOKEN_MISMATCH"),
            ("an unknown token", with_token(Some("0f207207-0000-7000-8000-00000000dead")), 403, "QUEUE_TOKEN_MISMATCH"),
            ("the nil UUID", with_token(Some("00000000-0000-0000-0000-000000000000")), 403, "QUEUE_TOKEN_MISMATCH"),
            ("another user's", with_token(self.ada.queue_token.as_deref()), 403, "QUEUE_TOKEN_MISMATCH"),
            ("another user's, WAITING", with_token(waiting.queue_token.as_deref()), 403, "QUEUE_TOKEN_MISMATCH"),
            ("another queue's", elsewhere, 403, "QUEUE_TOKEN_MISMATCH"),
            ("WAITING", waiting, 403, "QUEUE_TOKEN_NOT_ACTIVE"),
            ("EXPIRED", left, 410, "QUEUE_TOKEN_EXPIRED"),
        ]
    }
}

#[test]
fn the_route_table_matches_the_paths_and_security_of_the_document() {
    let documented = operations().into_iter().map(|(method, path, operation)| {
        let schemes = operation["security"].as_array().into_iter().flatten().filter_map(Value::as_object);
        let required: BTreeSet<&str> = schemes.flatten().map(|(name, _)| name.as_str()).collect();
        (method, path, required.contains("bearer"), required.contains("queue_token"))
    });
    let table = ROUTES.iter().map(|(method, path, needs)| ((*method).to_owned(), (*path).to_owned(), needs.user(), needs.admission()));
    assert_eq!(table.collect::<BTreeSet<_>>(), documented.collect());
}

#[actix_web::test]
async fn protected_routes_reject_invalid_access_tokens() {
    let fixture = Fixture::create().await;
    let before = fixture.state().await;
    for (name, visitor) in fixture.invalid_tokens().iter().map(|(name, visitor)| (*name, Some(visitor))).chain([("none", None)]) {
        for (method, route, needs) in ROUTES.iter().filter(|(_, _, needs)| ![Ticket, Cookie].contains(needs)) {
            let rows = fixture.shop.store.rows();
            let answer = fixture.send(method, route, visitor).await;
            if needs.user() {
                assert!(fixture.shop.store.rows() == rows, "{name}: {method} {route}: the rows have changed");
                let is_challenged = answer.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Bearer realm="));
                assert_eq!((answer.status, is_challenged), (401, true), "{name}: {method} {route}: {}", answer.body);
                answer.with_problem(401, "UNAUTHENTICATED");
            } else {
                assert!((200..300).contains(&answer.status), "{name}: {method} {route}: {}", answer.body);
            }
        }
    }
    assert_eq!(fixture.state().await, before);
}

#[actix_web::test]
async fn resources_of_other_users_are_not_found() {
    let fixture = Fixture::create().await;
    let bob = fixture.shop.funded("Bob", 500_000).await;
    let operator = fixture.shop.stranger(&[Role::User, Role::Operator]);
    // Bob's first guarded request claims his token, whether or not it is refused.
    fixture.shop.get(&format!("/v1/schedules/{}/seats", SCHEDULE.0)).by(&bob).send().await.with_status(200);
    let (before, rows) = (fixture.state().await, fixture.shop.store.rows());
    let adas = before[2].to_string();
    assert!(adas.contains(&fixture.reservation), "{adas}");
    for (method, route, needs) in ROUTES {
        match needs {
            Owner | OwnersAdmission => {
                let answer = fixture.send(method, route, Some(&bob)).await;
                assert_eq!(answer.status, 404, "{method} {route}: {}", answer.body);
                answer.with_problem(404, "NOT_FOUND");
            }
            User if *method == "get" => {
                let answer = fixture.send(method, route, Some(&bob)).await.with_status(200);
                let shown = answer.body.to_string();
                for secret in [fixture.ada.id.0.to_string(), fixture.reservation.clone(), fixture.payment.clone()] {
                    assert!(!shown.contains(&secret), "{method} {route}: {shown}");
                }
            }
            Nothing | Ticket | Cookie | User | Admission | Operator => {}
        }
        if *needs == Owner && !route.ends_with("/refunds") {
            fixture.send(method, route, Some(&operator)).await.with_problem(404, "NOT_FOUND");
        }
    }
    assert_eq!(fixture.state().await, before);
    assert!(fixture.shop.store.rows() == rows);
}

#[actix_web::test]
async fn admin_routes_are_forbidden_to_users() {
    let fixture = Fixture::create().await;
    let (before, rows) = (fixture.state().await, fixture.shop.store.rows());
    let others = [fixture.ada.clone(), fixture.shop.stranger(&[]), fixture.shop.stranger(&[Role::User])];
    for (method, route, _) in ROUTES.iter().filter(|(_, _, needs)| *needs == Operator) {
        for visitor in &others {
            fixture.send(method, route, Some(visitor)).await.with_problem(403, "FORBIDDEN");
        }
    }
    assert_eq!(fixture.state().await, before);
    assert!(fixture.shop.store.rows() == rows);
}

#[test]
fn exactly_the_admin_routes_require_an_operator() {
    for (method, route, needs) in ROUTES {
        assert_eq!(*needs == Operator, route.starts_with("/v1/admin/"), "{method} {route}");
    }
}

#[actix_web::test]
async fn guarded_routes_reject_invalid_queue_tokens() {
    let fixture = Fixture::create().await;
    let tokens = fixture.invalid_queue_tokens().await;
    let (before, rows) = (fixture.state().await, fixture.shop.store.rows());
    for (name, visitor, status, code) in &tokens {
        for (method, route, _) in ROUTES.iter().filter(|(_, _, needs)| needs.admission()) {
            let answer = fixture.send(method, route, Some(visitor)).await;
            assert_eq!((answer.status, answer.body["code"].as_str()), (*status, Some(*code)), "{name}: {method} {route}: {}", answer.body);
            let secret = fixture.ada.queue_token.as_deref().unwrap_or_default();
            assert!(!answer.body.to_string().contains(secret), "{name}: {method} {route}: {}", answer.body);
            answer.with_problem(*status, code);
        }
    }
    assert_eq!(fixture.state().await, before);
    assert!(fixture.shop.store.rows() == rows);
    for (_, visitor, ..) in tokens.iter().filter(|(_, visitor, ..)| visitor.id != fixture.ada.id) {
        let theirs = fixture.shop.get("/v1/reservations").by(visitor).send().await.with_status(200);
        assert_eq!(theirs.body["items"], json!([]));
    }
}

#[actix_web::test]
async fn every_route_accepts_valid_credentials() {
    for (method, route, needs) in ROUTES {
        // The event stream would not end.
        if route.ends_with("/events") || [Nothing, Ticket, Cookie].contains(needs) {
            continue;
        }
        let fixture = Fixture::create().await;
        if (*method, *route) == ("post", "/v1/reservations") {
            fixture.send("delete", "/v1/reservations/{id}", Some(&fixture.ada)).await.with_status(204);
        }
        let visitor = if *needs == Operator { &fixture.operator } else { &fixture.ada };
        let answer = fixture.send(method, route, Some(visitor)).await;
        assert!((200..300).contains(&answer.status), "{method} {route}: {}", answer.body);
    }
}
