//! The waiting room, with ten thousand in line and with a million: what stays the same although the line is a hundred times longer.
//! On PostgreSQL; once it is filled the room is the same on every store.

mod admission;
pub(crate) mod constant;
mod line;
mod polls;
mod streams;

use std::time::{Duration, Instant};

use anyhow::Context;
use testbed::Cluster;

use crate::server::{self, CapacityProfile, Server};
use line::Line;
use polls::Askers;
pub(crate) use polls::{Answered, Asked};
use streams::Streams;

pub(crate) const FEW: u32 = 10_000;
pub(crate) const MANY: u32 = 1_000_000;
/// How often each kind of question is asked, in turn with the others: what else the machine does shall not hit one and spare another.
const ROUNDS: usize = 4;
/// Before memory is looked at: a server gives back what it needed for a moment only.
const SETTLED: Duration = Duration::from_secs(2);

/// What was measured.
#[derive(Debug)]
pub(crate) struct Room {
    /// Of each kind the fastest.
    pub(crate) answered: Vec<Answered>,
    /// Of nobody, of [`FEW`], of [`MANY`].
    pub(crate) filled: Vec<Filled>,
    pub(crate) opened: Opened,
}

/// What a line takes of its server.
#[derive(Debug)]
pub(crate) struct Filled {
    pub(crate) waiting: u32,
    /// From the server's start until it serves.
    pub(crate) after: Duration,
    /// What the server has in memory, in bytes.
    pub(crate) resident: u64,
    /// How long a tick takes that admits a thousand; none if nobody waits.
    pub(crate) admission: Option<Duration>,
}

/// What open event streams take of a server with [`MANY`] in line.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) streams: u32,
    /// By so much its memory has grown, in bytes.
    pub(crate) growth: u64,
}

/// Fills databases of `cluster` with lines, serves them with shut doors, asks and listens; then lets people in. The promises must hold
/// afterwards.
pub(crate) async fn measure(cluster: &Cluster) -> anyhow::Result<Room> {
    let streams = streams::how_many()?;
    let (nobody, few, many) = (Line::of(cluster, 0).await?, Line::of(cluster, FEW).await?, Line::of(cluster, MANY).await?);
    let (server, empty) = start(&nobody).await?;
    server.stop().await?;
    let ((at_few, mut with_few), (at_many, mut with_many)) = (start(&few).await?, start(&many).await?);

    let (by_few, by_many) = (Askers::of(&few)?, Askers::of(&many)?);
    let bare = Server::constant(by_many.body_bytes(&at_many).await?).await?;
    let mut answered = Vec::new();
    for _ in 0..ROUNDS {
        answered.push(by_many.ask_bare(&bare).await?);
        answered.push(by_few.ask(&at_few).await?);
        answered.push(by_many.ask(&at_many).await?);
        answered.push(by_many.ask_again(&at_many).await?);
    }
    answered.push(by_many.ask_bare(&bare).await?);
    bare.stop().await?;
    at_few.stop().await?;

    let (open, opened) = listen(&many, &at_many, streams).await.context("the event streams")?;
    for _ in 0..ROUNDS {
        answered.push(by_many.ask_beside(&at_many, streams).await?);
    }
    open.must_be_open()?;
    drop(open);
    at_many.stop().await?;

    for (line, filled) in [(&few, &mut with_few), (&many, &mut with_many)] {
        filled.admission = Some(admission::measure(line).await.context("the admission")?);
        server::run("audit", &line.database.url).await?;
    }
    Ok(Room { answered: fastest(answered), filled: vec![empty, with_few, with_many], opened })
}

async fn start(line: &Line) -> anyhow::Result<(Server, Filled)> {
    let start = Instant::now();
    let server = Server::start(&line.database.url, CapacityProfile::Shut).await?;
    let after = start.elapsed();
    let filled = Filled { waiting: line.waiting, after, resident: resident(&server).await?, admission: None };
    eprintln!("{} waiting: serving after {:.1} s", filled.waiting, after.as_secs_f64());
    Ok((server, filled))
}

async fn listen(line: &Line, server: &Server, streams: u32) -> anyhow::Result<(Streams, Opened)> {
    let before = resident(server).await?;
    let open = Streams::open(server.address, &line.spread(streams)?).await?;
    let opened = Opened { streams, growth: resident(server).await?.saturating_sub(before) };
    eprintln!("{streams} event streams are open");
    Ok((open, opened))
}

async fn resident(server: &Server) -> anyhow::Result<u64> {
    tokio::time::sleep(SETTLED).await;
    server.process()?.resident()
}

fn fastest(all: Vec<Answered>) -> Vec<Answered> {
    let mut fastest: Vec<Answered> = Vec::new();
    for answered in all {
        match fastest.iter_mut().find(|known| known.asked == answered.asked) {
            Some(known) if known.a_second < answered.a_second => *known = answered,
            Some(_) => {}
            None => fastest.push(answered),
        }
    }
    fastest
}

impl Room {
    /// What `asked` came to.
    pub(crate) fn find(&self, asked: Asked) -> Option<&Answered> {
        self.answered.iter().find(|answered| answered.asked == asked)
    }

    /// How much of the server's memory each one more takes who waits, in bytes: by how much more it has than with the next shorter line.
    /// None of the shortest line.
    pub(crate) fn bytes_each(&self, filled: &Filled) -> Option<f64> {
        let shorter = self.filled.iter().filter(|shorter| shorter.waiting < filled.waiting).max_by_key(|shorter| shorter.waiting)?;
        Some(bytes(filled.resident.saturating_sub(shorter.resident)) / f64::from(filled.waiting - shorter.waiting))
    }
}

impl Filled {
    pub(crate) fn resident_mebibytes(&self) -> f64 {
        bytes(self.resident) / f64::from(1 << 20)
    }
}

impl Opened {
    pub(crate) fn kibibytes_each(&self) -> f64 {
        bytes(self.growth) / 1_024.0 / f64::from(self.streams)
    }
}

/// As a number to reckon with.
#[expect(clippy::cast_precision_loss, reason = "no machine has that much memory")]
const fn bytes(count: u64) -> f64 {
    count as f64
}
