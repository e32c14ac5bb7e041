//! Rehearsals by the real binary: a small crowd at its own server passes all checks, and the faults of a faulty server are detected.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::path::Path;
use std::process::Output;

use frontrow_tests::{FaultyServer, Misbehaviour, run};
use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;

const SMALL: &str = r#"
name = "small"
users = 60
seats = 10
price = 60000
time_limit_seconds = 18
connections = 16

[policy]
capacity = 8
batch = 4
tick_milliseconds = 50
hold_seconds = 10
active_seconds = 20
claim_seconds = 10
max_seats_per_user = 4

[arrival]
kind = "poisson"
over_seconds = 1.0

[[people]]
name = "buyers"
share = 2
picks = "hot"
seats = [1, 1]
looks = "always"
hesitates_seconds = [0.0, 0.05]
tries = 20

[[people]]
name = "listeners on a bad line"
share = 1
picks = "best"
seats = [1, 1]
looks = "always"
listens = true
hesitates_seconds = [0.0, 0.05]
tries = 20
hangs_up = 0.3
doubles = 0.3
repeats = 0.3
"#;

/// Five users who all want the same two seats, one at a time.
const FEW: &str = r#"
name = "few"
users = 5
seats = 2
price = 100
time_limit_seconds = 20
policy = { capacity = 9, batch = 9, tick_milliseconds = 50, hold_seconds = 300, active_seconds = 60, claim_seconds = 60, max_seats_per_user = 1 }
arrival = { kind = "burst" }

[[people]]
name = "buyers"
share = 1
picks = "random"
seats = [1, 1]
hesitates_seconds = [0.0, 0.02]
tries = 3
"#;

async fn rehearse(scenario: &str, folder: &Path, arguments: &[&str]) -> (Output, Option<Value>) {
    let file = folder.join("scenario.toml");
    std::fs::write(&file, scenario).unwrap();
    let out = folder.join("out");
    let always = ["rehearse", file.to_str().unwrap(), "--seed", "7", "--out", out.to_str().unwrap()];
    let output = run(&[], &[&always, arguments].concat()).await;
    let report = std::fs::read(out.join("report.json")).ok().map(|text| serde_json::from_slice(&text).unwrap());
    (output, report)
}

fn text_of(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn broken(report: &Value) -> Vec<&str> {
    let verdicts = report["verdicts"].as_array().unwrap().iter();
    verdicts
        .filter(|response| response["violations"] != Value::Array(vec![]))
        .map(|response| response["promise"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_small_crowd_buys_every_seat_once_and_passes_every_check() {
    let folder = TempDir::new().unwrap();
    let (output, report) = rehearse(SMALL, folder.path(), &[]).await;
    assert_eq!(output.status.code(), Some(0), "{}", text_of(&output));
    let report = report.unwrap();
    assert_eq!([&report["users"], &report["seats"], &report["sold"], &report["seed"]], [60, 10, 10, 7], "{}", text_of(&output));
    assert_eq!(broken(&report), [""; 0]);

    let verdicts = report["verdicts"].as_array().unwrap();
    let looked_at = |promise: &str| verdicts.iter().find(|response| response["promise"] == promise).unwrap()["looked_at"].as_u64().unwrap();
    assert_eq!(looked_at("no seat is sold twice"), 10);
    assert!(looked_at("every confirmed payment exists exactly once") >= 10);
    assert_eq!(looked_at("users are admitted in the order of their numbers"), 60);
    assert!(looked_at("balances equal charges minus payments") >= 10 && looked_at("the store's own audit finds no violations") > 0);

    let operations = report["operations"].as_array().unwrap();
    let count =
        |name: &str| operations.iter().find(|operation| operation["name"] == name).map_or(0, |found| found["count"].as_u64().unwrap());
    assert_eq!(count("register"), 60);
    assert!(count("join") >= 60 && count("hold") >= 10 && count("pay") >= 10 && count("listen") > 0);
    let timeline = report["timeline"].as_array().unwrap();
    assert_eq!(timeline.last().unwrap()["sold"], 10);
    let admitted: u64 = timeline.iter().map(|second| second["admitted"].as_u64().unwrap()).sum();
    assert!((10..=60).contains(&admitted), "{admitted}");
}

#[rstest]
#[case::truth(Misbehaviour::None, &[])]
#[case::twice(Misbehaviour::SellsTwice, &["no seat is sold twice", "POST /v1/payments of reservation"])]
#[case::lost(Misbehaviour::ForgetsPayments, &["every confirmed payment exists exactly once", "does not exist"])]
#[case::failure(Misbehaviour::Fails, &["no response is a 5xx", "-> 500 INTERNAL"])]
#[tokio::test]
async fn a_server_that_breaks_a_guarantee_is_detected(#[case] misbehaviour: Misbehaviour, #[case] findings: &[&str]) {
    let (folder, faulty_server) = (TempDir::new().unwrap(), FaultyServer::start(misbehaviour).await);
    let arguments = ["--server", &faulty_server.base, "--concert", FaultyServer::ID, "--schedule", FaultyServer::ID];
    let (output, report) = rehearse(FEW, folder.path(), &arguments).await;
    assert_eq!(output.status.code(), Some(i32::from(!findings.is_empty())), "{}", text_of(&output));
    for finding in findings {
        assert!(text_of(&output).contains(finding), "{finding}: {}", text_of(&output));
    }
    assert_eq!(broken(&report.unwrap()).is_empty(), findings.is_empty());
}

#[tokio::test]
async fn users_who_are_not_served_in_time_are_dismissed() {
    let folder = TempDir::new().unwrap();
    let shut = SMALL.replace("capacity = 8", "capacity = 0");
    let (output, report) = rehearse(&shut, folder.path(), &["--time-limit", "2", "--json"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", text_of(&output));
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(Some(&printed), report.as_ref());
    assert_eq!(printed["sold"], 0);
    let last = printed["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(last["waiting"], 60);
    assert!((2.0..3.5).contains(&printed["seconds"].as_f64().unwrap()));
}

#[tokio::test]
async fn an_unreachable_server_is_not_judged() {
    let folder = TempDir::new().unwrap();
    let arguments = ["--server", "http://127.0.0.1:1", "--concert", FaultyServer::ID, "--schedule", FaultyServer::ID];
    let (output, report) = rehearse(FEW, folder.path(), &arguments).await;
    assert_eq!((output.status.code(), report), (Some(1), None), "{}", text_of(&output));
    assert!(text_of(&output).contains("responded to no request"), "{}", text_of(&output));
    let nonsense = run(&[], &["rehearse", "opera"]).await;
    assert_eq!(nonsense.status.code(), Some(2), "{}", text_of(&nonsense));
}
