//! Tests a program with a custom store, through the public API only.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use adapters_memory::MemoryStore;
use application::SystemClock;
use frontrow::{BackupOutcome, BoxError, Frontrow, OpenStore, StoreDriver, StoreOptions, StoreUrl};
use rustix::process::{Signal, getpid, kill_process};
use tempfile::TempDir;

const FAILED: u8 = 1;
const WRONG_USAGE: u8 = 2;
const TIMEOUT: Duration = Duration::from_secs(30);

/// The driver of `shelf:NAME`: stores in memory that outlive a run of the program, but not the `Shelf`.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<Stores>>);

#[derive(Default)]
struct Stores {
    by_name: BTreeMap<String, MemoryStore>,
    locked: BTreeSet<String>,
}

#[async_trait::async_trait]
impl StoreDriver for Shelf {
    async fn exists(&self, url: &StoreUrl) -> Result<bool, BoxError> {
        Ok(self.0.lock().unwrap().by_name.contains_key(url.path()))
    }

    async fn open(&self, url: &StoreUrl, _options: &StoreOptions) -> Result<OpenStore, BoxError> {
        let clock = Arc::new(SystemClock);
        let mut stores = self.0.lock().unwrap();
        let store = stores.by_name.entry(url.path().to_owned()).or_insert_with(|| MemoryStore::new(clock.clone()));
        Ok(OpenStore::new(store.ports(), clock))
    }

    async fn lock(&self, url: &StoreUrl) -> Result<Box<dyn Any + Send>, BoxError> {
        let is_free = self.0.lock().unwrap().locked.insert(url.path().to_owned());
        if is_free {
            Ok(Box::new(Locked { shelf: self.clone(), name: url.path().to_owned() }))
        } else {
            Err(format!("another process serves {url}").into())
        }
    }
}

/// The lock for serving a store, released on drop.
struct Locked {
    shelf: Shelf,
    name: String,
}

impl Drop for Locked {
    fn drop(&mut self) {
        self.shelf.0.lock().unwrap().locked.remove(&self.name);
    }
}

/// A shelf that supports backups.
struct ShelfWithBackups(Shelf);

#[async_trait::async_trait]
impl StoreDriver for ShelfWithBackups {
    async fn exists(&self, url: &StoreUrl) -> Result<bool, BoxError> {
        self.0.exists(url).await
    }

    async fn open(&self, url: &StoreUrl, options: &StoreOptions) -> Result<OpenStore, BoxError> {
        self.0.open(url, options).await
    }

    async fn back_up(&self, url: &StoreUrl, file: &Path) -> Result<BackupOutcome, BoxError> {
        std::fs::write(file, url.path())?;
        Ok(BackupOutcome::Written { bytes: url.path().len().try_into()? })
    }
}

/// A program, configured for a store.
struct Program {
    shelf: Shelf,
    folder: TempDir,
}

impl Program {
    fn on(url: &str) -> Self {
        // A port that is free now: with port 0, healthcheck would have no address.
        let bind = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let folder = TempDir::new().unwrap();
        let configuration = format!("[database]\nurl = '{url}'\n[http]\nbind = '{bind}'\n[demo]\nenabled = false\n");
        std::fs::write(folder.path().join("default.toml"), configuration).unwrap();
        Self { shelf: Shelf::default(), folder }
    }

    fn run(&self, command: &str) -> ExitCode {
        self.run_as(Frontrow::new().store("shelf", self.shelf.clone()), command)
    }

    fn run_as(&self, frontrow: Frontrow, command: &str) -> ExitCode {
        let folder = self.folder.path().to_str().unwrap();
        frontrow.run_with(["shop", "--config-dir", folder].into_iter().chain(command.split_whitespace()))
    }

    fn is_locked(&self, name: &str) -> bool {
        self.shelf.0.lock().unwrap().locked.contains(name)
    }

    /// Returns all rows of a store as text; `None` if the store doesn't exist.
    fn rows(&self, name: &str) -> Option<String> {
        Some(self.shelf.0.lock().unwrap().by_name.get(name)?.rows())
    }
}

#[test]
fn a_scheme_is_supported_once_its_driver_is_registered() {
    let program = Program::on("shelf:shop");
    assert_eq!(program.run_as(Frontrow::new(), "config check"), ExitCode::from(WRONG_USAGE));
    assert_eq!(program.run("config check"), ExitCode::SUCCESS);
    assert_eq!(Program::on("shelf:").run("config check"), ExitCode::from(WRONG_USAGE), "a URL needs a path");
    assert_eq!(Program::on("memory:").run("config check"), ExitCode::SUCCESS, "the built-in stores are supported, too");
}

#[test]
fn commands_that_need_a_store_do_not_create_one() {
    let program = Program::on("shelf:shop");
    for command in ["audit", "concerts list"] {
        assert_eq!(program.run(command), ExitCode::from(FAILED), "{command}");
        assert_eq!(program.rows("shop"), None, "{command}");
    }
    for command in ["migrate", "audit", "token --role operator"] {
        assert_eq!(program.run(command), ExitCode::SUCCESS, "{command}");
    }
    assert!(program.rows("shop").is_some());
}

#[test]
fn a_store_is_backed_up_if_its_driver_supports_it() {
    let program = Program::on("shelf:shop");
    let copy = program.folder.path().join("copy");
    let command = format!("backup {}", copy.display());
    assert_eq!(program.run(&command), ExitCode::from(WRONG_USAGE));
    assert_eq!(program.run_as(Frontrow::new().store("shelf", ShelfWithBackups(program.shelf.clone())), &command), ExitCode::SUCCESS);
    assert_eq!(std::fs::read_to_string(copy).unwrap(), "shop");
}

#[test]
fn a_store_is_served_by_one_process_and_accepts_operators_commands() {
    let program = Arc::new(Program::on("shelf:shop"));
    let served = program.clone();
    let serving = thread::spawn(move || served.run("serve"));
    let started = Instant::now();
    while program.run("healthcheck --ready") != ExitCode::SUCCESS {
        assert!(!serving.is_finished() && started.elapsed() < TIMEOUT, "the server does not respond");
        thread::sleep(Duration::from_millis(20));
    }

    assert!(program.is_locked("shop"));
    assert_eq!(program.run("serve"), ExitCode::from(FAILED), "another server holds the lock");
    assert_eq!(program.run("queues create --name Arena"), ExitCode::SUCCESS);

    kill_process(getpid(), Signal::TERM).unwrap();
    assert_eq!(serving.join().unwrap(), ExitCode::SUCCESS);
    assert!(program.is_locked("shop"), "the lock is kept until the process exits: a last commit may be in progress");
    assert!(program.rows("shop").unwrap().contains("Arena"), "commits are in the store");
    assert_eq!(program.run("audit"), ExitCode::SUCCESS);
}
