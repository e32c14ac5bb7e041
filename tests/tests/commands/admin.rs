//! The admin commands of the command line, with the real binary and a real server.

use std::path::Path;
use std::process::Output;

use frontrow_tests::{CLUB_QUEUE, CLUB_SCHEDULE, Frontrow, Shopper, StoreKind, tamper};
use rstest::rstest;
use serde_json::{Value, json};

const HALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/hall-50.json");
const ARENA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/arena.json");
const HALL_CONCERT: &str = "0f207207-0000-7000-8000-0000e0005001";
const ARENA_CONCERT: &str = "0f207207-0000-7000-8000-0000e0015001";
/// The operator id that the audit log has for the command line.
const COMMAND_LINE: &str = "0f207207-0000-7000-8000-00000000c11e";

/// Runs a command.
pub(crate) async fn run(server: &Frontrow, arguments: &[&str]) -> Output {
    server.run_command(&[arguments, &["--server", &server.base]].concat()).await
}

/// Runs a command with `--json` and returns its output.
pub(crate) async fn json_of(server: &Frontrow, arguments: &[&str]) -> Value {
    let output = run(server, &[arguments, &["--json"]].concat()).await;
    assert!(output.status.success(), "{arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

/// Runs a command that must fail, and returns its problem.
pub(crate) async fn problem_of(server: &Frontrow, arguments: &[&str]) -> Value {
    let output = run(server, &[arguments, &["--json"]].concat()).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    serde_json::from_slice(&output.stderr).unwrap_or_else(|_| panic!("{output:?}"))
}

/// Buys `seat` and returns the id of the payment.
async fn buy(buyer: &Shopper, seat: u32) -> String {
    let held = buyer.hold(&[seat], "hold").await.expect(201);
    buyer.pay(&held.text("id"), "pay").await.expect(201).text("id")
}

fn outcomes(imported: &Value) -> Vec<&str> {
    imported["items"].as_array().into_iter().flatten().filter_map(|item| item["outcome"].as_str()).collect()
}

#[rstest]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test]
async fn an_imported_hall_is_on_sale_and_can_be_exported_and_is_imported_once(#[case] store: StoreKind) {
    let server = Frontrow::start(store, &[]).await;
    assert_eq!(outcomes(&json_of(&server, &["import", HALL]).await), ["created", "created"]);
    assert_eq!(outcomes(&json_of(&server, &["import", HALL]).await), ["exists", "exists", "exists", "exists"]);

    let file: Value = serde_json::from_str(&std::fs::read_to_string(HALL).unwrap()).unwrap();
    let exported = json_of(&server, &["export", HALL_CONCERT]).await;
    assert_eq!(exported["queues"], file["queues"]);
    for member in ["id", "name", "host", "queue_id", "max_seats_per_user"] {
        assert_eq!(exported["concerts"][0][member], file["concerts"][0][member]);
    }

    let sale = json_of(&server, &["sale", HALL_CONCERT]).await;
    let schedules = sale["concert"]["schedules"].as_array().unwrap();
    assert_eq!(schedules.len(), 2);
    assert!(schedules.iter().all(|schedule| schedule["figures"]["seats"] == 50 && schedule["figures"]["available"] == 50), "{sale}");
    assert_eq!(sale["queue"]["policy"]["capacity"], 20);

    // An exported hall can be imported elsewhere.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hall.json");
    let to = path.to_str().unwrap();
    assert!(run(&server, &["export", HALL_CONCERT, to]).await.status.success());
    assert_eq!(run(&server, &["export", HALL_CONCERT, to]).await.status.code(), Some(1), "a file is not overwritten");
    let elsewhere = Frontrow::start(StoreKind::Sqlite, &[]).await;
    assert_eq!(outcomes(&json_of(&elsewhere, &["import", to]).await), ["created", "created"]);
    assert_eq!(json_of(&elsewhere, &["export", HALL_CONCERT]).await, exported);
}

#[tokio::test]
async fn an_arena_of_15_000_seats_is_imported_from_one_file() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    assert_eq!(outcomes(&json_of(&server, &["import", ARENA]).await), ["created", "created"]);
    let arena = json_of(&server, &["concerts", "show", ARENA_CONCERT]).await;
    assert_eq!(arena["schedules"][0]["figures"]["seats"], 15_000);
    let map = run(&server, &["seats", "map", arena["schedules"][0]["id"].as_str().unwrap()]).await;
    assert!(String::from_utf8_lossy(&map.stdout).lines().any(|line| line.split_whitespace().any(|word| word == "165000")), "{map:?}");
}

#[tokio::test]
async fn changes_of_a_queue_are_in_the_audit_log() {
    // Users are admitted manually only.
    let server = Frontrow::start(StoreKind::Sqlite, &[("FRONTROW__QUEUE__TICK_MILLISECONDS", "86400000")]).await;
    assert_eq!(json_of(&server, &["queues", "pause", CLUB_QUEUE]).await["state"], "PAUSED");
    assert_eq!(problem_of(&server, &["queues", "admit", CLUB_QUEUE, "5"]).await["code"], "INVALID_STATE");
    assert_eq!(json_of(&server, &["queues", "resume", CLUB_QUEUE]).await["state"], "OPEN");
    let mut waiting = Shopper::register(&server).await;
    waiting.join().await;
    assert_eq!(json_of(&server, &["queues", "admit", CLUB_QUEUE, "5"]).await, json!({"admitted": 1}));
    let set = json_of(&server, &["queues", "set", CLUB_QUEUE, "--capacity", "7", "--message", "Soon."]).await;
    assert_eq!((&set["policy"]["capacity"], &set["message"]), (&json!(7), &json!("Soon.")));
    let set = json_of(&server, &["queues", "set", CLUB_QUEUE, "--capacity", "default", "--no-message"]).await;
    assert_eq!((&set["overrides"]["capacity"], &set["message"]), (&Value::Null, &Value::Null));
    assert_eq!(run(&server, &["queues", "set", CLUB_QUEUE]).await.status.code(), Some(2), "a change without options is refused");

    let log = json_of(&server, &["log", "--subject", CLUB_QUEUE, "--operator", COMMAND_LINE]).await;
    assert_eq!(log["items"].as_array().unwrap().len(), 5, "{log}");
    let printed = String::from_utf8(run(&server, &["log"]).await.stdout).unwrap();
    assert!(printed.contains("capacity none -> 7"), "{printed}");
}

/// Makes each statement that changes queues take longer than a buyer's command may take and is waited for.
const SLOW: &str = "
    CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(8.5); RETURN NULL; END $$;
    CREATE TRIGGER take_long AFTER UPDATE ON queues FOR EACH STATEMENT EXECUTE FUNCTION take_long()";

#[tokio::test]
async fn an_admin_command_may_take_longer_than_a_buyers() {
    let server = Frontrow::start(StoreKind::Postgres, &[]).await;
    tamper(&server, SLOW).await;
    assert_eq!(json_of(&server, &["queues", "pause", CLUB_QUEUE]).await["state"], "PAUSED");
}

#[tokio::test]
async fn blocked_seats_are_not_sold_until_they_are_unblocked() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let blocked = ["seats", "block", CLUB_SCHEDULE, "1-3", "7", "--reason", "Camera stand"];
    assert_eq!(json_of(&server, &blocked).await, json!({"changed": 4}));
    let ada = Shopper::admitted(&server).await;
    let _ = ada.hold(&[7], "hold").await.expect(409);
    let unblocked = ["seats", "unblock", CLUB_SCHEDULE, "7", "--reason", "No camera"];
    assert_eq!(json_of(&server, &unblocked).await, json!({"changed": 1}));
    let _ = ada.hold(&[7], "hold").await.expect(201);
    let schedule = json_of(&server, &["schedules", "show", CLUB_SCHEDULE]).await;
    assert_eq!((&schedule["figures"]["blocked"], &schedule["figures"]["held"]), (&json!(3), &json!(1)));
}

#[tokio::test]
async fn a_cancelled_schedule_is_refunded_to_every_buyer() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let mut buyers = Vec::new();
    for seat in 1..=3 {
        let buyer = Shopper::funded(&server, 100_000).await;
        let _ = buy(&buyer, seat).await;
        buyers.push(buyer);
    }
    assert_eq!(problem_of(&server, &["schedules", "refund-all", CLUB_SCHEDULE]).await["status"], 409);
    let cancelled = json_of(&server, &["schedules", "cancel", CLUB_SCHEDULE, "--reason", "The hall is flooded"]).await;
    assert!(cancelled["cancelled_at"].is_string(), "{cancelled}");
    let refunded = json_of(&server, &["schedules", "refund-all", CLUB_SCHEDULE, "--at-most", "2"]).await;
    assert_eq!(refunded, json!({"released": 0, "refunded": 3, "remaining": 0}));
    for buyer in buyers {
        assert_eq!(buyer.balance().await, 100_000);
    }
    server.assert_audit_is_clean().await;
}

#[tokio::test]
async fn a_concert_and_its_schedules_are_created_changed_and_cancelled() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let created = json_of(&server, &["concerts", "create", "--name", "Matinee", "--host", "Blue Door Club"]).await;
    let id = created["id"].as_str().unwrap();
    let map = Path::new(env!("CARGO_TARGET_TMPDIR")).join("map.json");
    std::fs::write(&map, r#"{"sections":[{"name":"Floor","price":5000,"rows":[{"name":"A","numbers":{"from":1,"to":9}}]}]}"#).unwrap();
    let (opens, starts) = ("2026-01-01T00:00:00Z", "2030-05-05T11:00:00Z");
    let schedules = ["--zone", "Asia/Seoul", "--starts-at", starts, "--sale-opens-at", opens, "--sale-closes-at", starts];
    let schedule = json_of(&server, &[&["schedules", "add", id][..], &schedules].concat()).await;
    let schedule = schedule["id"].as_str().unwrap();
    let laid_out = json_of(&server, &["seats", "lay-out", schedule, map.to_str().unwrap()]).await;
    assert_eq!(laid_out, json!({"created": 9, "changed": 0, "unchanged": 0}));
    let moved = json_of(&server, &["schedules", "set", schedule, "--starts-at", "2030-05-06T11:00:00Z"]).await;
    assert_eq!(moved["starts_at"], "2030-05-06T11:00:00Z");
    assert_eq!(json_of(&server, &["concerts", "set", id, "--max-seats-per-user", "2"]).await["max_seats_per_user"], 2);
    let list = json_of(&server, &["concerts", "list"]).await;
    assert!(list["items"].as_array().unwrap().iter().any(|concert| concert["name"] == "Matinee"), "{list}");
    let cancelled = json_of(&server, &["concerts", "cancel", id, "--reason", "Nobody came"]).await;
    assert!(cancelled["schedules"][0]["cancelled_at"].is_string(), "{cancelled}");
}

#[tokio::test]
async fn a_buyer_is_found_with_their_data() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let ada = Shopper::funded(&server, 100_000).await;
    let payment = buy(&ada, 5).await;
    let found = json_of(&server, &["users", "search", "Ad"]).await;
    let id = found["items"][0]["id"].as_str().unwrap();
    assert_eq!(json_of(&server, &["users", "show", id]).await["balance"]["amount"], 40_000);
    for (verb, items) in [("tokens", 1), ("reservations", 1), ("payments", 1), ("entries", 2)] {
        let list = json_of(&server, &["users", verb, id]).await;
        assert_eq!(list["items"].as_array().unwrap().len(), items, "{verb} {list}");
    }
    for _ in 0..2 {
        let refund = run(&server, &["payments", "refund", &payment]).await;
        assert!(refund.status.success(), "a repeated refund has the first response: {refund:?}");
    }
    assert_eq!(ada.balance().await, 100_000);

    let mut bo = Shopper::register(&server).await;
    bo.join().await;
    bo.until_active().await;
    let held = bo.hold(&[9], "hold").await.expect(201);
    let released = json_of(&server, &["reservations", "release", &held.text("id")]).await;
    assert_eq!(released["status"], "CANCELLED");
}

#[tokio::test]
async fn users_without_the_operator_role_are_refused_with_the_servers_problem() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let jwt = String::from_utf8(server.run_command(&["token"]).await.stdout).unwrap();
    let problem = problem_of(&server, &["queues", "list", "--token", jwt.trim()]).await;
    assert_eq!((&problem["code"], &problem["status"]), (&json!("FORBIDDEN"), &json!(403)));
    let problem = problem_of(&server, &["concerts", "show", "0f207207-0000-7000-8000-00000000dead"]).await;
    assert_eq!(problem["code"], "NOT_FOUND");
    let text = run(&server, &["queues", "list"]).await;
    let table = String::from_utf8(text.stdout).unwrap();
    assert!(table.starts_with("ID ") && table.contains("WAITING") && table.lines().count() == 3, "{table}");
}
