//! Sessions of browsers.

use std::time::Duration;

use adapters_http::{HttpSettings, Role, SessionSettings};
use domain::{Rules, SessionRules};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::plan::Plan;
use crate::shop::{Shop, Visitor};

const REFRESH: &str = "/v1/sessions:refresh";

/// Returns the value of the cookie that a response sets, with its name.
#[track_caller]
fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie").to_owned()
}

fn session_id(answer: &Answer) -> String {
    answer.body["session"]["id"].as_str().expect("an id").to_owned()
}

/// Returns the visitor whom a response has signed in.
fn signed_in(answer: &Answer) -> Visitor {
    Visitor {
        id: domain::UserId(answer.text("user_id").parse().expect("an id")),
        access_token: answer.text("access_token"),
        queue_token: None,
    }
}

async fn start(shop: &Shop, user: &Visitor) -> Answer {
    shop.post("/v1/sessions").by(user).json(&json!({})).send().await.with_status(201)
}

async fn redeem(shop: &Shop, code: &str) -> Answer {
    shop.post("/v1/sessions").json(&json!({"code": code})).send().await
}

async fn refresh(shop: &Shop, cookie: &str) -> Answer {
    shop.post(REFRESH).header("Cookie", cookie).send().await
}

async fn sessions(shop: &Shop, user: &Visitor) -> Vec<Value> {
    let answer = shop.get("/v1/sessions").by(user).send().await.with_status(200);
    assert_eq!(answer.body["next_cursor"], Value::Null);
    answer.body["items"].as_array().expect("items").clone()
}

async fn end(shop: &Shop, user: &Visitor, id: &str) -> Answer {
    shop.delete(&format!("/v1/sessions/{id}")).by(user).send().await
}

async fn login_code(shop: &Shop, operator: &Visitor, body: Value) -> Answer {
    shop.post("/v1/admin/login-codes").by(operator).json(&body).send().await.with_status(201)
}

#[actix_web::test]
async fn a_session_has_a_short_access_token_and_a_cookie_that_only_its_renewal_receives() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
    let answer = shop.post("/v1/sessions").by(&ada).header("User-Agent", agent).json(&json!({})).send().await.with_status(201);
    let id = session_id(&answer);
    assert_eq!(answer.header("location"), Some(format!("/v1/sessions/{id}").as_str()));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!((answer.text("user_id"), &answer.body["expires_in_seconds"]), (ada.id.0.to_string(), &json!(600)));
    let now = &answer.body["session"]["created_at"];
    let expected = json!({"id": id, "device": "Firefox on Linux", "roles": [], "created_at": now, "last_used_at": now,
                          "expires_at": answer.body["session"]["expires_at"], "current": true});
    assert_eq!(answer.body["session"], expected);
    let set = answer.header("set-cookie").expect("a cookie");
    let attributes = set.split_once(';').expect("attributes").1;
    assert_eq!(attributes, format!(" Path={REFRESH}; Max-Age={}; HttpOnly; SameSite=Strict", 7 * 24 * 3_600));
    assert!(set.starts_with("frontrow-session=") && !answer.body.to_string().contains(&cookie(&answer)[17..]));

    let ada = signed_in(&answer);
    shop.get("/v1/users/me").by(&ada).send().await.with_status(200);
    shop.wait(630);
    shop.get("/v1/users/me").by(&ada).send().await.with_problem(401, "UNAUTHENTICATED");
}

#[actix_web::test]
async fn a_secure_cookie_has_the_prefix_that_browsers_accept_from_encrypted_connections_only() {
    let plan = Plan::default();
    let sessions = SessionSettings { secure_cookies: true, access_token: Duration::from_mins(1) };
    let shop = Plan { settings: HttpSettings { sessions, ..plan.settings.clone() }, ..plan }.open().await;
    let started = start(&shop, &shop.user("Ada").await).await;
    let set = started.header("set-cookie").expect("a cookie");
    assert!(set.starts_with("__Secure-frontrow-session=") && set.ends_with("; HttpOnly; SameSite=Strict; Secure"), "{set}");
    assert_eq!(started.body["expires_in_seconds"], 60);
    refresh(&shop, &cookie(&started)).await.with_status(200);
    refresh(&shop, &cookie(&started).replace("__Secure-", "")).await.with_problem(401, "UNAUTHENTICATED");
}

#[actix_web::test]
async fn a_renewal_replaces_the_cookie_and_a_former_one_returns_the_same_successor_for_a_while() {
    let shop = Shop::open().await;
    let started = start(&shop, &shop.user("Ada").await).await;
    shop.wait(590);
    let renewed = refresh(&shop, &cookie(&started)).await.with_status(200);
    assert_ne!(cookie(&renewed), cookie(&started));
    assert_eq!(session_id(&renewed), session_id(&started));
    assert_ne!(renewed.body["session"]["last_used_at"], started.body["session"]["last_used_at"]);
    shop.get("/v1/users/me").by(&signed_in(&renewed)).send().await.with_status(200);
    shop.wait(29);
    for earlier in [&started, &renewed] {
        let repeated = refresh(&shop, &cookie(earlier)).await.with_status(200);
        assert_eq!(cookie(&repeated), cookie(&renewed), "a second tab, or a lost response");
    }
    shop.wait(1);
    let next = refresh(&shop, &cookie(&renewed)).await.with_status(200);
    assert_ne!(cookie(&next), cookie(&renewed));
}

#[actix_web::test]
async fn a_former_cookie_that_is_used_later_ends_the_session_for_everyone() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    let (stolen, other) = (start(&shop, &ada).await, start(&shop, &ada).await);
    let current = refresh(&shop, &cookie(&stolen)).await.with_status(200);
    shop.wait(30);
    let refused = refresh(&shop, &cookie(&stolen)).await.with_problem(401, "SESSION_ENDED");
    let removed = format!("frontrow-session=; Path={REFRESH}; Max-Age=0; HttpOnly; SameSite=Strict");
    assert_eq!(refused.header("set-cookie"), Some(removed.as_str()));
    assert_eq!(refused.header("www-authenticate"), Some("Bearer realm=\"frontrow\""));
    refresh(&shop, &cookie(&current)).await.with_problem(401, "SESSION_ENDED");
    let left: Vec<_> = sessions(&shop, &ada).await.iter().map(|session| session["id"].clone()).collect();
    assert_eq!(left, [json!(session_id(&other))]);
    refresh(&shop, &cookie(&other)).await.with_status(200);
}

#[actix_web::test]
async fn tabs_that_renew_at_once_have_the_same_cookie() {
    let shop = Shop::open().await;
    let started = start(&shop, &shop.user("Ada").await).await;
    let sent = cookie(&started);
    let tabs = join_all((0..8).map(|_| refresh(&shop, &sent))).await;
    let cookies: Vec<_> = tabs.into_iter().map(|answer| cookie(&answer.with_status(200))).collect();
    assert!(cookies.iter().all(|cookie| *cookie == cookies[0]), "{cookies:?}");
    shop.wait(30);
    refresh(&shop, &cookies[0]).await.with_status(200);
}

#[actix_web::test]
async fn a_session_ends_without_use_and_at_the_end_of_its_lifetime() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    let (idle, mut used) = (start(&shop, &ada).await, start(&shop, &ada).await);
    let day = 24 * 3_600;
    for _ in 0..4 {
        shop.wait(7 * day - 1);
        used = refresh(&shop, &cookie(&used)).await.with_status(200);
    }
    refresh(&shop, &cookie(&idle)).await.with_problem(401, "SESSION_ENDED");
    shop.wait(2 * day + 3);
    let last = refresh(&shop, &cookie(&used)).await.with_status(200);
    assert_eq!(last.body["expires_in_seconds"], 1, "no longer than the session");
    shop.wait(1);
    refresh(&shop, &cookie(&last)).await.with_problem(401, "SESSION_ENDED");
}

#[actix_web::test]
async fn users_list_and_end_their_sessions() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    let first = start(&shop, &ada).await;
    shop.wait(60);
    let second = start(&shop, &ada).await;
    let (phone, laptop) = (signed_in(&first), signed_in(&second));
    let listed = sessions(&shop, &phone).await;
    let shown: Vec<_> = listed.iter().map(|session| (session["id"].clone(), session["current"] == true)).collect();
    assert_eq!(shown, [(json!(session_id(&second)), false), (json!(session_id(&first)), true)]);
    assert_eq!(sessions(&shop, &ada).await.iter().filter(|session| session["current"] == true).count(), 0, "another access token");

    let ended = end(&shop, &laptop, &session_id(&first)).await.with_status(204);
    assert_eq!(ended.header("set-cookie"), None, "another session keeps its cookie");
    end(&shop, &laptop, &session_id(&first)).await.with_status(204);
    refresh(&shop, &cookie(&first)).await.with_problem(401, "SESSION_ENDED");
    let removed = end(&shop, &laptop, &session_id(&second)).await.with_status(204);
    assert!(removed.header("set-cookie").is_some_and(|cookie| cookie.starts_with("frontrow-session=;") && cookie.contains("Max-Age=0")));
    assert_eq!(sessions(&shop, &ada).await, Vec::<Value>::new());
    end(&shop, &ada, "0f207207-0000-7000-8000-00000000dead").await.with_problem(404, "NOT_FOUND");
    end(&shop, &ada, "x").await.with_problem(404, "NOT_FOUND");
}

#[actix_web::test]
async fn another_users_session_is_not_found_and_not_listed() {
    let shop = Shop::open().await;
    let (ada, bob) = (shop.user("Ada").await, shop.user("Bob").await);
    let started = start(&shop, &ada).await;
    end(&shop, &bob, &session_id(&started)).await.with_problem(404, "NOT_FOUND");
    end(&shop, &shop.operator(), &session_id(&started)).await.with_problem(404, "NOT_FOUND");
    assert_eq!(sessions(&shop, &bob).await, Vec::<Value>::new());
    refresh(&shop, &cookie(&started)).await.with_status(200);
}

#[actix_web::test]
async fn a_user_has_a_limited_number_of_sessions() {
    let rules = Plan::default().rules;
    let sessions_rules = SessionRules { max_per_user: 2, ..rules.sessions.clone() };
    let shop = Plan { rules: Rules { sessions: sessions_rules, ..rules }, ..Plan::default() }.open().await;
    let ada = shop.user("Ada").await;
    let mut started = Vec::new();
    for _ in 0..3 {
        started.push(start(&shop, &ada).await);
        shop.wait(1);
    }
    refresh(&shop, &cookie(&started[0])).await.with_problem(401, "SESSION_ENDED");
    for kept in &started[1..] {
        refresh(&shop, &cookie(kept)).await.with_status(200);
    }
    assert_eq!(sessions(&shop, &ada).await.len(), 2);
}

#[actix_web::test]
async fn a_session_cannot_begin_another_one() {
    let shop = Shop::open().await;
    let operator = signed_in(&start(&shop, &shop.operator()).await);
    let rows = shop.store.rows();
    shop.post("/v1/sessions").by(&operator).json(&json!({})).send().await.with_problem(403, "FORBIDDEN");
    shop.post("/v1/admin/login-codes").by(&operator).json(&json!({})).send().await.with_problem(403, "FORBIDDEN");
    assert!(shop.store.rows() == rows);
}

#[actix_web::test]
async fn requests_from_pages_of_other_origins_are_refused() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    let started = start(&shop, &ada).await;
    let code = login_code(&shop, &shop.operator(), json!({"user_id": ada.id.0})).await.text("code");
    let rows = shop.store.rows();
    let foreign: [&[(&'static str, &str)]; 5] = [
        &[("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")],
        &[("Sec-Fetch-Site", "same-site"), ("Origin", "https://evil.shop.example")],
        &[("Origin", "https://evil.example"), ("Host", "shop.example")],
        &[("Origin", "null"), ("Host", "shop.example")],
        &[("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")],
    ];
    for headers in foreign {
        let from = |path| headers.iter().fold(shop.post(path), |request, (name, value)| request.header(name, value));
        from(REFRESH).header("Cookie", &cookie(&started)).send().await.with_problem(403, "CROSS_SITE_REQUEST");
        from("/v1/sessions").by(&ada).json(&json!({})).send().await.with_problem(403, "CROSS_SITE_REQUEST");
        let refused = from("/v1/sessions").json(&json!({"code": code})).send().await.with_problem(403, "CROSS_SITE_REQUEST");
        assert_eq!(refused.header("set-cookie"), None);
    }
    assert!(shop.store.rows() == rows);
    let own = shop.post(REFRESH).header("Cookie", &cookie(&started)).header("Sec-Fetch-Site", "same-origin");
    own.header("Origin", "https://shop.example").send().await.with_status(200);
}

#[actix_web::test]
async fn allowed_origins_may_not_send_the_cookie() {
    let plan = Plan::default();
    let settings = HttpSettings { cors_origins: vec!["https://shop.example".to_owned()], ..plan.settings.clone() };
    let shop = Plan { settings, ..plan }.open().await;
    let started = start(&shop, &shop.user("Ada").await).await;
    let foreign = shop.post(REFRESH).header("Cookie", &cookie(&started)).header("Origin", "https://shop.example");
    let refused = foreign.header("Sec-Fetch-Site", "cross-site").send().await.with_problem(403, "CROSS_SITE_REQUEST");
    assert_eq!(refused.header("access-control-allow-origin"), Some("https://shop.example"));
    assert_eq!(refused.header("access-control-allow-credentials"), None);
}

#[actix_web::test]
async fn an_invalid_cookie_is_unauthenticated_and_an_unknown_session_has_ended() {
    let shop = Shop::open().await;
    let started = start(&shop, &shop.user("Ada").await).await;
    let valid = cookie(&started);
    let rows = shop.store.rows();
    shop.post(REFRESH).send().await.with_problem(401, "UNAUTHENTICATED");
    let longer = format!("{valid}A");
    for invalid in ["", "frontrow-session=", "frontrow-session=x", "frontrow-session", "other=1", &longer, &valid[..50]] {
        let refused = refresh(&shop, invalid).await.with_problem(401, "UNAUTHENTICATED");
        assert_eq!(refused.header("www-authenticate"), Some("Bearer realm=\"frontrow\""), "{invalid}");
    }
    refresh(&shop, &format!("{valid}; {valid}")).await.with_problem(401, "UNAUTHENTICATED");
    refresh(&shop, &format!("frontrow-session={}", "A".repeat(86))).await.with_problem(401, "SESSION_ENDED");
    assert!(shop.store.rows() == rows);
    refresh(&shop, &format!("other=1; {valid}; more=2")).await.with_status(200);
}

#[actix_web::test]
async fn a_login_code_signs_in_its_user_once_without_roles() {
    let shop = Shop::open().await;
    let (ada, operator) = (shop.user("Ada").await, shop.operator());
    let created = login_code(&shop, &operator, json!({"user_id": ada.id.0})).await;
    assert_eq!((created.text("user_id"), &created.body["expires_in_seconds"]), (ada.id.0.to_string(), &json!(60)));
    assert_eq!(created.header("cache-control"), Some("no-store"));
    assert_eq!(sessions(&shop, &ada).await, Vec::<Value>::new(), "not before it is redeemed");
    shop.wait(59);
    let answer = redeem(&shop, &created.text("code")).await.with_status(201);
    assert_eq!((answer.text("user_id"), &answer.body["session"]["roles"]), (ada.id.0.to_string(), &json!([])));
    let browser = signed_in(&answer);
    assert_eq!(shop.get("/v1/users/me").by(&browser).send().await.with_status(200).text("name"), "Ada");
    shop.get("/v1/admin/queues").by(&browser).send().await.with_problem(403, "FORBIDDEN");
    refresh(&shop, &cookie(&answer)).await.with_status(200);
    let rows = shop.store.rows();
    redeem(&shop, &created.text("code")).await.with_problem(401, "LOGIN_CODE_NOT_VALID");
    assert!(shop.store.rows() == rows, "the session continues");

    let log = shop.get(&format!("/v1/admin/log?subject={}", ada.id.0)).by(&operator).send().await.with_status(200);
    let entry = &log.body["items"][0];
    assert_eq!((&entry["action"], &entry["operator_id"]), (&json!("SIGN_IN"), &json!(operator.id.0)));
    assert!(!log.body.to_string().contains(&created.text("code")));
}

#[actix_web::test]
async fn a_login_code_that_expires_or_is_changed_is_refused() {
    let shop = Shop::open().await;
    let (ada, operator) = (shop.user("Ada").await, shop.operator());
    let code = login_code(&shop, &operator, json!({"user_id": ada.id.0})).await.text("code");
    let last = if code.ends_with('A') { 'E' } else { 'A' };
    redeem(&shop, &format!("{}{last}", &code[..85])).await.with_problem(401, "LOGIN_CODE_NOT_VALID");
    for invalid in ["", "x", &code[1..], &format!("{code}A")] {
        redeem(&shop, invalid).await.with_problem(400, "VALIDATION_FAILED").at("/code");
    }
    shop.wait(60);
    redeem(&shop, &code).await.with_problem(401, "LOGIN_CODE_NOT_VALID");
}

#[actix_web::test]
async fn of_many_redemptions_of_a_code_one_succeeds() {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    let code = login_code(&shop, &shop.operator(), json!({"user_id": ada.id.0})).await.text("code");
    let mut statuses: Vec<_> = join_all((0..8).map(|_| redeem(&shop, &code))).await.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 401, 401, 401, 401, 401, 401, 401]);
}

#[actix_web::test]
async fn an_operators_own_code_has_their_roles_for_a_shorter_time() {
    let shop = Shop::open().await;
    let operator = shop.stranger(&[Role::User, Role::Operator, Role::Scanner]);
    let created = login_code(&shop, &operator, json!({})).await;
    let answer = redeem(&shop, &created.text("code")).await.with_status(201);
    assert_eq!((answer.text("user_id"), &answer.body["session"]["roles"]), (operator.id.0.to_string(), &json!(["operator", "scanner"])));
    shop.get("/v1/admin/queues").by(&signed_in(&answer)).send().await.with_status(200);
    let renewed = refresh(&shop, &cookie(&answer)).await.with_status(200);
    shop.get("/v1/admin/queues").by(&signed_in(&renewed)).send().await.with_status(200);
    assert!(answer.header("set-cookie").is_some_and(|cookie| cookie.contains(&format!("; Max-Age={};", 12 * 3_600))));
    shop.wait(12 * 3_600);
    refresh(&shop, &cookie(&renewed)).await.with_problem(401, "SESSION_ENDED");

    let others = login_code(&shop, &operator, json!({"user_id": shop.stranger(&[]).id.0})).await;
    let answer = redeem(&shop, &others.text("code")).await.with_status(201);
    assert_eq!(answer.body["session"]["roles"], json!([]), "another user's session has no roles");
    shop.get("/v1/admin/queues").by(&signed_in(&answer)).send().await.with_problem(403, "FORBIDDEN");
}
