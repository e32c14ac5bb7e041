//! Every route × every credential: who gets in, who doesn't and why not, and that a refusal changes nothing.

use std::collections::BTreeSet;

use adapters_http::Role;
use application::ports::Clock as _;
use serde_json::{Value, json};

use crate::admin::orders;
use crate::answer::Answer;
use crate::forge::{AUDIENCE, NAME, Pen, RSA_PUBLIC, base64, trusted};
use crate::plan::{CONCERT, OTHER_CONCERT, Plan, QUEUE, SCHEDULE, SECRET};
use crate::shop::{Shop, Visitor, rand};

/// What a route asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Needs {
    /// Nothing: anybody may.
    Nothing,
    /// An access token; everybody is shown what is theirs.
    User,
    /// The access token of whom the thing belongs to.
    Owner,
    /// An access token, and an admission.
    Admission,
    /// The access token of an operator.
    Operator,
    /// An access token, an admission, and that the reservation is one's own.
    OwnersAdmission,
}

use Needs::{Admission, Nothing, Operator, Owner, OwnersAdmission, User};

const ROUTES: &[(&str, &str, Needs)] = &[
    ("get", "/livez", Nothing),
    ("get", "/readyz", Nothing),
    ("get", "/metrics", Nothing),
    ("post", "/v1/users", Nothing),
    ("get", "/v1/users/me", User),
    ("get", "/v1/concerts", Nothing),
    ("get", "/v1/concerts/{id}", Nothing),
    ("get", "/v1/concerts/{id}/schedules", Admission),
    ("get", "/v1/schedules/{id}/seats", Admission),
    ("get", "/v1/queues/{id}", Nothing),
    ("post", "/v1/queue-tokens", User),
    ("get", "/v1/queue-tokens/{token}", Owner),
    ("get", "/v1/queue-tokens/{token}/events", Owner),
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
    ("get", "/v1/admin/schedules/{id}", Operator),
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
    ("get", "/v1/admin/audit", Operator),
    ("get", "/v1/admin/log", Operator),
    ("get", "/v1/admin/events", Operator),
    ("get", "/v1/admin/event-readers", Operator),
    ("put", "/v1/admin/event-readers/{name}", Operator),
    ("delete", "/v1/admin/event-readers/{name}", Operator),
];

impl Needs {
    const fn user(self) -> bool {
        !matches!(self, Nothing)
    }

    const fn admission(self) -> bool {
        matches!(self, Admission | OwnersAdmission)
    }
}

/// A shop in full swing: Ada has paid for one reservation, holds another, and is inside.
struct Scene {
    shop: Shop,
    ada: Visitor,
    operator: Visitor,
    reservation: String,
    payment: String,
}

impl Scene {
    async fn set() -> Self {
        let shop = Plan { trusted: vec![trusted(&Pen::rs256())], ..Plan::default() }.open().await;
        let ada = shop.funded("Ada", 500_000).await;
        let first = shop.held(&ada, &[1]).await;
        let payment = shop.pay(&ada, "pay", &first).await.with_status(201).text("id");
        let again = shop.post("/v1/queue-tokens").by(&ada).json(&json!({"concert_id": CONCERT.0})).send().await.with_status(201);
        let ada = Visitor { queue_token: Some(again.text("token")), ..ada };
        shop.tick().await;
        let reservation = shop.hold(&ada, "again", &[2]).await.with_status(201).text("id");
        let operator = shop.operator();
        orders::cancel_the_later_schedule(&shop, &operator).await;
        orders::keep_the_reader(&shop, &operator).await;
        Self { shop, ada, operator, reservation, payment }
    }

    /// Asks as `visitor` for something of Ada's, as well-formed as can be.
    async fn ask(&self, method: &str, route: &str, visitor: Option<&Visitor>) -> Answer {
        let id = match route {
            _ if route.starts_with("/v1/admin/") => orders::id(route, &self.ada, &self.reservation),
            _ if route.starts_with("/v1/concerts/") => CONCERT.0.to_string(),
            _ if route.starts_with("/v1/schedules/") => SCHEDULE.0.to_string(),
            _ if route.starts_with("/v1/queues/") => QUEUE.0.to_string(),
            _ if route.starts_with("/v1/payments/") => self.payment.clone(),
            _ => self.reservation.clone(),
        };
        let path = route
            .replace("{id}", &id)
            .replace("{name}", orders::READER)
            .replace("{token}", self.ada.queue_token.as_deref().unwrap_or_default());
        let ask = self.shop.ask(method.to_uppercase().parse().expect("a method"), &path);
        let ask = match visitor {
            Some(visitor) => ask.by(visitor),
            None => ask,
        };
        let body = match route {
            "/v1/users" => json!({"name": "Somebody"}),
            "/v1/queue-tokens" => json!({"concert_id": CONCERT.0}),
            "/v1/reservations" | "/v1/reservations/{id}:exchange" => json!({"schedule_id": SCHEDULE.0, "seat_numbers": [5]}),
            "/v1/wallet/charges" => json!({"amount": {"amount": 1_000, "currency": "KRW"}}),
            "/v1/payments" => json!({"reservation_id": self.reservation}),
            _ => orders::order(&method.to_uppercase(), route).map_or_else(|| json!({}), |(body, _)| body),
        };
        let ask = if method == "patch" { ask.header("If-Match", "*") } else { ask };
        if ["get", "delete"].contains(&method) { ask.send().await } else { ask.key(&format!("key-{}", rand())).json(&body).send().await }
    }

    /// All that a refused request might have changed.
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

    /// Ada, with another access token.
    fn ada_with(&self, access_token: String) -> Visitor {
        Visitor { access_token, ..self.ada.clone() }
    }

    /// Access tokens that are none, for all that they claim to be Ada's. Her queue token is stolen as well.
    fn false_papers(&self) -> Vec<(&'static str, Visitor)> {
        let now = self.shop.clock.now().unix_timestamp();
        let ours = json!({"iss": "frontrow", "sub": self.ada.id.0, "roles": ["user", "operator"], "exp": now + 600});
        let theirs = json!({"iss": NAME, "aud": AUDIENCE, "sub": self.ada.id.0, "roles": ["operator"], "exp": now + 600});
        let changed = |claims: &Value, name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            claims
        };
        let (secret, rsa) = (Pen::Hs256(SECRET.into()), Pen::rs256());
        let parts: Vec<&str> = self.ada.access_token.split('.').collect();
        let (none, kid) = (json!({}), json!({"kid": "a"}));
        let papers = [
            ("nothing", String::new()),
            ("garbage", "e30.e30.e30".to_owned()),
            ("a queue token", self.ada.queue_token.clone().unwrap_or_default()),
            ("expired", secret.write(&none, &changed(&ours, "exp", json!(now - 30)))),
            ("not yet good", secret.write(&none, &changed(&ours, "nbf", json!(now + 31)))),
            ("another secret", Pen::Hs256(vec![8; 32]).write(&none, &ours)),
            ("an empty secret", Pen::Hs256(Vec::new()).write(&none, &ours)),
            ("other claims under the signature", format!("{}.{}.{}", parts[0], base64(ours.to_string()), parts[2])),
            ("no signature", format!("{}.{}.", parts[0], parts[1])),
            ("alg=none", Pen::None.write(&none, &ours)),
            ("alg=None", Pen::None.write(&json!({"alg": "None"}), &ours)),
            ("external, alg=none", Pen::None.write(&kid, &theirs)),
            ("external, public key as a secret", Pen::Hs256(RSA_PUBLIC.into()).write(&kid, &theirs)),
            ("ours, public key as a secret", Pen::Hs256(RSA_PUBLIC.into()).write(&none, &ours)),
            ("external, expired", rsa.write(&kid, &changed(&theirs, "exp", json!(now - 30)))),
            ("external, another audience", rsa.write(&kid, &changed(&theirs, "aud", json!("another")))),
            ("external, an unknown issuer", rsa.write(&kid, &changed(&theirs, "iss", json!("https://evil.example.com/")))),
            ("external, our name", rsa.write(&kid, &ours)),
            ("external, another algorithm", Pen::ps256().write(&kid, &theirs)),
            ("external, another's key", Pen::es256().write(&kid, &theirs)),
        ];
        papers.map(|(name, token)| (name, self.ada_with(token))).into()
    }

    /// Admissions that admit to nothing here, who brings them, and what they are told.
    async fn false_admissions(&self) -> Vec<(&'static str, Visitor, u16, &'static str)> {
        let shop = &self.shop;
        // Ada's own: a reservation of hers is not paid for with it either.
        let token = shop.post("/v1/queue-tokens").by(&self.ada).json(&json!({"concert_id": OTHER_CONCERT.0})).send().await;
        let elsewhere = Visitor { queue_token: Some(token.with_status(201).text("token")), ..self.ada.clone() };
        let left = shop.admitted("Lea").await;
        let path = format!("/v1/queue-tokens/{}", left.queue_token.as_deref().unwrap_or_default());
        shop.delete(&path).by(&left).send().await.with_status(204);
        let inside = shop.admitted("Ida").await;
        let waiting = shop.waiting("Wim").await;
        let bearing = |token: Option<&str>| Visitor { queue_token: token.map(str::to_owned), ..inside.clone() };
        vec![
            ("none", bearing(None), 403, "QUEUE_TOKEN_REQUIRED"),
            ("garbage", bearing(Some("garbage")), 403, "QUEUE_TOKEN_MISMATCH"),
            ("nobody's", bearing(Some("0f207207-0000-7000-8000-00000000dead")), 403, "QUEUE_TOKEN_MISMATCH"),
            ("the nil one", bearing(Some("00000000-0000-0000-0000-000000000000")), 403, "QUEUE_TOKEN_MISMATCH"),
            ("another user's", bearing(self.ada.queue_token.as_deref()), 403, "QUEUE_TOKEN_MISMATCH"),
            ("another user's who waits", bearing(waiting.queue_token.as_deref()), 403, "QUEUE_TOKEN_MISMATCH"),
            ("another queue's", elsewhere, 403, "QUEUE_TOKEN_MISMATCH"),
            ("WAITING", waiting, 403, "QUEUE_TOKEN_NOT_ACTIVE"),
            ("EXPIRED", left, 410, "QUEUE_TOKEN_EXPIRED"),
        ]
    }
}

#[test]
fn the_table_has_every_route_of_the_document_and_asks_for_what_the_document_says() {
    let document: Value = serde_json::from_str(adapters_http::openapi()).expect("JSON");
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("an item") {
            let asked: BTreeSet<&str> = operation["security"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_object)
                .flatten()
                .map(|(name, _)| name.as_str())
                .collect();
            documented.insert((method.as_str(), path.as_str(), asked.contains("bearer"), asked.contains("queue_token")));
        }
    }
    let table: BTreeSet<_> = ROUTES.iter().map(|(method, path, needs)| (*method, *path, needs.user(), needs.admission())).collect();
    assert_eq!(table, documented);
}

#[actix_web::test]
async fn false_papers_are_good_for_nothing_that_papers_are_needed_for() {
    let scene = Scene::set().await;
    let before = scene.state().await;
    for (name, visitor) in scene.false_papers().iter().map(|(name, visitor)| (*name, Some(visitor))).chain([("none", None)]) {
        for (method, route, needs) in ROUTES {
            let rows = scene.shop.store.rows();
            let answer = scene.ask(method, route, visitor).await;
            if needs.user() {
                assert!(scene.shop.store.rows() == rows, "{name}: {method} {route}: something has changed");
                let told = answer.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Bearer realm="));
                assert_eq!((answer.status, told), (401, true), "{name}: {method} {route}: {}", answer.body);
                answer.with_problem(401, "UNAUTHENTICATED");
            } else {
                assert!((200..300).contains(&answer.status), "{name}: {method} {route}: {}", answer.body);
            }
        }
    }
    assert_eq!(scene.state().await, before);
}

#[actix_web::test]
async fn what_is_anothers_is_not_found() {
    let scene = Scene::set().await;
    let bob = scene.shop.funded("Bob", 500_000).await;
    let operator = scene.shop.stranger(&[Role::User, Role::Operator]);
    // Bob's first guarded call claims his token, refused or not.
    scene.shop.get(&format!("/v1/schedules/{}/seats", SCHEDULE.0)).by(&bob).send().await.with_status(200);
    let (before, rows) = (scene.state().await, scene.shop.store.rows());
    let adas = before[2].to_string();
    assert!(adas.contains(&scene.reservation), "{adas}");
    for (method, route, needs) in ROUTES {
        match needs {
            Owner | OwnersAdmission => {
                let answer = scene.ask(method, route, Some(&bob)).await;
                assert_eq!(answer.status, 404, "{method} {route}: {}", answer.body);
                answer.with_problem(404, "NOT_FOUND");
            }
            User if *method == "get" => {
                let answer = scene.ask(method, route, Some(&bob)).await.with_status(200);
                let shown = answer.body.to_string();
                for secret in [scene.ada.id.0.to_string(), scene.reservation.clone(), scene.payment.clone()] {
                    assert!(!shown.contains(&secret), "{method} {route}: {shown}");
                }
            }
            Nothing | User | Admission | Operator => {}
        }
        if *needs == Owner && !route.ends_with("/refunds") {
            scene.ask(method, route, Some(&operator)).await.with_problem(404, "NOT_FOUND");
        }
    }
    assert_eq!(scene.state().await, before);
    assert!(scene.shop.store.rows() == rows);
}

#[actix_web::test]
async fn what_is_for_operators_is_not_for_users() {
    let scene = Scene::set().await;
    let (before, rows) = (scene.state().await, scene.shop.store.rows());
    let others = [scene.ada.clone(), scene.shop.stranger(&[]), scene.shop.stranger(&[Role::User])];
    for (method, route, _) in ROUTES.iter().filter(|(_, _, needs)| *needs == Operator) {
        for visitor in &others {
            scene.ask(method, route, Some(visitor)).await.with_problem(403, "FORBIDDEN");
        }
    }
    assert_eq!(scene.state().await, before);
    assert!(scene.shop.store.rows() == rows);
}

#[test]
fn all_below_admin_is_for_operators_and_nothing_else_is() {
    for (method, route, needs) in ROUTES {
        assert_eq!(*needs == Operator, route.starts_with("/v1/admin/"), "{method} {route}");
    }
}

#[actix_web::test]
async fn false_admissions_admit_to_nothing() {
    let scene = Scene::set().await;
    let admissions = scene.false_admissions().await;
    let (before, rows) = (scene.state().await, scene.shop.store.rows());
    for (name, visitor, status, code) in &admissions {
        for (method, route, _) in ROUTES.iter().filter(|(_, _, needs)| needs.admission()) {
            let answer = scene.ask(method, route, Some(visitor)).await;
            assert_eq!((answer.status, answer.body["code"].as_str()), (*status, Some(*code)), "{name}: {method} {route}: {}", answer.body);
            let secret = scene.ada.queue_token.as_deref().unwrap_or_default();
            assert!(!answer.body.to_string().contains(secret), "{name}: {method} {route}: {}", answer.body);
            answer.with_problem(*status, code);
        }
    }
    assert_eq!(scene.state().await, before);
    assert!(scene.shop.store.rows() == rows);
    for (_, visitor, ..) in admissions.iter().filter(|(_, visitor, ..)| visitor.id != scene.ada.id) {
        let theirs = scene.shop.get("/v1/reservations").by(visitor).send().await.with_status(200);
        assert_eq!(theirs.body["items"], json!([]));
    }
}

#[actix_web::test]
async fn the_right_credentials_open_every_door() {
    for (method, route, needs) in ROUTES {
        // The stream would not end.
        if route.ends_with("/events") || *needs == Nothing {
            continue;
        }
        let scene = Scene::set().await;
        if (*method, *route) == ("post", "/v1/reservations") {
            scene.ask("delete", "/v1/reservations/{id}", Some(&scene.ada)).await.with_status(204);
        }
        let visitor = if *needs == Operator { &scene.operator } else { &scene.ada };
        let answer = scene.ask(method, route, Some(visitor)).await;
        assert!((200..300).contains(&answer.status), "{method} {route}: {}", answer.body);
    }
}
