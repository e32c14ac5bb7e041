//! `frontrow events`.

use std::io::{self, Write};
use std::thread::sleep;
use std::time::Duration;

use anyhow::Context;
use frontrow_client::Error;
use serde_json::Value;

use super::event_readers::{self, PATH as READERS};
use crate::cli::Events;
use crate::client::{Client, is_broken_pipe};
use crate::output::{Output, items, line};

/// The maximum number of events on a page.
const MAX_PAGE_SIZE: usize = 200;
/// The interval between two polls for new events.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

pub(super) fn run(client: &Client, events: &Events, output: Output) -> anyhow::Result<()> {
    let after = match (events.after, &events.reader) {
        (Some(after), _) => Some(after),
        (None, Some(name)) => position_of(client, name)?,
        (None, None) if events.follow => Some(position(&client.get(READERS)?, "end")?),
        (None, None) => None,
    };
    let reading = Reading { client, reader: events.reader.as_deref(), output, after, stored: after };
    let result = if events.follow { reading.follow() } else { reading.read(events.limit) };
    result.or_else(|error| if is_broken_pipe(&error) { Ok(()) } else { Err(error) })
}

/// Returns the position of a reader, if it is registered.
fn position_of(client: &Client, name: &str) -> anyhow::Result<Option<u64>> {
    let readers = client.get(READERS)?;
    Ok(items(&readers).iter().find(|reader| reader["name"] == name).and_then(|reader| reader["position"].as_u64()))
}

fn position(response: &Value, member: &str) -> anyhow::Result<u64> {
    response[member].as_u64().context("the server returned no position")
}

/// Whether a retry may succeed: the server is unavailable or overloaded.
fn is_transient(error: &anyhow::Error) -> bool {
    error.downcast_ref().is_some_and(Error::is_transient)
}

/// A position in the event log, while its events are printed.
struct Reading<'a> {
    client: &'a Client,
    reader: Option<&'a str>,
    output: Output,
    after: Option<u64>,
    /// The reader's position that the server has stored, as far as known here.
    stored: Option<u64>,
}

impl Reading<'_> {
    /// Prints the next `limit` events.
    fn read(mut self, limit: usize) -> anyhow::Result<()> {
        let mut left = limit;
        while left > 0 {
            let (printed, is_end) = self.print_page(left.min(MAX_PAGE_SIZE))?;
            left -= printed;
            self.store_position()?;
            if is_end {
                break;
            }
        }
        Ok(())
    }

    /// Prints new events, also after times in which the server is unavailable.
    fn follow(mut self) -> anyhow::Result<()> {
        let mut is_unavailable = false;
        loop {
            let result = self.store_position().and_then(|()| self.print_page(MAX_PAGE_SIZE));
            match &result {
                Err(error) if !is_transient(error) => return result.map(|_| ()),
                Err(error) if !is_unavailable => eprintln!("{error:#}; retrying"),
                Ok(_) | Err(_) => {}
            }
            is_unavailable = result.is_err();
            if !result.is_ok_and(|(_, is_end)| !is_end) {
                sleep(POLL_INTERVAL);
            }
        }
    }

    /// Prints a page of events, one per line; returns their number, and whether there are currently no more.
    fn print_page(&mut self, size: usize) -> anyhow::Result<(usize, bool)> {
        let after = self.after.map(|after| format!("&after={after}")).unwrap_or_default();
        let page = self.client.get(&format!("/v1/admin/events?page_size={size}{after}"))?;
        let position = position(&page, "position")?;
        let mut out = io::stdout().lock();
        for event in items(&page) {
            let text = match self.output {
                Output::Json => event.to_string(),
                Output::Table => line(event, &["/position", "/at", "/type", "/subject/id", "/data"]),
            };
            writeln!(out, "{text}")?;
        }
        out.flush()?;
        self.after = Some(position);
        Ok((items(&page).len(), page["position"] == page["end"]))
    }

    /// Stores the reader's position on the server.
    fn store_position(&mut self) -> anyhow::Result<()> {
        if let (Some(name), Some(after)) = (self.reader, self.after)
            && self.stored != self.after
        {
            event_readers::set_position(self.client, name, after)?;
            self.stored = self.after;
        }
        Ok(())
    }
}
