//! The binary as a process: its lock, its commands, its configuration, its shutdown.

use std::os::unix::process::ExitStatusExt;

use frontrow_tests::{Frontrow, Shopper, StoreKind, run, shell, tamper};
use rstest::rstest;
use serde_json::json;

#[tokio::test]
async fn a_second_server_on_the_same_file_is_refused() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let second = server.run_command(&["serve"]).await;
    assert_eq!(second.status.code(), Some(1));
    let message = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(message.contains("another") && message.contains("frontrow.db"), "{message}");
}

#[tokio::test]
async fn a_killed_server_leaves_no_lock_behind() {
    let mut server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    server.kill().await;
    let again = server.restart().await;
    let _ = Shopper::anonymous(&again).get("/readyz").await.expect(200);
}

#[tokio::test]
async fn a_server_is_not_ready_while_its_own_store_is_faulty() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let balancer = Shopper::anonymous(&server);
    let ready = || balancer.get("/readyz");
    let _ = ready().await.expect(200);
    tamper(&server, "ALTER TABLE queues RENAME TO lost").await;
    let _ = balancer.until("the store is reported as faulty", ready, |reply| reply.status == 503).await;
    let check = async |arguments: &[&str]| {
        let bind = server.base.trim_start_matches("http://");
        run(&[("FRONTROW__HTTP__BIND", bind)], arguments).await.status.code()
    };
    assert_eq!((check(&["healthcheck"]).await, check(&["healthcheck", "--ready"]).await), (Some(0), Some(1)));
    assert_eq!(server.metrics().await.get("frontrow_store_up"), Some(0.0));
    tamper(&server, "ALTER TABLE lost RENAME TO queues").await;
    let _ = balancer.until("the store is reported as working", ready, |reply| reply.status == 200).await;
}

#[rstest]
#[case("user")]
#[case("operator")]
#[case("cashier")]
#[tokio::test]
async fn a_token_printed_beside_a_running_server_is_accepted_there(#[case] role: &str) {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let printed = server.run_command(&["token", "--role", role]).await;
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let bearer = Shopper::with_jwt(&server, &String::from_utf8(printed.stdout).unwrap());
    assert_eq!(bearer.balance().await, 0);
    let _ = bearer.charge(1_000, "first-write").await.expect(201);
    assert_eq!(bearer.balance().await, 1_000, "the first write of a user of the issuer creates user and wallet");
}

#[tokio::test]
async fn the_demo_user_is_funded() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let printed = server.run_command(&["token", "--demo-user"]).await;
    let user = Shopper::with_jwt(&server, &String::from_utf8(printed.stdout).unwrap());
    assert_eq!(user.balance().await, 500_000);
}

#[rstest]
#[case("FRONTROW__QUEUE__BATCH", "0", "queue.batch")]
#[case("FRONTROW__QUEUE__CAPACITY", "many", "queue.capacity")]
#[case("FRONTROW__RESERVATION__HOLD_SECONDS", "-1", "reservation.hold_seconds")]
#[case("FRONTROW__DATABASE__URL", "mysql://somewhere", "database.url")]
#[case("FRONTROW__HTTP__BIND", "nowhere", "http.bind")]
#[case("FRONTROW__QUEUE__SPEED", "3", "speed")]
#[tokio::test]
async fn an_invalid_configuration_is_refused_with_its_key(#[case] variable: &str, #[case] value: &str, #[case] key: &str) {
    let refused = run(&[(variable, value)], &["serve"]).await;
    assert_eq!(refused.status.code(), Some(2));
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(message.contains(key), "{message}");
}

#[tokio::test]
async fn a_health_check_uses_the_configured_address_of_the_server() {
    let mut server = Frontrow::start(StoreKind::Memory, &[]).await;
    let bind = server.base.trim_start_matches("http://").to_owned();
    let check = async |arguments: &[&str]| run(&[("FRONTROW__HTTP__BIND", &bind)], arguments).await.status.code();
    assert_eq!((check(&["healthcheck"]).await, check(&["healthcheck", "--ready"]).await), (Some(0), Some(0)));
    server.terminate().await;
    assert_eq!((check(&["healthcheck"]).await, check(&["healthcheck", "--ready"]).await), (Some(1), Some(1)));
}

#[tokio::test]
async fn a_demo_with_few_open_files_serves_without_a_warning() {
    // A laptop's hard limit may be low: then the limits of connections are lower, which the demo does not report as a warning.
    let script = r#"ulimit -n 1000; mkfifo out
        FRONTROW__DATABASE__URL=memory: FRONTROW__HTTP__BIND=127.0.0.1:0 "$0" $1 serve >out 2>log & exec 3<out
        sed '/Stop with/q' <&3 >/dev/null; kill $!; wait $!; cat log"#;
    let log = String::from_utf8(shell(script).await.stdout).unwrap();
    assert!(log.contains("serving") && log.contains("stopped"), "{log}");
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
    let production = String::from_utf8(shell(&script.replace("$1", "--profile production")).await.stdout).unwrap();
    assert!(production.contains(r#""level":"WARN""#) && production.contains("ulimit -n"), "{production}");
}

#[tokio::test]
async fn wrong_usage_exits_with_2() {
    assert_eq!(run(&[], &["sing"]).await.status.code(), Some(2));
}

#[rstest]
#[case::memory(StoreKind::Memory)]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test]
async fn sigterm_stops_the_server_cleanly_despite_an_open_connection(#[case] store: StoreKind) {
    let mut server = Frontrow::start(store, &[]).await;
    let ada = Shopper::register(&server).await;
    let _ = ada.charge(1_000, "charge").await.expect(201);
    let ended = server.terminate().await;
    assert_eq!((ended.code(), ended.signal()), (Some(0), None));
    if store.outlives_its_process() {
        let server = server.restart().await;
        assert_eq!(ada.at(&server).balance().await, 1_000);
    }
}

#[tokio::test]
async fn migrate_creates_a_store_that_can_be_served_and_audited() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    assert!(server.run_command(&["migrate"]).await.status.success());
    server.assert_audit_is_clean().await;
}

#[tokio::test]
async fn the_audit_of_a_database_without_a_store_fails_and_creates_none() {
    let empty = testbed::Cluster::shared().create_database();
    for _ in 0..2 {
        let audit = run(&[("FRONTROW__DATABASE__URL", &empty.url)], &["audit"]).await;
        assert_eq!(audit.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&audit.stderr).contains("no store"));
    }
}

#[tokio::test]
async fn two_concurrent_migrations_create_one_schema() {
    for _ in 0..3 {
        let empty = testbed::Cluster::shared().create_database();
        let url = [("FRONTROW__DATABASE__URL", empty.url.as_str())];
        let (one, other) = tokio::join!(run(&url, &["migrate"]), run(&url, &["migrate"]));
        assert!(one.status.success() && other.status.success(), "{one:?}\n{other:?}");
        assert!(run(&url, &["audit"]).await.status.success());
    }
}

#[tokio::test]
async fn the_audit_of_a_missing_store_fails_and_creates_none() {
    let audit = run(&[("FRONTROW__DATABASE__URL", "sqlite://nowhere.db")], &["audit"]).await;
    assert_eq!(audit.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&audit.stderr).contains("nowhere.db"));
}

#[tokio::test]
async fn production_has_no_demo_data_in_any_folder() {
    let server = Frontrow::start(StoreKind::Sqlite, &[("FRONTROW_PROFILE", "production")]).await;
    let concerts = Shopper::anonymous(&server).get("/v1/concerts").await.expect(200);
    assert_eq!(concerts.body["items"], json!([]));
}

#[tokio::test]
async fn production_restricts_charges_to_cashiers_unless_open_charging_is_confirmed() {
    let production = ("FRONTROW_PROFILE", "production");
    let open = ("FRONTROW__WALLET__CHARGING", "open");
    let refused = run(&[production, open], &["serve"]).await;
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("wallet.charging"), "{refused:?}");
    let confirmed = run(&[production, open, ("FRONTROW__WALLET__ALLOW_OPEN_CHARGES", "true")], &["config", "check"]).await;
    assert_eq!(confirmed.status.code(), Some(0), "{confirmed:?}");

    let server = Frontrow::start(StoreKind::Sqlite, &[production]).await;
    let ada = Shopper::register(&server).await;
    assert_eq!(ada.charge(500, "own").await.expect(403).body["code"], "FORBIDDEN");
    let printed = server.run_command(&["token", "--role", "cashier"]).await;
    let cashier = Shopper::with_jwt(&server, &String::from_utf8(printed.stdout).unwrap());
    let user = ada.get("/v1/users/me").await.expect(200).text("id");
    let body = json!({"amount": frontrow_tests::money(500), "user_id": user});
    let _ = cashier.post("/v1/wallet/charges", Some("receipt-1"), &body).await.expect(201);
    assert_eq!(ada.balance().await, 500);
}

#[tokio::test]
async fn commands_on_a_store_that_ends_with_the_process_are_refused() {
    for command in ["migrate", "token", "audit"] {
        let refused = run(&[("FRONTROW__DATABASE__URL", "memory:")], &[command]).await;
        assert_eq!(refused.status.code(), Some(1), "{command}");
    }
}

#[tokio::test]
async fn the_printed_curl_lines_run_a_purchase_when_pasted() {
    let server = Frontrow::start(StoreKind::Sqlite, &[]).await;
    let printed = &server.welcome;
    let lines: Vec<_> = printed.lines().filter(|line| line.contains("curl")).collect();
    assert_eq!(lines.len(), 5, "{printed}");
    let pasted = tokio::process::Command::new("bash").args(["-c", &lines.join("\n")]).output().await.unwrap();
    let output = String::from_utf8_lossy(&pasted.stdout).into_owned();
    let payment = output.lines().next_back().unwrap_or_default();
    assert!(payment.contains(r#""status":"COMPLETED""#), "{output}{}", String::from_utf8_lossy(&pasted.stderr));
}

#[tokio::test]
async fn the_reference_page_and_its_assets_are_served_by_the_server_itself() {
    let server = Frontrow::start(StoreKind::Memory, &[]).await;
    let client = Shopper::anonymous(&server);
    let page = server.http.get(format!("{}/docs/", server.base)).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let html = page.text().await.unwrap();
    for source in html.split(['"', '\'']).filter(|word| matches!(word.rsplit_once('.'), Some((_, "js" | "css")))) {
        assert!(!source.starts_with("http") && !source.starts_with("//"), "{source} is loaded from another origin");
        let asset = server.http.get(format!("{}/docs/{}", server.base, source.trim_start_matches("./"))).send().await.unwrap();
        assert_eq!(asset.status(), 200, "{source}");
    }
    assert_eq!(client.get("/openapi.json").await.expect(200).body["openapi"], json!("3.1.0"));
}
