//! `frontrow rehearse`: plays an on-sale with a crowd of virtual users, against a server of its own or one that runs already.

mod instance;
mod screen;

use std::fs::{self, File};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use application::ports::{Clock, Ids};
use application::{RandomIds, SystemClock};
use rehearsal::scenario::ScenarioError;
use rehearsal::{Play, Record, Scenario, report, what_if};
use secrecy::ExposeSecret;
use time::format_description::well_known::Rfc3339;
use tokio::signal::unix::{SignalKind, signal};
use uuid::Uuid;

use self::instance::Instance;
use self::screen::Screen;
use crate::cli::Rehearse;
use crate::failure::{FAILED, Usage};
use crate::files;
use crate::output::Output;
use crate::text;

/// What the report is called in its folder, for people and for programs.
const REPORT: [&str; 2] = ["report.html", "report.json"];

/// Where the crowd goes.
struct Hall {
    server: String,
    concert: Uuid,
    schedule: Uuid,
    operator: Option<String>,
}

pub(super) fn run(rehearse: &Rehearse, configuration: &Path, profile: Option<&str>, output: Output) -> anyhow::Result<ExitCode> {
    let scenario = scenario(rehearse)?;
    let policies = policies(rehearse, &scenario)?;
    let seed = rehearse.seed.unwrap_or_else(a_seed);
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
    output.tell(&serde_json::to_value(&record)?, || format!("{}\nThe report is {file}.", screen::told(&record)))?;
    Ok(if record.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

/// What is to be played in simulated time: the scenario's own policy first, to compare with.
fn policies(rehearse: &Rehearse, scenario: &Scenario) -> anyhow::Result<Vec<what_if::Policy>> {
    if rehearse.what_if.is_empty() {
        return Ok(Vec::new());
    }
    let own = format!("capacity={},batch={}", scenario.policy.capacity, scenario.policy.batch);
    let asked = std::iter::once(&own).chain(&rehearse.what_if);
    asked.map(|text| what_if::policy_in(scenario, text).map_err(|error| Usage(format!("--what-if {text}: {error}")).into())).collect()
}

fn play_live(rehearse: &Rehearse, scenario: &Scenario, seed: u64, configuration: &Path, profile: Option<&str>) -> anyhow::Result<Record> {
    let jwts = jwts(rehearse)?;
    // Each user may have a connection.
    files::open_as_many_as_may_be(scenario.users as usize);
    // It ends with this function.
    let (hall, instance) = if let Some(hall) = elsewhere(rehearse)? {
        (hall, None)
    } else {
        let instance = Instance::start(&rehearse.database, &scenario.policy, configuration, profile)?;
        (instance.put_on(scenario)?, Some(instance))
    };
    let screen = Screen::new(scenario)?;
    let play = Play {
        seed,
        scenario: scenario.clone(),
        server: hall.server,
        concert: hall.concert,
        schedule: hall.schedule,
        jwts,
        operator: hall.operator,
        own: instance.is_some(),
        run: RandomIds.ordered().simple().to_string(),
        started_at: SystemClock.now().format(&Rfc3339)?,
    };
    let record = play.run(told_to_stop(), |progress| screen.show(progress))?;
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

/// The server that runs already, if one is named.
fn elsewhere(rehearse: &Rehearse) -> anyhow::Result<Option<Hall>> {
    let elsewhere = &rehearse.elsewhere;
    let Some(server) = elsewhere.server.clone() else { return Ok(None) };
    let (Some(concert), Some(schedule)) = (elsewhere.concert, elsewhere.schedule) else {
        return Err(Usage("--server needs --concert and --schedule".to_owned()).into());
    };
    let operator = elsewhere.token.as_ref().map(|token| token.expose_secret().to_owned());
    Ok(Some(Hall { server, concert, schedule, operator }))
}

fn jwts(rehearse: &Rehearse) -> anyhow::Result<Vec<String>> {
    let Some(file) = &rehearse.elsewhere.jwts else { return Ok(Vec::new()) };
    let text = File::open(file).and_then(text::read).with_context(|| format!("{} can't be read", file.display()))?;
    let jwts: Vec<_> = text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    ensure!(!jwts.is_empty(), "{} has no access tokens", file.display());
    Ok(jwts)
}

/// Short enough to be said again.
fn a_seed() -> u64 {
    RandomIds.ordered().as_u64_pair().1 & u64::from(u32::MAX)
}

/// Until SIGINT or SIGTERM: the report is written all the same.
async fn told_to_stop() {
    match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
        (Ok(mut interrupt), Ok(mut terminate)) => {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        // Then a signal ends the process at once.
        _ => std::future::pending().await,
    }
}

/// Writes the report, and says where people find theirs.
fn write(record: &Record, folder: &Path) -> anyhow::Result<String> {
    fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
    for (name, text) in REPORT.into_iter().zip([report::html(record)?, report::json(record)?]) {
        let file = folder.join(name);
        fs::write(&file, text).with_context(|| format!("{} can't be written", file.display()))?;
    }
    Ok(folder.join(REPORT[0]).display().to_string())
}
