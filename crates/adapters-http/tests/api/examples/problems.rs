//! The examples of problems: for each code, one request that is refused with it.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use adapters_http::{LimitSettings, Rate, WireSettings};
use application::ports::{MockUsers, Ports, ReadError};
use domain::QueueState;
use serde_json::{Value, json};

use super::problem_of;
use crate::admin::valid_requests;
use crate::answer::Answer;
use crate::plan::{CONCERT, LATER_SCHEDULE, Plan, SCHEDULE};
use crate::shop::{Shop, Visitor};
use crate::wire::{exchange, serve_as};

/// The recorded problems by code.
#[derive(Default)]
struct Problems(BTreeMap<String, Value>);

impl Problems {
    /// Adds the problem in `body`, which has this code.
    #[track_caller]
    fn add(&mut self, code: &str, body: &[u8]) {
        let problem = problem_of(body);
        assert_eq!(problem["code"], code, "{problem}");
        self.0.insert(code.to_owned(), problem);
    }
}

/// Records a problem of each code.
pub(super) async fn record() -> BTreeMap<String, Value> {
    let mut problems = Problems::default();
    for (code, answer) in
        [requests().await, queues().await, seats().await, tickets().await, payments().await, operators().await, service().await].concat()
    {
        problems.add(code, &answer.bytes);
    }
    for (code, request) in [
        ("MALFORMED_REQUEST", "nonsense\r\n\r\n".to_owned()),
        ("HEADERS_TOO_LARGE", format!("GET /livez HTTP/1.1\r\nHost: x\r\nLong: {}", "x".repeat(131_072 - 36))),
        ("REQUEST_TIMEOUT", "GET /livez HTTP/1.1\r\nHo".to_owned()),
    ] {
        let mut settings = WireSettings::default();
        if code == "REQUEST_TIMEOUT" {
            settings.header_timeout = Duration::from_millis(100);
        }
        let (address, server) = serve_as(&Shop::open().await.api, settings);
        let response = exchange(address, vec![request.into_bytes()]).await;
        let (_, body) = response.split_once("\r\n\r\n").expect("a body");
        problems.add(code, body.as_bytes());
        server.stop(false).await;
    }
    problems.0
}

type Refused = Vec<(&'static str, Answer)>;

async fn requests() -> Refused {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let charge = |key: &'static str, minor: i64| {
        shop.post("/v1/wallet/charges").by(&ada).key(key).json(&json!({"amount": {"amount": minor, "currency": "KRW"}})).send()
    };
    charge("charge", 50_000).await.with_status(201);
    let post = || shop.post("/v1/reservations").by(&ada);
    vec![
        ("VALIDATION_FAILED", shop.hold(&ada, "hold", &[]).await),
        ("MALFORMED_JSON", post().key("hold").raw("application/json", "{").send().await),
        ("IDEMPOTENCY_KEY_REQUIRED", post().json(&json!({"schedule_id": SCHEDULE.0, "seat_numbers": [7]})).send().await),
        ("IDEMPOTENCY_KEY_REUSED", charge("charge", 60_000).await),
        ("INVALID_CURSOR", shop.get("/v1/reservations?cursor=x").by(&ada).send().await),
        ("METHOD_NOT_ALLOWED", shop.put("/v1/wallet").by(&ada).send().await),
        ("NOT_ACCEPTABLE", shop.get("/v1/wallet").by(&ada).header("Accept", "text/html").send().await),
        ("PAYLOAD_TOO_LARGE", shop.post("/v1/users").raw("application/json", " ".repeat(20_000)).send().await),
        ("UNSUPPORTED_MEDIA_TYPE", post().key("hold").raw("text/plain", "{}").send().await),
        ("UNAUTHENTICATED", shop.get("/v1/users/me").send().await),
        ("FORBIDDEN", shop.get("/v1/admin/queues").by(&ada).send().await),
        ("NOT_FOUND", shop.get(&format!("/v1/reservations/{}", CONCERT.0)).by(&ada).send().await),
        ("SESSION_ENDED", ended_session(&shop, &ada).await),
        ("LOGIN_CODE_NOT_VALID", shop.post("/v1/sessions").json(&json!({"code": "A".repeat(86)})).send().await),
        ("CROSS_SITE_REQUEST", shop.post("/v1/sessions:refresh").header("Sec-Fetch-Site", "cross-site").send().await),
    ]
}

/// Returns the response to the renewal of a session that has ended.
async fn ended_session(shop: &Shop, user: &Visitor) -> Answer {
    let started = shop.post("/v1/sessions").by(user).json(&json!({})).send().await.with_status(201);
    let cookie = started.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie");
    let path = format!("/v1/sessions/{}", started.body["session"]["id"].as_str().expect("an id"));
    shop.delete(&path).by(user).send().await.with_status(204);
    shop.post("/v1/sessions:refresh").header("Cookie", cookie).send().await
}

async fn queues() -> Refused {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.user("Ada").await, shop.admitted("Bob").await);
    let left = shop.waiting("Eve").await;
    shop.delete(&format!("/v1/queue-tokens/{}", left.queue_token.as_deref().expect("a token"))).by(&left).send().await.with_status(204);
    let waiting = shop.waiting("Dan").await;
    let with_bobs_token = Visitor { queue_token: bob.queue_token, ..ada.clone() };
    let join = async |shop: &Shop| {
        let user = shop.user("Ada").await;
        shop.post("/v1/queue-tokens").by(&user).json(&json!({"concert_id": CONCERT.0})).send().await
    };
    let closed = Plan { queue_state: QueueState::Closed, ..Plan::default() }.open().await;
    let mut plan = Plan::default();
    plan.rules.queue.max_waiting = Some(1);
    let full = plan.open().await;
    full.waiting("Bob").await;
    vec![
        ("QUEUE_TOKEN_REQUIRED", shop.hold(&ada, "hold", &[7]).await),
        ("QUEUE_TOKEN_NOT_ACTIVE", shop.hold(&waiting, "hold", &[7]).await),
        ("QUEUE_TOKEN_MISMATCH", shop.hold(&with_bobs_token, "hold", &[7]).await),
        ("QUEUE_TOKEN_EXPIRED", shop.hold(&left, "hold", &[7]).await),
        ("QUEUE_CLOSED", join(&closed).await),
        ("QUEUE_FULL", join(&full).await),
    ]
}

async fn seats() -> Refused {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.admitted("Ada").await, shop.admitted("Bob").await);
    shop.held(&bob, &[7]).await;
    let hold_later = || {
        let body = json!({"schedule_id": LATER_SCHEDULE.0, "seat_numbers": [7]});
        shop.post("/v1/reservations").by(&ada).key("later").json(&body).send()
    };
    let not_open = hold_later().await;
    let many = json!({"schedule_id": SCHEDULE.0, "best_available": {"count": 4, "accessible": true}});
    let no_adjacent = shop.post("/v1/reservations").by(&ada).key("best").json(&many).send().await;
    valid_requests::cancel_the_later_schedule(&shop, &shop.operator()).await;
    vec![
        ("SALE_NOT_OPEN", not_open),
        ("SCHEDULE_CANCELLED", hold_later().await),
        ("SEAT_UNAVAILABLE", shop.hold(&ada, "hold", &[7]).await),
        ("SEAT_LIMIT_EXCEEDED", shop.hold(&ada, "hold", &[1, 2, 3, 4, 5]).await),
        ("HOLD_EXISTS", shop.hold(&bob, "others", &[8]).await),
        ("NO_ADJACENT_SEATS", no_adjacent),
    ]
}

async fn tickets() -> Refused {
    let shop = Shop::open().await;
    let ada = shop.funded("Ada", 500_000).await;
    let reservation = shop.held(&ada, &[7]).await;
    shop.pay(&ada, "pay", &reservation).await.with_status(201);
    let code = shop.get("/v1/tickets").by(&ada).send().await.with_status(200).body["items"][0]["code"].clone();
    let scan = |body: Value| shop.post("/v1/admin/tickets:check-in").by(&shop.operator()).json(&body).send();
    let elsewhere = scan(json!({"code": code, "schedule_id": LATER_SCHEDULE.0})).await;
    scan(json!({"code": code})).await.with_status(200);
    vec![("TICKET_NOT_VALID", elsewhere), ("TICKET_USED", scan(json!({"code": code})).await)]
}

async fn payments() -> Refused {
    let shop = Shop::open().await;
    let ada = shop.admitted("Ada").await;
    let reservation = shop.held(&ada, &[7]).await;
    let too_low = shop.pay(&ada, "pay", &reservation).await;
    shop.charge(&ada, 1_000_000).await.with_status(201);
    let too_high = shop.charge(&ada, 1_000_000).await;
    shop.pay(&ada, "pay", &reservation).await.with_status(201);
    let released = shop.delete(&format!("/v1/reservations/{reservation}")).by(&ada).send().await;
    let rejoined = shop.post("/v1/queue-tokens").by(&ada).json(&json!({"concert_id": CONCERT.0})).send().await.with_status(201);
    let ada = Visitor { queue_token: Some(rejoined.text("token")), ..ada };
    shop.tick().await;
    let paid_again = shop.pay(&ada, "again", &reservation).await;
    let bob = shop.funded("Bob", 500_000).await;
    let unpaid = shop.held(&bob, &[8]).await;
    shop.wait(301);
    vec![
        ("INSUFFICIENT_BALANCE", too_low),
        ("WALLET_LIMIT_EXCEEDED", too_high),
        ("INVALID_STATE", released),
        ("RESERVATION_NOT_PAYABLE", paid_again),
        ("RESERVATION_EXPIRED", shop.pay(&bob, "pay", &unpaid).await),
    ]
}

async fn operators() -> Refused {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let concert = format!("/v1/admin/concerts/{}", CONCERT.0);
    let change = || shop.patch(&concert).by(&operator).json(&json!({"name": "A Night at the Club"}));
    let again = json!({"id": CONCERT.0, "name": "A Night at the Club", "host": "The House"});
    vec![
        ("ALREADY_EXISTS", shop.post("/v1/admin/concerts").by(&operator).json(&again).send().await),
        ("PRECONDITION_REQUIRED", change().send().await),
        ("PRECONDITION_FAILED", change().header("If-Match", "\"99\"").send().await),
        ("EVENTS_GONE", shop.get("/v1/admin/events?after=1000000").by(&operator).send().await),
    ]
}

async fn service() -> Refused {
    let with_limits = async |limits: LimitSettings| {
        let mut plan = Plan::default();
        plan.settings.limits = limits;
        plan.open().await
    };
    let once = Rate { per_minute: NonZeroU32::MIN, burst: NonZeroU32::MIN };
    let limited = with_limits(LimitSettings { per_user: Some(once), ..LimitSettings::default() }).await;
    let ada = limited.stranger(&[]);
    limited.get("/v1/wallet").by(&ada).send().await;
    let busy = with_limits(LimitSettings { in_flight: 0, overload_pause: Duration::ZERO, ..LimitSettings::default() }).await;
    let unavailable = |ports: &mut Ports| {
        let mut users = MockUsers::new();
        users.expect_user().returning(|_| Err(ReadError::Unavailable("no connection".into())));
        ports.users = Arc::new(users);
    };
    let unavailable = Plan { ports: unavailable, ..Plan::default() }.open().await;
    // A mock without expectations panics.
    let failing = Plan { ports: |ports| ports.users = Arc::new(MockUsers::new()), ..Plan::default() }.open().await;
    let of = async |shop: &Shop| shop.get("/v1/users/me").by(&shop.stranger(&[])).send().await;
    vec![
        ("RATE_LIMITED", limited.get("/v1/wallet").by(&ada).send().await),
        ("OVERLOADED", of(&busy).await),
        ("UNAVAILABLE", of(&unavailable).await),
        ("INTERNAL", of(&failing).await),
    ]
}
