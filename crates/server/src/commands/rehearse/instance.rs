//! The server that a rehearsal starts: this program in another process, with the scenario's policy, on a temporary store.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use adapters_http::{Issuer, Role};
use anyhow::{Context, anyhow, bail};
use application::ports::{Clock, Ids};
use application::{RandomIds, SystemClock};
use domain::UserId;
use rehearsal::Scenario;
use rehearsal::scenario::Policy;
use ring::rand::{SecureRandom, SystemRandom};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::target::Target;
use crate::client::Client;

/// The text before the address in the welcome message.
const ADDRESS_PREFIX: &str = "Frontrow is listening on ";
/// The lifetime of the operator's access token.
const TOKEN_LIFETIME: Duration = Duration::from_hours(24);
/// The time after which the server is killed. A shutdown takes at most 8 s.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(15);
/// The interval between two checks whether the server has exited.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// Seats in a row of the hall.
const ROW: u32 = 25;

/// A running server, which is stopped on drop.
pub(super) struct Instance {
    child: Child,
    base: String,
    operator: String,
    /// The server's standard output, kept open so that the server can write to it.
    output: BufReader<ChildStdout>,
}

impl Instance {
    /// Starts a server on the store at `database`.
    pub(super) fn start(database: &str, policy: &Policy, configuration: &Path, profile: Option<&str>) -> anyhow::Result<Self> {
        let secret = random_secret()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--config-dir").arg(configuration).args(profile.iter().flat_map(|profile| ["--profile", profile])).arg("serve");
        command.envs(settings(database, policy, &secret));
        // A separate process group: Ctrl-C only reaches the rehearsal, which stops the server after the checks.
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().context("the server can't be started")?;
        let Some(output) = child.stdout.take() else { bail!("the server has no output") };
        let issuer = Issuer::new(secret.as_bytes(), TOKEN_LIFETIME);
        let operator = issuer.issue(UserId(RandomIds.ordered()), &[Role::User, Role::Operator], SystemClock.now())?;
        let mut instance = Self { child, base: String::new(), operator, output: BufReader::new(output) };
        instance.base = instance.read_address()?;
        Ok(instance)
    }

    /// Waits until the server listens, and returns its URL.
    fn read_address(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        while self.output.read_line(&mut line)? > 0 {
            if let Some(base) = line.trim_end().strip_prefix(ADDRESS_PREFIX) {
                return Ok(base.to_owned());
            }
            line.clear();
        }
        bail!("the server exited: {}", self.child.wait()?)
    }

    /// Creates the scenario's concert with its own queue.
    pub(super) fn create_concert(&self, scenario: &Scenario) -> anyhow::Result<Target> {
        let admin = Client::new(&self.base, self.operator.clone().into())?;
        let Policy { capacity, batch, active_seconds, claim_seconds, .. } = scenario.policy;
        let policy = json!({"capacity": capacity, "batch": batch, "active_seconds": active_seconds, "claim_seconds": claim_seconds});
        let queue = admin.post("/v1/admin/queues", &json!({"name": scenario.name, "policy": policy}))?;
        let concert = admin.post("/v1/admin/concerts", &concert(scenario, &queue["id"])?)?;
        Ok(Target {
            server: self.base.clone(),
            concert: id(&concert["id"])?,
            schedule: id(&concert["schedules"][0]["id"])?,
            operator: Some(self.operator.clone()),
        })
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // It may have exited already.
            let _ = kill_process(pid, Signal::TERM);
        }
        for _ in 0..SHUTDOWN_TIMEOUT.as_millis() / POLL_INTERVAL.as_millis() {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            sleep(POLL_INTERVAL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn settings(database: &str, policy: &Policy, secret: &str) -> Vec<(&'static str, String)> {
    vec![
        ("FRONTROW__AUTH__ISSUER_SECRET", secret.to_owned()),
        ("FRONTROW__AUTH__REGISTRATION", "true".to_owned()),
        // The virtual users use the same cores, so commands may wait longer than on a dedicated machine.
        ("FRONTROW__COMMIT__DEADLINE_MILLISECONDS", "10000".to_owned()),
        ("FRONTROW__DATABASE__URL", database.to_owned()),
        ("FRONTROW__DEMO__ENABLED", "false".to_owned()),
        ("FRONTROW__HTTP__BIND", "127.0.0.1:0".to_owned()),
        ("FRONTROW__LIMITS__ADDRESS_PER_MINUTE", "0".to_owned()),
        ("FRONTROW__LIMITS__USER_PER_MINUTE", "0".to_owned()),
        ("FRONTROW__LOG__FILTER", "warn".to_owned()),
        ("FRONTROW__QUEUE__TICK_MILLISECONDS", policy.tick_milliseconds.to_string()),
        ("FRONTROW__RESERVATION__HOLD_SECONDS", policy.hold_seconds.to_string()),
        ("FRONTROW__RESERVATION__MAX_SEATS_PER_USER", policy.max_seats_per_user.to_string()),
        // Virtual users charge their own wallets, also in the production profile: the store is temporary.
        ("FRONTROW__WALLET__CHARGING", "open".to_owned()),
        ("FRONTROW__WALLET__ALLOW_OPEN_CHARGES", "true".to_owned()),
    ]
}

/// Returns a concert with one schedule, on sale since yesterday.
fn concert(scenario: &Scenario, queue: &Value) -> anyhow::Result<Value> {
    let now = SystemClock.now();
    let at = |days: i64| (now + time::Duration::days(days)).format(&Rfc3339);
    let row =
        |from: u32| json!({"name": (from / ROW + 1).to_string(), "numbers": {"from": from + 1, "to": (from + ROW).min(scenario.seats)}});
    let rows: Vec<_> = (0..scenario.seats).step_by(ROW as usize).map(row).collect();
    let schedule = json!({
        "starts_at": at(30)?,
        "zone": "Asia/Seoul",
        "sale_opens_at": at(-1)?,
        "sale_closes_at": at(30)?,
        "seat_map": {"sections": [{"name": "Hall", "price": scenario.price, "rows": rows}]},
    });
    Ok(json!({"name": format!("Rehearsal: {}", scenario.name), "host": "Frontrow", "queue_id": queue, "schedules": [schedule]}))
}

fn id(value: &Value) -> anyhow::Result<Uuid> {
    value.as_str().and_then(|id| id.parse().ok()).context("the server returned no id")
}

/// Generates the secret of the server's issuer.
fn random_secret() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| anyhow!("the system's random number generator failed"))?;
    Ok(bytes.iter().fold(String::new(), |mut secret, byte| {
        // Writing to a string can't fail.
        let _ = write!(secret, "{byte:02x}");
        secret
    }))
}
