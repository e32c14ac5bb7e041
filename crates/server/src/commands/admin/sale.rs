//! `frontrow sale`: a sale as it goes on.

use std::io::{self, IsTerminal};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};
use uuid::Uuid;

use super::schedules::SCHEDULES;
use super::{concerts, queues};
use crate::cli::Sale;
use crate::client::Client;
use crate::output::{self, Output, list, table};

/// Makes a terminal begin anew, at its top.
const CLEAR: &str = "\u{1b}[2J\u{1b}[H";

pub(super) fn run(client: &Client, sale: &Sale, output: Output) -> anyhow::Result<()> {
    let Some(seconds) = sale.watch else {
        let now = look(client, sale.concert_id)?;
        return Ok(output.tell(&now, || picture(&now))?);
    };
    loop {
        let now = look(client, sale.concert_id)?;
        match output {
            Output::Json => output::print(&now.to_string())?,
            Output::Table if io::stdout().is_terminal() => output::print(&format!("{CLEAR}{}", picture(&now)))?,
            Output::Table => output::print(&picture(&now))?,
        }
        thread::sleep(Duration::from_secs(seconds));
    }
}

/// The figures of a concert's dates, and of its line.
fn look(client: &Client, concert: Uuid) -> anyhow::Result<Value> {
    let concert = client.get(&concerts::path(concert))?;
    let queue = concert["queue_id"].as_str().and_then(|id| id.parse().ok()).context("the concert names no queue")?;
    let queue = client.get(&queues::path(queue))?;
    Ok(json!({"concert": concert, "queue": queue}))
}

fn picture(now: &Value) -> String {
    let (concert, queue) = (&now["concert"], &now["queue"]);
    let name = concert["name"].as_str().unwrap_or_default();
    format!("{name}\n\n{}\n{}", table(list(&concert["schedules"]), SCHEDULES), table(std::slice::from_ref(queue), queues::LINES))
}
