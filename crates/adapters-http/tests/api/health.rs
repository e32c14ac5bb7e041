//! Health.

use adapters_http::Readiness;
use serde_json::json;

use crate::plan::Plan;
use crate::shop::Shop;

#[actix_web::test]
async fn a_healthy_instance_says_so() {
    let shop = Shop::open().await;
    for path in ["/livez", "/readyz"] {
        let answer = shop.get(path).header("Accept", "text/plain").send().await.with_status(200);
        assert_eq!(answer.body, json!({"status": "ok"}), "{path}");
    }
}

#[actix_web::test]
async fn an_instance_that_is_not_ready_lives_and_says_why() {
    let shop = Plan { readiness: || Readiness::NotReady("the server is stopping".into()), ..Plan::default() }.open().await;
    shop.get("/livez").send().await.with_status(200);
    let answer = shop.get("/readyz").send().await.with_problem(503, "UNAVAILABLE");
    assert_eq!(answer.text("detail"), "the server is stopping");
    assert!(answer.header("retry-after").is_some());
}

#[actix_web::test]
async fn a_fault_of_what_all_instances_share_is_reported_and_no_reason_to_send_requests_elsewhere() {
    let shop = Plan { readiness: || Readiness::Degraded("the store does not answer".into()), ..Plan::default() }.open().await;
    let answer = shop.get("/readyz").send().await.with_status(200);
    assert_eq!(answer.body, json!({"status": "degraded", "detail": "the store does not answer"}));
}
