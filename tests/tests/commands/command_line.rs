//! General behaviour of the command line: display and checks of the configuration, JSON output, errors that name their cause.

use std::process::Output;

use frontrow_tests::{Frontrow, StoreKind, run, shell, tamper};
use rstest::rstest;
use serde_json::{Value, json};

const ISSUER: &str =
    "[[auth.issuers]]\nname = 'https://login.example.com/'\naudience = 'shop'\nalgorithm = 'ES256'\npem_file = 'no-such.pem'\n";

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn the_configuration_is_shown_with_its_sources_and_without_passwords() {
    let variables = [("FRONTROW__DATABASE__URL", "postgres://ada:t0p-s3cret@db/frontrow"), ("FRONTROW__QUEUE__BATCH", "7")];
    let text = run(&variables, &["config", "show"]).await;
    assert!(text.status.success() && !printed(&text).contains("t0p-s3cret"), "{text:?}");
    let row = |key: &str| {
        printed(&text).lines().find(|line| line.starts_with(key)).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(row("database.url "), r#"database.url "postgres://ada:***@db/frontrow" environment"#);
    assert_eq!(row("queue.capacity "), "queue.capacity 100 built in");

    let json = run(&variables, &["config", "show", "--json"]).await;
    let shown: Value = serde_json::from_slice(&json.stdout).unwrap();
    let batch = shown["items"].as_array().unwrap().iter().find(|item| item["key"] == "queue.batch");
    assert_eq!(batch, Some(&json!({"key": "queue.batch", "value": 7, "from": "environment"})));
    assert!(!printed(&json).contains("t0p-s3cret"));
}

#[tokio::test]
async fn the_configuration_is_checked_down_to_the_key_files_of_issuers() {
    assert_eq!(run(&[], &["config", "check"]).await.status.code(), Some(0));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("default.toml"), ISSUER).unwrap();
    let folder = folder.path().to_str().unwrap();
    let wrong = run(&[], &["--config-dir", folder, "config", "check"]).await;
    assert_eq!(wrong.status.code(), Some(2));
    assert!(errors(&wrong).contains("auth.issuers[0].pem_file") && errors(&wrong).contains("no-such.pem"), "{wrong:?}");
}

#[rstest]
#[case::usage(&[], &["--json", "sing"], 2, "WRONG_USAGE", "sing")]
#[case::configuration(&[("FRONTROW__QUEUE__SPEED", "3")], &["--json", "config", "check"], 2, "WRONG_CONFIGURATION", "queue.speed")]
#[case::store(&[], &["--json", "audit"], 1, "COMMAND_FAILED", "no store")]
#[case::backup(&[("FRONTROW__DATABASE__URL", "postgres://ada@db/frontrow")], &["--json", "backup", "copy.db"], 2, "WRONG_USAGE", "pg_dump")]
#[case::backup_of_memory(&[("FRONTROW__DATABASE__URL", "memory:")], &["--json", "backup", "copy.db"], 2, "WRONG_USAGE", "memory:")]
#[case::server(&[], &["--json", "queues", "list", "--server", "http://127.0.0.1:1", "--token", "x"], 1, "COMMAND_FAILED", "127.0.0.1:1")]
#[case::stranger(&[], &["--json", "queues", "list", "--server", "http://192.0.2.1:1"], 2, "WRONG_USAGE", "--token")]
#[case::address(&[], &["--json", "queues", "list", "--server", "127.0.0.1:1", "--token", "x"], 2, "WRONG_USAGE", "--server")]
#[tokio::test]
async fn an_error_is_one_line_of_text_or_a_json_problem(
    #[case] environment: &[(&str, &str)],
    #[case] arguments: &[&str],
    #[case] exit: i32,
    #[case] code: &str,
    #[case] named: &str,
) {
    let json = run(environment, arguments).await;
    assert_eq!((json.status.code(), printed(&json).as_str()), (Some(exit), ""));
    let problem: Value = serde_json::from_slice(&json.stderr).unwrap_or_else(|_| panic!("{json:?}"));
    assert_eq!(problem["code"], code);
    assert!(problem["detail"].as_str().unwrap().contains(named), "{problem}");

    let text = run(environment, &arguments[1..]).await;
    assert_eq!(text.status.code(), Some(exit));
    let first = errors(&text).lines().next().unwrap_or_default().to_owned();
    assert!(first.starts_with("error: ") && first.contains(named), "{text:?}");
}

#[tokio::test]
async fn the_json_of_an_audit_is_as_over_http() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let audit = server.run_command(&["audit", "--json"]).await;
    let found: Value = serde_json::from_slice(&audit.stdout).unwrap();
    assert_eq!(found["holds"], true);
    let findings = found["findings"].as_array().unwrap();
    assert!(findings.len() > 10 && findings.iter().all(|finding| finding["violations"] == 0), "{found}");
}

#[rstest]
#[tokio::test]
async fn completions_contain_every_command(#[values("bash", "zsh", "fish", "elvish", "powershell")] shell: &str) {
    let script = run(&[], &["completions", shell]).await;
    assert!(script.status.success());
    for word in ["refund-all", "lay-out", "--config-dir"] {
        let word = if shell == "fish" { word.trim_start_matches('-') } else { word };
        assert!(printed(&script).contains(word), "{shell} lacks {word}");
    }
}

#[tokio::test]
async fn a_closed_pipe_is_no_error() {
    let pasted = "\"$0\" openapi 2>error | head -n 1; echo \"${PIPESTATUS[0]}\"; cat error";
    let read = shell(pasted).await;
    assert_eq!(printed(&read), "{\n0\n");
}

#[tokio::test]
async fn a_backup_of_a_running_server_passes_the_audit_and_an_incomplete_store_fails_it() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    let copied = server.run_command(&["--json", "backup", copy.to_str().unwrap()]).await;
    let report: Value = serde_json::from_slice(&copied.stdout).unwrap_or_else(|_| panic!("{copied:?}"));
    assert_eq!(report, json!({"file": copy, "bytes": std::fs::metadata(&copy).unwrap().len()}));
    let again = server.run_command(&["backup", copy.to_str().unwrap()]).await;
    assert!(again.status.code() == Some(1) && errors(&again).contains("does not overwrite files"), "{again:?}");

    let url = format!("sqlite://{}", copy.display());
    let audit = async || run(&[("FRONTROW__DATABASE__URL", &url)], &["audit"]).await;
    assert_eq!(audit().await.status.code(), Some(0));
    std::fs::write(&copy, "").unwrap();
    let empty = audit().await;
    assert!(empty.status.code() == Some(1) && errors(&empty).contains("it contains no store"), "{empty:?}");
    tamper(&server, "DROP TABLE log_readers").await;
    let torn = server.run_command(&["audit"]).await;
    let broken = printed(&torn).lines().any(|line| line.contains("schema_is_complete") && line.contains("BROKEN"));
    assert!(torn.status.code() == Some(1) && broken, "{torn:?}");
}
