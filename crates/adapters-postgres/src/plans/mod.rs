//! The statements of loads, commits, housekeeping and the log look up the wanted keys in an index, also if they were planned when the
//! tables were empty, and also when the tables have millions of rows. A scan would become slow only with many rows, and the plan is not
//! made again then.

use testbed::{Cluster, Database};

use crate::commit::{locked_text, texts};
use crate::database::PLANNED_ONCE;
use crate::load::LOAD;
use crate::statements::READ_STATEMENTS;
use crate::{PoolSize, PostgresStore, housekeeping, log, sales};

/// Fills a database so that the planner assumes four million rows in its large tables.
const GROWN: &str = include_str!("grown.sql");

/// Returns all statements that are planned once.
fn statements() -> impl Iterator<Item = &'static str> {
    let others = [
        LOAD,
        housekeeping::KEYS,
        housekeeping::ROUNDS,
        housekeeping::RESERVATIONS,
        housekeeping::TOKENS,
        housekeeping::SESSIONS,
        housekeeping::USERS,
    ];
    texts()
        .chain([locked_text()])
        .chain(others)
        .chain(housekeeping::BACKLOGS)
        .chain([READ_STATEMENTS.users_named, READ_STATEMENTS.reservation_of_seat, READ_STATEMENTS.offered_seats])
        .chain([log::PRUNE, log::EXTENT, log::EVENTS, log::ROWS, sales::ADVANCE])
}

async fn migrated() -> Database {
    let database = Cluster::shared().create_database();
    PostgresStore::open(&database.url, PoolSize::default()).await.unwrap().close().await.unwrap();
    database
}

/// Returns the plan of a statement, one step per line.
fn plan(database: &Database, sql: &str) -> String {
    let parameters = (1..=999).take_while(|number| sql.contains(&format!("${number}::"))).count();
    let settings: Vec<String> = PLANNED_ONCE.iter().map(|(name, value)| format!("SET {name} = {value};")).collect();
    let settings = settings.concat();
    let nulls = if parameters == 0 { String::new() } else { format!("({})", vec!["NULL"; parameters].join(", ")) };
    Cluster::shared().sql(&database.name, &format!("{settings} PREPARE p AS {sql}; EXPLAIN (COSTS off) EXECUTE p{nulls};"))
}

/// Returns the steps of a plan that read a whole index or table.
fn scans(plan: &str) -> Vec<String> {
    let lines: Vec<&str> = plan.lines().map(str::trim_start).collect();
    let reads_all = |(index, line): (usize, &&str)| {
        let (before, next) = (index.checked_sub(1).map_or("", |before| lines[before]), lines.get(index + 1).copied().unwrap_or_default());
        let from_index = line.contains("Index") && line.contains("Scan using");
        // There are few counters: one per queue; few readers: their number is limited; one extent, and one position of the sales.
        let is_small = ["queue_counters", "log_readers", "log_extent", "sales_position"].iter().any(|table| line.contains(table));
        // The first rows of an index: their number is limited.
        let is_short = is_small || ["Limit", "->  Limit"].contains(&before) && !next.starts_with("Filter");
        let without_key = from_index && !next.starts_with("Index Cond") && !is_short;
        (without_key || line.contains("Seq Scan") && !is_small || line.contains("Bitmap")).then(|| (*line).to_owned())
    };
    lines.iter().enumerate().filter_map(reads_all).collect()
}

fn assert_no_scans(database: &Database) {
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
        assert_no_scans(database);
    }
}

#[tokio::test]
async fn no_statement_scans_a_table_of_millions_of_rows() {
    let grown = migrated().await;
    Cluster::shared().sql(&grown.name, GROWN);
    assert_no_scans(&grown);
}

#[tokio::test]
async fn waiting_tokens_are_searched_from_the_last_admitted_number() {
    let grown = migrated().await;
    Cluster::shared().sql(&grown.name, GROWN);
    let plan = plan(&grown, LOAD);
    assert!(plan.lines().any(|line| line.contains("Index Cond") && line.contains("number > a.last_admitted")), "{plan}");
}

/// The work of pruning doesn't grow with the number of rows that stay: of twenty thousand keys, of which ten are past their retention, it
/// reads only those ten.
#[tokio::test]
async fn pruning_reads_only_the_rows_that_it_deletes() {
    let grown = migrated().await;
    Cluster::shared().sql(&grown.name, GROWN);
    let settings: Vec<String> = PLANNED_ONCE.iter().map(|(name, value)| format!("SET {name} = {value};")).collect();
    for (sql, until) in [(housekeeping::KEYS, "10"), (log::PRUNE, "11, 11")] {
        let explain = "EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off, BUFFERS)";
        let run = format!("{} PREPARE p AS {sql}; {explain} EXECUTE p({until}, 1000);", settings.concat());
        let plan = Cluster::shared().sql(&grown.name, &run);
        let pages = plan.lines().find_map(|line| line.trim().strip_prefix("Buffers: shared ")).map(blocks).unwrap();
        assert!(pages < 200, "{pages} pages are read: {plan}");
        assert!(plan.contains("(actual rows=10 "), "it reads the ten rows that are past their retention: {plan}");
    }
}

/// Returns the number of pages in a line like `hit=12 read=3`.
fn blocks(buffers: &str) -> u64 {
    let counts = buffers.split(' ').filter_map(|part| part.split_once('=')).filter(|(name, _)| ["hit", "read"].contains(name));
    counts.filter_map(|(_, count)| count.parse::<u64>().ok()).sum()
}
