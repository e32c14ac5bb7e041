//! The constraints of the schema reject rows that violate a guarantee, even if the program is wrong.

use adapters_postgres::{OpenError, PostgresStore};
use migrations::POSTGRES;
use testbed::Cluster;

use crate::world::{SIZE, World};

/// Statements that must be rejected, with the guarantee that they violate.
const VIOLATIONS: &[(&str, &str)] = &[
    (
        "P1",
        "INSERT INTO reservation_seats SELECT gen_random_uuid(), number, schedule_id, label, price, true FROM reservation_seats WHERE live",
    ),
    ("P2", "UPDATE wallets SET balance = -1"),
    ("P2", "UPDATE wallet_entries SET amount = amount + 1"),
    ("P2", "DELETE FROM wallet_entries"),
    ("P2", "TRUNCATE wallet_entries"),
    (
        "P2",
        "INSERT INTO wallet_entries SELECT user_id, sequence, gen_random_uuid(), kind, payment_id, amount, balance, at FROM wallet_entries",
    ),
    ("P2", "INSERT INTO wallet_entries SELECT user_id, sequence + 1, id, kind, payment_id, amount, balance, at FROM wallet_entries"),
    ("P3", "INSERT INTO payments SELECT gen_random_uuid(), 1, reservation_id, user_id, amount, paid_at, state, refunded_at FROM payments"),
    ("P3", "INSERT INTO idempotency_keys SELECT * FROM idempotency_keys"),
    (
        "P5",
        "INSERT INTO queue_tokens SELECT gen_random_uuid(), 1, queue_id, gen_random_uuid(), NULL, number, 0, 'WAITING' FROM queue_tokens",
    ),
    ("P5", "UPDATE queue_counters SET pruned = last_number + 1"),
    ("P5", "UPDATE queue_counters SET pruned = -1"),
    ("P1", "UPDATE seats SET sellable = true"),
    ("P6", "INSERT INTO queue_tokens SELECT gen_random_uuid(), 1, queue_id, user_id, NULL, number + 1, 0, 'WAITING' FROM queue_tokens"),
    (
        "P6",
        "INSERT INTO reservations SELECT gen_random_uuid(), 1, user_id, token_id, concert_id, schedule_id, 0, 0, 1, 'HELD' FROM reservations WHERE state = 'HELD'",
    ),
    ("the audit log", "INSERT INTO audit_entries SELECT * FROM audit_entries"),
    ("the audit log", "UPDATE audit_entries SET reason = 'Another'"),
    ("the audit log", "DELETE FROM audit_entries"),
    ("the audit log", "TRUNCATE audit_entries"),
];

/// One of each row: a user with money waits, holds a seat, and has paid for another.
const ROWS: &str = "
    INSERT INTO users VALUES ('00000000-0000-0000-0000-000000000001', 'Ada', 0);
    INSERT INTO wallets VALUES ('00000000-0000-0000-0000-000000000001', 1, 5, 1);
    INSERT INTO wallet_entries VALUES ('00000000-0000-0000-0000-000000000001', 1, gen_random_uuid(), 'CHARGE', NULL, 5, 5, 0);
    INSERT INTO queue_tokens (id, version, queue_id, user_id, number, joined_at, state)
    VALUES ('00000000-0000-0000-0000-0000000000aa', 1, '0f207207-0000-7000-8000-000000000001', '00000000-0000-0000-0000-000000000001', 1, 0, 'WAITING');
    INSERT INTO reservations (id, version, user_id, token_id, concert_id, schedule_id, amount, held_at, expires_at, state)
    VALUES ('00000000-0000-0000-0000-0000000000bb', 1, '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-0000000000aa',
            gen_random_uuid(), '00000000-0000-0000-0000-0000000000dd', 5, 0, 1, 'HELD');
    INSERT INTO reservation_seats VALUES ('00000000-0000-0000-0000-0000000000bb', 1, '00000000-0000-0000-0000-0000000000dd', 'Seat 1', 5, true);
    INSERT INTO payments VALUES (gen_random_uuid(), 1, gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 5, 0, 'COMPLETED', NULL);
    INSERT INTO idempotency_keys VALUES ('00000000-0000-0000-0000-000000000001', 'CHARGES', 'key', 1, sha256('x'), '{}', 0, 1);
    INSERT INTO audit_entries VALUES (gen_random_uuid(), 0, gen_random_uuid(), 'PAUSE', 'QUEUE', gen_random_uuid(), NULL, '[]')";

#[tokio::test]
async fn the_schema_rejects_rows_that_violate_a_guarantee() {
    let world = World::empty().await;
    world.sql(ROWS);
    for (promise, sql) in VIOLATIONS {
        // psql reports what is wrong; the test only needs to know that it failed.
        let database = world.database.name.clone();
        let refused = std::panic::catch_unwind(|| Cluster::shared().sql(&database, sql));
        assert!(refused.is_err(), "{promise} is violated by: {sql}");
    }
}

#[tokio::test]
async fn a_database_of_a_newer_release_is_refused_and_not_changed() {
    let world = World::empty().await;
    let open = || PostgresStore::open(&world.database.url, SIZE);
    world.sql("INSERT INTO seaql_migrations VALUES ('9999_later', 0)");
    let Err(OpenError::Schema(error)) = open().await else { panic!("the database was opened") };
    assert!(error.to_string().contains("9999_later"), "{error}");
    world.sql("DELETE FROM seaql_migrations WHERE version = '9999_later'");
    open().await.unwrap().close().await.unwrap();
}

/// Rows of an earlier release: a user who has left the queue, and a hall with a free seat and a sold one.
const EARLIER: &str = "
    INSERT INTO users VALUES ('00000000-0000-0000-0000-0000000000a1', 'Ada Núñez', 0), ('00000000-0000-0000-0000-0000000000a9', NULL, 0);
    INSERT INTO queue_tokens (id, version, queue_id, user_id, number, joined_at, state, reason, expired_at)
    VALUES (gen_random_uuid(), 2, '0f207207-0000-7000-8000-000000000001', gen_random_uuid(), 1, 0, 'EXPIRED', 'LEFT', 9);
    UPDATE queue_counters SET last_number = 1;
    INSERT INTO concerts VALUES ('00000000-0000-0000-0000-0000000000cc', 1, 'Club Night', 'Frontrow', '0f207207-0000-7000-8000-000000000001');
    INSERT INTO schedules VALUES ('00000000-0000-0000-0000-0000000000dd', 1, '00000000-0000-0000-0000-0000000000cc', 3, 'UTC', 1, 2);
    INSERT INTO seats VALUES ('00000000-0000-0000-0000-0000000000dd', 1, 1, 'A 1', 5, 'AVAILABLE', NULL),
                             ('00000000-0000-0000-0000-0000000000dd', 2, 1, 'A 2', 5, 'RESERVED', gen_random_uuid())";

#[tokio::test]
async fn migrations_keep_the_rows_of_a_database_of_an_earlier_release() {
    const SEEN: &str =
        "SELECT (SELECT count(*) FROM queue_tokens), (SELECT sum(last_number) FROM queue_counters), (SELECT count(*) FROM seats)";
    let database = Cluster::shared().create_database();
    let db = sea_orm::Database::connect(&database.url).await.unwrap();
    let sql = |sql: &str| Cluster::shared().sql(&database.name, sql).trim().to_owned();
    POSTGRES.up(&db, Some(1)).await.unwrap();
    sql(EARLIER);
    POSTGRES.up(&db, None).await.unwrap();
    assert_eq!(sql(SEEN), "1|1|2");
    let keys = sql("SELECT search_key FROM user_search_keys WHERE user_id = '00000000-0000-0000-0000-0000000000a1' ORDER BY search_key");
    assert_eq!(keys, "ada nunez\nnunez", "existing users are found by each word of their names");
    assert_eq!(sql("SELECT count(*) FROM user_search_keys"), "2");
    assert_eq!(sql("SELECT sellable FROM seats ORDER BY number"), "t\nf");
    assert_eq!(sql("SELECT kept, pruned FROM queue_tokens JOIN queue_counters USING (queue_id)"), "f|0");
    POSTGRES.down(&db, Some(1)).await.unwrap();
    assert_eq!(sql(SEEN), "1|1|2");
    POSTGRES.up(&db, None).await.unwrap();
    POSTGRES.down(&db, None).await.unwrap();
    let left =
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'seaql_migrations'";
    assert_eq!(sql(left), "0", "migrating down removes all tables");
    POSTGRES.up(&db, None).await.unwrap();
    db.close().await.unwrap();
}

/// The checks of audit entries and idempotency keys are widened by migrating up, and narrowed by migrating down.
#[tokio::test]
async fn migrations_keep_audit_entries_and_idempotency_keys() {
    const OLD: &str = "
        INSERT INTO deeds VALUES (gen_random_uuid(), 1, gen_random_uuid(), 'BLOCK', 'SCHEDULE', gen_random_uuid(), 'a broken seat', '[]');
        INSERT INTO idempotency_keys VALUES (gen_random_uuid(), 'CHARGES', 'k', 1, sha256('x'), '{}', 1, 2)";
    const NEW: &str = "
        INSERT INTO deeds VALUES (gen_random_uuid(), 1, gen_random_uuid(), 'CHARGE', 'USER', gen_random_uuid(), NULL, '[]');
        INSERT INTO idempotency_keys VALUES (gen_random_uuid(), 'USERS', 'k', 1, sha256('x'), '{}', 1, 2);
        INSERT INTO idempotency_keys VALUES (gen_random_uuid(), 'ADMISSIONS', 'k', 1, sha256('x'), '{}', 1, 2)";
    const ROWS: &str = "SELECT (SELECT count(*) FROM deeds), (SELECT count(*) FROM idempotency_keys)";
    let database = Cluster::shared().create_database();
    let db = sea_orm::Database::connect(&database.url).await.unwrap();
    let sql = |sql: &str| Cluster::shared().sql(&database.name, sql).trim().to_owned();
    let is_refused = |sql: &str| {
        let (name, sql) = (database.name.clone(), sql.to_owned());
        std::panic::catch_unwind(|| Cluster::shared().sql(&name, &sql)).is_err()
    };
    POSTGRES.up(&db, Some(6)).await.unwrap();
    sql(OLD);
    assert!(is_refused(NEW), "an earlier release rejects such rows");
    POSTGRES.up(&db, Some(1)).await.unwrap();
    sql(NEW);
    assert_eq!(sql(ROWS), "2|3");
    assert!(is_refused("DELETE FROM deeds") && is_refused("UPDATE idempotency_keys SET route = ''"));
    POSTGRES.down(&db, Some(1)).await.unwrap();
    assert_eq!(sql(ROWS), "1|1", "an earlier release keeps its own rows");
    assert!(is_refused("DELETE FROM deeds"));
    POSTGRES.up(&db, None).await.unwrap();
    db.close().await.unwrap();
}
