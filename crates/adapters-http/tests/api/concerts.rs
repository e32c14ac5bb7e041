//! Concerts.

use application::ports::Clock as _;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::admin::valid_requests::{a_map, a_venue};
use crate::plan::{CONCERT, LATER_SCHEDULE, OTHER_CONCERT, PRICE, QUEUE, SCHEDULE};
use crate::shop::{Shop, Visitor};

const HOUR: Duration = Duration::HOUR;

fn text(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).expect("an instant")
}

/// Returns a schedule that starts in the given time, and is on sale until then.
fn starting_in(shop: &Shop, after: Duration) -> Value {
    let (now, starts_at) = (shop.clock.now(), shop.clock.now() + after);
    json!({"starts_at": text(starts_at), "zone": "Asia/Seoul", "sale_opens_at": text(now - HOUR), "sale_closes_at": text(starts_at),
        "seat_map": a_map(1, 2)})
}

/// Creates a concert, and returns it as its operator sees it.
async fn create(shop: &Shop, name: &str, more: Value) -> Value {
    let mut body = json!({"name": name, "host": "The House"});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    shop.post("/v1/admin/concerts").by(&shop.operator()).json(&body).send().await.with_status(201).body
}

/// Returns the names of the listed concerts.
async fn names(shop: &Shop, query: &str) -> Vec<String> {
    let listed = shop.get(&format!("/v1/concerts?{query}")).send().await.with_status(200);
    listed.body["items"].as_array().expect("items").iter().map(|item| item["name"].as_str().expect("a name").to_owned()).collect()
}

#[actix_web::test]
async fn concerts_are_listed_in_pages_without_credentials() {
    let shop = Shop::open().await;
    let all = shop.get("/v1/concerts").send().await.with_status(200);
    let now = shop.clock.now();
    let first = json!({"id": SCHEDULE.0, "starts_at": text(now + Duration::days(7)), "state": "ON_SALE"});
    let last = json!({"id": LATER_SCHEDULE.0, "starts_at": text(now + Duration::days(30)), "state": "ANNOUNCED"});
    let price = json!({"amount": PRICE, "currency": "KRW"});
    let concert = json!({
        "id": CONCERT.0, "name": "A Night at the Club", "host": "The House", "description": null, "image_url": null, "venue": null,
        "queue_id": QUEUE.0, "state": "ON_SALE", "price_range": {"min": price, "max": price}, "sale_opens_at": text(now),
        "first_schedule": first, "last_schedule": last, "next_schedule": first, "cancelled_at": null, "cancellation_reason": null,
    });
    assert_eq!(all.body["items"][0], concert);
    assert_eq!((all.body["items"].as_array().map(Vec::len), &all.body["next_cursor"]), (Some(2), &json!(null)));

    let first = shop.get("/v1/concerts?page_size=1").send().await.with_status(200);
    assert_eq!(first.body["items"][0]["id"], CONCERT.0.to_string());
    let second = shop.get(&format!("/v1/concerts?page_size=1&cursor={}", first.text("next_cursor"))).send().await.with_status(200);
    assert_eq!(second.body["items"][0]["id"], OTHER_CONCERT.0.to_string());
    assert_eq!(second.body["next_cursor"], json!(null));
}

#[actix_web::test]
async fn concerts_have_entity_tags() {
    let shop = Shop::open().await;
    for path in ["/v1/concerts".to_owned(), format!("/v1/concerts/{}", CONCERT.0)] {
        let tag = shop.get(&path).send().await.with_status(200).tag();
        shop.get(&path).header("If-None-Match", &format!("\"other\", {tag}")).send().await.with_status(304);
        shop.get(&path).header("If-None-Match", tag.trim_start_matches("W/")).send().await.with_status(304);
        shop.get(&path).header("If-None-Match", "*").send().await.with_status(304);
        shop.get(&path).header("If-None-Match", "\"other\"").send().await.with_status(200);
    }
}

#[actix_web::test]
async fn a_concert_that_does_not_exist_is_not_found() {
    let shop = Shop::open().await;
    for id in ["x", "", "0f207207-0000-7000-8000-00000000dead"] {
        shop.get(&format!("/v1/concerts/{id}")).send().await.with_problem(404, "NOT_FOUND");
    }
}

#[actix_web::test]
async fn an_invalid_query_is_refused() {
    let shop = Shop::open().await;
    for (query, pointer) in [
        ("page_size=0", "/page_size"),
        ("page_size=ten", "/page_size"),
        ("page_size=", "/page_size"),
        ("page_size=1&page_size=2", "/page_size"),
        ("sort=name", "/sort"),
        ("on_sale=yes", "/on_sale"),
        ("q=", "/q"),
        ("from=tomorrow", "/from"),
        ("to=2026-11-21", "/to"),
    ] {
        shop.get(&format!("/v1/concerts?{query}")).send().await.with_problem(400, "VALIDATION_FAILED").at(pointer);
    }
    shop.get("/v1/concerts?page_size=100000").send().await.with_status(200);
    for cursor in ["x", "", "p0000000000000000000000000000000c", "c0000000000000000000000000000000c", "%00"] {
        shop.get(&format!("/v1/concerts?cursor={cursor}")).send().await.with_problem(400, "INVALID_CURSOR");
    }
}

#[actix_web::test]
async fn a_concert_shows_its_listing_and_may_be_kept_by_caches_for_seconds() {
    let shop = Shop::open().await;
    let listing = json!({"description": "One.\n\nTwo.", "image_url": "https://images.example/a.jpg", "venue": a_venue(),
        "publishes_at": text(shop.clock.now())});
    let created = create(&shop, "Gala", listing.clone()).await;
    for name in ["description", "image_url", "venue", "publishes_at"] {
        assert_eq!(created[name], listing[name], "{name}");
    }
    let id = created["id"].as_str().expect("an id");
    let shown = shop.get(&format!("/v1/concerts/{id}")).send().await.with_status(200);
    assert_eq!(shown.header("cache-control"), Some("public, max-age=2"));
    for name in ["description", "image_url", "venue"] {
        assert_eq!(shown.body[name], listing[name], "{name}");
    }
    assert_eq!((&shown.body["state"], &shown.body["price_range"]), (&json!("ANNOUNCED"), &json!(null)));
    assert_eq!(shop.get("/v1/concerts").send().await.with_status(200).header("cache-control"), Some("public, max-age=2"));

    let change = json!({"description": null, "image_url": null, "venue": null});
    let path = format!("/v1/admin/concerts/{id}");
    let changed = shop.patch(&path).by(&shop.operator()).header("If-Match", "*").json(&change).send().await.with_status(200);
    assert_eq!((&changed.body["venue"], &changed.body["publishes_at"]), (&json!(null), &listing["publishes_at"]));
    let bare = shop.get(&format!("/v1/concerts/{id}")).send().await.with_status(200);
    assert_eq!((&bare.body["description"], &bare.body["image_url"], &bare.body["venue"]), (&json!(null), &json!(null), &json!(null)));
    assert_ne!(bare.tag(), shown.tag());
}

#[actix_web::test]
async fn an_invalid_listing_is_refused_with_a_pointer_and_changes_nothing() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let before = shop.store.rows();
    for (listing, pointer) in [
        (json!({"description": ""}), "/description"),
        (json!({"description": "a\tb"}), "/description"),
        (json!({"description": "x".repeat(2_001)}), "/description"),
        (json!({"image_url": "javascript:alert(1)"}), "/image_url"),
        (json!({"image_url": "https://ada:secret@images.example/"}), "/image_url"),
        (json!({"venue": {"name": "Blue Door", "zone": "Asia/Seoul"}}), "/venue/city"),
        (json!({"venue": {"name": "Blue Door", "city": "Seoul", "zone": "Mars Colony"}}), "/venue/zone"),
        (json!({"venue": {"name": "Blue Door", "city": "Seoul", "zone": "Asia/Seoul", "street": "x"}}), "/venue/street"),
        (json!({"publishes_at": "soon"}), "/publishes_at"),
    ] {
        let path = format!("/v1/admin/concerts/{}", CONCERT.0);
        let change = shop.patch(&path).by(&operator).header("If-Match", "*").json(&listing);
        change.send().await.with_problem(400, "VALIDATION_FAILED").at(pointer);
        let mut body = listing;
        body["name"] = json!("Gala");
        body["host"] = json!("The House");
        shop.post("/v1/admin/concerts").by(&operator).json(&body).send().await.with_problem(400, "VALIDATION_FAILED").at(pointer);
    }
    assert!(shop.store.rows() == before);
}

#[actix_web::test]
async fn concerts_are_listed_by_their_next_schedule_and_pages_continue_while_shows_start() {
    let shop = Shop::open().await;
    for (name, hours) in [("Third", 3), ("First", 1), ("Second", 2)] {
        create(&shop, name, json!({"schedules": [starting_in(&shop, HOUR * hours), starting_in(&shop, HOUR * 100)]})).await;
    }
    let all = ["First", "Second", "Third", "A Night at the Club", "Matinee"];
    assert_eq!(names(&shop, "").await, all);
    let mut seen = Vec::new();
    let mut query = "page_size=1".to_owned();
    loop {
        let page = shop.get(&format!("/v1/concerts?{query}")).send().await.with_status(200);
        seen.push(page.body["items"][0]["name"].as_str().expect("a name").to_owned());
        let Some(cursor) = page.body["next_cursor"].as_str() else { break };
        query = format!("page_size=1&cursor={cursor}");
        // Half an hour later, another show has started, and its concert comes later.
        shop.wait(1_700);
    }
    assert_eq!(seen[..3], all[..3], "those that have moved behind are listed again, but none is left out: {seen:?}");
    assert!(all.iter().all(|name| seen.iter().any(|seen| seen == name)), "{seen:?}");
}

#[actix_web::test]
async fn concerts_are_filtered_by_words_sale_and_period() {
    let shop = Shop::open().await;
    create(&shop, "Čechomor live", json!({"venue": a_venue(), "schedules": [starting_in(&shop, HOUR * 2)]})).await;
    let sold = create(&shop, "Sold out", json!({"schedules": [starting_in(&shop, HOUR * 9)]})).await;
    let schedule = sold["schedules"][0]["id"].as_str().expect("an id");
    let (opening, mut later) = (shop.clock.now() + HOUR, starting_in(&shop, HOUR * 30));
    later["sale_opens_at"] = json!(text(opening));
    create(&shop, "Later", json!({"schedules": [later]})).await;
    for (query, expected) in [
        ("q=cechomor", vec!["Čechomor live"]),
        ("q=LIVE%20seoul", vec!["Čechomor live"]),
        ("q=blue%20door", vec!["Čechomor live"]),
        ("q=night%20house", vec!["A Night at the Club"]),
        ("q=nothing", vec![]),
        ("on_sale=true", vec!["Čechomor live", "Sold out", "A Night at the Club"]),
        ("on_sale=true&q=club", vec!["A Night at the Club"]),
        ("on_sale=false&q=matinee", vec!["Matinee"]),
    ] {
        assert_eq!(names(&shop, query).await, expected, "{query}");
    }
    let at = |hours: i32| text(shop.clock.now() + HOUR * hours);
    assert_eq!(names(&shop, &format!("from={}&to={}", at(2), at(9))).await, ["Čechomor live"]);
    assert_eq!(names(&shop, &format!("from={}", at(9))).await, ["Sold out", "Later", "A Night at the Club"]);
    assert_eq!(names(&shop, &format!("to={}", at(2))).await, Vec::<String>::new());

    let seats = json!({"seat_numbers": [1, 2], "reason": "The band's guests"});
    let block = format!("/v1/admin/schedules/{schedule}/seats:block");
    shop.post(&block).by(&shop.operator()).json(&seats).send().await.with_status(200);
    shop.wait(5);
    assert_eq!(names(&shop, "on_sale=true").await, ["Čechomor live", "A Night at the Club"], "no seats are offered");
    shop.wait(3_595);
    assert_eq!(names(&shop, "on_sale=true").await, ["Čechomor live", "Later", "A Night at the Club"], "a sale has opened");
}

#[actix_web::test]
async fn a_concert_is_sold_out_within_seconds_and_on_sale_again_after_a_refund() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let block = async |verb: &str, numbers: &[u32]| {
        let path = format!("/v1/admin/schedules/{}/seats:{verb}", SCHEDULE.0);
        shop.post(&path).by(&operator).json(&json!({"seat_numbers": numbers, "reason": "x"})).send().await.with_status(200);
    };
    let states = async || {
        let concert = shop.get(&format!("/v1/concerts/{}", CONCERT.0)).send().await.with_status(200);
        let schedule = shop.get(&format!("/v1/schedules/{}", SCHEDULE.0)).send().await.with_status(200);
        assert_eq!(concert.body["next_schedule"]["state"], schedule.body["state"]);
        (concert.text("state"), schedule.text("state"))
    };
    block("block", &[3, 4, 5, 6, 7, 8, 9, 10]).await;
    let ada = shop.funded("Ada", 500_000).await;
    let held = shop.held(&ada, &[1, 2]).await;
    // Another schedule whose sale hasn't opened would make the concert ANNOUNCED.
    let later = format!("/v1/admin/schedules/{}:cancel", LATER_SCHEDULE.0);
    shop.post(&later).by(&operator).json(&json!({"reason": "Rain"})).send().await.with_status(200);
    assert_eq!(states().await, ("ON_SALE".into(), "ON_SALE".into()), "held seats may become free again");
    let paid = shop.pay(&ada, "pay", &held).await.with_status(201).text("id");
    assert_eq!(states().await.0, "ON_SALE", "seats are read again after some seconds");
    shop.wait(5);
    assert_eq!(states().await, ("SOLD_OUT".into(), "SOLD_OUT".into()));
    let refund = format!("/v1/payments/{paid}/refunds");
    shop.post(&refund).by(&ada).key("refund").json(&json!({})).send().await.with_status(201);
    shop.wait(5);
    assert_eq!(states().await, ("ON_SALE".into(), "ON_SALE".into()));
}

#[actix_web::test]
async fn a_schedule_is_public_with_its_state_prices_and_cancellation() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let path = format!("/v1/schedules/{}", SCHEDULE.0);
    let (now, day) = (shop.clock.now(), Duration::DAY);
    let shown = shop.get(&path).send().await.with_status(200);
    let price = json!({"amount": PRICE, "currency": "KRW"});
    let expected = json!({
        "id": SCHEDULE.0, "concert_id": CONCERT.0, "starts_at": text(now + day * 7), "zone": "Asia/Seoul", "venue": null,
        "sale_opens_at": text(now), "sale_closes_at": text(now + day * 7 - HOUR), "state": "ON_SALE",
        "price_range": {"min": price, "max": price}, "cancelled_at": null, "cancellation_reason": null,
    });
    assert_eq!((&shown.body, shown.header("cache-control")), (&expected, Some("public, max-age=2")));
    shop.get(&path).header("If-None-Match", &shown.tag()).send().await.with_status(304);

    let venue = json!({"venue": a_venue()});
    shop.patch(&format!("/v1/admin/concerts/{}", CONCERT.0))
        .by(&operator)
        .header("If-Match", "*")
        .json(&venue)
        .send()
        .await
        .with_status(200);
    let placed = shop.get(&path).header("If-None-Match", &shown.tag()).send().await.with_status(200);
    assert_eq!(placed.body["venue"], a_venue());
    shop.clock.advance(day * 7 - HOUR);
    let ended = shop.get(&path).header("If-None-Match", &placed.tag()).send().await.with_status(200);
    assert_eq!((&ended.body["state"], &ended.body["price_range"]), (&json!("ENDED"), &json!(null)));
    let cancel = json!({"reason": "The singer has a cold"});
    // The first access token has expired.
    let operator = shop.operator();
    shop.post(&format!("/v1/admin/schedules/{}:cancel", SCHEDULE.0)).by(&operator).json(&cancel).send().await.with_status(200);
    let cancelled = shop.get(&path).send().await.with_status(200);
    assert_eq!((cancelled.text("state").as_str(), cancelled.text("cancellation_reason")), ("CANCELLED", "The singer has a cold".into()));
    assert_eq!(cancelled.text("cancelled_at"), text(shop.clock.now()));
    for id in ["x", "0f207207-0000-7000-8000-00000000dead"] {
        shop.get(&format!("/v1/schedules/{id}")).send().await.with_problem(404, "NOT_FOUND");
    }
}

#[actix_web::test]
async fn a_draft_is_only_seen_by_operators_until_the_instant_of_its_publication() {
    let shop = Shop::open().await;
    let publishes_at = shop.clock.now() + HOUR;
    let draft = json!({"queue_id": QUEUE.0, "publishes_at": text(publishes_at), "schedules": [starting_in(&shop, HOUR * 5)]});
    let created = create(&shop, "Secret", draft).await;
    let (id, schedule) = (created["id"].as_str().expect("an id"), created["schedules"][0]["id"].as_str().expect("an id"));
    let public = [format!("/v1/concerts/{id}"), format!("/v1/schedules/{schedule}")];
    let guarded = [format!("/v1/concerts/{id}/schedules"), format!("/v1/schedules/{schedule}/seats")];
    // Ada is active in the queue of the draft.
    let ada = shop.admitted("Ada").await;
    let list = shop.get("/v1/concerts").send().await.with_status(200);
    let join = async |visitor: &Visitor| shop.post("/v1/queue-tokens").by(visitor).json(&json!({"concert_id": id})).send().await;
    let hold = async |key: &str| {
        let body = json!({"schedule_id": schedule, "seat_numbers": [1]});
        shop.post("/v1/reservations").by(&ada).key(key).json(&body).send().await
    };
    for path in public.iter().chain(&guarded) {
        shop.get(path).by(&ada).send().await.with_problem(404, "NOT_FOUND");
    }
    join(&shop.user("Bob").await).await.with_problem(404, "NOT_FOUND");
    hold("early").await.with_problem(404, "NOT_FOUND");
    shop.get(&format!("/v1/admin/concerts/{id}")).by(&shop.operator()).send().await.with_status(200);
    assert_eq!(names(&shop, "q=secret").await, Vec::<String>::new());

    shop.clock.advance(HOUR - Duration::MICROSECOND);
    let same = shop.get("/v1/concerts").header("If-None-Match", &list.tag()).send().await;
    assert_eq!(same.status, 304);
    shop.clock.advance(Duration::MICROSECOND);
    let now_public = shop.get("/v1/concerts").header("If-None-Match", &list.tag()).send().await.with_status(200);
    assert_eq!(now_public.body["items"][0]["name"], "Secret");
    let ada = shop.admitted("Ada").await;
    for path in public.iter().chain(&guarded) {
        shop.get(path).by(&ada).send().await.with_status(200);
    }
    join(&shop.user("Bob").await).await.with_status(201);

    let withdrawn = json!({"publishes_at": text(shop.clock.now() + HOUR)});
    let path = format!("/v1/admin/concerts/{id}");
    shop.patch(&path).by(&shop.operator()).header("If-Match", "*").json(&withdrawn).send().await.with_status(200);
    for path in public.iter().chain(&guarded) {
        shop.get(path).by(&ada).send().await.with_problem(404, "NOT_FOUND");
    }
}
