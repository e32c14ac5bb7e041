//! The statements of loads, commits, housekeeping and the log go from the wanted keys to an index, also if they were planned when the tables were
//! empty, and also when the tables have millions of rows: a scan would be slow only once there are many rows, and then the plan is made.

use testbed::{Cluster, Database};

use crate::commit::texts;
use crate::database::PLANNED_ONCE;
use crate::load::LOAD;
use crate::statements::READ_STATEMENTS;
use crate::{PoolSize, PostgresStore, housekeeping, log};

/// Fills a database so that the planner takes its large tables for ones of four million rows.
const GROWN: &str = include_str!("grown.sql");

/// All that is planned once.
fn statements() -> impl Iterator<Item = &'static str> {
    let others = [LOAD, housekeeping::KEYS, housekeeping::TOKENS];
    texts().chain(others).chain([READ_STATEMENTS.users_named]).chain([log::PRUNE, log::EXTENT, log::EVENTS, log::ROWS])
}

async fn migrated() -> Database {
    let database = Cluster::shared().create_database();
    PostgresStore::open(&database.url, PoolSize::default()).await.unwrap().close().await.unwrap();
    database
}

/// The plan of a statement, a step a line.
fn plan(database: &Database, sql: &str) -> String {
    let parameters = (1..=999).take_while(|number| sql.contains(&format!("${number}::"))).count();
    let settings: Vec<String> = PLANNED_ONCE.iter().map(|(name, value)| format!("SET {name} = {value};")).collect();
    let settings = settings.concat();
    let nulls = if parameters == 0 { String::new() } else { format!("({})", vec!["NULL"; parameters].join(", ")) };
    Cluster::shared().sql(&database.name, &format!("{settings} PREPARE p AS {sql}; EXPLAIN (COSTS off) EXECUTE p{nulls};"))
}

/// The steps of a plan that read an index from end to end, or a table.
fn scans(plan: &str) -> Vec<String> {
    let lines: Vec<&str> = plan.lines().map(str::trim_start).collect();
    let reads_all = |(index, line): (usize, &&str)| {
        let (before, next) = (index.checked_sub(1).map_or("", |before| lines[before]), lines.get(index + 1).copied().unwrap_or_default());
        let from_index = line.contains("Index") && line.contains("Scan using");
        // There are as many counters as queues: few; as many readers as there may be; one extent.
        let is_small = ["queue_counters", "log_readers", "log_extent"].iter().any(|table| line.contains(table));
        // The first rows of an index are as many as were asked for.
        let is_short = is_small || before == "->  Limit" && !next.starts_with("Filter");
        let without_key = from_index && !next.starts_with("Index Cond") && !is_short;
        (without_key || line.contains("Seq Scan") && !is_small || line.contains("Bitmap")).then(|| (*line).to_owned())
    };
    lines.iter().enumerate().filter_map(reads_all).collect()
}

fn assert_nothing_is_scanned(database: &Database) {
    for sql in statements() {
        let plan = plan(database, sql);
        let scans = scans(&plan);
        assert!(scans.is_empty(), "{scans:#?}\n{sql}\n{plan}");
    }
}

#[tokio::test]
async fn no_statement_scans_a_table_or_a_whole_index() {
    let (never_analysed, analysed_while_empty) = (migrated().await, migrated().await);
    Cluster::shared().sql(&analysed_while_empty.name, "VACUUM ANALYZE");
    for database in [&never_analysed, &analysed_while_empty] {
        assert_nothing_is_scanned(database);
    }
}

#[tokio::test]
async fn no_statement_scans_a_table_of_millions_of_rows() {
    let grown = migrated().await;
    Cluster::shared().sql(&grown.name, GROWN);
    assert_nothing_is_scanned(&grown);
}

/// A round's work doesn't grow with the rows that stay: of twenty thousand keys, of which the first ten are past their retention, it looks at no more
/// than these.
#[tokio::test]
async fn pruning_looks_at_no_row_that_stays() {
    let grown = migrated().await;
    Cluster::shared().sql(&grown.name, GROWN);
    let settings: Vec<String> = PLANNED_ONCE.iter().map(|(name, value)| format!("SET {name} = {value};")).collect();
    for (sql, until) in [(housekeeping::KEYS, "10"), (log::PRUNE, "11, 11")] {
        let explain = "EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off, BUFFERS)";
        let run = format!("{} PREPARE p AS {sql}; {explain} EXECUTE p({until}, 1000);", settings.concat());
        let plan = Cluster::shared().sql(&grown.name, &run);
        let pages = plan.lines().find_map(|line| line.trim().strip_prefix("Buffers: shared ")).map(blocks).unwrap();
        assert!(pages < 200, "{pages} pages are read: {plan}");
        assert!(plan.contains("(actual rows=10 "), "the rows that are past their retention: {plan}");
    }
}

/// How many pages a line like `hit=12 read=3` tells of.
fn blocks(buffers: &str) -> u64 {
    let counts = buffers.split(' ').filter_map(|part| part.split_once('=')).filter(|(what, _)| ["hit", "read"].contains(what));
    counts.filter_map(|(_, count)| count.parse::<u64>().ok()).sum()
}
