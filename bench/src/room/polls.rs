//! Polling: the responses per second and what a response costs the server, compared with a handler that returns a constant.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::Context;
use hdrhistogram::Histogram;

use super::queue::{Waiter, WaitingQueue};
use crate::client::{Client, Headers, request};
use crate::driver::{Load, Turns};
use crate::grouped::Grouped;
use crate::process::Process;
use crate::server::Server;

const CONNECTIONS: usize = 256;
/// The number of waiting users who poll their position, in turn.
const POLLERS: u32 = 50_000;

/// A kind of poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The bare handler.
    Bare,
    /// Polls of positions with this many waiting users.
    Poll { waiting: u32 },
    /// The same with the current entity tag: nothing has changed.
    Unchanged { waiting: u32 },
    /// The same, with this many event streams open.
    Beside { streams: u32, waiting: u32 },
}

/// The result of a measurement.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) asked: Asked,
    pub(crate) connections: usize,
    pub(crate) a_second: f64,
    /// In microseconds.
    pub(crate) latencies: Histogram<u64>,
    /// The processor time of the server's process per response.
    pub(crate) core_micros: f64,
    /// The driver's share of one core; it can't have more than one.
    pub(crate) driver_share: f64,
}

impl Answered {
    pub(crate) fn quantile_ms(&self, quantile: f64) -> f64 {
        Duration::from_micros(self.latencies.value_at_quantile(quantile)).as_secs_f64() * 1_000.0
    }
}

/// The users who poll, with their requests.
pub(crate) struct Pollers {
    waiting: u32,
    waiters: Vec<Waiter>,
    polls: Vec<String>,
}

impl Pollers {
    pub(crate) fn of(queue: &WaitingQueue) -> anyhow::Result<Self> {
        let waiters = queue.spread(POLLERS)?;
        let polls = waiters.iter().map(|waiter| poll(waiter, "")).collect();
        Ok(Self { waiting: queue.waiting, waiters, polls })
    }

    /// Returns the length of a response's body.
    pub(crate) async fn body_bytes(&self, server: &Server) -> anyhow::Result<usize> {
        let poll = self.polls.last().context("the queue is empty")?;
        Ok(Client::connect(server.address).await?.exchange(poll).await?.body.len())
    }

    /// Sends the bare handler exactly the requests that the server gets.
    pub(crate) async fn ask_bare(&self, bare: &Server) -> anyhow::Result<Answered> {
        measure(Asked::Bare, bare, self.polls.clone(), 200).await
    }

    pub(crate) async fn ask(&self, server: &Server) -> anyhow::Result<Answered> {
        measure(Asked::Poll { waiting: self.waiting }, server, self.polls.clone(), 200).await
    }

    pub(crate) async fn ask_beside(&self, server: &Server, streams: u32) -> anyhow::Result<Answered> {
        measure(Asked::Beside { streams, waiting: self.waiting }, server, self.polls.clone(), 200).await
    }

    /// Polls with the entity tags of responses that the users have received already.
    pub(crate) async fn ask_unchanged(&self, server: &Server) -> anyhow::Result<Answered> {
        let first = Load { requests: self.polls.clone(), expects: 200, turns: Turns::Once(|answer| answer.tag()) };
        let kept = first.drive(server.address, CONNECTIONS).await?.kept;
        let requests = kept.iter().map(|(place, tag)| poll(&self.waiters[*place], tag)).collect();
        measure(Asked::Unchanged { waiting: self.waiting }, server, requests, 304).await
    }
}

async fn measure(asked: Asked, server: &Server, requests: Vec<String>, expects: u16) -> anyhow::Result<Answered> {
    let load = Load { requests, expects, turns: Turns::Endless };
    let (driver, other) = (Process::this(), server.process()?);
    let (start, driver_before, other_before) = (Instant::now(), driver.busy_seconds()?, other.busy_seconds()?);
    let done = load.drive(server.address, CONNECTIONS).await?;
    let (took, driver_after, other_after) = (start.elapsed(), driver.busy_seconds()?, other.busy_seconds()?);
    let answered = Answered {
        asked,
        connections: CONNECTIONS,
        a_second: done.a_second,
        core_micros: (other_after - other_before) * 1e6 / f64::from(u32::try_from(done.latencies.len())?),
        driver_share: (driver_after - driver_before) / took.as_secs_f64(),
        latencies: done.latencies,
    };
    eprintln!("{asked}: {:.0} a second", answered.a_second);
    Ok(answered)
}

fn poll(waiter: &Waiter, tag: &str) -> String {
    let headers = Headers { jwt: &waiter.jwt, tag, ..Headers::default() };
    request(&format!("GET /v1/queue-tokens/{}", waiter.token), headers, "")
}

impl fmt::Display for Asked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bare => formatter.write_str("bare handler"),
            Self::Poll { waiting } => write!(formatter, "poll, {} waiting", Grouped(*waiting)),
            Self::Unchanged { waiting } => write!(formatter, "poll answered 304, {} waiting", Grouped(*waiting)),
            Self::Beside { streams, waiting } => {
                write!(formatter, "poll beside {} event streams, {} waiting", Grouped(*streams), Grouped(*waiting))
            }
        }
    }
}
