//! The baselines on SQLite, which has one writer: the rows of a hold in a transaction each, and the row of a join, one after the other,
//! with the server's durability.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, Value};

use crate::hall;
use crate::row::{Row, Store, What};
use crate::scratch::Scratch;

const SCHEMA: &str = concat!(
    include_str!("../../../migrations/sqlite/0001_init.up.sql"),
    include_str!("../../../migrations/sqlite/0002_waiting_room.up.sql"),
);
/// How many may hold: more than a disk does while it is measured.
const TICKETS: u32 = 60_000;

/// Users and their admitted tokens: both have the ticket's number as id.
const TOKENS: &str = "
    CREATE TEMP TABLE tickets AS WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 60000)
        SELECT n, unhex(printf('%032x', n)) AS id FROM t;
    INSERT INTO users SELECT id, NULL, 1 FROM tickets;
    INSERT INTO queue_tokens (id, version, queue_id, user_id, concert_id, number, joined_at, state, activated_at, claimed, expires_at,
                              reason, expired_at)
    SELECT id, 1, x'0f207207000070008000000000000001', id, NULL, n, 1, 'ACTIVE', 1, 0, 1, NULL, NULL FROM tickets;
";
const HOLD: [&str; 8] = [
    "BEGIN IMMEDIATE",
    "UPDATE queue_tokens SET version = version + 1, claimed = 1, expires_at = 2 WHERE id = ?1 AND version = 1",
    "INSERT INTO reservations (id, version, user_id, token_id, concert_id, schedule_id, amount, held_at, expires_at, state)
     VALUES (?1, 1, ?1, ?1, ?4, ?3, 60000, 1, 2, 'HELD')",
    "UPDATE seats SET version = version + 1, state = 'HELD', reservation_id = ?1, held_until = 2
     WHERE schedule_id = ?3 AND number = ?2 AND version = 1",
    "INSERT INTO reservation_seats VALUES (?1, ?2, ?3, 'Section A Row 1 Seat 1', 60000, 1)",
    "INSERT INTO idempotency_keys VALUES (?1, 'RESERVATIONS', 'hold', 1, zeroblob(32), printf('{\"held\":\"%0450d\"}', ?2), 1, 2)",
    "INSERT INTO outbox (at, kind, payload) VALUES (1, 'SEATS_HELD', printf('{\"held\":\"%0180d\"}', ?2))",
    "COMMIT",
];
/// By the holders, in numbers of their own: their old tokens have ended.
const ENDED: &str = "UPDATE queue_tokens SET state = 'EXPIRED', claimed = NULL, expires_at = NULL, reason = 'LEFT', expired_at = 2";
const JOIN: [&str; 1] = ["INSERT INTO queue_tokens (id, version, queue_id, user_id, number, joined_at, state)
     VALUES (randomblob(16), 1, x'0f207207000070008000000000000001', ?1, 60000 + ?5, 1, 'WAITING')"];

/// Measures each for `seconds`.
pub(crate) async fn measure(seconds: u32) -> anyhow::Result<Vec<Row>> {
    let scratch = Scratch::sqlite()?;
    let database = scratch.connect().await?;
    for statements in ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA wal_autocheckpoint = 8000", SCHEMA] {
        database.execute_unprepared(statements).await?;
    }
    hall::insert_into(&database, Store::Sqlite).await?;
    database.execute_unprepared(TOKENS).await?;
    let held = one_after_the_other(&database, What::BareHold, &HOLD, seconds).await?;
    database.execute_unprepared(ENDED).await?;
    let joined = one_after_the_other(&database, What::BareJoin, &JOIN, seconds).await?;
    Ok(vec![held, joined])
}

/// Runs `statements` for one ticket after the other.
async fn one_after_the_other(database: &DatabaseConnection, what: What, statements: &[&str], seconds: u32) -> anyhow::Result<Row> {
    let mut latencies = Histogram::new(3)?;
    let start = Instant::now();
    for ticket in 1..=TICKETS {
        if start.elapsed() >= Duration::from_secs(seconds.into()) {
            break;
        }
        let begin = Instant::now();
        let seat = hall::seat(ticket);
        for sql in statements {
            let values: [Value; 5] = [
                u128::from(ticket).to_be_bytes().to_vec().into(),
                seat.number.into(),
                seat.schedule.as_bytes().to_vec().into(),
                hall::CONCERT.as_bytes().to_vec().into(),
                ticket.into(),
            ];
            database.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, *sql, values)).await?;
        }
        latencies.record(u64::try_from(begin.elapsed().as_micros())?)?;
    }
    let count = u32::try_from(latencies.len())?;
    let a_second = f64::from(count) / start.elapsed().as_secs_f64();
    Ok(Row { store: Store::Sqlite, what, connections: 1, a_second, latencies, busy: None })
}
