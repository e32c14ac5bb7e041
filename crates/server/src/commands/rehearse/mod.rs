//! `frontrow rehearse`: simulates an on-sale with virtual users, on its own server or an existing one.

mod instance;
mod screen;
mod target;

use std::fs::{self, File};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use application::ports::{Clock, Ids};
use application::{RandomIds, SystemClock};
use rehearsal::scenario::ScenarioError;
use rehearsal::{Record, Rehearsal, Scenario, report, what_if};
use secrecy::ExposeSecret;
use time::format_description::well_known::Rfc3339;
use tokio::signal::unix::{SignalKind, signal};

use self::instance::Instance;
use self::screen::Screen;
use self::target::Target;
use crate::cli::Rehearse;
use crate::failure::FAILED;
use crate::files;
use crate::output::Output;
use crate::text;
use crate::usage::Usage;

/// The files of the report, for people and for programs.
const REPORT_FILES: [&str; 2] = ["report.html", "report.json"];

pub(super) fn run(rehearse: &Rehearse, configuration: &Path, profile: Option<&str>, output: Output) -> anyhow::Result<ExitCode> {
    let scenario = scenario(rehearse)?;
    let policies = policies(rehearse, &scenario)?;
    let seed = rehearse.seed.unwrap_or_else(random_seed);
    let mut record = if rehearse.only_what_if {
        let Scenario { name, users, seats, .. } = &scenario;
        let started_at = SystemClock.now().format(&Rfc3339)?;
        Record { scenario: name.clone(), seed, started_at, users: (*users).into(), seats: (*seats).into(), ..Record::default() }
    } else {
        play_live(rehearse, &scenario, seed, configuration, profile)?
    };
    let crowd = what_if::Crowd::of(&scenario, seed);
    for policy in &policies {
        record.what_if.push(what_if::play(&crowd, policy)?);
    }
    let file = write(&record, &rehearse.out)?;
    output.print(&serde_json::to_value(&record)?, || format!("{}\nThe report is {file}.", screen::summary(&record)))?;
    Ok(if record.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

/// Returns the policies to run in simulated time: first the scenario's own policy, for comparison.
fn policies(rehearse: &Rehearse, scenario: &Scenario) -> anyhow::Result<Vec<what_if::Policy>> {
    if rehearse.what_if.is_empty() {
        return Ok(Vec::new());
    }
    let own = format!("capacity={},batch={}", scenario.policy.capacity, scenario.policy.batch);
    let policies = std::iter::once(&own).chain(&rehearse.what_if);
    policies.map(|text| what_if::policy_in(scenario, text).map_err(|error| Usage(format!("--what-if {text}: {error}")).into())).collect()
}

fn play_live(rehearse: &Rehearse, scenario: &Scenario, seed: u64, configuration: &Path, profile: Option<&str>) -> anyhow::Result<Record> {
    let jwts = jwts(rehearse)?;
    // Each user may have a connection.
    files::raise_limit(scenario.users as usize);
    // The instance is stopped when this function returns.
    let (target, instance) = if let Some(target) = existing_target(rehearse)? {
        (target, None)
    } else {
        let instance = Instance::start(&rehearse.database, &scenario.policy, configuration, profile)?;
        (instance.create_concert(scenario)?, Some(instance))
    };
    let screen = Screen::new(scenario)?;
    let rehearsal = Rehearsal {
        seed,
        scenario: scenario.clone(),
        server: target.server,
        concert: target.concert,
        schedule: target.schedule,
        jwts,
        operator: target.operator,
        own: instance.is_some(),
        run: RandomIds.ordered().simple().to_string(),
        started_at: SystemClock.now().format(&Rfc3339)?,
    };
    let record = rehearsal.run(stop_signal(), |progress| screen.show(progress))?;
    screen.clear();
    Ok(record)
}

fn scenario(rehearse: &Rehearse) -> anyhow::Result<Scenario> {
    let scenario = Scenario::named(&rehearse.scenario).map_err(|error| match error {
        ScenarioError::Missing { .. } => anyhow::Error::new(Usage(error.to_string())),
        ScenarioError::Malformed(_) | ScenarioError::Impossible(_) => error.into(),
    })?;
    let time_limit_seconds = rehearse.time_limit.unwrap_or(scenario.time_limit_seconds);
    Ok(Scenario { time_limit_seconds, ..scenario })
}

/// Returns the existing server and its schedule, if specified.
fn existing_target(rehearse: &Rehearse) -> anyhow::Result<Option<Target>> {
    let remote = &rehearse.remote;
    let Some(server) = remote.server.clone() else { return Ok(None) };
    let (Some(concert), Some(schedule)) = (remote.concert, remote.schedule) else {
        return Err(Usage("--server requires --concert and --schedule".to_owned()).into());
    };
    let operator = remote.token.as_ref().map(|token| token.expose_secret().to_owned());
    Ok(Some(Target { server, concert, schedule, operator }))
}

fn jwts(rehearse: &Rehearse) -> anyhow::Result<Vec<String>> {
    let Some(file) = &rehearse.remote.jwts else { return Ok(Vec::new()) };
    let text = File::open(file).and_then(text::read).with_context(|| format!("{} can't be read", file.display()))?;
    let jwts: Vec<_> = text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    ensure!(!jwts.is_empty(), "{} contains no access tokens", file.display());
    Ok(jwts)
}

/// Generates a seed that is short enough to type.
fn random_seed() -> u64 {
    RandomIds.ordered().as_u64_pair().1 & u64::from(u32::MAX)
}

/// Waits for SIGINT or SIGTERM, after which the report is still written.
async fn stop_signal() {
    match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
        (Ok(mut interrupt), Ok(mut terminate)) => {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        // Without handlers, a signal ends the process immediately.
        _ => std::future::pending().await,
    }
}

/// Writes the report and returns the path of the file for people.
fn write(record: &Record, folder: &Path) -> anyhow::Result<String> {
    fs::create_dir_all(folder).with_context(|| format!("{} can't be created", folder.display()))?;
    for (name, text) in REPORT_FILES.into_iter().zip([report::html(record)?, report::json(record)?]) {
        let file = folder.join(name);
        fs::write(&file, text).with_context(|| format!("{} can't be written", file.display()))?;
    }
    Ok(folder.join(REPORT_FILES[0]).display().to_string())
}
