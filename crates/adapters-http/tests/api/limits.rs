//! Limits on requests, and cross-origin access.

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
    Rate { per_minute: NonZeroU32::MIN, burst: NonZeroU32::new(BURST).expect("some") }
}

async fn a_shop_with(change: impl FnOnce(&mut HttpSettings)) -> Shop {
    let mut plan = Plan::default();
    change(&mut plan.settings);
    plan.open().await
}

async fn get_from(shop: &Shop, peer: &str, forwarded: &str) -> Answer {
    get_through(shop, peer, ("X-Forwarded-For", forwarded.as_bytes())).await
}

async fn get_through(shop: &Shop, peer: &str, header: (&str, &[u8])) -> Answer {
    let peer = format!("{peer}:1234").parse().expect("an address");
    let request = TestRequest::with_uri("/v1/concerts").peer_addr(peer).append_header(header);
    Answer::of((shop.send)(request).await).await
}

/// Opens a shop with a limit of [`BURST`] requests per address; proxies in `10.0.0.0/8` name the client's address in `header`.
async fn a_shop_behind_proxies(header: ForwardedHeader) -> Shop {
    let trusted_proxies = TrustedProxies { networks: vec!["10.0.0.0/8".parse().expect("a network")], header };
    let limits = LimitSettings { per_address: Some(one_a_minute()), trusted_proxies, ..LimitSettings::default() };
    a_shop_with(|settings| settings.limits = limits).await
}

fn assert_states_the_limit(refused: &Answer, name: &str) {
    let seconds: u32 = refused.header("retry-after").expect("Retry-After").parse().expect("seconds");
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(refused.header("ratelimit-policy"), Some(format!("\"{name}\";q=3;w=180").as_str()));
    assert_eq!(refused.header("ratelimit"), Some(format!("\"{name}\";r=0;t={seconds}").as_str()));
}

#[actix_web::test]
async fn the_rate_limit_per_address_counts_each_address_separately() {
    let shop = a_shop_behind_proxies(ForwardedHeader::XForwardedFor).await;
    for _ in 0..BURST {
        get_from(&shop, "203.0.113.9", "").await.with_status(200);
    }
    for _ in 0..1_000 {
        let refused = get_from(&shop, "203.0.113.9", "198.51.100.1").await.with_problem(429, "RATE_LIMITED");
        assert_states_the_limit(&refused, "address");
    }
    get_from(&shop, "10.0.0.1", "203.0.113.9").await.with_problem(429, "RATE_LIMITED");
    get_from(&shop, "10.0.0.1", "203.0.113.10").await.with_status(200);
}

#[actix_web::test]
async fn clients_behind_a_proxy_are_counted_separately_in_every_header_format() {
    let shop = a_shop_behind_proxies(ForwardedHeader::XForwardedFor).await;
    for client in ["198.51.100.1:4001", "[2001:db8::1]:443", "\u{e9}, 198.51.100.2"] {
        for _ in 0..BURST {
            get_from(&shop, "10.0.0.1", client).await.with_status(200);
        }
        get_from(&shop, "10.0.0.1", client).await.with_problem(429, "RATE_LIMITED");
    }
    get_from(&shop, "10.0.0.1", "198.51.100.1:4002").await.with_problem(429, "RATE_LIMITED");
    get_from(&shop, "10.0.0.1", "").await.with_status(200);

    let shop = a_shop_behind_proxies(ForwardedHeader::Forwarded).await;
    for client in ["for=198.51.100.1;proto=https", "for=\"[2001:db8::1]:443\""] {
        for _ in 0..BURST {
            get_through(&shop, "10.0.0.1", ("Forwarded", client.as_bytes())).await.with_status(200);
        }
        get_through(&shop, "10.0.0.1", ("Forwarded", client.as_bytes())).await.with_problem(429, "RATE_LIMITED");
    }
    for _ in 0..BURST {
        get_from(&shop, "10.0.0.1", "203.0.113.1").await.with_status(200);
    }
    get_from(&shop, "10.0.0.1", "203.0.113.2").await.with_problem(429, "RATE_LIMITED");
}

#[actix_web::test]
async fn the_rate_limit_per_user_counts_each_user_separately() {
    let limits = LimitSettings { per_user: Some(one_a_minute()), ..LimitSettings::default() };
    let shop = a_shop_with(|settings| settings.limits = limits).await;
    let (ada, bob) = (shop.user("Ada").await, shop.user("Bob").await);
    for _ in 0..BURST {
        shop.get("/v1/users/me").by(&ada).send().await.with_status(200);
    }
    for _ in 0..1_000 {
        let refused = shop.get("/v1/wallet").by(&ada).send().await.with_problem(429, "RATE_LIMITED");
        assert_states_the_limit(&refused, "user");
    }
    shop.get("/v1/wallet").by(&bob).send().await.with_status(200);
}

#[actix_web::test]
async fn requests_past_the_in_flight_limit_are_refused_and_no_permit_leaks() {
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
async fn monitoring_routes_are_exempt_from_limits() {
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
async fn pages_of_allowed_origins_may_send_requests_and_read_problems() {
    let shop = a_shop_with(|settings| settings.cors_origins = vec!["https://shop.example".to_owned()]).await;
    let preflight = |origin: &'static str| {
        let request = shop.request(Method::OPTIONS, "/v1/reservations").header("Origin", origin);
        request
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "idempotency-key, queue-token")
            .send()
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
        let exposed = answer.header("access-control-expose-headers").unwrap_or_default();
        let missing =
            ["request-id", "retry-after", "www-authenticate", "content-location"].into_iter().find(|name| !exposed.contains(name));
        assert_eq!(missing, None, "{exposed}");
        let answer = shop.get(path).header("Origin", "https://elsewhere.example").send().await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
    }
}

#[actix_web::test]
async fn a_refused_preflight_names_the_invalid_header() {
    let shop = a_shop_with(|settings| settings.cors_origins = vec!["https://shop.example".to_owned()]).await;
    let preflight = |origin: &str, method: &str, headers: &str| {
        let request = shop.request(Method::OPTIONS, "/v1/reservations").header("Origin", origin);
        request.header("Access-Control-Request-Method", method).header("Access-Control-Request-Headers", headers).send()
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
    let nowhere = shop.request(Method::OPTIONS, "/v1/reservations").header("Access-Control-Request-Method", "POST");
    nowhere.send().await.with_problem(400, "VALIDATION_FAILED").at("/Origin");
}

#[actix_web::test]
async fn pages_may_send_the_headers_of_browser_tracing() {
    let shop = a_shop_with(|settings| settings.cors_origins = vec!["https://shop.example".to_owned()]).await;
    for headers in ["baggage, sentry-trace", "traceparent, tracestate", "authorization,baggage,content-type,tracestate"] {
        let preflight = shop.request(Method::OPTIONS, "/v1/reservations").header("Origin", "https://shop.example");
        let preflight = preflight.header("Access-Control-Request-Method", "POST").header("Access-Control-Request-Headers", headers);
        preflight.send().await.with_status(200);
    }
}

#[actix_web::test]
async fn pages_may_read_overload_problems_and_preflights_are_exempt_from_the_limit() {
    let origins = || vec!["https://shop.example".to_owned()];
    let shop = a_shop_with(|settings| (settings.cors_origins, settings.limits.in_flight) = (origins(), 0)).await;
    let refused = shop.get("/v1/concerts").header("Origin", "https://shop.example").send().await.with_problem(503, "OVERLOADED");
    assert_eq!(refused.header("access-control-allow-origin"), Some("https://shop.example"));
    let preflight = shop.request(Method::OPTIONS, "/v1/concerts").header("Origin", "https://shop.example");
    preflight.header("Access-Control-Request-Method", "GET").send().await.with_status(200);
}

#[actix_web::test]
async fn no_origin_is_allowed_by_default() {
    let shop = Shop::open().await;
    let answer = shop.get("/v1/concerts").header("Origin", "https://shop.example").send().await.with_status(200);
    assert_eq!(answer.header("access-control-allow-origin"), None);
}
