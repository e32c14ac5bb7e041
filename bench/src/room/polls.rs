//! Polling: the responses per second and what a response costs the server, compared with a handler that returns a constant.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, ensure};

use super::queue::{Waiter, WaitingQueue};
use crate::client::{Client, Headers, request};
use crate::driver::Load;
use crate::grouped::Grouped;
use crate::plan::Plan;
use crate::process::Process;
use crate::round::{Busy, Round};
use crate::scripts::Repeat;
use crate::server::Server;
use crate::statistics::{Quartiles, ratios};

const CONNECTIONS: usize = 256;
/// The number of waiting users who poll their position, in turn.
const POLLERS: u32 = 50_000;

/// One in so many users polls with an entity tag: each has to get one first.
const TAGGED_STEP: usize = 10;

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

/// A kind of poll, with its rounds.
#[derive(Debug)]
pub(crate) struct Polls {
    pub(crate) asked: Asked,
    pub(crate) connections: usize,
    pub(crate) rounds: Vec<Round>,
    /// The driver's share of one core in each round; it can't have more than one.
    pub(crate) driver_shares: Vec<f64>,
}

impl Polls {
    /// Returns the ratio of a figure to that of `other`, round by round.
    pub(crate) fn ratio(&self, other: &Self, figure: impl Fn(&Round) -> Option<f64>) -> Option<Quartiles> {
        let figures = |polls: &Self| polls.rounds.iter().filter_map(&figure).collect::<Vec<_>>();
        Quartiles::of(&ratios(&figures(self), &figures(other)))
    }

    /// Returns the ratio of the rate to that of `other`.
    pub(crate) fn rate_ratio(&self, other: &Self) -> Option<Quartiles> {
        self.ratio(other, |round| Some(round.a_second))
    }
}

/// The users who poll, with their requests.
pub(crate) struct Pollers {
    plan: Plan,
    waiters: Vec<Waiter>,
    polls: Arc<Vec<String>>,
}

impl Pollers {
    pub(crate) fn of(queue: &WaitingQueue, plan: Plan) -> anyhow::Result<Self> {
        let waiters = queue.spread(POLLERS)?;
        let polls = Arc::new(waiters.iter().map(|waiter| poll(waiter, "")).collect());
        Ok(Self { plan, waiters, polls })
    }

    /// Returns the length of a response's body.
    pub(crate) async fn body_bytes(&self, server: &Server) -> anyhow::Result<usize> {
        let poll = self.polls.last().context("the queue is empty")?;
        Ok(Client::connect(server.address).await?.exchange(poll).await?.body.len())
    }

    /// Measures a round of `asked`. The bare handler gets exactly the requests that the server gets.
    pub(crate) async fn ask(&self, asked: Asked, server: &Server, polls: &mut Vec<Polls>) -> anyhow::Result<()> {
        let (requests, expects) = match asked {
            Asked::Unchanged { .. } => (Arc::new(self.with_tags(server).await?), 304),
            Asked::Bare | Asked::Poll { .. } | Asked::Beside { .. } => (self.polls.clone(), 200),
        };
        let load = Load::connect(&[server.address], Repeat::over(CONNECTIONS, requests, expects)).await?;
        let (driver, other) = (Process::this(), server.process()?);
        let (start, driver_before, other_before) = (Instant::now(), driver.busy()?, other.busy()?);
        let answered = load.run(self.plan.duration()).await?;
        let (took, driver_after, other_after) = (start.elapsed(), driver.busy()?, other.busy()?);
        ensure!(answered.refused.is_empty(), "{} polls were refused", answered.refused.len());
        eprintln!("{asked}: {:.0} a second", answered.a_second);
        let busy = Busy { server: Some(other_after.saturating_sub(other_before)), database: None };
        let round = Round { a_second: answered.a_second, latencies: answered.done, busy };
        let driver_share = driver_after.saturating_sub(driver_before).as_secs_f64() / took.as_secs_f64();
        let place = polls.iter().position(|known| known.asked == asked).unwrap_or(polls.len());
        if place == polls.len() {
            polls.push(Polls { asked, connections: CONNECTIONS, rounds: Vec::new(), driver_shares: Vec::new() });
        }
        polls[place].rounds.push(round);
        polls[place].driver_shares.push(driver_share);
        Ok(())
    }

    /// Returns polls with the entity tags of responses that the users have received already.
    async fn with_tags(&self, server: &Server) -> anyhow::Result<Vec<String>> {
        let (mut client, mut polls) = (Client::connect(server.address).await?, Vec::new());
        for waiter in self.waiters.iter().step_by(TAGGED_STEP) {
            let tag = client.exchange(&poll(waiter, "")).await?.tag().to_owned();
            polls.push(poll(waiter, &tag));
        }
        Ok(polls)
    }
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
