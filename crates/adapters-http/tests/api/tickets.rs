//! Tickets: the buyer's, the scanner's, the operator's.

use adapters_http::Role;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::plan::{LATER_SCHEDULE, SCHEDULE};
use crate::shop::{Shop, Visitor};

/// Opens a shop in which Ada has paid for seats 1 and 2; returns her payment and her tickets.
async fn sold() -> (Shop, Visitor, String, Vec<Value>) {
    let shop = Shop::open().await;
    let ada = shop.funded("Ada", 500_000).await;
    let reservation = shop.held(&ada, &[1, 2]).await;
    let payment = shop.pay(&ada, "pay", &reservation).await.with_status(201).text("id");
    let tickets = shop.get("/v1/tickets").by(&ada).send().await.with_status(200).body["items"].as_array().expect("a list").clone();
    (shop, ada, payment, tickets)
}

fn code(ticket: &Value) -> String {
    ticket["code"].as_str().expect("a code").to_owned()
}

async fn check_in(shop: &Shop, visitor: &Visitor, body: &Value) -> Answer {
    shop.post("/v1/admin/tickets:check-in").by(visitor).json(body).send().await
}

async fn refund(shop: &Shop, visitor: &Visitor, payment: &str) -> Answer {
    shop.post(&format!("/v1/payments/{payment}/refunds")).by(visitor).key("refund").json(&json!({})).send().await
}

#[actix_web::test]
async fn each_paid_seat_has_a_ticket_that_names_its_concert() {
    let (shop, ada, _, tickets) = sold().await;
    assert_eq!(tickets.len(), 2);
    for (ticket, number) in tickets.iter().zip([1, 2]) {
        assert_eq!((&ticket["seat"]["number"], &ticket["status"], &ticket["used_at"]), (&json!(number), &json!("VALID"), &Value::Null));
        assert!(ticket["schedule"]["concert"]["name"].is_string() && ticket["schedule"]["starts_at"].is_string(), "{ticket}");
        assert_eq!(ticket["schedule"]["state"], "ON_SALE");
        let path = format!("/v1/tickets/{}", ticket["id"].as_str().expect("an id"));
        assert_eq!(&shop.get(&path).by(&ada).send().await.with_status(200).body, ticket);
        shop.get(&path).by(&shop.user("Ben").await).send().await.with_problem(404, "NOT_FOUND");
    }
    assert_ne!(tickets[0]["code"], tickets[1]["code"]);
    let ben = shop.user("Ben").await;
    assert_eq!(shop.get("/v1/tickets").by(&ben).send().await.with_status(200).body["items"], json!([]));
}

#[actix_web::test]
async fn tickets_are_paged_by_payment_and_seat() {
    let (shop, ada, _, tickets) = sold().await;
    let mut found = Vec::new();
    let mut query = "?page_size=1".to_owned();
    loop {
        let page = shop.get(&format!("/v1/tickets{query}")).by(&ada).send().await.with_status(200).body;
        found.extend(page["items"].as_array().expect("a list").clone());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        query = format!("?page_size=1&cursor={cursor}");
    }
    assert_eq!(found, tickets);
}

#[actix_web::test]
async fn a_ticket_is_drawn_as_svg_or_png() {
    let (shop, ada, _, tickets) = sold().await;
    let path = format!("/v1/tickets/{}/qr", tickets[0]["id"].as_str().expect("an id"));
    for (accept, media_type, start) in [
        ("*/*", "image/svg+xml", b"<?xml".as_slice()),
        ("image/png", "image/png", b"\x89PNG"),
        ("image/*;q=0.5", "image/svg+xml", b"<?xml"),
    ] {
        let answer = shop.get(&path).by(&ada).header("Accept", accept).send().await.with_status(200);
        assert_eq!((answer.header("content-type"), answer.bytes.starts_with(start)), (Some(media_type), true), "{accept}");
        assert_eq!(answer.header("cache-control"), Some("private, max-age=3600"));
    }
    let svg = shop.get(&path).by(&ada).header("Accept-Encoding", "gzip").send().await.with_status(200);
    assert_eq!(svg.header("content-encoding"), Some("gzip"));
    assert!(svg.bytes.len() < 4_000, "{} bytes", svg.bytes.len());
    let png = shop.get(&path).by(&ada).header("Accept-Encoding", "gzip").header("Accept", "image/png").send().await.with_status(200);
    assert_eq!((png.header("content-encoding"), png.bytes.starts_with(b"\x89PNG")), (None, true), "it is compressed already");
    shop.get(&path).by(&ada).header("Accept", "application/json").send().await.with_problem(406, "NOT_ACCEPTABLE");
    shop.get(&path).by(&shop.operator()).send().await.with_problem(404, "NOT_FOUND");
}

#[actix_web::test]
async fn a_ticket_is_checked_in_once_by_a_scanner_or_an_operator() {
    let (shop, _, _, tickets) = sold().await;
    let (scanner, operator) = (shop.stranger(&[Role::User, Role::Scanner]), shop.operator());
    for (visitor, ticket) in [(&scanner, &tickets[0]), (&operator, &tickets[1])] {
        let body = json!({"code": code(ticket), "schedule_id": SCHEDULE.0});
        let first = check_in(&shop, visitor, &body).await.with_status(200);
        assert_eq!(
            (&first.body["id"], &first.body["status"], &first.body["used_at"]),
            (&ticket["id"], &json!("USED"), &json!("2026-11-21T20:00:00Z"),)
        );
        assert!(first.body.get("code").is_none(), "the code is its buyer's secret");
        let second = check_in(&shop, visitor, &body).await.with_problem(409, "TICKET_USED");
        assert_eq!((&second.body["used_at"], &second.body["ticket"]), (&first.body["used_at"], &first.body));
    }
    let events = shop.get("/v1/admin/events?page_size=200").by(&operator).send().await.with_status(200);
    let used: Vec<_> = events.body["items"].as_array().expect("a list").iter().filter(|event| event["type"] == "ticket.used").collect();
    assert_eq!(used.len(), 2);
    assert_eq!((&used[0]["data"]["checked_in_by"], &used[0]["data"]["seat_number"]), (&json!(scanner.id.0), &json!(1)));
    assert!(tickets.iter().all(|ticket| !events.body.to_string().contains(&code(ticket))), "no event has a code");
}

#[actix_web::test]
async fn others_may_not_check_in_tickets_and_scanners_may_do_nothing_else() {
    let (shop, ada, payment, tickets) = sold().await;
    let body = json!({"code": code(&tickets[0])});
    for visitor in [&ada, &shop.stranger(&[Role::Cashier])] {
        check_in(&shop, visitor, &body).await.with_problem(403, "FORBIDDEN");
    }
    let scanner = shop.stranger(&[Role::Scanner]);
    for path in ["queues".to_owned(), "users".to_owned(), format!("schedules/{}/tickets", SCHEDULE.0)] {
        shop.get(&format!("/v1/admin/{path}")).by(&scanner).send().await.with_problem(403, "FORBIDDEN");
    }
    refund(&shop, &scanner, &payment).await.with_problem(404, "NOT_FOUND");
    check_in(&shop, &scanner, &body).await.with_status(200);
}

#[actix_web::test]
async fn forged_codes_are_not_found_and_invalid_ones_refused() {
    let (shop, _, _, tickets) = sold().await;
    let (scanner, valid) = (shop.stranger(&[Role::Scanner]), code(&tickets[0]));
    let changed = if valid.ends_with('A') { "B" } else { "A" };
    for forged in [format!("{}{changed}", &valid[..55]), "A".repeat(56), valid[..55].to_owned(), "x".to_owned()] {
        check_in(&shop, &scanner, &json!({"code": forged})).await.with_problem(404, "NOT_FOUND");
    }
    for invalid in [String::new(), "A".repeat(101), "é".to_owned(), "A B".to_owned()] {
        check_in(&shop, &scanner, &json!({"code": invalid})).await.with_problem(400, "VALIDATION_FAILED").at("/code");
    }
    check_in(&shop, &scanner, &json!({"code": valid.to_lowercase()})).await.with_status(200);
}

#[actix_web::test]
async fn tickets_that_are_void_or_for_another_schedule_are_refused_with_the_reason() {
    let (shop, ada, payment, tickets) = sold().await;
    let (scanner, body) = (shop.stranger(&[Role::Scanner]), json!({"code": code(&tickets[0])}));
    let elsewhere = json!({"code": code(&tickets[0]), "schedule_id": LATER_SCHEDULE.0});
    let answer = check_in(&shop, &scanner, &elsewhere).await.with_problem(409, "TICKET_NOT_VALID");
    assert_eq!((&answer.body["reason"], &answer.body["ticket"]["status"]), (&json!("OTHER_SCHEDULE"), &json!("VALID")));
    refund(&shop, &ada, &payment).await.with_status(201);
    let answer = check_in(&shop, &scanner, &body).await.with_problem(409, "TICKET_NOT_VALID");
    assert_eq!((&answer.body["reason"], &answer.body["ticket"]["status"]), (&json!("REFUNDED"), &json!("VOID")));
    let path = format!("/v1/admin/schedules/{}:cancel", SCHEDULE.0);
    shop.post(&path).by(&shop.operator()).json(&json!({"reason": "No power"})).send().await.with_status(200);
    let answer = check_in(&shop, &scanner, &body).await.with_problem(409, "TICKET_NOT_VALID");
    assert_eq!((&answer.body["reason"], &answer.body["ticket"]["schedule"]["state"]), (&json!("SCHEDULE_CANCELLED"), &json!("CANCELLED")));
}

#[actix_web::test]
async fn a_used_ticket_is_refunded_by_operators_only() {
    let (shop, ada, payment, tickets) = sold().await;
    check_in(&shop, &shop.operator(), &json!({"code": code(&tickets[1])})).await.with_status(200);
    let refused = refund(&shop, &ada, &payment).await.with_problem(409, "TICKET_USED");
    assert_eq!(refused.body["used_at"], "2026-11-21T20:00:00Z");
    refund(&shop, &shop.operator(), &payment).await.with_status(201);
    let tickets = shop.get("/v1/tickets").by(&ada).send().await.with_status(200);
    assert_eq!(
        (&tickets.body["items"][1]["status"], &tickets.body["items"][1]["used_at"]),
        (&json!("VOID"), &json!("2026-11-21T20:00:00Z"))
    );
}

#[actix_web::test]
async fn operators_find_who_has_a_seat() {
    let (shop, ada, ..) = sold().await;
    let operator = shop.operator();
    let list = async |query: &str| {
        let answer = shop.get(&format!("/v1/admin/schedules/{}/{query}", SCHEDULE.0)).by(&operator).send().await.with_status(200);
        answer.body["items"].as_array().expect("a list").clone()
    };
    for query in ["reservations?seat=2", "tickets?seat=2", "tickets?seat=2&name=ada&status=VALID", "reservations?name=AD&status=CONFIRMED"]
    {
        let found = list(query).await;
        assert_eq!(found.len(), 1, "{query}: {found:?}");
        assert_eq!((&found[0]["user_id"], &found[0]["user_name"]), (&json!(ada.id.0), &json!("Ada")), "{query}");
        assert!(found[0].get("code").is_none(), "codes are the buyers' secrets");
    }
    for query in ["reservations?seat=3", "tickets?name=ben", "tickets?status=USED", "reservations?status=HELD"] {
        assert_eq!(list(query).await, Vec::<Value>::new(), "{query}");
    }
    for query in ["reservations?seat=0", "tickets?seat=x", "tickets?status=used", "reservations?status=RELEASED", "tickets?name="] {
        let path = format!("/v1/admin/schedules/{}/{query}", SCHEDULE.0);
        shop.get(&path).by(&operator).send().await.with_problem(400, "VALIDATION_FAILED");
    }
}

#[actix_web::test]
async fn a_list_is_exported_as_csv() {
    let (shop, ada, _, tickets) = sold().await;
    let eve = shop.funded("=1+1", 500_000).await;
    shop.held(&eve, &[3]).await;
    let export = async |path: &str| {
        let path = format!("/v1/admin/schedules/{}/{path}", SCHEDULE.0);
        shop.get(&path).by(&shop.operator()).header("Accept", "text/csv").send().await
    };
    let csv = export("tickets").await.with_status(200);
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    let text = String::from_utf8(csv.bytes).expect("UTF-8");
    let lines: Vec<_> = text.split("\r\n").collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert_eq!(lines[0], "id,reservation_id,seat_number,seat_label,price,currency,status,used_at,user_id,user_name");
    assert!(
        lines[1].starts_with(tickets[0]["id"].as_str().expect("an id")) && lines[1].ends_with(&format!(",VALID,,{},Ada", ada.id)),
        "{text}"
    );
    let csv = export("reservations?status=HELD").await.with_status(200);
    let text = String::from_utf8(csv.bytes).expect("UTF-8");
    assert!(text.lines().nth(1).is_some_and(|line| line.contains(",HELD,3,") && line.ends_with(",'=1+1")), "{text}");
    export("tickets?page_size=5").await.with_problem(400, "VALIDATION_FAILED").at("/page_size");
}

#[actix_web::test]
async fn what_a_buyer_has_bought_is_recognisable_after_the_token_has_ended() {
    let (shop, ada, ..) = sold().await;
    for path in ["/v1/reservations", "/v1/payments", "/v1/wallet/entries"] {
        let item = shop.get(path).by(&ada).send().await.with_status(200).body["items"][0].clone();
        assert!(item["schedule"]["concert"]["name"].is_string(), "{path}: {item}");
        assert!(item["schedule"]["zone"].is_string() && item["schedule"]["starts_at"].is_string(), "{path}: {item}");
        assert_eq!((&item["schedule"]["state"], &item["seats"][1]["number"]), (&json!("ON_SALE"), &json!(2)), "{path}");
    }
    let entries = shop.get("/v1/wallet/entries").by(&ada).send().await.body;
    let charge = &entries["items"][1];
    assert_eq!((&charge["kind"], &charge["schedule"], &charge["seats"]), (&json!("CHARGE"), &Value::Null, &Value::Null));
}
