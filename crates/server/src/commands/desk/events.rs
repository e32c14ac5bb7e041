//! `frontrow events`.

use std::io::{self, Write};
use std::thread::sleep;
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;

use super::event_readers::{self, PATH as READERS};
use crate::cli::Events;
use crate::client::{Client, Refused};
use crate::show::{Show, items, line};

/// The most events that a page may have.
const PAGE: usize = 200;
/// Between two looks for more.
const PAUSE: Duration = Duration::from_millis(500);

pub(super) fn run(client: &Client, asked: &Events, show: Show) -> anyhow::Result<()> {
    let mut reading = Reading { client, asked, show, after: asked.after };
    if asked.after.is_none() {
        reading.after = asked.reader.as_deref().map_or(Ok(None), |name| position_of(client, name))?;
    }
    if asked.follow { reading.follow() } else { reading.read(asked.limit) }
}

/// Up to where the reader has read, if the server knows it.
fn position_of(client: &Client, name: &str) -> anyhow::Result<Option<u64>> {
    let readers = client.get(READERS)?;
    Ok(items(&readers).iter().find(|reader| reader["name"] == name).and_then(|reader| reader["position"].as_u64()))
}

struct Reading<'a> {
    client: &'a Client,
    asked: &'a Events,
    show: Show,
    after: Option<u64>,
}

impl Reading<'_> {
    /// Tells the next `limit` events.
    fn read(&mut self, limit: usize) -> anyhow::Result<()> {
        let mut left = limit;
        while left > 0 {
            let page = self.page(left.min(PAGE))?;
            let told = items(&page).len();
            self.tell(&page)?;
            left -= told;
            if told == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Tells what happens, also across a server that is away for a while.
    fn follow(&mut self) -> anyhow::Result<()> {
        let mut is_away = false;
        loop {
            match self.page(PAGE) {
                Ok(page) => {
                    is_away = false;
                    self.tell(&page)?;
                    if page["position"] != page["end"] {
                        continue;
                    }
                }
                Err(error) if error.downcast_ref::<Refused>().is_some_and(Refused::is_for_good) => return Err(error),
                Err(error) => {
                    if !is_away {
                        eprintln!("{error:#}; trying again");
                    }
                    is_away = true;
                }
            }
            sleep(PAUSE);
        }
    }

    fn page(&self, size: usize) -> anyhow::Result<Value> {
        let after = self.after.map(|after| format!("&after={after}")).unwrap_or_default();
        self.client.get(&format!("/v1/admin/events?page_size={size}{after}"))
    }

    /// An event a line. Only then the reader has read them: what can't be told is told the next time.
    fn tell(&mut self, page: &Value) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        for event in items(page) {
            let text = match self.show {
                Show::Programs => event.to_string(),
                Show::People => line(event, &["/position", "/at", "/type", "/subject/id", "/data"]),
            };
            writeln!(out, "{text}")?;
        }
        out.flush()?;
        let position = page["position"].as_u64().context("the server tells no position")?;
        let has_moved = self.after != Some(position);
        self.after = Some(position);
        match &self.asked.reader {
            Some(name) if has_moved => event_readers::move_to(self.client, name, position),
            Some(_) | None => Ok(()),
        }
    }
}
