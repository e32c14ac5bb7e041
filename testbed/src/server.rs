//! A PostgreSQL server as a process: made, started, killed, started again.

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

/// How long a server may take to accept connections, its recovery included.
const TIMEOUT: Duration = Duration::from_mins(1);
/// How long a server may take to stop; after five seconds it kills its children itself.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);
/// A port may be taken between our look and the server's, and killed processes may still hold a port or shared memory.
const ATTEMPTS: u32 = 20;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(100);
/// Lines of the log in the message that the server does not start.
const LOG_TAIL: usize = 20;

const SETTINGS: &[&str] = &["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "shared_buffers=128MB"];

/// What must not lose an acknowledged commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The death of any process, but not the machine's: `fsync=off`, `full_page_writes=off`. For tests.
    Processes,
    /// The machine's death neither: PostgreSQL's own defaults. For benchmarks.
    Disks,
}

impl Durability {
    fn settings(self) -> &'static [&'static str] {
        match self {
            // A killed server leaves its dynamic shared memory behind: here that is files in its folder.
            Self::Processes => &["fsync=off", "full_page_writes=off", "dynamic_shared_memory_type=mmap"],
            Self::Disks => &["fsync=on", "full_page_writes=on", "synchronous_commit=on"],
        }
    }
}

/// A server with a folder of its own; stopped, and the folder removed, when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    /// Holds `data` and the log.
    folder: PathBuf,
    account: Account,
    durability: Durability,
    port: u16,
    /// None: killed.
    process: Option<Child>,
    watchdog: Watchdog,
}

impl Server {
    pub(crate) fn start(durability: Durability) -> Self {
        let (initdb, account) = (programs::expect("initdb"), Account::for_servers());
        let folder = tempfile::Builder::new().prefix("frontrow-postgres-").tempdir().expect("a temporary folder can be made").keep();
        let watchdog = Watchdog::over(&folder);
        account.take(&folder).expect("the folder can be given to the server's account");
        let mut server = Self { folder, account, durability, port: 0, process: None, watchdog };
        server.init(&initdb);
        server.boot(free_port);
        server
    }

    pub(crate) fn address(&self) -> Address {
        Address::own(self.port)
    }

    /// None: killed.
    pub(crate) fn process_id(&self) -> Option<u32> {
        self.process.as_ref().map(Child::id)
    }

    /// SIGKILL to the server and all its children, none of which sees another die first.
    pub(crate) fn kill(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        let postmaster = Pid::from_child(&process);
        // Stopped, it starts no more children, and can't look after those that die.
        let _ = kill_process(postmaster, Signal::STOP);
        for child in children(postmaster) {
            let _ = kill_process(child, Signal::KILL);
        }
        let _ = process.kill();
        let _ = process.wait();
        let _ = self.watchdog.unwatch();
    }

    /// Starts again on the same folder and port.
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

    /// Starts until it runs, each time on a port from `port`.
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
            sleep(BETWEEN_ATTEMPTS);
        }
        panic!("PostgreSQL does not start:\n{}", self.log_tail());
    }

    /// Under the server's account, watched, in a group of its own, with a fresh log.
    fn spawn(&mut self, command: &mut Command) -> Child {
        let log = File::create(self.log()).expect("the log can be made");
        let same_log = log.try_clone().expect("a file has two handles");
        command.current_dir(&self.folder).process_group(0).stdin(Stdio::null()).stdout(log).stderr(same_log);
        let process = self.account.run(command).spawn().expect("PostgreSQL's programs run");
        self.watchdog.watch(&process).expect("the watchdog listens");
        process
    }

    /// Whether it has come to accept connections; otherwise it has ended.
    fn accepts(&mut self) -> bool {
        let (url, data) = (self.address().maintenance(), self.data());
        let deadline = Instant::now() + TIMEOUT;
        while Instant::now() < deadline {
            // That somebody answers is not enough: on a port that was taken meanwhile it is another server.
            if psql::run(&url, "SHOW data_directory").is_ok_and(|folder| Path::new(&folder) == data) {
                return true;
            }
            if self.process.as_mut().is_none_or(|process| process.try_wait().is_ok_and(|ended| ended.is_some())) {
                return false;
            }
            sleep(BETWEEN_LOOKS);
        }
        panic!("PostgreSQL does not accept connections within {TIMEOUT:?}:\n{}", self.log_tail());
    }

    fn log_tail(&self) -> String {
        let log = fs::read(self.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(LOG_TAIL)..].join("\n")
    }

    /// Immediate shutdown, which unlike a kill gives the shared memory back; a kill if it takes too long.
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
            sleep(BETWEEN_LOOKS);
        }
        self.kill();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The folder is removed by the watchdog, which is dropped next.
        self.stop();
    }
}

fn free_port() -> u16 {
    let taken = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    taken.expect("127.0.0.1 has a free port").port()
}

/// The processes that `parent` has started: each is the leader of a group of its own, so no signal reaches all.
fn children(parent: Pid) -> Vec<Pid> {
    let id = parent.as_raw_nonzero();
    let listed = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_else(|_| {
        let listed = Command::new("pgrep").args(["-P", &id.to_string()]).output().expect("pgrep runs where /proc is missing");
        String::from_utf8_lossy(&listed.stdout).into_owned()
    });
    listed.split_whitespace().filter_map(|child| Pid::from_raw(child.parse().ok()?)).collect()
}
