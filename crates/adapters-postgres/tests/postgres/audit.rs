//! Audits of databases: empty, partly restored, of another release.

use std::time::Duration;

use adapters_postgres::{OpenError, PostgresDatabase, PostgresStore};
use application::ports::{Audit, LedgerCheck};
use sea_orm::sqlx::{Connection as _, Executor as _};
use testbed::Cluster;

use crate::world::World;

async fn violated(world: &World) -> Vec<&'static str> {
    let findings = PostgresDatabase::open(&world.database.url).await.unwrap().audit().await.unwrap();
    findings.iter().filter(|finding| finding.violations > 0).map(|finding| finding.invariant.name()).collect()
}

#[tokio::test]
async fn a_database_without_a_store_is_refused_by_the_audit_and_not_changed() {
    let database = Cluster::shared().create_database();
    let refused = PostgresDatabase::open(&database.url).await.unwrap_err();
    assert!(matches!(&refused, OpenError::Unfit(reason) if reason.to_string() == "it contains no store"), "{refused:?}");
    assert_eq!(Cluster::shared().sql(&database.name, "SELECT count(*) FROM pg_class WHERE relname = 'queues'").trim(), "0");
}

#[tokio::test]
async fn a_database_of_another_release_is_refused_by_the_audit() {
    for (change, expected) in [
        ("DELETE FROM seaql_migrations WHERE version = '0003_operators'", "its schema is older"),
        ("INSERT INTO seaql_migrations VALUES ('2999_flying_cars', 0)", "its schema is newer than this release: it has 2999_flying_cars"),
    ] {
        let world = World::empty().await;
        world.sql(change);
        let refused = PostgresDatabase::open(&world.database.url).await.unwrap_err();
        assert!(matches!(&refused, OpenError::Unfit(reason) if reason.to_string().starts_with(expected)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_partly_restored_database_violates_an_invariant() {
    let world = World::empty().await;
    assert_eq!(violated(&world).await, Vec::<&str>::new(), "all objects that the migrations name exist");
    world.sql("DROP TRIGGER audit_entries_append_only ON audit_entries");
    assert_eq!(violated(&world).await, ["schema_is_complete"]);
    world.sql("DROP INDEX reservation_seats_live");
    assert_eq!(violated(&world).await, ["schema_is_complete"]);
    world.sql("DROP TABLE payments, wallet_entries");
    assert_eq!(violated(&world).await, ["schema_is_complete"]);
}

#[tokio::test]
async fn the_migrations_name_all_objects_of_the_schema() {
    let world = World::empty().await;
    let there = world.sql(
        "SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
             AND NOT EXISTS (SELECT 1 FROM pg_constraint o WHERE o.conindid = c.oid AND o.contype = 'p')
         UNION SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    );
    let named = migrations::POSTGRES.objects();
    let unnamed: Vec<&str> = there.lines().filter(|name| !named.contains_key(name) && *name != "seaql_migrations").collect();
    assert_eq!(unnamed, Vec::<&str>::new(), "the migrations name all objects that exist");
}

#[tokio::test]
async fn an_audit_may_read_another_database_which_accepts_no_writes() {
    let (world, standby) = (World::empty().await, World::empty().await);
    standby.sql("DROP INDEX reservation_seats_live");
    standby.sql(&format!("ALTER DATABASE {} SET default_transaction_read_only = on", standby.database.name));
    let store = PostgresStore::clone(&world.store).auditing(&standby.database.url).unwrap();
    for (audit, expected) in [(&store, vec!["schema_is_complete"]), (&world.store, vec![])] {
        let findings = audit.audit().await.unwrap();
        let violated = findings.iter().filter(|finding| finding.violations > 0).map(|finding| finding.invariant.name());
        assert_eq!(violated.collect::<Vec<_>>(), expected);
    }
    assert!(matches!(store.auditing("postgres://db:port/frontrow"), Err(OpenError::NotAUrl(_))));
}

#[tokio::test]
async fn while_another_process_sums_the_ledger_the_last_check_is_returned() {
    let world = World::empty().await;
    let mut other = world.connect().await;
    let mut summing = other.begin().await.unwrap();
    summing.execute("SELECT 1 FROM ledger_checks FOR UPDATE").await.unwrap();
    assert_eq!(world.store.check_ledger(Duration::ZERO).await.unwrap(), None, "there is no check yet");
    summing.rollback().await.unwrap();
    let first = world.store.check_ledger(Duration::ZERO).await.unwrap().unwrap();
    assert!(first.is_new);

    let mut summing = other.begin().await.unwrap();
    summing.execute("SELECT 1 FROM ledger_checks FOR UPDATE").await.unwrap();
    let last = world.store.check_ledger(Duration::ZERO).await.unwrap();
    assert_eq!(last, Some(LedgerCheck { is_new: false, ..first }));
    summing.rollback().await.unwrap();
}
