//! Health checks.

use adapters_http::Readiness;
use serde_json::json;

use crate::plan::Plan;
use crate::shop::Shop;

#[actix_web::test]
async fn a_healthy_instance_reports_ok() {
    let shop = Shop::open().await;
    for path in ["/livez", "/readyz"] {
        let answer = shop.get(path).header("Accept", "text/plain").send().await.with_status(200);
        assert_eq!(answer.body, json!({"status": "ok"}), "{path}");
    }
}

#[actix_web::test]
async fn an_instance_that_is_not_ready_is_live_and_reports_the_reason() {
    let shop = Plan { readiness: || Readiness::NotReady("the server is stopping".into()), ..Plan::default() }.open().await;
    shop.get("/livez").send().await.with_status(200);
    let answer = shop.get("/readyz").send().await.with_problem(503, "UNAVAILABLE");
    assert_eq!(answer.text("detail"), "the server is stopping");
    assert!(answer.header("retry-after").is_some());
}

#[actix_web::test]
async fn a_fault_of_a_shared_dependency_is_reported_as_degraded_and_keeps_the_instance_ready() {
    let shop = Plan { readiness: || Readiness::Degraded("the store does not respond".into()), ..Plan::default() }.open().await;
    let answer = shop.get("/readyz").send().await.with_status(200);
    assert_eq!(answer.body, json!({"status": "degraded", "detail": "the store does not respond"}));
}
