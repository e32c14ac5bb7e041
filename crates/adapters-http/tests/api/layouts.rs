//! The layouts of schedules.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::plan::{LATER_SCHEDULE, PRICE, SCHEDULE};
use crate::shop::{Shop, rand};

fn path() -> String {
    format!("/v1/schedules/{}/layout", SCHEDULE.0)
}

async fn by_hash(shop: &Shop, hash: &str) -> Answer {
    shop.get(&format!("/v1/schedules/{}/layouts/{hash}", SCHEDULE.0)).send().await
}

async fn lay_out(shop: &Shop, map: &Value) -> Answer {
    shop.put(&format!("/v1/admin/schedules/{}/seat-map", SCHEDULE.0)).by(&shop.operator()).json(map).send().await
}

/// Returns a seat map with categories, coordinates, and seats for wheelchair users and their companions.
fn a_map() -> Value {
    json!({
        "categories": [{"id": "vip", "name": "VIP", "colour": "#D81B60", "price": 90_000}],
        "stage": [[0, 0], [100, 0], [100, 20], [0, 20]],
        "sections": [
            {"name": "Circle", "category": "vip", "outline": [[0, 90], [100, 90], [50, 200]], "rows": [
                {"name": "A", "numbers": {"from": 101, "to": 104}, "curve": [[0, 100], [50, 120], [100, 100]]},
                {"name": "A", "numbers": {"from": 105, "to": 105}, "first_place": 5, "accessible": true, "curve": [[110, 100], [120, 100]]},
                {"name": "A", "numbers": {"from": 106, "to": 106}, "first_place": 6, "companion": true, "curve": [[130, 100], [140, 100]]},
            ]},
            {"name": "Gallery", "price": 20_000, "rows": [{"name": "Z", "numbers": {"from": 200, "to": 203}, "label": "{section} {number}"}]},
        ],
    })
}

#[actix_web::test]
async fn seats_without_a_stored_layout_have_a_generated_one() {
    let shop = Shop::open().await;
    let shown = shop.get(&path()).send().await.with_status(200);
    let row = &shown.body["sections"][0]["rows"][0];
    let price = json!({"amount": PRICE, "currency": "KRW"});
    assert_eq!((&shown.body["seats"], &shown.body["categories"][0]["price"]), (&json!(10), &price));
    let expected = json!({
        "name": "A", "from": 1, "to": 10, "first_place": 1, "category": format!("price-{PRICE}"), "curve": [[-45, 0], [45, 0]],
    });
    assert_eq!(*row, expected);
    assert_eq!(shown.header("cache-control"), Some("public, max-age=10"));
    let hash = shown.text("hash");
    assert_eq!(shown.header("content-location"), Some(&*format!("/v1/schedules/{}/layouts/{hash}", SCHEDULE.0)));
    assert_eq!(by_hash(&shop, &hash).await.with_status(200).body, shown.body);
    let empty = shop.get(&format!("/v1/schedules/{}/layout", LATER_SCHEDULE.0)).send().await.with_status(200);
    assert_eq!((&empty.body["seats"], &empty.body["sections"]), (&json!(0), &json!([])));
}

#[actix_web::test]
async fn a_layout_has_categories_coordinates_and_accessible_seats() {
    let shop = Shop::open().await;
    let before = shop.get(&path()).send().await.with_status(200);
    lay_out(&shop, &a_map()).await.with_status(200);
    let shown = shop.get(&path()).send().await.with_status(200);
    let vip = json!({"id": "vip", "name": "VIP", "colour": "#d81b60", "price": {"amount": 90_000, "currency": "KRW"}});
    assert!(shown.body["categories"].as_array().is_some_and(|all| all.len() == 3 && all.contains(&vip)), "{}", shown.body);
    assert_eq!(shown.body["stage"], a_map()["stage"]);
    let sections = shown.body["sections"].as_array().expect("sections");
    assert_eq!(sections.iter().map(|section| section["name"].as_str()).collect::<Vec<_>>(), [Some("Row"), Some("Circle"), Some("Gallery")]);
    assert_eq!(sections[1]["outline"], a_map()["sections"][0]["outline"]);
    let rows = &sections[1]["rows"];
    assert_eq!((&rows[0]["curve"], &rows[0]["category"]), (&json!([[0, 100], [50, 120], [100, 100]]), &json!("vip")));
    assert_eq!((&rows[1]["accessible"], &rows[2]["companion"], rows[0].get("accessible")), (&json!(true), &json!(true), None));
    assert_eq!(
        (&sections[2]["rows"][0]["label"], &sections[2]["rows"][0]["category"]),
        (&json!("{section} {number}"), &json!("price-20000"))
    );

    assert_ne!(shown.text("hash"), before.text("hash"));
    let again = shop.get(&path()).header("If-None-Match", &shown.tag()).send().await.with_status(304);
    assert_eq!(again.header("vary"), Some("accept-encoding"));
}

#[actix_web::test]
async fn a_layout_under_its_hash_is_immutable_and_compressed() {
    let shop = Shop::open().await;
    lay_out(&shop, &a_map()).await.with_status(200);
    let old = shop.get(&path()).send().await.with_status(200);
    let mut map = a_map();
    map["categories"][0]["name"] = json!("Very important");
    assert_eq!(lay_out(&shop, &map).await.with_status(200).body["changed"], 0);
    assert_ne!(shop.get(&path()).send().await.with_status(200).text("hash"), old.text("hash"), "the schedule has another layout");

    let kept = by_hash(&shop, &old.text("hash")).await.with_status(200);
    assert_eq!((&kept.body, kept.header("cache-control")), (&old.body, Some("public, max-age=31536000, immutable")));
    let address = format!("/v1/schedules/{}/layouts/{}", SCHEDULE.0, old.text("hash"));
    let gzip = shop.get(&address).header("Accept-Encoding", "gzip").send().await.with_status(200);
    assert_eq!((gzip.header("content-encoding"), &gzip.bytes[..2]), (Some("gzip"), &[0x1f, 0x8b][..]));
    for hash in ["0".repeat(64), "x".into(), old.text("hash").to_uppercase(), "a".repeat(63)] {
        by_hash(&shop, &hash).await.with_problem(404, "NOT_FOUND");
    }
    let nowhere = uuid::Uuid::from_u128(rand());
    shop.get(&format!("/v1/schedules/{nowhere}/layout")).send().await.with_problem(404, "NOT_FOUND");
    shop.get(&format!("/v1/schedules/{nowhere}/layouts/{}", old.text("hash"))).send().await.with_problem(404, "NOT_FOUND");
}

#[actix_web::test]
async fn a_seat_map_with_categories_and_coordinates_is_returned_as_it_was_sent() {
    let shop = Shop::open().await;
    let map = a_map();
    let schedules = format!("/v1/admin/concerts/{}/schedules", crate::plan::CONCERT.0);
    let mut schedule = crate::admin::valid_requests::a_schedule();
    schedule["seat_map"] = map.clone();
    let id = shop.post(&schedules).by(&shop.operator()).json(&schedule).send().await.with_status(201).text("id");
    let path = format!("/v1/admin/schedules/{id}/seat-map");
    let mut shown = shop.get(&path).by(&shop.operator()).send().await.with_status(200).body;
    shown["categories"][0]["colour"] = map["categories"][0]["colour"].clone();
    assert_eq!(shown, map, "except for the case of the colour");
    let again = shop.put(&path).by(&shop.operator()).json(&map).send().await.with_status(200).body;
    assert_eq!(again, json!({"created": 0, "changed": 0, "unchanged": 10}));

    let report = shop.get(&format!("/v1/admin/schedules/{id}")).by(&shop.operator()).send().await.with_status(200).body;
    let seats: Vec<_> =
        report["categories"].as_array().expect("categories").iter().map(|of| (of["id"].clone(), of["seats"].clone())).collect();
    assert_eq!(seats, [(json!("vip"), json!(6)), (json!("price-20000"), json!(4))]);
}

#[actix_web::test]
async fn an_invalid_category_or_coordinate_is_refused_with_a_pointer() {
    let shop = Shop::open().await;
    let before = shop.store.rows();
    let with = |pointer: &str, value: Value| {
        let mut map = a_map();
        let (parent, member) = pointer.rsplit_once('/').expect("a pointer");
        map.pointer_mut(parent).expect("a value")[member] = value;
        map
    };
    let row = "/sections/0/rows/0";
    for (pointer, value, expected) in [
        ("/categories/0/id".to_owned(), json!("VIP"), "/categories/0/id"),
        ("/categories/0/colour".into(), json!("red"), "/categories/0/colour"),
        ("/categories/0/id".into(), json!("other"), "/sections"),
        ("/stage".into(), json!([[0, 0], [1, 1]]), "/stage"),
        ("/stage".into(), json!([[0, 0], [1, 1], [1, 2, 3]]), "/stage/2"),
        ("/sections/0/outline".into(), json!([[0, 0], [1, 1], [2_000_000, 0]]), "/sections/0/outline/2"),
        ("/sections/0/price".into(), json!(5), "/sections/0/price"),
        (format!("{row}/curve"), json!([[0, 0]]), "/sections/0/rows/0/curve"),
        (format!("{row}/category"), json!("none"), "/sections"),
        ("/sections/0/rows/1/companion".into(), json!(true), "/sections/0/rows/1/companion"),
    ] {
        let refused = lay_out(&shop, &with(&pointer, value)).await.with_problem(400, "VALIDATION_FAILED");
        assert_eq!(refused.body["errors"][0]["pointer"], expected, "{pointer}: {}", refused.body);
    }
    assert!(shop.store.rows() == before);
}

#[actix_web::test]
async fn the_price_of_a_category_changes_only_with_all_of_its_seats() {
    let shop = Shop::open().await;
    lay_out(&shop, &a_map()).await.with_status(200);
    let mut dearer = a_map();
    dearer["categories"][0]["price"] = json!(95_000);
    let mut part = dearer.clone();
    part["sections"][0]["rows"].as_array_mut().expect("rows").remove(0);
    let refused = lay_out(&shop, &part).await.with_problem(400, "VALIDATION_FAILED").at("/sections");
    assert!(refused.body["errors"][0]["message"].as_str().is_some_and(|message| message.starts_with("category vip has another price")));
    assert_eq!(lay_out(&shop, &dearer).await.with_status(200).body, json!({"created": 0, "changed": 6, "unchanged": 4}));
}
