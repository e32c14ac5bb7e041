//! `/v1/admin/audits`: whether the invariants hold.

use std::sync::Arc;
use std::time::Duration;

use application::ports::{Audit, Finding, Invariant, LedgerCheck, MockAudit, ReadError};
use async_trait::async_trait;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::answer::Answer;
use crate::plan::Plan;
use crate::shop::{Shop, Visitor};

/// Returns the audit at `path` once it has ended.
pub(super) async fn ended(shop: &Shop, operator: &Visitor, path: &str) -> Answer {
    loop {
        let audit = shop.get(path).by(operator).send().await.with_status(200);
        if audit.body["status"] != "RUNNING" {
            return audit;
        }
        tokio::task::yield_now().await;
    }
}

/// Runs an audit and returns it.
pub(super) async fn run(shop: &Shop, operator: &Visitor) -> Answer {
    let started = shop.post("/v1/admin/audits").by(operator).send().await.with_status(202);
    ended(shop, operator, started.header("location").expect("a location")).await
}

#[actix_web::test]
async fn every_invariant_holds_after_a_sale() {
    let shop = Shop::open().await;
    let (operator, ada) = (shop.operator(), shop.funded("Ada", 500_000).await);
    let hold = shop.held(&ada, &[1]).await;
    shop.pay(&ada, "pay", &hold).await.with_status(201);
    let audit = run(&shop, &operator).await;
    assert_eq!((&audit.body["status"], &audit.body["holds"]), (&json!("COMPLETED"), &json!(true)), "{}", audit.body);
    assert_eq!((audit.header("cache-control"), audit.header("retry-after")), (Some("no-store"), None));
    let findings = audit.body["findings"].as_array().expect("findings");
    assert!(findings.len() > 5 && findings.iter().all(|finding| finding["violations"] == 0 && finding["promise"].is_string()));
}

#[actix_web::test]
async fn a_violated_invariant_is_reported() {
    let plan = Plan {
        ports: |ports| {
            let mut audit = MockAudit::new();
            let finding = |invariant, violations| Finding { invariant, violations };
            audit
                .expect_audit()
                .returning(move || Ok(vec![finding(Invariant::BalanceIsSumOfEntries, 3), finding(Invariant::BalanceIsNeverNegative, 0)]));
            ports.audit = Arc::new(audit);
        },
        ..Plan::default()
    };
    let shop = plan.open().await;
    let audit = run(&shop, &shop.operator()).await;
    assert_eq!(audit.body["holds"], false);
    assert_eq!(audit.body["findings"][0], json!({"promise": "P2", "name": "balance_is_sum_of_entries", "violations": 3}));
}

#[actix_web::test]
async fn an_audit_that_cannot_read_the_store_has_failed() {
    let plan = Plan {
        ports: |ports| {
            let mut audit = MockAudit::new();
            audit.expect_audit().returning(|| Err(ReadError::ReadOnly));
            ports.audit = Arc::new(audit);
        },
        ..Plan::default()
    };
    let shop = plan.open().await;
    let audit = run(&shop, &shop.operator()).await.body;
    assert_eq!((&audit["status"], &audit["holds"], &audit["findings"]), (&json!("FAILED"), &json!(null), &json!(null)));
    assert!(audit["finished_at"].is_string());
}

static MAY_END: Semaphore = Semaphore::const_new(0);

/// An audit that waits for permission to end.
struct HeldAudit;

#[async_trait]
impl Audit for HeldAudit {
    async fn audit(&self) -> Result<Vec<Finding>, ReadError> {
        MAY_END.acquire().await.expect("an open semaphore").forget();
        Ok(Vec::new())
    }

    async fn check_ledger(&self, _: Duration) -> Result<Option<LedgerCheck>, ReadError> {
        Ok(None)
    }
}

#[actix_web::test]
async fn while_an_audit_runs_a_second_request_returns_it() {
    let shop = Plan { ports: |ports| ports.audit = Arc::new(HeldAudit), ..Plan::default() }.open().await;
    let operator = shop.operator();
    let first = shop.post("/v1/admin/audits").by(&operator).send().await.with_status(202);
    let second = shop.post("/v1/admin/audits").by(&operator).send().await.with_status(202);
    assert_eq!((&first.body, first.header("location")), (&second.body, second.header("location")));
    let location = first.header("location").expect("a location");
    assert_eq!(location, format!("/v1/admin/audits/{}", first.text("id")));
    let shown = shop.get(location).by(&operator).send().await.with_status(200);
    assert_eq!((&shown.body, shown.header("retry-after")), (&first.body, Some("1")));
    assert_eq!((&shown.body["status"], &shown.body["finished_at"], &shown.body["holds"]), (&json!("RUNNING"), &json!(null), &json!(null)));

    MAY_END.add_permits(1);
    assert_eq!(ended(&shop, &operator, location).await.body["status"], "COMPLETED");
    let third = shop.post("/v1/admin/audits").by(&operator).send().await.with_status(202);
    assert_ne!(third.text("id"), first.text("id"));
    MAY_END.add_permits(1);
}

#[actix_web::test]
async fn an_unknown_audit_is_not_found() {
    let shop = Shop::open().await;
    let unknown = "/v1/admin/audits/0f207207-0000-7000-8000-00000000dead";
    shop.get(unknown).by(&shop.operator()).send().await.with_problem(404, "NOT_FOUND");
}
