//! The service continues on a database that an earlier version left: recorded requests have the same responses, holds, payments, refunds
//! and queue tokens are unchanged, and the invariants hold.
//!
//! `tests/fixtures/schema-NNNN` contains what the last version with that schema left: its databases, and transcripts of the requests that
//! filled them, both written by `records_a_fixture`.

use std::path::{Path, PathBuf};
use std::process::Command;

use frontrow_tests::{Frontrow, Reply, Restored, Shopper, StoreKind, Transcript, run, tamper_at};
use rstest::rstest;
use serde_json::{Value, json};
use testbed::Cluster;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
const ATTIC: &str = "0f207207-0000-7000-8000-00000a9e0001";
const SCHEDULE: &str = "0f207207-0000-7000-8000-00000a9e0002";
const CANCELLED_SCHEDULE: &str = "0f207207-0000-7000-8000-00000a9e0003";
const GARDEN: &str = "0f207207-0000-7000-8000-00000a9e0011";
const GARDEN_QUEUE: &str = "0f207207-0000-7000-8000-00000a9e0010";
const NO_DEMO: (&str, &str) = ("FRONTROW__DEMO__ENABLED", "false");
/// The number of users who joined the attic's queue.
const JOINED: u64 = 5;

#[rstest]
#[case::sqlite("schema-0007", StoreKind::Sqlite)]
#[case::postgres("schema-0007", StoreKind::Postgres)]
#[tokio::test]
async fn a_database_of_an_earlier_schema_is_served_on(#[case] schema: &str, #[case] store: StoreKind) {
    let fixture = Path::new(FIXTURES).join(schema);
    let left = Restored::new(&fixture, store);
    let migrated = run(&[("FRONTROW__DATABASE__URL", &left.url)], &["migrate"]).await;
    assert!(migrated.status.success(), "{migrated:?}");
    // Recorded responses are kept for a day; these are older by now.
    tamper_at(&left.url, "UPDATE idempotency_keys SET expires_at = 9000000000000000").await;

    let server = Frontrow::start_at(&left.url, &[NO_DEMO]).await;
    Transcript::load(&fixture.join(transcript_file(store))).assert_replays_on(&server).await;
    server.assert_audit_is_clean().await;

    // Holds lapse, sold and blocked seats stay so, and all other seats can be bought.
    let mut hal = Shopper::register(&server).await;
    let joined = hal.join_for(ATTIC).await.expect(201);
    assert_eq!(joined.body["number"], JOINED + 1, "numbering continues");
    let _ = hal.until_active().await;
    let map = format!("/v1/schedules/{SCHEDULE}/seats");
    let sold = |map: &Value| -> Vec<(u64, String)> {
        let seats = map["seats"].as_array().into_iter().flatten();
        let taken = seats.filter(|seat| seat["status"] != "AVAILABLE");
        taken.map(|seat| (seat["number"].as_u64().unwrap(), seat["status"].as_str().unwrap().to_owned())).collect()
    };
    let taken = [(1, "RESERVED".to_owned()), (2, "RESERVED".to_owned()), (20, "BLOCKED".to_owned())];
    let _ = hal.until("the holds lapse", || hal.get(&map), |reply| sold(&reply.body) == taken).await;
    let held = hold(&hal, SCHEDULE, &[3, 5], "hold").await.expect(201);
    let _ = hal.charge(100_000, "charge").await.expect(201);
    let _ = hal.pay(&held.text("id"), "pay").await.expect(201);
    assert_eq!(hal.balance().await, 40_000);
    let _ = hal.get("/v1/wallet/entries").await.expect(200);
    server.assert_audit_is_clean().await;

    // New events are in the event log.
    let events = server.run_command(&["events", "--server", &server.base, "--json"]).await;
    let events = String::from_utf8(events.stdout).unwrap();
    assert!(events.contains("payment.completed") && events.contains(&held.text("id")), "{events}");
}

/// Returns the name of the transcript of the database of `store`.
fn transcript_file(store: StoreKind) -> &'static str {
    match store {
        StoreKind::Memory | StoreKind::Sqlite => "sqlite.json",
        StoreKind::Postgres => "postgres.json",
    }
}

async fn hold(shopper: &Shopper, schedule: &str, seats: &[u32], key: &str) -> Reply {
    shopper.post("/v1/reservations", Some(key), &json!({"schedule_id": schedule, "seat_numbers": seats})).await
}

/// Writes a fixture to `tests/fixtures/new`, to be renamed after its schema: once for each store, when a version with a new schema is
/// released.
/// `FRONTROW_TEST_BINARY` names the binary, unless it is the workspace's:
///
/// ```text
/// cargo test -p frontrow-tests --test acceptance records_a_fixture -- --ignored
/// ```
#[rstest]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test]
#[ignore = "writes fixtures of other tests"]
async fn records_a_fixture(#[case] store: StoreKind) {
    let hall = format!("{FIXTURES}/hall.json");
    let folder = PathBuf::from(FIXTURES).join("new");
    std::fs::create_dir_all(&folder).unwrap();
    let mut server = Frontrow::start(store, &[NO_DEMO]).await;
    let operate = async |arguments: &[&str]| {
        let done = server.run_command(&[arguments, &["--server", &server.base]].concat()).await;
        assert!(done.status.success(), "{arguments:?}: {done:?}");
    };
    operate(&["import", &hall]).await;
    operate(&["queues", "pause", GARDEN_QUEUE]).await;
    let mut transcript = Transcript::default();
    let mut shoppers = Vec::new();
    for (concert, number) in [(ATTIC, 1), (ATTIC, 2), (ATTIC, 3), (ATTIC, 4), (ATTIC, 5), (GARDEN, 1), (GARDEN, 2)] {
        let mut shopper = Shopper::register(&server).await;
        let id = shopper.get("/v1/users/me").await.expect(200).text("id");
        assert_eq!(shopper.join_for(concert).await.expect(201).body["number"], number);
        shoppers.push((shopper, id));
    }
    for (shopper, _) in &shoppers[..5] {
        let _ = shopper.until_active().await;
    }
    let [ada, ben, cyd, dan, gus, eve, fay] = shoppers.try_into().unwrap();

    let charge = |amount: i64| ("charge", json!({"amount": {"amount": amount, "currency": "KRW"}}));
    let seats = |schedule: &str, seats: &[u32]| ("hold", json!({"schedule_id": schedule, "seat_numbers": seats}));
    // Ada bought two seats, Ben refunded his, and Gus's schedule is cancelled.
    for (buyer, schedule, numbers) in [(&ada, SCHEDULE, &[1, 2][..]), (&ben, SCHEDULE, &[3]), (&gus, CANCELLED_SCHEDULE, &[4])] {
        let (shopper, id) = buyer;
        let held = transcript.send(shopper, id, "/v1/reservations", Some(seats(schedule, numbers))).await;
        let _ = transcript.send(shopper, id, "/v1/wallet/charges", Some(charge(70_000))).await;
        let _ = transcript.send(shopper, id, "/v1/payments", Some(("pay", json!({"reservation_id": held.text("id")})))).await;
    }
    let payments = ben.0.get("/v1/payments").await.expect(200);
    let refund = format!("/v1/payments/{}/refunds", payments.body["items"][0]["id"].as_str().unwrap());
    let _ = transcript.send(&ben.0, &ben.1, &refund, Some(("refund", json!({})))).await;
    operate(&["schedules", "cancel", CANCELLED_SCHEDULE, "--reason", "The roof leaks"]).await;
    operate(&["schedules", "refund-all", CANCELLED_SCHEDULE]).await;
    // Cyd's seat is available again, Dan's are held, and one is blocked.
    let held = transcript.send(&cyd.0, &cyd.1, "/v1/reservations", Some(seats(SCHEDULE, &[4]))).await;
    let _ = cyd.0.delete(&format!("/v1/reservations/{}", held.text("id"))).await;
    let _ = transcript.send(&dan.0, &dan.1, "/v1/reservations", Some(seats(SCHEDULE, &[5, 6]))).await;
    operate(&["seats", "block", SCHEDULE, "20", "--reason", "A pillar"]).await;

    for (shopper, id) in [&ada, &ben, &cyd, &gus] {
        for path in ["/v1/wallet", "/v1/wallet/entries", "/v1/payments", "/v1/reservations", "/v1/users/me"] {
            let _ = transcript.send(shopper, id, path, None).await;
        }
    }
    for (shopper, id) in [&eve, &fay] {
        transcript.poll(shopper, id).await;
    }
    transcript.save(&folder.join(transcript_file(store)));
    assert!(server.terminate().await.success());
    match store {
        StoreKind::Memory => panic!("it has no database"),
        StoreKind::Sqlite => {
            let to = folder.join("sqlite.db");
            let _ = std::fs::remove_file(&to);
            let copied = server.run_command(&["backup", to.to_str().unwrap()]).await;
            assert!(copied.status.success(), "{copied:?}");
        }
        StoreKind::Postgres => {
            let mut dump = Command::new(Cluster::program("pg_dump").expect("pg_dump is installed"));
            let dumped = dump.args(["--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=100", "-d", &server.database_url()]);
            let dumped = String::from_utf8(dumped.output().unwrap().stdout).unwrap();
            // Meta-commands that only the newest psql knows.
            let lines = dumped.lines().filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"));
            let text: String = lines.flat_map(|line| [line, "\n"]).collect();
            std::fs::write(folder.join("postgres.sql"), text).unwrap();
        }
    }
}
