//! A dump of all rows of a database, for comparison.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use crate::Frontrow;

/// The tables that the server writes when it folds the event log into sales, at most a second after an event: that counts as no change.
const FOLDED: [&str; 2] = ["sales_position", "schedule_sales"];
/// Its own position as a reader of the log moves then, too.
const OTHER_READERS: &str = " WHERE name <> 'rankings'";

/// Returns every row of every table of the server's database, as text.
pub async fn all_rows(server: &Frontrow) -> String {
    let database = Database::connect(server.database_url()).await.unwrap();
    let postgres = database.get_database_backend() == DbBackend::Postgres;
    if postgres {
        // Events get their positions when the event log is read: that counts as no change.
        database.execute_unprepared(PLACE_ALL).await.unwrap();
    }
    let tables = if postgres {
        "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
    };
    let mut all = Vec::new();
    for table in texts(&database, tables).await.into_iter().filter(|table| !FOLDED.contains(&table.as_str())) {
        let row = if postgres { format!("t::text FROM {table} t") } else { row_of(&database, &table).await };
        let condition = if table == "log_readers" { OTHER_READERS } else { "" };
        let rows = texts(&database, &format!("SELECT {row}{condition} ORDER BY 1")).await;
        all.push(table);
        all.extend(rows);
    }
    database.close().await.unwrap();
    all.join("\n")
}

const PLACE_ALL: &str = "
    DO $$ BEGIN
        WHILE EXISTS (SELECT FROM event_log WHERE position IS NULL) LOOP
            PERFORM place_events(1000, true);
        END LOOP;
    END $$";

async fn row_of(database: &DatabaseConnection, table: &str) -> String {
    let columns = texts(database, &format!("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{table}')")).await;
    format!("{} FROM \"{table}\"", columns.join(" || ',' || "))
}

async fn texts(database: &DatabaseConnection, query: &str) -> Vec<String> {
    let statement = Statement::from_string(database.get_database_backend(), query);
    let rows = database.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}
