//! The statements of loads and commits go from the wanted keys to an index, also if they were planned when the tables were
//! empty: a scan would be slow only once there are many rows, and then the plan is made.

use testbed::{Cluster, Database};

use crate::commit::texts;
use crate::database::PLANNED_ONCE;
use crate::housekeeping::TOKENS;
use crate::load::LOAD;
use crate::statements::READ_STATEMENTS;
use crate::{PoolSize, PostgresStore};

async fn migrated() -> Database {
    let database = Cluster::shared().create_database();
    PostgresStore::open(&database.url, PoolSize::default()).await.unwrap().close().await.unwrap();
    database
}

/// The steps of a statement's plan that read an index from end to end, or a table.
fn scans(database: &Database, sql: &str) -> Vec<String> {
    let parameters = (1..=999).take_while(|number| sql.contains(&format!("${number}::"))).count();
    let settings: Vec<String> = PLANNED_ONCE.iter().map(|(name, value)| format!("SET {name} = {value};")).collect();
    let settings = settings.concat();
    let nulls = vec!["NULL"; parameters].join(", ");
    let plan = Cluster::shared().sql(&database.name, &format!("{settings} PREPARE p AS {sql}; EXPLAIN (COSTS off) EXECUTE p({nulls});"));
    let lines: Vec<&str> = plan.lines().collect();
    let reads_all = |(index, line): (usize, &&str)| {
        let from_index = line.contains("Index") && line.contains("Scan using");
        // There are as many counters as queues: few.
        let without_key = from_index
            && !line.contains("queue_counters")
            && !lines.get(index + 1).is_some_and(|next| next.trim_start().starts_with("Index Cond"));
        (without_key || line.contains("Seq Scan") || line.contains("Bitmap")).then(|| (*line).trim().to_owned())
    };
    lines.iter().enumerate().filter_map(reads_all).collect()
}

#[tokio::test]
async fn no_statement_scans_a_table_or_a_whole_index() {
    let (never_analysed, analysed_while_empty) = (migrated().await, migrated().await);
    Cluster::shared().sql(&analysed_while_empty.name, "VACUUM ANALYZE");
    for database in [&never_analysed, &analysed_while_empty] {
        for sql in texts().chain([LOAD, TOKENS, READ_STATEMENTS.users_named]) {
            let scans = scans(database, sql);
            assert!(scans.is_empty(), "{scans:#?}\n{sql}");
        }
    }
}
