//! What clients may not take too much of, and which pages may ask.

use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use adapters_http::{ForwardedHeader, HttpSettings, LimitSettings, Rate, TrustedProxies};
use futures_util::future::join_all;

use crate::answer::Answer;
use crate::plan::Plan;
use crate::shop::Shop;

const BURST: u32 = 3;

fn one_a_minute() -> Rate {
    Rate { a_minute: NonZeroU32::MIN, burst: NonZeroU32::new(BURST).expect("some") }
}

async fn a_shop_with(change: impl FnOnce(&mut HttpSettings)) -> Shop {
    let mut plan = Plan::default();
    change(&mut plan.settings);
    plan.open().await
}

async fn ask_from(shop: &Shop, peer: &str, forwarded: &str) -> Answer {
    ask_through(shop, peer, ("X-Forwarded-For", forwarded.as_bytes())).await
}

async fn ask_through(shop: &Shop, peer: &str, header: (&str, &[u8])) -> Answer {
    let peer = format!("{peer}:1234").parse().expect("an address");
    let request = TestRequest::with_uri("/v1/concerts").peer_addr(peer).append_header(header);
    Answer::of((shop.send)(request).await).await
}

/// Each address may ask [`BURST`] times; `10.0.0.0/8` are proxies that say for whom they ask in `header`.
async fn a_shop_behind_proxies(header: ForwardedHeader) -> Shop {
    let trusted_proxies = TrustedProxies { networks: vec!["10.0.0.0/8".parse().expect("a network")], header };
    let limits = LimitSettings { per_address: Some(one_a_minute()), trusted_proxies, ..LimitSettings::default() };
    a_shop_with(|settings| settings.limits = limits).await
}

fn assert_is_told_when(refused: &Answer, name: &str) {
    let seconds: u32 = refused.header("retry-after").expect("when").parse().expect("seconds");
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(refused.header("ratelimit-policy"), Some(format!("\"{name}\";q=3;w=180").as_str()));
    assert_eq!(refused.header("ratelimit"), Some(format!("\"{name}\";r=0;t={seconds}").as_str()));
}

#[actix_web::test]
async fn an_address_may_ask_so_often_and_another_as_often() {
    let shop = a_shop_behind_proxies(ForwardedHeader::XForwardedFor).await;
    for _ in 0..BURST {
        ask_from(&shop, "203.0.113.9", "").await.with_status(200);
    }
    for _ in 0..1_000 {
        let refused = ask_from(&shop, "203.0.113.9", "198.51.100.1").await.with_problem(429, "RATE_LIMITED");
        assert_is_told_when(&refused, "address");
    }
    ask_from(&shop, "10.0.0.1", "203.0.113.9").await.with_problem(429, "RATE_LIMITED");
    ask_from(&shop, "10.0.0.1", "203.0.113.10").await.with_status(200);
}

#[actix_web::test]
async fn clients_behind_a_proxy_are_counted_apart_however_it_writes_their_addresses() {
    let shop = a_shop_behind_proxies(ForwardedHeader::XForwardedFor).await;
    for client in ["198.51.100.1:4001", "[2001:db8::1]:443", "\u{e9}, 198.51.100.2"] {
        for _ in 0..BURST {
            ask_from(&shop, "10.0.0.1", client).await.with_status(200);
        }
        ask_from(&shop, "10.0.0.1", client).await.with_problem(429, "RATE_LIMITED");
    }
    ask_from(&shop, "10.0.0.1", "198.51.100.1:4002").await.with_problem(429, "RATE_LIMITED");
    ask_from(&shop, "10.0.0.1", "").await.with_status(200);

    let shop = a_shop_behind_proxies(ForwardedHeader::Forwarded).await;
    for client in ["for=198.51.100.1;proto=https", "for=\"[2001:db8::1]:443\""] {
        for _ in 0..BURST {
            ask_through(&shop, "10.0.0.1", ("Forwarded", client.as_bytes())).await.with_status(200);
        }
        ask_through(&shop, "10.0.0.1", ("Forwarded", client.as_bytes())).await.with_problem(429, "RATE_LIMITED");
    }
    for _ in 0..BURST {
        ask_from(&shop, "10.0.0.1", "203.0.113.1").await.with_status(200);
    }
    ask_from(&shop, "10.0.0.1", "203.0.113.2").await.with_problem(429, "RATE_LIMITED");
}

#[actix_web::test]
async fn a_user_may_ask_so_often_and_another_as_often() {
    let limits = LimitSettings { per_user: Some(one_a_minute()), ..LimitSettings::default() };
    let shop = a_shop_with(|settings| settings.limits = limits).await;
    let (ada, bob) = (shop.user("Ada").await, shop.user("Bob").await);
    for _ in 0..BURST {
        shop.get("/v1/users/me").by(&ada).send().await.with_status(200);
    }
    for _ in 0..1_000 {
        let refused = shop.get("/v1/wallet").by(&ada).send().await.with_problem(429, "RATE_LIMITED");
        assert_is_told_when(&refused, "user");
    }
    shop.get("/v1/wallet").by(&bob).send().await.with_status(200);
}

#[actix_web::test]
async fn more_requests_than_may_be_under_way_are_refused_and_no_place_is_lost() {
    let shop = a_shop_with(|settings| (settings.limits.in_flight, settings.limits.overload_pause) = (2, Duration::from_millis(10))).await;
    let ada = shop.user("Ada").await;
    for _ in 0..3 {
        let answers = join_all((0..1_002).map(|_| shop.get("/v1/wallet").by(&ada).send())).await;
        let (answered, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert!(answered.len() >= 2 && !refused.is_empty(), "{} and {}", answered.len(), refused.len());
        for refused in refused {
            let refused = refused.with_problem(503, "OVERLOADED");
            assert_eq!(refused.header("retry-after"), Some("1"));
        }
    }
}

#[actix_web::test]
async fn whoever_watches_is_always_answered() {
    let limits = LimitSettings { in_flight: 0, per_address: Some(one_a_minute()), ..LimitSettings::default() };
    let shop = a_shop_with(|settings| settings.limits = limits).await;
    for path in ["/v1/concerts", "/%761/concerts", "/v1/../v1/concerts", "/openapi.json"] {
        shop.get(path).send().await.with_problem(503, "OVERLOADED");
    }
    for _ in 0..10 {
        for path in ["/livez", "/readyz", "/metrics"] {
            shop.get(path).send().await.with_status(200);
        }
    }
}

#[actix_web::test]
async fn pages_of_the_listed_origins_may_ask_and_read_refusals_too() {
    let shop = a_shop_with(|settings| settings.cors_origins = vec!["https://shop.example".to_owned()]).await;
    let preflight = |origin: &'static str| {
        let ask = shop.ask(Method::OPTIONS, "/v1/reservations").header("Origin", origin);
        ask.header("Access-Control-Request-Method", "POST").header("Access-Control-Request-Headers", "idempotency-key, queue-token").send()
    };
    let answer = preflight("https://shop.example").await.with_status(200);
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://shop.example"));
    assert!(answer.header("access-control-allow-headers").is_some_and(|names| names.contains("queue-token")));
    for method in ["PUT", "PATCH"] {
        assert!(answer.header("access-control-allow-methods").is_some_and(|methods| methods.contains(method)), "{method}");
    }
    assert!(answer.header("access-control-allow-headers").is_some_and(|names| names.contains("if-match")));
    assert_eq!(preflight("https://elsewhere.example").await.header("access-control-allow-origin"), None);

    for (path, status) in [("/v1/concerts", 200), ("/v1/nothing", 404), ("/v1/wallet", 401)] {
        let answer = shop.get(path).header("Origin", "https://shop.example").send().await.with_status(status);
        assert_eq!(answer.header("access-control-allow-origin"), Some("https://shop.example"), "{path}");
        assert!(answer.header("access-control-expose-headers").is_some_and(|names| names.contains("request-id")));
        let answer = shop.get(path).header("Origin", "https://elsewhere.example").send().await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
    }
}

#[actix_web::test]
async fn a_refused_preflight_says_which_of_its_headers_does_not_fit() {
    let shop = a_shop_with(|settings| settings.cors_origins = vec!["https://shop.example".to_owned()]).await;
    let preflight = |origin: &str, method: &str, headers: &str| {
        let ask = shop.ask(Method::OPTIONS, "/v1/reservations").header("Origin", origin);
        ask.header("Access-Control-Request-Method", method).header("Access-Control-Request-Headers", headers).send()
    };
    for (origin, method, headers, pointer) in [
        ("https://elsewhere.example", "POST", "queue-token", "/Origin"),
        ("https://shop.example", "TRACE", "queue-token", "/Access-Control-Request-Method"),
        ("https://shop.example", "POST", "queue-token, x-unknown", "/Access-Control-Request-Headers"),
        ("https://shop.example", "POST", "queue token", "/Access-Control-Request-Headers"),
    ] {
        let refused = preflight(origin, method, headers).await.with_problem(400, "VALIDATION_FAILED").at(pointer);
        assert_eq!(refused.header("access-control-allow-methods"), None, "{pointer}");
    }
    let nowhere = shop.ask(Method::OPTIONS, "/v1/reservations").header("Access-Control-Request-Method", "POST");
    nowhere.send().await.with_problem(400, "VALIDATION_FAILED").at("/Origin");
}

#[actix_web::test]
async fn pages_may_send_what_tracing_in_browsers_adds() {
    let shop = a_shop_with(|settings| settings.cors_origins = vec!["https://shop.example".to_owned()]).await;
    for headers in ["baggage, sentry-trace", "traceparent, tracestate", "authorization,baggage,content-type,tracestate"] {
        let preflight = shop.ask(Method::OPTIONS, "/v1/reservations").header("Origin", "https://shop.example");
        let preflight = preflight.header("Access-Control-Request-Method", "POST").header("Access-Control-Request-Headers", headers);
        preflight.send().await.with_status(200);
    }
}

#[actix_web::test]
async fn a_page_may_read_that_there_is_too_much_to_do_and_asking_whether_it_may_ask_costs_nothing() {
    let origins = || vec!["https://shop.example".to_owned()];
    let shop = a_shop_with(|settings| (settings.cors_origins, settings.limits.in_flight) = (origins(), 0)).await;
    let refused = shop.get("/v1/concerts").header("Origin", "https://shop.example").send().await.with_problem(503, "OVERLOADED");
    assert_eq!(refused.header("access-control-allow-origin"), Some("https://shop.example"));
    let preflight = shop.ask(Method::OPTIONS, "/v1/concerts").header("Origin", "https://shop.example");
    preflight.header("Access-Control-Request-Method", "GET").send().await.with_status(200);
}

#[actix_web::test]
async fn no_page_may_ask_unless_one_is_listed() {
    let shop = Shop::open().await;
    let answer = shop.get("/v1/concerts").header("Origin", "https://shop.example").send().await.with_status(200);
    assert_eq!(answer.header("access-control-allow-origin"), None);
}
