//! A PostgreSQL server as a process: created, started, killed, restarted.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::account::Account;
use crate::address::Address;
use crate::watchdog::Watchdog;
use crate::{programs, psql};

/// How long a server may take to accept connections, including its recovery.
const TIMEOUT: Duration = Duration::from_mins(1);
/// How long a server may take to stop; after five seconds it kills its children itself.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);
const POLL_INTERVAL: Duration = Duration::from_millis(10);
/// A port may be taken between our check and the server's start, and killed processes may still hold a port or shared memory.
const ATTEMPTS: u32 = 20;
const RETRY_INTERVAL: Duration = Duration::from_millis(100);
/// The number of log lines in the message that the server does not start.
const LOG_TAIL: usize = 20;

const SETTINGS: &[&str] = &["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "shared_buffers=128MB"];

/// The failures that must not lose an acknowledged commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The death of any process, but not of the machine: `fsync=off`, `full_page_writes=off`. For tests.
    Processes,
    /// Also the death of the machine: PostgreSQL's own defaults. For benchmarks.
    Disks,
}

impl Durability {
    fn settings(self) -> &'static [&'static str] {
        match self {
            // A killed server leaves its dynamic shared memory behind: with this setting, it consists of files in the server's folder.
            Self::Processes => &["fsync=off", "full_page_writes=off", "dynamic_shared_memory_type=mmap"],
            Self::Disks => &["fsync=on", "full_page_writes=on", "synchronous_commit=on"],
        }
    }
}

/// A server with its own folder. Dropping it stops the server and removes the folder.
#[derive(Debug)]
pub(crate) struct Server {
    /// Contains `data` and the log.
    folder: PathBuf,
    account: Account,
    durability: Durability,
    port: u16,
    /// None once killed.
    process: Option<Child>,
    watchdog: Watchdog,
}

impl Server {
    pub(crate) fn start(durability: Durability) -> Self {
        let (initdb, account) = (programs::expect("initdb"), Account::for_servers());
        let folder = tempfile::Builder::new().prefix("frontrow-postgres-").tempdir().expect("a temporary folder can be made").keep();
        let watchdog = Watchdog::over(&folder);
        account.own(&folder).expect("the folder can be given to the server's account");
        let mut server = Self { folder, account, durability, port: 0, process: None, watchdog };
        server.init(&initdb);
        server.boot(free_port);
        server
    }

    pub(crate) fn address(&self) -> Address {
        Address::own(self.port)
    }

    /// Returns the id of the process; none once killed.
    pub(crate) fn process_id(&self) -> Option<u32> {
        self.process.as_ref().map(Child::id)
    }

    /// Sends SIGKILL to the server and all its children; none of them sees another die first.
    pub(crate) fn kill(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        let postmaster = Pid::from_child(&process);
        // While suspended, it starts no more children, and can't react to those that die.
        let _ = kill_process(postmaster, Signal::STOP);
        for child in children(postmaster) {
            let _ = kill_process(child, Signal::KILL);
        }
        let _ = process.kill();
        let _ = process.wait();
        let _ = self.watchdog.unwatch();
    }

    /// Sends SIGSTOP to the server and all its children.
    pub(crate) fn suspend(&self) -> Suspended {
        let postmaster = Pid::from_child(self.process.as_ref().expect("a killed server is not suspended"));
        // First the server, so that it starts no more children.
        let _ = kill_process(postmaster, Signal::STOP);
        let suspended = Suspended { postmaster };
        suspended.send(Signal::STOP);
        suspended
    }

    /// Starts the server again on the same folder and port.
    pub(crate) fn restart(&mut self) {
        assert!(self.process.is_none(), "only a killed server is restarted");
        let port = self.port;
        self.boot(|| port);
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    fn init(&mut self, initdb: &Path) {
        let mut command = Command::new(initdb);
        command.args(["--no-sync", "-A", "trust", "-U", "frontrow", "-E", "UTF8", "--locale=C", "-D"]).arg(self.data());
        let mut process = self.spawn(&mut command);
        let made = process.wait().expect("initdb can be waited for");
        assert!(made.success(), "initdb fails:\n{}", self.log_tail());
    }

    /// Tries to start until the server runs, each time on the port that `port` returns.
    fn boot(&mut self, port: impl Fn() -> u16) {
        for _ in 0..ATTEMPTS {
            self.port = port();
            let mut command = Command::new(programs::expect("postgres"));
            command.arg("-D").arg(self.data()).args(["-p", &self.port.to_string()]);
            for setting in SETTINGS.iter().chain(self.durability.settings()) {
                command.args(["-c", setting]);
            }
            self.process = Some(self.spawn(&mut command));
            if self.accepts() {
                return;
            }
            self.process = None;
            sleep(RETRY_INTERVAL);
        }
        panic!("PostgreSQL does not start:\n{}", self.log_tail());
    }

    /// Starts a process under the server's account, watched, in its own process group, with a new log.
    fn spawn(&mut self, command: &mut Command) -> Child {
        let log = File::create(self.log()).expect("the log can be made");
        let same_log = log.try_clone().expect("a file has two handles");
        command.current_dir(&self.folder).process_group(0).stdin(Stdio::null()).stdout(log).stderr(same_log);
        let process = self.account.run(command).spawn().expect("PostgreSQL's programs run");
        self.watchdog.watch(&process).expect("the watchdog listens");
        process
    }

    /// Waits until the server accepts connections, and returns whether it does; otherwise it has ended.
    fn accepts(&mut self) -> bool {
        let (url, data) = (self.address().maintenance(), self.data());
        let deadline = Instant::now() + TIMEOUT;
        while Instant::now() < deadline {
            // A response alone is not enough: if the port was taken meanwhile, another server responds.
            if psql::run(&url, "SHOW data_directory").is_ok_and(|folder| Path::new(&folder) == data) {
                return true;
            }
            if self.process.as_mut().is_none_or(|process| process.try_wait().is_ok_and(|ended| ended.is_some())) {
                return false;
            }
            sleep(POLL_INTERVAL);
        }
        panic!("PostgreSQL does not accept connections within {TIMEOUT:?}:\n{}", self.log_tail());
    }

    /// Returns what the server has logged since its last start.
    pub(crate) fn log_text(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.log()).unwrap_or_default()).into_owned()
    }

    fn log_tail(&self) -> String {
        let log = self.log_text();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(LOG_TAIL)..].join("\n")
    }

    /// Shuts the server down immediately, which, unlike a kill, frees the shared memory; kills it if that takes too long.
    fn stop(&mut self) {
        let Some(process) = &mut self.process else { return };
        let deadline = Instant::now() + SHUTDOWN_TIMEOUT;
        let _ = kill_process(Pid::from_child(process), Signal::QUIT);
        while Instant::now() < deadline {
            if process.try_wait().is_ok_and(|ended| ended.is_some()) {
                self.process = None;
                let _ = self.watchdog.unwatch();
                return;
            }
            sleep(POLL_INTERVAL);
        }
        self.kill();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The watchdog, which is dropped next, removes the folder.
        self.stop();
    }
}

/// A server whose processes are suspended. Dropping the value resumes them.
#[derive(Debug)]
#[must_use = "the server is resumed at once"]
pub struct Suspended {
    postmaster: Pid,
}

impl Suspended {
    fn send(&self, signal: Signal) {
        for process in children(self.postmaster).into_iter().chain([self.postmaster]) {
            let _ = kill_process(process, signal);
        }
    }
}

impl Drop for Suspended {
    fn drop(&mut self) {
        self.send(Signal::CONT);
    }
}

fn free_port() -> u16 {
    let taken = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    taken.expect("127.0.0.1 has a free port").port()
}

/// Returns the child processes of `parent`: each leads its own process group, so no signal reaches them all.
fn children(parent: Pid) -> Vec<Pid> {
    let id = parent.as_raw_nonzero();
    let listed = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_else(|_| {
        let listed = Command::new("pgrep").args(["-P", &id.to_string()]).output().expect("pgrep runs where /proc is missing");
        String::from_utf8_lossy(&listed.stdout).into_owned()
    });
    listed.split_whitespace().filter_map(|child| Pid::from_raw(child.parse().ok()?)).collect()
}
