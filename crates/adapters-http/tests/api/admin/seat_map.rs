//! `/v1/admin/schedules/{id}/seat-map`: seats described by rows.

use serde_json::{Value, json};

use super::valid_requests::{a_map, a_schedule};
use crate::plan::{CONCERT, LATER_SCHEDULE, PRICE, SCHEDULE};
use crate::shop::{Shop, Visitor, rand};

fn path() -> String {
    format!("/v1/admin/schedules/{}/seat-map", SCHEDULE.0)
}

async fn seats(shop: &Shop, visitor: &Visitor) -> Value {
    shop.get(&format!("/v1/schedules/{}/seats", SCHEDULE.0)).by(visitor).send().await.with_status(200).body
}

#[actix_web::test]
async fn a_seat_map_creates_seats_and_changes_labels_and_prices_of_existing_ones() {
    let shop = Shop::open().await;
    let (operator, ada) = (shop.operator(), shop.admitted("Ada").await);
    assert_eq!(seats(&shop, &ada).await["available"], 10);
    let row = |name: &str, from: u32, to: u32| json!({"name": name, "numbers": {"from": from, "to": to}});
    let mut boxes = row("Box", 12, 12);
    boxes["price"] = json!(90_000);
    boxes["label"] = json!("{section}: {row} no. {number}");
    boxes["accessible"] = json!(true);
    let mut behind = row("A", 9, 11);
    behind["first_place"] = json!(9);
    let map = json!({"sections": [{"name": "Row", "price": PRICE, "rows": [behind, boxes]}]});
    let stored = shop.put(&path()).by(&operator).json(&map).send().await.with_status(200);
    assert_eq!(stored.body, json!({"created": 2, "changed": 0, "unchanged": 2}));
    let shown = seats(&shop, &ada).await;
    let last = json!({"number": 12, "label": "Row: Box no. 12", "status": "AVAILABLE", "price": {"amount": 90_000, "currency": "KRW"}, "accessible": true, "section": "Row", "row": "Box", "place": 1, "category": "price-90000"});
    assert_eq!((&shown["available"], &shown["seats"][11], &shown["seats"][10]["label"]), (&json!(12), &last, &json!("Row A 11")));

    let dearer = json!({"sections": [{"name": "Row", "price": PRICE + 1, "rows": [row("A", 1, 2)]}]});
    let stored = shop.put(&path()).by(&operator).json(&dearer).send().await.with_status(200);
    assert_eq!(stored.body, json!({"created": 0, "changed": 2, "unchanged": 0}));
    assert_eq!(seats(&shop, &ada).await["seats"][0]["price"]["amount"], PRICE + 1);
}

#[actix_web::test]
async fn a_stored_seat_map_is_returned_as_one_that_describes_the_same_seats() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let shown = shop.get(&path()).by(&operator).send().await.with_status(200);
    let rows = json!([{"name": "A", "numbers": {"from": 1, "to": 10}}]);
    assert_eq!(shown.body, json!({"sections": [{"name": "Row", "price": PRICE, "rows": rows}]}));
    assert_eq!(shown.header("cache-control"), Some("no-store"));

    let odd = json!({"sections": [
        {"name": "Left {row} wing", "rows": [
            {"name": "A", "numbers": {"from": 20, "to": 29}, "first_place": 7, "price": 5, "label": "{row}/{place} of {number}"},
            {"name": "B {place}", "numbers": {"from": 40, "to": 44}, "price": 0, "accessible": true},
        ]},
        {"name": "Boxes", "price": 9, "rows": [{"name": "one", "numbers": {"from": 50, "to": 53}, "label": "{section}-{number}"}]},
    ]});
    assert_eq!(shop.put(&path()).by(&operator).json(&odd).send().await.with_status(200).body["created"], 19);
    let whole = shop.get(&path()).by(&operator).send().await.with_status(200).body;
    let again = shop.put(&path()).by(&operator).json(&whole).send().await.with_status(200);
    assert_eq!(again.body, json!({"created": 0, "changed": 0, "unchanged": 29}));

    let mut schedule = a_schedule();
    schedule["seat_map"] = whole.clone();
    let schedules = format!("/v1/admin/concerts/{}/schedules", CONCERT.0);
    let copy = shop.post(&schedules).by(&operator).json(&schedule).send().await.with_status(201).text("id");
    let copied = shop.get(&format!("/v1/admin/schedules/{copy}/seat-map")).by(&operator).send().await.with_status(200);
    assert_eq!(copied.body, whole);
}

#[actix_web::test]
async fn the_seat_map_is_empty_without_seats_and_not_found_for_an_unknown_schedule() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let empty = shop.get(&format!("/v1/admin/schedules/{}/seat-map", LATER_SCHEDULE.0)).by(&operator).send().await.with_status(200);
    assert_eq!(empty.body, json!({"sections": []}));
    let nowhere = format!("/v1/admin/schedules/{}/seat-map", uuid::Uuid::from_u128(rand()));
    shop.get(&nowhere).by(&operator).send().await.with_problem(404, "NOT_FOUND");
    shop.put(&nowhere).by(&operator).json(&a_map(1, 2)).send().await.with_problem(404, "NOT_FOUND");
}

#[actix_web::test]
async fn a_seat_map_that_would_change_taken_seats_is_refused_as_a_whole() {
    let shop = Shop::open().await;
    let (operator, ada) = (shop.operator(), shop.admitted("Ada").await);
    shop.held(&ada, &[2]).await;
    let before = shop.store.rows();
    let refused = shop.put(&path()).by(&operator).json(&a_map(1, 20)).send().await.with_problem(409, "SEAT_UNAVAILABLE");
    assert_eq!(refused.body["conflicts"], json!([{"number": 2, "status": "HELD"}]));
    assert!(shop.store.rows() == before);
}

#[actix_web::test]
async fn an_invalid_seat_map_is_refused_with_a_pointer() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let map = |rows: Value| json!({"sections": [{"name": "Stalls", "price": 1, "rows": rows}]});
    let row = |numbers: Value| json!({"name": "A", "numbers": numbers});
    let row_with = |name: &str, value: Value| {
        let mut row = row(json!({"from": 1, "to": 2}));
        row[name] = value;
        map(json!([row]))
    };
    let unpriced = json!({"sections": [{"name": "Stalls", "rows": [row(json!({"from": 1, "to": 2}))]}]});
    for (body, pointer) in [
        (json!({"sections": []}), "/sections"),
        (map(json!([])), "/sections"),
        (map(json!([row(json!({"from": 2, "to": 1}))])), "/sections"),
        (map(json!([row(json!({"from": 1, "to": 2})), row(json!({"from": 2, "to": 3}))])), "/sections"),
        (a_map(1, 100_001), "/sections"),
        (map(json!([row(json!({"from": 1, "to": 2})), row(json!({"from": 11, "to": 12}))])), "/sections"),
        (json!({"sections": [{"name": "Row", "price": 1, "rows": [row(json!({"from": 101, "to": 102}))]}]}), "/sections"),
        (row_with("price", json!(1_500_001)), "/sections"),
        (row_with("price", json!(9_007_199_254_740_993_i64)), "/sections"),
        (map(json!([row(json!({"from": 0, "to": 1}))])), "/sections/0/rows/0/numbers/from"),
        (map(json!([row(json!({"from": 1, "to": 1_000_001}))])), "/sections/0/rows/0/numbers/to"),
        (unpriced, "/sections/0/rows/0/price"),
        (row_with("price", json!(-1)), "/sections/0/rows/0/price"),
        (row_with("label", json!("")), "/sections/0/rows/0/label"),
        (row_with("first_place", json!(-1)), "/sections/0/rows/0/first_place"),
        (row_with("color", json!("red")), "/sections/0/rows/0/color"),
        (row_with("label", json!("{row}".repeat(40))), "/sections/0/rows/0/name"),
    ] {
        let body = if pointer.ends_with("/name") {
            json!({"sections": [{"name": "S", "price": 1, "rows": [{"name": " ", "numbers": {"from": 1, "to": 1}}]}]})
        } else {
            body
        };
        shop.put(&path()).by(&operator).json(&body).send().await.with_problem(400, "VALIDATION_FAILED").at(pointer);
    }
}
