//! The baseline: the rows of one hold, in a plain SQLite transaction each, with the server's durability and nothing else.

use std::path::Path;
use std::time::Instant;

use hdrhistogram::Histogram;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, Value};

use crate::table::Row;

const SCHEMA: &[&str] = &[
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "CREATE TABLE tokens (id BLOB PRIMARY KEY, version INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT",
    "CREATE TABLE seats (number INTEGER PRIMARY KEY, version INTEGER NOT NULL, reservation BLOB, until INTEGER) STRICT",
    "CREATE TABLE reservations (id BLOB PRIMARY KEY, token BLOB NOT NULL, held_at INTEGER NOT NULL) STRICT",
    "CREATE TABLE reservation_seats (reservation BLOB NOT NULL, number INTEGER NOT NULL, label TEXT NOT NULL, price INTEGER NOT NULL) STRICT",
    "CREATE TABLE keys (key TEXT PRIMARY KEY, fingerprint BLOB NOT NULL, outcome TEXT NOT NULL) STRICT",
    "CREATE TABLE outbox (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, payload TEXT NOT NULL) STRICT",
];

/// Does `transactions` holds one after the other.
pub(crate) async fn hold_loop(file: &Path, transactions: u32) -> anyhow::Result<Row> {
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rwc", file.display()));
    options.max_connections(1).sqlx_logging(false);
    let database = Database::connect(options).await?;
    for statement in SCHEMA {
        database.execute_unprepared(statement).await?;
    }
    for number in 1..=transactions {
        let id = id_of(number);
        run(&database, "INSERT INTO tokens VALUES (?, 1, 0)", [id.into()]).await?;
        run(&database, "INSERT INTO seats VALUES (?, 1, NULL, NULL)", [number.into()]).await?;
    }
    let mut latencies = Histogram::new(3)?;
    let start = Instant::now();
    for number in 1..=transactions {
        let begin = Instant::now();
        hold(&database, number).await?;
        latencies.record(u64::try_from(begin.elapsed().as_micros())?)?;
    }
    Ok(Row { what: "bare SQLite transaction of a hold's rows, one after the other", connections: None, latencies, span: start.elapsed() })
}

async fn hold(database: &DatabaseConnection, number: u32) -> anyhow::Result<()> {
    let id = || Value::from(id_of(number));
    let outcome = format!(r#"{{"reservation":{number},"seats":[{number}],"amount":165000}}"#);
    database.execute_unprepared("BEGIN IMMEDIATE").await?;
    run(database, "UPDATE tokens SET version = version + 1, expires_at = 1 WHERE id = ? AND version = 1", [id()]).await?;
    run(
        database,
        "UPDATE seats SET version = version + 1, reservation = ?, until = 1 WHERE number = ? AND version = 1",
        [id(), number.into()],
    )
    .await?;
    run(database, "INSERT INTO reservations VALUES (?, ?, 1)", [id(), id()]).await?;
    run(database, "INSERT INTO reservation_seats VALUES (?, ?, 'Section A Row 1 Seat 1', 165000)", [id(), number.into()]).await?;
    run(database, "INSERT INTO keys VALUES (?, zeroblob(32), ?)", [format!("hold-{number}").into(), outcome.clone().into()]).await?;
    run(database, "INSERT INTO outbox (kind, payload) VALUES ('SEATS_HELD', ?)", [outcome.into()]).await?;
    database.execute_unprepared("COMMIT").await?;
    Ok(())
}

async fn run<const N: usize>(database: &DatabaseConnection, sql: &str, values: [Value; N]) -> anyhow::Result<()> {
    database.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)).await?;
    Ok(())
}

fn id_of(number: u32) -> Vec<u8> {
    u128::from(number).to_be_bytes().to_vec()
}
