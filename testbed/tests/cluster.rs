//! A PostgreSQL server for tests starts on demand and is removed once unused.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use testbed::{Cluster, Durability};

/// How long an expected event may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Makes [`a_process_that_never_ends`] more than an empty test.
const NEVER_ENDS: &str = "TESTBED_NEVER_ENDS";
const EXISTING: &str = "FRONTROW_TEST_DATABASE_URL";

#[track_caller]
fn until(condition: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + TIMEOUT;
    while !holds() {
        assert!(Instant::now() < deadline, "not within {TIMEOUT:?}: {condition}");
        sleep(Duration::from_millis(10));
    }
}

fn folder(cluster: &Cluster) -> PathBuf {
    let data = PathBuf::from(cluster.sql("postgres", "SHOW data_directory"));
    data.parent().unwrap().to_owned()
}

fn port(cluster: &Cluster) -> u16 {
    cluster.sql("postgres", "SHOW port").parse().unwrap()
}

fn answers(port: u16) -> bool {
    TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).is_ok()
}

#[test]
fn a_cluster_is_reachable_until_its_value_is_dropped() {
    let cluster = Cluster::start(Durability::Disks);
    assert_eq!(cluster.sql("postgres", "SHOW fsync; SHOW synchronous_commit"), "on\non");
    let (folder, port) = (folder(&cluster), port(&cluster));
    assert!(folder.exists() && answers(port));
    assert_eq!(cluster.url("x"), format!("postgres://frontrow@127.0.0.1:{port}/x"));
    drop(cluster);
    assert!(!folder.exists() && !answers(port));
}

#[test]
fn a_killed_cluster_restarts_with_what_was_committed() {
    let mut cluster = Cluster::start(Durability::Processes);
    let database = cluster.create_database();
    cluster.sql(&database.name, "CREATE TABLE paid (id int)");
    cluster.sql(&database.name, "INSERT INTO paid SELECT generate_series(1, 1000)");
    let port = port(&cluster);
    cluster.kill();
    assert!(!answers(port));
    cluster.restart();
    assert_eq!(cluster.sql(&database.name, "SELECT count(*) FROM paid"), "1000");
    assert!(database.url.contains(&format!(":{port}/")), "the port is the same");
}

#[test]
fn a_killed_cluster_takes_its_busiest_session_with_it() {
    let mut cluster = Cluster::start(Durability::Processes);
    let mut busy = Command::new(Cluster::program("psql").unwrap());
    // It never waits, so it doesn't notice by itself that its server is gone. The time limit is for the case that the test fails.
    let loops = "DO 'BEGIN WHILE clock_timestamp() < now() + interval ''1 min'' LOOP END LOOP; END'";
    busy.args(["-X", "-d", &cluster.url("postgres"), "-c", loops]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut busy = busy.spawn().unwrap();
    until("the session is busy", || cluster.sql("postgres", "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'DO %'") == "1");
    cluster.kill();
    until("the session has ended", || busy.try_wait().unwrap().is_some());
}

#[test]
fn databases_are_empty_and_separate_and_are_dropped_with_their_values() {
    let cluster = Cluster::shared();
    let (one, other) = (cluster.create_database(), cluster.create_database());
    cluster.sql(&one.name, "CREATE TABLE seats (id int)");
    assert_eq!(cluster.sql(&other.name, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
    let name = one.name.clone();
    drop(one);
    assert_eq!(cluster.sql(&other.name, &format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'")), "0");
}

#[test]
fn a_cloned_database_has_the_templates_tables() {
    let cluster = Cluster::shared();
    let template = cluster.create_database();
    cluster.sql(&template.name, "CREATE TABLE seats (id int); INSERT INTO seats VALUES (7)");
    let clone = cluster.clone_database(&template.name);
    cluster.sql(&clone.name, "INSERT INTO seats VALUES (8)");
    assert_eq!(cluster.sql(&clone.name, "SELECT id FROM seats ORDER BY id"), "7\n8");
    assert_eq!(cluster.sql(&template.name, "SELECT id FROM seats"), "7");
}

#[test]
#[should_panic(expected = "relation \"nowhere\" does not exist")]
fn a_failed_statement_panics_with_the_error() {
    Cluster::shared().sql("postgres", "SELECT 1 FROM nowhere");
}

#[test]
fn the_server_is_removed_even_if_its_process_was_killed() {
    let (mut process, folder, port) = never_ending(None);
    assert!(folder.exists() && answers(port));
    process.kill().unwrap();
    process.wait().unwrap();
    until("the server has gone", || !answers(port));
    until("the folder has gone", || !folder.exists());
}

#[test]
fn the_shared_cluster_is_the_existing_server_if_one_is_named() {
    let cluster = Cluster::start(Durability::Processes);
    let (mut process, folder_of_shared, _) = never_ending(Some(&cluster.url("postgres")));
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(folder_of_shared, folder(&cluster));
    assert_eq!(cluster.sql("postgres", "SELECT 1"), "1", "the killed process does not stop an existing server");
}

/// Starts this test binary again with [`a_process_that_never_ends`], and returns the process, and its shared cluster's folder and port.
fn never_ending(existing: Option<&str>) -> (Child, PathBuf, u16) {
    let mut process = Command::new(std::env::current_exe().unwrap());
    process.args(["--exact", "a_process_that_never_ends", "--nocapture"]).env(NEVER_ENDS, "yes").env_remove(EXISTING);
    process.envs(existing.map(|url| (EXISTING, url))).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = process.spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
    let printed = lines.find_map(|line| Some(line.split_once("shared: ")?.1.to_owned())).unwrap();
    let (port, folder) = printed.split_once(' ').unwrap();
    (process, Path::new(folder).to_owned(), port.parse().unwrap())
}

/// The child process of the tests above; does nothing when run as a test.
#[test]
fn a_process_that_never_ends() {
    if std::env::var_os(NEVER_ENDS).is_none() {
        return;
    }
    let cluster = Cluster::shared();
    println!("shared: {} {}", port(cluster), folder(cluster).display());
    // Until the parent kills this process, or ends.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
