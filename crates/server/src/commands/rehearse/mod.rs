//! `frontrow rehearse`: plays an on-sale with a crowd of virtual users, against a server of its own or one that runs already.

mod instance;
mod screen;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use application::ports::{Clock, Ids};
use application::{RandomIds, SystemClock};
use rehearsal::scenario::ScenarioError;
use rehearsal::{Play, Record, Scenario};
use secrecy::ExposeSecret;
use time::format_description::well_known::Rfc3339;
use tokio::signal::unix::{SignalKind, signal};
use uuid::Uuid;

use self::instance::Instance;
use self::screen::Screen;
use super::serve::open_many_files;
use crate::cli::Rehearse;
use crate::failure::{FAILED, Usage};
use crate::show::Show;

/// What the report is called in its folder.
const REPORT: &str = "report.json";

/// Where the crowd goes.
struct Hall {
    server: String,
    concert: Uuid,
    schedule: Uuid,
    operator: Option<String>,
}

pub(super) fn run(rehearse: &Rehearse, configuration: &Path, profile: Option<&str>, show: Show) -> anyhow::Result<ExitCode> {
    let scenario = scenario(rehearse)?;
    let jwts = jwts(rehearse)?;
    open_many_files(scenario.users as usize);
    // It ends with this function.
    let (hall, instance) = match elsewhere(rehearse)? {
        Some(hall) => (hall, None),
        None => {
            let instance = Instance::start(&rehearse.database, &scenario.policy, configuration, profile)?;
            (instance.put_on(&scenario)?, Some(instance))
        }
    };
    let screen = Screen::new(&scenario)?;
    let play = Play {
        seed: rehearse.seed.unwrap_or_else(a_seed),
        scenario,
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
    drop(instance);

    let file = write(&record, &rehearse.out)?;
    show.tell(&serde_json::to_value(&record)?, || format!("{}\nThe report is in {file}.", screen::told(&record)))?;
    Ok(if record.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
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
    let text = fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))?;
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

/// Writes the report, and says where.
fn write(record: &Record, folder: &Path) -> anyhow::Result<String> {
    let file = folder.join(REPORT);
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(&file, serde_json::to_vec_pretty(record)?));
    written.with_context(|| format!("{} can't be written", file.display()))?;
    Ok(file.display().to_string())
}
