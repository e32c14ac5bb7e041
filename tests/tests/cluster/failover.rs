//! A failover of PostgreSQL: connections break, and new ones lead to a standby until it is promoted.

use frontrow_tests::{Frontrow, Shopper, StoreKind, tamper};

/// From now on, new sessions behave as on a standby; open ones break.
const FAIL_OVER: &str = "
    BEGIN READ WRITE;
    DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$;
    COMMIT;
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();";
/// Open sessions stay as they are: the server must notice by itself.
const PROMOTE: &str = "
    BEGIN READ WRITE;
    DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET default_transaction_read_only', current_database()); END $$;
    COMMIT;";

#[tokio::test]
async fn writes_are_refused_on_a_standby_and_resume_once_it_is_promoted() {
    let server = Frontrow::start(StoreKind::Postgres, &[]).await;
    let ada = Shopper::register(&server).await;
    let _ = ada.charge(1_000, "before").await.expect(201);
    let ready = || ada.get("/readyz");
    let _ = ready().await.expect(200);

    tamper(&server, FAIL_OVER).await;
    let reported = ada.until("the standby is reported", ready, |reply| reply.body.to_string().contains("accepts no writes")).await;
    // All instances share the database: none of them leaves the load balancer because of it.
    assert_eq!((reported.status, reported.body["status"].as_str()), (200, Some("degraded")));
    for _ in 0..3 {
        let refused = ada.charge(500, "meanwhile").await.expect(503);
        assert!(!refused.header("retry-after").is_empty());
    }
    assert_eq!(server.metrics().await.get("frontrow_store_up"), Some(0.0));

    assert!(server.log().contains("it is a standby"), "the log says why: {}", server.log());

    tamper(&server, PROMOTE).await;
    let _ = ada.until("the database accepts writes again", ready, |reply| reply.body["status"] == "ok").await;
    let charge = || ada.charge(500, "meanwhile");
    let _ = ada.until("no connection to the standby is left", charge, |reply| reply.status == 201).await;
    let _ = ada.charge(500, "meanwhile").await.expect(201);
    assert_eq!(ada.balance().await, 1_500, "charged once, despite the retries");
    server.assert_audit_is_clean().await;
}
