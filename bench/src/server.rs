//! The server as a process on a scratch database.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::process::Process;

const MISSING: &str = "the server does not start: `make bench` builds it beside this program";
/// How long a server may take to finish its requests.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(20);

/// The secret of the built-in issuer, so that the driver can sign tokens for any user.
pub(crate) const ISSUER_SECRET: &str = "of the bench, and known to everybody";

/// The maximum number of the server's connections besides event streams, which get most of the open files.
pub(crate) const MAX_CONNECTIONS: u32 = 4_000;

/// The settings keep every guarantee enabled.
const SETTINGS: [(&str, &str); 8] = [
    ("FRONTROW__AUTH__ISSUER_SECRET", ISSUER_SECRET),
    ("FRONTROW__HTTP__BIND", "127.0.0.1:0"),
    // Thousands of connections are opened before the first request is sent.
    ("FRONTROW__HTTP__HEADER_TIMEOUT_SECONDS", "60"),
    ("FRONTROW__HTTP__KEEP_ALIVE_SECONDS", "60"),
    ("FRONTROW__DEMO__ENABLED", "false"),
    ("FRONTROW__QUEUE__ACTIVE_SECONDS", "1200"),
    ("FRONTROW__QUEUE__CLAIM_SECONDS", "1200"),
    ("FRONTROW__LOG__FILTER", "warn"),
];

/// The maximum number of requests in flight that the guarded server accepts.
const MAX_IN_FLIGHT: &str = "512";

/// How many users a server admits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CapacityProfile {
    /// None.
    Shut,
    /// As the built-in policy specifies, with quicker ticks: a hundred, and then a queue that grows, until an operator changes its policy.
    Narrow,
    /// All users, twenty times a second.
    Wide,
    /// As the built-in policy specifies, with few requests in flight.
    Guarded,
}

impl CapacityProfile {
    const fn settings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Shut => &[("FRONTROW__QUEUE__CAPACITY", "0")],
            Self::Narrow => &[("FRONTROW__QUEUE__TICK_MILLISECONDS", "100")],
            Self::Guarded => &[("FRONTROW__LIMITS__MAX_IN_FLIGHT", MAX_IN_FLIGHT)],
            Self::Wide => &[
                ("FRONTROW__QUEUE__CAPACITY", "1000000"),
                ("FRONTROW__QUEUE__BATCH", "10000"),
                ("FRONTROW__QUEUE__TICK_MILLISECONDS", "50"),
            ],
        }
    }
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// Killed when dropped.
    child: Child,
}

impl Server {
    /// Starts `frontrow serve` on the database at `url`.
    pub(crate) async fn start(url: &str, capacity: CapacityProfile) -> anyhow::Result<Self> {
        let mut command = frontrow("frontrow", "serve", url)?;
        command.envs(capacity.settings().iter().copied());
        Self::spawn(&mut command).await.context(MISSING)
    }

    /// Starts the server that counts the memory it has allocated, on the database at `url`, without admission.
    pub(crate) async fn start_counting(url: &str) -> anyhow::Result<Self> {
        let mut command = frontrow("counting-frontrow", "serve", url)?;
        command.envs(CapacityProfile::Shut.settings().iter().copied());
        Self::spawn(&mut command).await.context(MISSING)
    }

    /// Starts this program again as a server that responds to everything with the same `size` bytes.
    pub(crate) async fn constant(size: usize) -> anyhow::Result<Self> {
        Self::spawn(Command::new(std::env::current_exe()?).args(["constant", &size.to_string()]).kill_on_drop(true)).await
    }

    /// Starts `command` and waits until it prints its address.
    async fn spawn(command: &mut Command) -> anyhow::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let out = child.stdout.take().context("no output")?;
        let first = BufReader::new(out).lines().next_line().await?.context("the server ended")?;
        let address = first.rsplit("http://").next().unwrap_or_default().parse().context("the server does not print its address")?;
        Ok(Self { address, child })
    }

    pub(crate) fn process(&self) -> anyhow::Result<Process> {
        Ok(Process::of(self.id()?))
    }

    fn id(&self) -> anyhow::Result<Pid> {
        self.child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?)).context("the server has ended")
    }

    /// Stops the server after it has finished its requests.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        kill_process(self.id()?, Signal::TERM)?;
        let status = timeout(SHUTDOWN_TIMEOUT, self.child.wait()).await.context("the server does not stop")??;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

/// Runs `frontrow migrate` or `frontrow audit` on the database at `url`.
///
/// # Errors
/// If it exits with anything but 0; the error contains its output.
pub(crate) async fn run(command: &str, url: &str) -> anyhow::Result<()> {
    let printed = frontrow("frontrow", command, url)?.output().await.context(MISSING)?;
    let (out, errors) = (String::from_utf8_lossy(&printed.stdout), String::from_utf8_lossy(&printed.stderr));
    ensure!(printed.status.success(), "frontrow {command} fails with {}:\n{out}{errors}", printed.status);
    Ok(())
}

/// Returns a command of the server, which was built with the same profile into the same folder as this program.
fn frontrow(program: &str, command: &str, url: &str) -> anyhow::Result<Command> {
    let mut frontrow = Command::new(std::env::current_exe()?.with_file_name(program));
    frontrow.arg(command).env("FRONTROW__DATABASE__URL", url).envs(SETTINGS);
    frontrow.env("FRONTROW__HTTP__MAX_CONNECTIONS", MAX_CONNECTIONS.to_string()).kill_on_drop(true);
    Ok(frontrow)
}
