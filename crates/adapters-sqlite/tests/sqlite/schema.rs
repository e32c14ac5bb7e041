//! The schema can be migrated up and down, and its constraints reject rows that violate a guarantee, even if the program writes them.

use domain::decide::admission::Pass;
use migrations::{MigrationError, SQLITE};
use sea_orm::sqlx::{self, SqlitePool};
use sea_orm::{ConnectionTrait, Database};

use crate::world::World;

#[tokio::test]
async fn the_schema_migrates_up_down_and_up() {
    let folder = tempfile::TempDir::new().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("frontrow.db").display());
    let db = Database::connect(url).await.unwrap();
    let tables = async || {
        let sql = "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND name <> 'seaql_migrations'";
        db.query_all_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, sql)).await.unwrap().len()
    };
    SQLITE.up(&db, None).await.unwrap();
    let forward = tables().await;
    SQLITE.down(&db, None).await.unwrap();
    assert_eq!(tables().await, 0, "migrating down removes all tables");
    SQLITE.up(&db, None).await.unwrap();
    assert_eq!(tables().await, forward);
}

#[tokio::test]
async fn a_database_of_a_newer_release_is_refused_with_the_name_of_its_migration() {
    let folder = tempfile::TempDir::new().unwrap();
    let db = Database::connect(format!("sqlite://{}?mode=rwc", folder.path().join("newer.db").display())).await.unwrap();
    SQLITE.up(&db, None).await.unwrap();
    db.execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('9999_later', 0)").await.unwrap();
    for refused in [SQLITE.up(&db, None).await, SQLITE.down(&db, None).await] {
        assert!(matches!(refused, Err(MigrationError::Unknown(name)) if name == "9999_later"));
    }
}

#[tokio::test]
async fn the_schema_migrates_down_with_rows_in_its_tables() {
    let world = store_with_a_sold_seat().await.0;
    let db = Database::connect(format!("sqlite://{}", world.path())).await.unwrap();
    SQLITE.down(&db, None).await.unwrap();
    SQLITE.up(&db, None).await.unwrap();
}

/// A file of an earlier release with rows in it is migrated up, and down.
#[tokio::test]
async fn migrations_keep_the_rows_of_a_file_of_an_earlier_release() {
    const EARLIER: &str = "
        INSERT INTO users VALUES (x'000000000000000000000000000000a1', 'Ada Núñez', 0), (x'000000000000000000000000000000a9', NULL, 0);
        INSERT INTO queue_tokens SELECT x'000000000000000000000000000000a2', 2, id, x'000000000000000000000000000000a1', NULL, 1, 0,
               'EXPIRED', NULL, NULL, NULL, 'LEFT', 9 FROM queues;
        UPDATE queue_counters SET last_number = 1;
        INSERT INTO concerts SELECT x'000000000000000000000000000000a3', 1, 'Club Night', 'Frontrow', id FROM queues;
        INSERT INTO schedules VALUES (x'000000000000000000000000000000a4', 1, x'000000000000000000000000000000a3', 3, 'UTC', 1, 2);
        INSERT INTO seats VALUES (x'000000000000000000000000000000a4', 1, 1, 'A 1', 5, 'AVAILABLE', NULL, NULL)";
    const SEEN: &str = "SELECT (SELECT number FROM queue_tokens) + (SELECT last_number FROM queue_counters) + (SELECT count(*) FROM seats)";
    const FOUND: &str = "SELECT group_concat(search_key || hex(user_id), '/') =
        'ada nunez000000000000000000000000000000A1/nunez000000000000000000000000000000A1' FROM user_search_keys";
    let folder = tempfile::TempDir::new().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("frontrow.db").display());
    let db = Database::connect(url).await.unwrap();
    let seen = async |sql: &str| {
        let row = db.query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, sql)).await.unwrap().unwrap();
        row.try_get_by_index::<i64>(0).unwrap()
    };
    SQLITE.up(&db, Some(1)).await.unwrap();
    db.execute_unprepared(EARLIER).await.unwrap();
    SQLITE.up(&db, None).await.unwrap();
    assert_eq!(seen(SEEN).await, 3);
    assert_eq!(seen(FOUND).await, 1, "existing users are found by each word of their names");
    assert_eq!(seen("SELECT kept + (SELECT pruned FROM queue_counters) FROM queue_tokens WHERE state = 'EXPIRED'").await, 0);
    SQLITE.down(&db, Some(1)).await.unwrap();
    assert_eq!(seen(SEEN).await, 3);
    SQLITE.up(&db, None).await.unwrap();
}

/// Audit entries and idempotency keys are copied into new tables, together with their constraints and triggers.
#[tokio::test]
async fn migrations_keep_audit_entries_and_idempotency_keys() {
    const OLD: &str = "
        INSERT INTO deeds VALUES (x'000000000000000000000000000000d1', 1, x'000000000000000000000000000000a1', 'BLOCK', 'SCHEDULE',
                                  x'000000000000000000000000000000a4', 'a broken seat', '[]');
        INSERT INTO idempotency_keys VALUES (x'000000000000000000000000000000a1', 'CHARGES', 'k', 1, zeroblob(32), '{}', 1, 2)";
    const NEW: &str = "
        INSERT INTO deeds VALUES (x'000000000000000000000000000000d2', 1, x'000000000000000000000000000000a1', 'CHARGE', 'USER',
                                  x'000000000000000000000000000000a1', NULL, '[]');
        INSERT INTO idempotency_keys VALUES (zeroblob(16), 'USERS', 'k', 1, zeroblob(32), '{}', 1, 2);
        INSERT INTO idempotency_keys VALUES (zeroblob(16), 'ADMISSIONS', 'k', 1, zeroblob(32), '{}', 1, 2)";
    let folder = tempfile::TempDir::new().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("frontrow.db").display());
    let db = Database::connect(url).await.unwrap();
    let rows = async || {
        let sql = "SELECT (SELECT count(*) FROM deeds) * 10 + (SELECT count(*) FROM idempotency_keys)";
        let row = db.query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, sql)).await.unwrap().unwrap();
        row.try_get_by_index::<i64>(0).unwrap()
    };
    SQLITE.up(&db, Some(6)).await.unwrap();
    db.execute_unprepared(OLD).await.unwrap();
    assert!(db.execute_unprepared(NEW).await.is_err(), "an earlier release rejects such rows");
    SQLITE.up(&db, Some(1)).await.unwrap();
    assert_eq!(rows().await, 11);
    db.execute_unprepared(NEW).await.unwrap();
    for forbidden in ["UPDATE deeds SET at = 2", "DELETE FROM deeds", "UPDATE deeds SET act = 'SING'"] {
        assert!(db.execute_unprepared(forbidden).await.is_err(), "{forbidden}");
    }
    assert_eq!(rows().await, 23);
    SQLITE.down(&db, Some(1)).await.unwrap();
    assert_eq!(rows().await, 11, "an earlier release keeps its own rows");
    assert!(db.execute_unprepared("DELETE FROM deeds").await.is_err());
    SQLITE.up(&db, None).await.unwrap();
}

/// Returns a store in which seat 1 is sold, and seats 2 and 3 are held, by two users.
async fn store_with_a_sold_seat() -> (World, Pass, Pass) {
    let world = World::with_a_hall_of(10).await;
    let (buyer, holder) = (world.guest().await, world.guest().await);
    world.charge(buyer.user, 50_000).await;
    let reservation = world.hold(buyer, &[1]).await;
    world.pay(buyer, &reservation).await;
    world.hold(holder, &[2, 3]).await;
    (world, buyer, holder)
}

/// The extended result codes, as in <https://www.sqlite.org/rescode.html>.
const CHECK: &str = "275";
const FOREIGN_KEY: &str = "787";
const NOT_NULL: &str = "1299";
const PRIMARY_KEY: &str = "1555";
const TRIGGER: &str = "1811";
const UNIQUE: &str = "2067";
const DATA_TYPE: &str = "3091";

async fn error_code(db: &SqlitePool, sql: &'static str) -> String {
    let error = sqlx::query(sql).execute(db).await.expect_err(sql);
    error.as_database_error().unwrap().code().unwrap().into_owned()
}

#[tokio::test]
async fn rows_that_violate_a_guarantee_are_rejected() {
    let (world, _, _) = store_with_a_sold_seat().await;
    let db = world.checked_pool().await;
    let entry = "INSERT INTO audit_entries VALUES (randomblob(16), 0, randomblob(16), 'PAUSE', 'QUEUE', randomblob(16), NULL, '[]')";
    sqlx::query(entry).execute(&db).await.unwrap();
    let refused = [
        // The audit log
        (PRIMARY_KEY, "INSERT INTO audit_entries SELECT * FROM audit_entries"),
        (TRIGGER, "UPDATE audit_entries SET reason = 'Another'"),
        (TRIGGER, "DELETE FROM audit_entries"),
        // P1
        (UNIQUE, "UPDATE reservation_seats SET number = 1 WHERE number = 2"),
        (
            UNIQUE,
            "INSERT INTO reservation_seats SELECT (SELECT id FROM reservations WHERE state = 'HELD'), number, schedule_id, label, price, 1, NULL
                  FROM reservation_seats WHERE number = 1",
        ),
        (
            UNIQUE,
            "INSERT INTO reservations SELECT randomblob(16), 1, user_id, token_id, concert_id, schedule_id, 0, 0, 0, 'HELD', NULL, NULL
                  FROM reservations WHERE state = 'HELD'",
        ),
        (FOREIGN_KEY, "UPDATE seats SET state = 'RESERVED', reservation_id = randomblob(16) WHERE number = 9"),
        // P2
        (CHECK, "UPDATE wallets SET balance = -1"),
        (CHECK, "INSERT INTO wallet_entries SELECT user_id, 9, randomblob(16), 'CHARGE', NULL, -1, 0, 0 FROM wallets LIMIT 1"),
        (PRIMARY_KEY, "INSERT INTO wallet_entries SELECT user_id, 1, randomblob(16), 'CHARGE', NULL, 1, 1, 0 FROM wallet_entries LIMIT 1"),
        (UNIQUE, "INSERT INTO wallet_entries SELECT user_id, 9, id, 'CHARGE', NULL, 1, 1, 0 FROM wallet_entries LIMIT 1"),
        (TRIGGER, "UPDATE wallet_entries SET amount = 1"),
        (TRIGGER, "DELETE FROM wallet_entries"),
        // P3
        (
            UNIQUE,
            "INSERT INTO payments SELECT randomblob(16), 1, reservation_id, user_id, amount, paid_at, state, refunded_at FROM payments",
        ),
        (
            UNIQUE,
            "INSERT INTO wallet_entries SELECT user_id, 9, randomblob(16), 'PAYMENT', payment_id, 1, 1, 0
                  FROM wallet_entries WHERE kind = 'PAYMENT'",
        ),
        (PRIMARY_KEY, "INSERT INTO idempotency_keys SELECT * FROM idempotency_keys LIMIT 1"),
        (FOREIGN_KEY, "UPDATE reservations SET payment_id = randomblob(16) WHERE state = 'CONFIRMED'"),
        // P5
        (UNIQUE, "UPDATE queue_tokens SET number = 1"),
        (CHECK, "UPDATE queue_counters SET pruned = last_number + 1"),
        (FOREIGN_KEY, "DELETE FROM queue_tokens"),
        // P6
        (
            UNIQUE,
            "INSERT INTO queue_tokens (id, version, queue_id, user_id, number, joined_at, state)
             SELECT randomblob(16), 1, queue_id, user_id, 99, 0, 'WAITING' FROM queue_tokens WHERE state = 'ACTIVE'",
        ),
    ];
    for (code, sql) in refused {
        assert_eq!(error_code(&db, sql).await, code, "{sql}");
    }
    assert_eq!(world.violated().await, Vec::<&str>::new());
}

#[tokio::test]
async fn states_without_their_data_are_rejected() {
    let (world, _, _) = store_with_a_sold_seat().await;
    let db = world.checked_pool().await;
    let refused = [
        (CHECK, "UPDATE seats SET state = 'GONE'"),
        (CHECK, "UPDATE seats SET state = 'AVAILABLE' WHERE state = 'HELD'"),
        (CHECK, "UPDATE seats SET held_until = NULL WHERE state = 'HELD'"),
        (CHECK, "UPDATE seats SET state = 'HELD', held_until = 1 WHERE number = 9"),
        (CHECK, "UPDATE seats SET reservation_id = NULL WHERE state = 'RESERVED'"),
        (CHECK, "UPDATE seats SET number = 0 WHERE number = 9"),
        (CHECK, "UPDATE queue_tokens SET state = 'WAITING' WHERE state = 'ACTIVE'"),
        (CHECK, "UPDATE queue_tokens SET expires_at = NULL WHERE state = 'ACTIVE'"),
        (CHECK, "UPDATE queue_tokens SET reason = 'BORED' WHERE state = 'EXPIRED'"),
        (CHECK, "UPDATE queue_tokens SET reason = NULL WHERE state = 'EXPIRED'"),
        (CHECK, "UPDATE queue_tokens SET number = 0 WHERE number = 1"),
        (CHECK, "UPDATE queue_tokens SET kept = 2"),
        (CHECK, "UPDATE queue_counters SET pruned = -1"),
        (CHECK, "UPDATE reservations SET state = 'CONFIRMED' WHERE state = 'HELD'"),
        (CHECK, "UPDATE reservations SET state = 'CANCELLED' WHERE state = 'HELD'"),
        (CHECK, "UPDATE reservations SET state = 'CANCELLED', cancel_reason = 'EXPIRED' WHERE state = 'CONFIRMED'"),
        (CHECK, "UPDATE reservations SET cancel_reason = 'REFUNDED', state = 'CANCELLED' WHERE state = 'HELD'"),
        (CHECK, "UPDATE payments SET state = 'CANCELLED'"),
        (CHECK, "UPDATE payments SET refunded_at = 1"),
        (CHECK, "UPDATE queues SET state = 'AJAR'"),
        (CHECK, "UPDATE queues SET capacity = -1"),
        (CHECK, "UPDATE idempotency_keys SET route = ''"),
        (CHECK, "UPDATE idempotency_keys SET fingerprint = x'00'"),
        (CHECK, "INSERT INTO users (id, name, created_at) VALUES (x'00', NULL, 0)"),
        (CHECK, "UPDATE users SET kept = 2"),
        (CHECK, "INSERT INTO wallet_entries SELECT user_id, 9, randomblob(16), 'PAYMENT', NULL, 1, 1, 0 FROM wallets LIMIT 1"),
        (
            CHECK,
            "INSERT INTO sessions (user_id, slot, version, id, roles, created_at, state, ends_at)
             VALUES (randomblob(16), 0, 1, randomblob(16), '', 0, 'ACTIVE', 1)",
        ),
        (
            CHECK,
            "INSERT INTO sessions (user_id, slot, version, id, roles, created_at, state, reason, used_at, ends_at)
             VALUES (randomblob(16), 0, 1, randomblob(16), '', 0, 'ENDED', 'SIGNED_OUT', 1, 1)",
        ),
        (
            CHECK,
            "INSERT INTO sessions (user_id, slot, version, id, roles, created_at, state, ends_at)
             VALUES (randomblob(16), 256, 1, randomblob(16), '', 0, 'ENDED', 1)",
        ),
        (FOREIGN_KEY, "INSERT INTO wallets VALUES (randomblob(16), 1, 0, 0)"),
        (FOREIGN_KEY, "DELETE FROM users"),
        (NOT_NULL, "UPDATE concerts SET host = NULL"),
        (DATA_TYPE, "UPDATE seats SET price = 'dear'"),
    ];
    for (code, sql) in refused {
        assert_eq!(error_code(&db, sql).await, code, "{sql}");
    }
}
