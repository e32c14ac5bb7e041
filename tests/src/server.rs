//! The real binary as a process: started, queried, stopped, killed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use testbed::{Cluster, Database};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use crate::log;

/// How long a server may take to start or to stop.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The store on which the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    /// `memory:`
    Memory,
    /// `sqlite://`, in the test's own folder.
    Sqlite,
    /// `postgres://`, a database of the test's own.
    Postgres,
}

impl StoreKind {
    /// Whether the store outlives its process, so that other processes can open it.
    #[must_use]
    pub fn outlives_its_process(self) -> bool {
        self != Self::Memory
    }
}

/// Returns a copy of a migrated database, one per test: a migration takes much longer than a copy.
async fn migrated_database() -> Database {
    static TEMPLATE: OnceCell<Database> = OnceCell::const_new();
    let migrated = || async {
        let template = Cluster::shared().create_database();
        let migrate = run(&[("FRONTROW__DATABASE__URL", &template.url)], &["migrate"]).await;
        assert!(migrate.status.success(), "{}", String::from_utf8_lossy(&migrate.stderr));
        template
    };
    Cluster::shared().clone_database(&TEMPLATE.get_or_init(migrated).await.name)
}

/// A running server with a folder of its own; killed when dropped.
pub struct Frontrow {
    child: Child,
    /// Its base URL, like `http://127.0.0.1:41234`.
    pub base: String,
    /// The text that it printed on start.
    pub welcome: String,
    store: Arc<StoreLocation>,
    environment: Vec<(String, String)>,
    /// Shared by all clients of this server.
    pub http: reqwest::Client,
}

/// The location of a test's store; removed with the last server on it.
struct StoreLocation {
    folder: TempDir,
    _database: Option<Database>,
}

impl StoreLocation {
    /// Returns the path of the log of all servers on this store.
    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Drop for StoreLocation {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            log::assert_contains_no_secret(&self.log());
        }
    }
}

/// The variable that names another binary to be tested, such as one of an earlier version.
const OTHER_BINARY: &str = "FRONTROW_TEST_BINARY";

/// Builds the binary once, as this test was built, and returns its path: otherwise a stale one could be tested.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(other) = std::env::var_os(OTHER_BINARY) {
            return other.into();
        }
        let mut cargo = std::process::Command::new(env!("CARGO"));
        // `cargo test` describes the package under test in these variables. Build scripts of dependencies that read them (ring) would run
        // again.
        let is_of_package = |name: &str| name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_PKG_");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_of_package)) {
            cargo.env_remove(name);
        }
        let built = cargo
            // For the whole workspace with all features, so that the build reuses the artifacts of the tests.
            .args(["build", "--quiet", "--workspace", "--all-features", "--bin", "frontrow", "--message-format", "json"])
            // The server is built as usual, even if the tests run with this variable (`scripts/time-tests.sh`).
            .env_remove("RUSTC_BOOTSTRAP")
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo runs");
        assert!(built.status.success(), "the server does not build");
        let messages = String::from_utf8(built.stdout).expect("cargo prints text");
        let executable = |line: &str| serde_json::from_str::<serde_json::Value>(line).ok()?["executable"].as_str().map(PathBuf::from);
        messages.lines().filter_map(executable).next_back().expect("cargo names the executable")
    })
}

async fn read_welcome(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    let mut welcome = String::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        welcome.push_str(&line);
        welcome.push('\n');
        if line.starts_with("Stop with") {
            break;
        }
    }
    welcome
}

fn command(folder: &Path, environment: &[(String, String)], arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).current_dir(folder).envs(environment.iter().cloned()).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// Runs the binary with `arguments` to completion, in an empty folder.
pub async fn run(environment: &[(&str, &str)], arguments: &[&str]) -> Output {
    let folder = TempDir::new().unwrap();
    let environment: Vec<_> = environment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    timeout(TIMEOUT, command(folder.path(), &environment, arguments).output()).await.expect("it ends").expect("it runs")
}

/// Runs a shell script to completion, in an empty folder; `$0` is the binary.
pub async fn shell(script: &str) -> Output {
    let folder = TempDir::new().unwrap();
    let mut bash = Command::new("bash");
    bash.args(["-c", script]).arg(binary()).current_dir(folder.path()).stdin(Stdio::null()).kill_on_drop(true);
    timeout(TIMEOUT, bash.output()).await.expect("it ends").expect("bash runs")
}

impl Frontrow {
    /// Starts a server on an empty store. The queue ticks often and has a large capacity; `environment` overrides that and other settings.
    pub async fn start(store: StoreKind, environment: &[(&str, &str)]) -> Self {
        let (url, database) = match store {
            StoreKind::Memory => ("memory:".to_owned(), None),
            StoreKind::Sqlite => ("sqlite://data/frontrow.db".to_owned(), None),
            StoreKind::Postgres => {
                let database = migrated_database().await;
                (database.url.clone(), Some(database))
            }
        };
        Self::start_on(&url, database, environment).await
    }

    /// Starts a server on the database at `url`, with the settings of [`Self::start`].
    pub async fn start_at(url: &str, environment: &[(&str, &str)]) -> Self {
        Self::start_on(url, None, environment).await
    }

    async fn start_on(url: &str, database: Option<Database>, environment: &[(&str, &str)]) -> Self {
        let defaults = [
            ("FRONTROW__DATABASE__URL", url),
            ("FRONTROW__HTTP__BIND", "127.0.0.1:0"),
            ("FRONTROW__QUEUE__TICK_MILLISECONDS", "20"),
            ("FRONTROW__QUEUE__CAPACITY", "1000"),
            ("FRONTROW__QUEUE__BATCH", "1000"),
            ("FRONTROW__LOG__FORMAT", "json"),
        ];
        let environment = defaults.iter().chain(environment).map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Self::start_in(Arc::new(StoreLocation { folder: TempDir::new().unwrap(), _database: database }), environment).await
    }

    async fn start_in(store: Arc<StoreLocation>, environment: Vec<(String, String)>) -> Self {
        let log = File::options().create(true).append(true).open(store.log()).expect("a log");
        let mut serve = command(store.folder.path(), &environment, &["serve"]);
        let mut child = serve.stdout(Stdio::piped()).stderr(log).spawn().expect("the server starts");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let welcome = timeout(TIMEOUT, read_welcome(&mut lines)).await.expect("the server is up in time");
        let base = welcome.split_whitespace().find(|word| word.starts_with("http://")).expect("the server prints its address").to_owned();
        // Read to the end, so that the server does not block on a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, base, welcome, store, environment, http: reqwest::Client::new() }
    }

    /// Runs another process on the same store, and returns its exit code and output.
    pub async fn run_command(&self, arguments: &[&str]) -> Output {
        let run = command(self.store.folder.path(), &self.environment, arguments).output();
        timeout(TIMEOUT, run).await.expect("it ends").expect("it runs")
    }

    /// Returns the URL of its database, valid in any folder.
    #[must_use]
    pub fn database_url(&self) -> String {
        let url =
            self.environment.iter().find(|(key, _)| key == "FRONTROW__DATABASE__URL").map(|(_, url)| url.as_str()).unwrap_or_default();
        match url.strip_prefix("sqlite://") {
            Some(path) => format!("sqlite://{}", self.store.folder.path().join(path).display()),
            None => url.to_owned(),
        }
    }

    /// Returns the log of this server and of all others on its store.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.store.log()).unwrap()
    }

    /// Sends SIGKILL: nothing is cleaned up.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Sends SIGTERM, and returns the exit status.
    pub async fn terminate(&mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        timeout(TIMEOUT, self.child.wait()).await.expect("it stops in time").unwrap()
    }

    /// Sends SIGSTOP: the process is suspended, and keeps its memory.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Sends SIGCONT: the process continues.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let pid = self.child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)).expect("it runs");
        kill_process(pid, signal).unwrap();
    }

    /// Starts another server on the same store: after this one has ended, or beside it, where the store allows that.
    pub async fn restart(&self) -> Self {
        Self::start_in(self.store.clone(), self.environment.clone()).await
    }

    /// Starts `N` servers on one PostgreSQL database.
    pub async fn instances<const N: usize>(environment: &[(&str, &str)]) -> [Self; N] {
        let mut servers = vec![Self::start(StoreKind::Postgres, environment).await];
        while servers.len() < N {
            servers.push(servers[0].restart().await);
        }
        servers.try_into().unwrap_or_else(|_| panic!("at least one instance is required"))
    }

    /// Asserts that `frontrow audit` finds every invariant satisfied.
    pub async fn assert_audit_is_clean(&self) {
        let audit = self.run_command(&["audit"]).await;
        let (printed, errors) = (String::from_utf8_lossy(&audit.stdout), String::from_utf8_lossy(&audit.stderr));
        assert!(audit.status.success(), "{printed}{errors}");
        for promise in ["P1", "P2", "P3"] {
            assert!(printed.contains(promise), "the audit does not report {promise}: {printed}");
        }
    }
}
