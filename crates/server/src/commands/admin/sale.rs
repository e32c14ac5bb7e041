//! `frontrow sale`: shows the live figures of a sale.

use std::io::{self, IsTerminal};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};
use uuid::Uuid;

use super::schedules::SCHEDULES;
use super::{paths, queues};
use crate::cli::Sale;
use crate::client::Client;
use crate::output::{self, Output, list, table};

/// The escape sequence that clears a terminal.
const CLEAR: &str = "\u{1b}[2J\u{1b}[H";

pub(super) fn run(client: &Client, sale: &Sale, output: Output) -> anyhow::Result<()> {
    let Some(seconds) = sale.watch else {
        let now = read(client, sale.concert_id)?;
        return Ok(output.print(&now, || format(&now))?);
    };
    loop {
        let now = read(client, sale.concert_id)?;
        match output {
            Output::Json => output::print(&now.to_string())?,
            Output::Table if io::stdout().is_terminal() => output::print(&format!("{CLEAR}{}", format(&now)))?,
            Output::Table => output::print(&format(&now))?,
        }
        thread::sleep(Duration::from_secs(seconds));
    }
}

/// Reads the figures of a concert's schedules and queue.
fn read(client: &Client, concert: Uuid) -> anyhow::Result<Value> {
    let concert = client.get(&paths::concert(concert))?;
    let queue = concert["queue_id"].as_str().and_then(|id| id.parse().ok()).context("the concert has no queue")?;
    let queue = client.get(&paths::queue(queue))?;
    Ok(json!({"concert": concert, "queue": queue}))
}

fn format(sale: &Value) -> String {
    let (concert, queue) = (&sale["concert"], &sale["queue"]);
    let name = concert["name"].as_str().unwrap_or_default();
    format!("{name}\n\n{}\n{}", table(list(&concert["schedules"]), SCHEDULES), table(std::slice::from_ref(queue), queues::QUEUES))
}
