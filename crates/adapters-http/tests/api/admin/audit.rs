//! `/v1/admin/audit`: whether the invariants hold.

use std::sync::Arc;

use application::ports::{Finding, Invariant, MockAudit};
use serde_json::json;

use crate::plan::Plan;
use crate::shop::Shop;

#[actix_web::test]
async fn every_invariant_holds_after_a_sale() {
    let shop = Shop::open().await;
    let (operator, ada) = (shop.operator(), shop.funded("Ada", 500_000).await);
    let hold = shop.held(&ada, &[1]).await;
    shop.pay(&ada, "pay", &hold).await.with_status(201);
    let audit = shop.get("/v1/admin/audit").by(&operator).send().await.with_status(200);
    assert_eq!((&audit.body["holds"], audit.header("cache-control")), (&json!(true), Some("no-store")));
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
    let audit = shop.get("/v1/admin/audit").by(&shop.operator()).send().await.with_status(200);
    assert_eq!(audit.body["holds"], false);
    assert_eq!(audit.body["findings"][0], json!({"promise": "P2", "name": "balance_is_sum_of_entries", "violations": 3}));
}
