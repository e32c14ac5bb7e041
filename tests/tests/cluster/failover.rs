//! A failover of PostgreSQL: the connections break, and the new ones lead to a standby until it is promoted.

use frontrow_tests::{Frontrow, Shopper, StoreKind, tamper};

/// Each session that begins from now on is as on a standby; those that are open break.
const FAIL_OVER: &str = "
    BEGIN READ WRITE;
    DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$;
    COMMIT;
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();";
/// Sessions that are open stay as they are: whoever keeps one must find out.
const PROMOTE: &str = "
    BEGIN READ WRITE;
    DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET default_transaction_read_only', current_database()); END $$;
    COMMIT;";

#[tokio::test]
async fn on_a_standby_nothing_is_taken_and_once_it_is_promoted_all_goes_on() {
    let server = Frontrow::start(StoreKind::Postgres, &[]).await;
    let ada = Shopper::register(&server).await;
    let _ = ada.charge(1_000, "before").await.expect(201);
    let ready = || ada.get("/readyz");
    let _ = ready().await.expect(200);

    tamper(&server, FAIL_OVER).await;
    let reported = ada.until("a standby is no place to write", ready, |reply| reply.body.to_string().contains("takes no writes")).await;
    // All instances have the same database: none of them leaves the balancer for it.
    assert_eq!((reported.status, reported.body["status"].as_str()), (200, Some("degraded")));
    for _ in 0..3 {
        let refused = ada.charge(500, "meanwhile").await.expect(503);
        assert!(!refused.header("retry-after").is_empty());
    }
    assert_eq!(server.metrics().await.get("frontrow_store_up"), Some(0.0));

    assert!(server.log().contains("it is a standby"), "the log says why: {}", server.log());

    tamper(&server, PROMOTE).await;
    let _ = ada.until("it may be written again", ready, |reply| reply.body["status"] == "ok").await;
    let charge = || ada.charge(500, "meanwhile");
    let _ = ada.until("no connection of the standby is left", charge, |reply| reply.status == 201).await;
    let _ = ada.charge(500, "meanwhile").await.expect(201);
    assert_eq!(ada.balance().await, 1_500, "once, however often it was tried");
    server.assert_audit_is_clean().await;
}
