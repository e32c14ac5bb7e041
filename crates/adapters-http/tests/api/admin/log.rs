//! `/v1/admin/log`: the audit entries of operators.

use serde_json::{Value, json};

use crate::plan::{QUEUE, SCHEDULE};
use crate::shop::Shop;

const LOG: &str = "/v1/admin/log";

#[actix_web::test]
async fn audit_entries_are_listed_newest_first_in_pages_with_operator_subject_and_reason() {
    let shop = Shop::open().await;
    let (one, other) = (shop.operator(), shop.operator());
    let queue = format!("/v1/admin/queues/{}", QUEUE.0);
    shop.patch(&queue).by(&one).header("If-Match", "*").json(&json!({"policy": {"capacity": 7}})).send().await.with_status(200);
    shop.post(&format!("{queue}:pause")).by(&other).send().await.with_status(200);
    shop.post(&format!("{queue}:pause")).by(&other).send().await.with_status(200);
    let block = json!({"seat_numbers": [3, 4], "reason": "A broken seat"});
    shop.post(&format!("/v1/admin/schedules/{}/seats:block", SCHEDULE.0)).by(&one).json(&block).send().await.with_status(200);

    let get = async |query: &str| shop.get(&format!("{LOG}{query}")).by(&one).send().await.with_status(200).body;
    let log = get("").await;
    let items = log["items"].as_array().expect("items");
    let entries: Vec<_> = items.iter().map(|audit_entry| (&audit_entry["action"], &audit_entry["operator_id"])).collect();
    let (first, second) = (json!(one.id.0), json!(other.id.0));
    assert_eq!(
        entries,
        [(&json!("BLOCK"), &first), (&json!("PAUSE"), &second), (&json!("CHANGE"), &first)],
        "a request that changed nothing has no audit entry"
    );
    assert_eq!((&items[0]["subject"], &items[0]["reason"]), (&json!({"kind": "SCHEDULE", "id": SCHEDULE.0}), &json!("A broken seat")));
    assert_eq!(items[0]["changes"], json!([{"name": "seat_numbers", "before": null, "after": "3,4"}]));
    assert_eq!((&items[2]["reason"], &items[2]["changes"][0]), (&Value::Null, &json!({"name": "capacity", "before": null, "after": "7"})));
    assert!(items[0]["at"].is_string() && items[0]["id"].is_string());

    let page = get("?page_size=2").await;
    let rest = get(&format!("?page_size=2&cursor={}", page["next_cursor"].as_str().expect("a cursor"))).await;
    assert_eq!((&page["items"][1], &rest["items"][0], &rest["next_cursor"]), (&items[1], &items[2], &Value::Null));
    assert_eq!(get(&format!("?operator_id={}", other.id.0)).await["items"], json!([items[1]]));
    assert_eq!(get(&format!("?subject_id={}", SCHEDULE.0)).await["items"], json!([items[0]]));
    assert_eq!(get(&format!("?subject_id={}&operator_id={}", SCHEDULE.0, other.id.0)).await["items"], json!([]));
    for query in ["?subject_id=x", "?operator_id=", "?action=PAUSE"] {
        shop.get(&format!("{LOG}{query}")).by(&one).send().await.with_problem(400, "VALIDATION_FAILED");
    }
}
