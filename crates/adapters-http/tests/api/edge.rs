//! Checks that apply to every request, on any route.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::Method;
use application::group_commit::Limits;
use application::ports::{MockUsers, ReadError};
use serde_json::json;

use crate::plan::Plan;
use crate::shop::Shop;

#[actix_web::test]
async fn an_unknown_route_is_a_problem() {
    let shop = Shop::open().await;
    for path in ["/", "/v1", "/v2/concerts", "/v1/concerts/", "/v1/nothing?x=1", "/v1/%00", "//v1/concerts"] {
        let answer = shop.get(path).send().await.with_problem(404, "NOT_FOUND");
        assert!(answer.text("instance").starts_with('/'), "{path}");
    }
}

#[actix_web::test]
async fn a_wrong_method_is_refused_with_the_allowed_ones() {
    let shop = Shop::open().await;
    for (method, path, allowed) in [
        (Method::PUT, "/v1/users", "POST"),
        (Method::GET, "/v1/users", "POST"),
        (Method::DELETE, "/v1/concerts", "GET, HEAD"),
        (Method::OPTIONS, "/v1/concerts", "GET, HEAD"),
        (Method::PATCH, "/v1/reservations", "GET, HEAD, POST"),
        (Method::POST, "/v1/reservations/x", "GET, HEAD, DELETE"),
        (Method::POST, "/v1/users/me", "GET, HEAD"),
        (Method::GET, "/v1/payments/x/refunds", "POST"),
        (Method::POST, "/livez", "GET, HEAD"),
        (Method::POST, "/openapi.json", "GET, HEAD"),
        (Method::POST, "/docs", "GET, HEAD"),
        (Method::TRACE, "/docs/", "GET, HEAD"),
    ] {
        let answer = shop.request(method.clone(), path).send().await.with_problem(405, "METHOD_NOT_ALLOWED");
        assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
    }
}

#[actix_web::test]
async fn every_response_has_a_unique_request_id() {
    let shop = Shop::open().await;
    let first = shop.get("/v1/concerts").header("Request-Id", "mine").send().await;
    let second = shop.get("/v1/nothing").send().await;
    let ids = [&first, &second].map(|answer| uuid::Uuid::parse_str(answer.header("request-id").expect("an id")).expect("a UUID"));
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ids[0].get_version_num(), 7);
}

#[actix_web::test]
async fn malformed_json_and_invalid_values_have_different_problems() {
    let shop = Shop::open().await;
    let post = |body: &'static [u8]| shop.post("/v1/users").raw("application/json", body).send();
    let deep = "[".repeat(8_000);
    for body in ["", " ", "{", "{\"name\"}", "{\"name\": \"Ada\"} x", "nonsense", "{\"name\": \"\\ud800\"}", "\u{feff}{}"] {
        shop.post("/v1/users").raw("application/json", body).send().await.with_problem(400, "MALFORMED_JSON");
    }
    for body in [b"\xef\xbb\xbf{}".as_slice(), b"\xff\xfe{\0}\0"] {
        let answer = shop.post("/v1/users").raw("application/json", body).send().await.with_problem(400, "MALFORMED_JSON");
        assert!(answer.text("detail").contains("byte order mark"), "{}", answer.body);
    }
    shop.post("/v1/users").raw("application/json", deep).send().await.with_problem(400, "MALFORMED_JSON");
    post(b"{\"name\": \"\xff\"}").await.with_problem(400, "MALFORMED_JSON");
    post(b"{}").await.with_problem(400, "VALIDATION_FAILED").at("/name");
    post(b"{\"name\": null}").await.with_problem(400, "VALIDATION_FAILED").at("/name");
    post(b"{\"name\": 1}").await.with_problem(400, "VALIDATION_FAILED").at("/name");
    post(b"{\"name\": \"Ada\", \"admin\": true}").await.with_problem(400, "VALIDATION_FAILED").at("/admin");
    post(b"{\"name\": \"Ada\", \"name\": \"Bob\"}").await.with_problem(400, "VALIDATION_FAILED").at("/name");
}

#[actix_web::test]
async fn bodies_other_than_json_are_refused() {
    let shop = Shop::open().await;
    let body = json!({"name": "Ada"}).to_string();
    let answer = shop.post("/v1/users").untyped(body.clone()).send().await.with_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    assert_eq!(answer.header("accept"), Some("application/json"));
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
        "*/*",
        "application/json; charset=latin1",
        "application/json;charset=\"utf-16\"",
        "application/json; charset=utf-8; charset=utf-7",
        "application/json; charset",
    ] {
        shop.post("/v1/users").raw(media_type, body.clone()).send().await.with_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    let compressed = shop.post("/v1/users").raw("application/json", body.clone()).header("Content-Encoding", "gzip");
    compressed.send().await.with_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    for media_type in ["application/JSON; charset=utf-8", "application/json ;CHARSET=\"UTF-8\"", "application/json; profile=x;"] {
        shop.post("/v1/users").raw(media_type, body.clone()).send().await.with_status(201);
    }
}

#[actix_web::test]
async fn requests_that_do_not_accept_json_are_refused() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    for path in ["/v1/concerts", "/v1/users/me"] {
        shop.get(path).by(&ada).header("Accept", "text/html").send().await.with_problem(406, "NOT_ACCEPTABLE");
        shop.get(path).by(&ada).header("Accept", "text/html, */*;q=0.1").send().await.with_status(200);
    }
    shop.post("/v1/users")
        .header("Accept", "application/xml")
        .json(&json!({"name": "Bob"}))
        .send()
        .await
        .with_problem(406, "NOT_ACCEPTABLE");
}

#[actix_web::test]
async fn a_body_past_the_size_limit_is_refused() {
    let shop = Shop::open().await;
    let body = |bytes: usize| format!("{{\"name\": \"Ada\"{}}}", " ".repeat(bytes - 15));
    shop.post("/v1/users").raw("application/json", body(16 * 1024)).send().await.with_status(201);
    let answer = shop.post("/v1/users").raw("application/json", body(16 * 1024 + 1)).send().await;
    assert_eq!(answer.with_problem(413, "PAYLOAD_TOO_LARGE").body["limit_bytes"], 16 * 1024);
    shop.post("/v1/users/me").raw("application/json", body(20_000)).send().await.with_problem(405, "METHOD_NOT_ALLOWED");
}

#[actix_web::test]
async fn a_panic_is_a_problem_without_details() {
    let shop = Plan { readiness: || panic!("the password is 1234"), ..Plan::default() }.open().await;
    let answer = shop.get("/readyz").send().await.with_problem(500, "INTERNAL");
    assert_eq!(answer.body["instance"], "/readyz");
    assert!(!answer.body.to_string().contains("1234"));
    shop.get("/livez").send().await.with_status(200);
}

#[actix_web::test]
async fn a_panic_in_a_use_case_is_a_problem_too() {
    // A mock without expectations panics.
    let shop = Plan { ports: |ports| ports.users = Arc::new(MockUsers::new()), ..Plan::default() }.open().await;
    let ada = shop.stranger(&[]);
    shop.get("/v1/users/me").by(&ada).send().await.with_problem(500, "INTERNAL");
}

#[actix_web::test]
async fn an_unavailable_store_is_reported_without_details() {
    let plan = Plan {
        ports: |ports| {
            let mut users = MockUsers::new();
            users.expect_user().returning(|_| Err(ReadError::Unavailable("connection to db:5432 refused".into())));
            ports.users = Arc::new(users);
        },
        ..Plan::default()
    };
    let shop = plan.open().await;
    let ada = shop.stranger(&[]);
    let answer = shop.get("/v1/users/me").by(&ada).send().await.with_problem(503, "UNAVAILABLE");
    assert!(answer.header("retry-after").is_some());
    assert!(!answer.body.to_string().contains("5432"), "the response discloses no internals");
}

#[actix_web::test]
async fn an_id_with_a_colon_is_not_found_and_other_methods_are_refused() {
    let shop = Shop::open().await;
    for id in ["a%3Ab", "a:b", "%3A"] {
        shop.post(&format!("/v1/admin/schedules/{id}:refund-all")).send().await.with_problem(404, "NOT_FOUND");
    }
    shop.get("/v1/admin/schedules/a:refund-all").send().await.with_problem(405, "METHOD_NOT_ALLOWED");
}

#[actix_web::test]
async fn overload_is_reported_after_the_pause() {
    let limits = Limits { kind: "users", lanes: 0, queue: 1, batch: 1, deadline: Duration::from_millis(50) };
    let mut plan = Plan { limits, ..Plan::default() };
    plan.settings.limits.overload_pause = Duration::from_millis(50);
    let (shop, start) = (plan.open().await, Instant::now());
    let answer = shop.post("/v1/users").json(&json!({"name": "Ada"})).send().await.with_problem(503, "OVERLOADED");
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert!(start.elapsed() >= Duration::from_millis(50), "the refusal is held back for the overload pause");
}

#[actix_web::test]
async fn problems_contain_no_secrets() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.waiting("Ada").await, shop.waiting("Bob").await);
    let token = ada.queue_token.clone().expect("a token");
    let refused = shop.hold(&ada, "a-secret-key", &[1]).await.with_problem(403, "QUEUE_TOKEN_NOT_ACTIVE");
    for secret in [&token, &ada.access_token, &"a-secret-key".to_owned()] {
        assert!(!refused.body.to_string().contains(secret.as_str()), "{}", refused.body);
    }
    let path = format!("/v1/queue-tokens/{token}");
    let others = shop.get(&path).by(&bob).send().await.with_problem(404, "NOT_FOUND");
    assert_eq!(others.text("instance"), path, "the path that the client sent");
}
