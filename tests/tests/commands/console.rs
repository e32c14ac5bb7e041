//! `frontrow console`, with the real binary and a real server.

use frontrow_tests::{Frontrow, Shopper, StoreKind};
use reqwest::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};

#[rstest]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test]
async fn the_console_is_opened_once_by_its_address_and_stays_signed_in(#[case] store: StoreKind) {
    let server = Frontrow::start(store, &[]).await;
    let output = server.run_command(&["console", "--json", "--server", &server.base]).await;
    assert!(output.status.success(), "{output:?}");
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed["expires_in_seconds"], 60);
    let (page, code) = printed["url"].as_str().unwrap().split_once("#code=").unwrap();
    assert_eq!(page, format!("{}/console", server.base));

    let browser = Shopper::anonymous(&server);
    let signed_in = browser.post("/v1/sessions", None, &json!({"code": code})).await.expect(201);
    assert_eq!(signed_in.body["session"]["roles"], json!(["operator"]));
    let _ = browser.post("/v1/sessions", None, &json!({"code": code})).await.expect_problem(401, "LOGIN_CODE_NOT_VALID");
    let _ = Shopper::with_jwt(&server, &signed_in.text("access_token")).get("/v1/admin/queues").await.expect(200);

    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    let renewal = || reqwest::Client::new().post(format!("{}/v1/sessions:refresh", server.base)).header("cookie", &cookie);
    assert_eq!(renewal().send().await.unwrap().status(), StatusCode::OK);
    let foreign = renewal().header("origin", "https://evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let log = server.log();
    assert!(!log.contains(code) && !log.contains(cookie.split_once('=').unwrap().1), "secrets are not logged");
    server.assert_audit_is_clean().await;
}
