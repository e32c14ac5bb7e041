//! The commands for tickets and reservations of a schedule, with the real binary and a real server.

use frontrow_tests::{CLUB_SCHEDULE, Frontrow, Shopper, StoreKind};
use serde_json::{Value, json};

use crate::admin::{json_of, problem_of, run};

/// Returns what a command prints.
async fn text_of(server: &Frontrow, arguments: &[&str]) -> String {
    let output = run(server, arguments).await;
    assert!(output.status.success(), "{arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Returns the seat numbers of tickets, or of the first seats of reservations.
fn seats(list: &Value) -> Vec<u64> {
    let items = list["items"].as_array().into_iter().flatten();
    items.filter_map(|item| item["seat"]["number"].as_u64().or_else(|| item["seats"][0]["number"].as_u64())).collect()
}

/// Buys seats 7 and 8, and returns the payment's id.
async fn buy(buyer: &Shopper) -> String {
    let held = buyer.hold(&[7, 8], "hold").await.expect(201);
    buyer.pay(&held.text("id"), "pay").await.expect(201).text("id")
}

#[tokio::test]
async fn an_operator_finds_who_has_a_seat() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let (ada, bob) = (Shopper::funded(&server, 120_000).await, Shopper::admitted(&server).await);
    let _ = buy(&ada).await;
    let _ = bob.hold(&[9], "hold").await.expect(201);

    let list = |rest: &'static [&'static str]| [&["reservations", "list", CLUB_SCHEDULE], rest].concat();
    assert_eq!(seats(&json_of(&server, &list(&[])).await), [7, 9]);
    assert_eq!(seats(&json_of(&server, &list(&["--seat", "8"])).await), [7]);
    assert_eq!(seats(&json_of(&server, &list(&["--status", "held"])).await), [9]);
    assert_eq!(seats(&json_of(&server, &list(&["--limit", "1"])).await), [7]);
    assert_eq!(seats(&json_of(&server, &list(&["--name", "Grace"])).await), [] as [u64; 0]);
    assert!(text_of(&server, &list(&["--name", "ad"])).await.contains("CONFIRMED"));
    let csv = text_of(&server, &list(&["--csv"])).await;
    assert_eq!((csv.lines().count(), csv.contains("Seat 8"), csv.contains("HELD")), (3, true, true), "{csv}");

    let list = |rest: &'static [&'static str]| [&["tickets", "list", CLUB_SCHEDULE], rest].concat();
    assert_eq!(seats(&json_of(&server, &list(&[])).await), [7, 8], "a held seat has no ticket");
    assert_eq!(seats(&json_of(&server, &list(&["--seat", "8"])).await), [8]);
    assert_eq!(seats(&json_of(&server, &list(&["--status", "used"])).await), [] as [u64; 0]);
    let csv = text_of(&server, &list(&["--csv"])).await;
    assert_eq!((csv.lines().count(), csv.lines().next().unwrap().starts_with("id,reservation_id,seat_number")), (3, true), "{csv}");
    let unknown = ["tickets", "list", "0f207207-0000-7000-8000-00000000dead"];
    assert_eq!(problem_of(&server, &unknown).await["code"], "NOT_FOUND");
}

#[tokio::test]
async fn a_ticket_is_checked_in_once_and_not_after_a_refund() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let ada = Shopper::funded(&server, 120_000).await;
    let payment = buy(&ada).await;
    let codes: Vec<String> = ada.all("/v1/tickets").await.iter().map(|ticket| ticket["code"].as_str().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 2);

    let other_schedule = CLUB_SCHEDULE.replace("c1b01", "c1b02");
    let refused = problem_of(&server, &["tickets", "check-in", &codes[0], "--schedule", &other_schedule]).await;
    assert_eq!(refused["code"], "TICKET_NOT_VALID");
    let scanned = json_of(&server, &["tickets", "check-in", &codes[0], "--schedule", CLUB_SCHEDULE]).await;
    assert_eq!((&scanned["status"], &scanned["seat"]["number"]), (&json!("USED"), &json!(7)), "{scanned}");
    let again = problem_of(&server, &["tickets", "check-in", &codes[0]]).await;
    assert_eq!((&again["code"], &again["used_at"]), (&json!("TICKET_USED"), &scanned["used_at"]), "{again}");
    assert_eq!(seats(&json_of(&server, &["tickets", "list", CLUB_SCHEDULE, "--status", "used"]).await), [7]);

    json_of(&server, &["payments", "refund", &payment]).await;
    assert_eq!(problem_of(&server, &["tickets", "check-in", &codes[1]]).await["code"], "TICKET_NOT_VALID");
    assert_eq!(problem_of(&server, &["tickets", "check-in", "NOTACODE"]).await["code"], "NOT_FOUND");
    server.assert_audit_is_clean().await;
}
