//! `frontrow events`.

use std::io::{self, ErrorKind, Write};
use std::thread::sleep;
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;

use super::event_readers::{self, PATH as READERS};
use crate::cli::Events;
use crate::client::{Client, Refused};
use crate::output::{Output, items, line};

/// The most events that a page may have.
const PAGE: usize = 200;
/// Between two looks for more.
const PAUSE: Duration = Duration::from_millis(500);

pub(super) fn run(client: &Client, asked: &Events, output: Output) -> anyhow::Result<()> {
    let after = match (asked.after, &asked.reader) {
        (Some(after), _) => Some(after),
        (None, Some(name)) => position_of(client, name)?,
        (None, None) if asked.follow => Some(position(&client.get(READERS)?, "end")?),
        (None, None) => None,
    };
    let reading = Reading { client, reader: asked.reader.as_deref(), output, after, kept: after };
    let told = if asked.follow { reading.follow() } else { reading.read(asked.limit) };
    told.or_else(|error| if is_unread(&error) { Ok(()) } else { Err(error) })
}

/// Up to where the reader has read, if the server knows it.
fn position_of(client: &Client, name: &str) -> anyhow::Result<Option<u64>> {
    let readers = client.get(READERS)?;
    Ok(items(&readers).iter().find(|reader| reader["name"] == name).and_then(|reader| reader["position"].as_u64()))
}

fn position(answer: &Value, member: &str) -> anyhow::Result<u64> {
    answer[member].as_u64().context("the server tells no position")
}

/// Whether whoever read what is told has gone.
fn is_unread(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// Whether asking again may help: the server is away, or has too much to do.
fn is_passing(error: &anyhow::Error) -> bool {
    error.is::<ureq::Error>() || error.downcast_ref::<Refused>().is_some_and(|refused| !refused.is_for_good())
}

struct Reading<'a> {
    client: &'a Client,
    reader: Option<&'a str>,
    output: Output,
    after: Option<u64>,
    /// What the server keeps as the reader's position, as far as it was told here.
    kept: Option<u64>,
}

impl Reading<'_> {
    /// Tells the next `limit` events.
    fn read(mut self, limit: usize) -> anyhow::Result<()> {
        let mut left = limit;
        while left > 0 {
            let (told, is_end) = self.page(left.min(PAGE))?;
            left -= told;
            self.keep()?;
            if is_end {
                break;
            }
        }
        Ok(())
    }

    /// Tells what happens, also across a server that is away for a while.
    fn follow(mut self) -> anyhow::Result<()> {
        let mut is_away = false;
        loop {
            let went = self.keep().and_then(|()| self.page(PAGE));
            match &went {
                Err(error) if !is_passing(error) => return went.map(|_| ()),
                Err(error) if !is_away => eprintln!("{error:#}; trying again"),
                Ok(_) | Err(_) => {}
            }
            is_away = went.is_err();
            if !went.is_ok_and(|(_, is_end)| !is_end) {
                sleep(PAUSE);
            }
        }
    }

    /// Tells a page of events, each in a line: how many, and whether there are no more by now.
    fn page(&mut self, size: usize) -> anyhow::Result<(usize, bool)> {
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

    /// Has the server keep up to where the reader has been told.
    fn keep(&mut self) -> anyhow::Result<()> {
        if let (Some(name), Some(after)) = (self.reader, self.after)
            && self.kept != self.after
        {
            event_readers::move_to(self.client, name, after)?;
            self.kept = self.after;
        }
        Ok(())
    }
}
