//! The waiting room with ten thousand and with a million waiting users: the costs that stay the same although the queue is a hundred times
//! longer. Measured on PostgreSQL; once loaded, the waiting room is the same on every store.

mod admission;
pub(crate) mod constant;
mod polls;
mod queue;
mod streams;

use std::time::{Duration, Instant};

use anyhow::Context;
use testbed::Cluster;

use crate::server::{self, CapacityProfile, Server};
use polls::Pollers;
pub(crate) use polls::{Answered, Asked};
use queue::WaitingQueue;
use streams::Streams;

pub(crate) const FEW: u32 = 10_000;
pub(crate) const MANY: u32 = 1_000_000;
/// How often each kind of poll is measured, in turn with the others, so that other load of the machine does not affect one kind only.
const ROUNDS: usize = 4;
/// The pause before memory is measured: a server releases memory that it needed only briefly.
const SETTLE_TIME: Duration = Duration::from_secs(2);

/// The results of the measurement.
#[derive(Debug)]
pub(crate) struct Room {
    /// The fastest result of each kind.
    pub(crate) answered: Vec<Answered>,
    /// With no users, with [`FEW`] and with [`MANY`].
    pub(crate) filled: Vec<Filled>,
    pub(crate) opened: Opened,
}

/// The resources that a queue uses in its server.
#[derive(Debug)]
pub(crate) struct Filled {
    pub(crate) waiting: u32,
    /// From the server's start until it serves.
    pub(crate) after: Duration,
    /// The server's resident memory, in bytes.
    pub(crate) resident: u64,
    /// The duration of a tick that admits a thousand users; none if the queue is empty.
    pub(crate) admission: Option<Duration>,
}

/// The memory that open event streams use in a server with [`MANY`] waiting users.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) streams: u32,
    /// The growth of its memory, in bytes.
    pub(crate) growth: u64,
}

/// Fills databases of `cluster` with queues, serves them without admission, polls and listens; then admits users. The invariants must hold
/// afterwards.
pub(crate) async fn measure(cluster: &Cluster) -> anyhow::Result<Room> {
    let streams = streams::max_streams()?;
    let (none, few, many) =
        (WaitingQueue::of(cluster, 0).await?, WaitingQueue::of(cluster, FEW).await?, WaitingQueue::of(cluster, MANY).await?);
    let (server, empty) = start(&none).await?;
    server.stop().await?;
    let ((at_few, mut with_few), (at_many, mut with_many)) = (start(&few).await?, start(&many).await?);

    let (by_few, by_many) = (Pollers::of(&few)?, Pollers::of(&many)?);
    let bare = Server::constant(by_many.body_bytes(&at_many).await?).await?;
    let mut answered = Vec::new();
    for _ in 0..ROUNDS {
        answered.push(by_many.ask_bare(&bare).await?);
        answered.push(by_few.ask(&at_few).await?);
        answered.push(by_many.ask(&at_many).await?);
        answered.push(by_many.ask_unchanged(&at_many).await?);
    }
    answered.push(by_many.ask_bare(&bare).await?);
    bare.stop().await?;
    at_few.stop().await?;

    let (open, opened) = listen(&many, &at_many, streams).await.context("the event streams")?;
    for _ in 0..ROUNDS {
        answered.push(by_many.ask_beside(&at_many, streams).await?);
    }
    open.ensure_open()?;
    drop(open);
    at_many.stop().await?;

    for (queue, filled) in [(&few, &mut with_few), (&many, &mut with_many)] {
        filled.admission = Some(admission::measure(queue).await.context("the admission")?);
        server::run("audit", &queue.database.url).await?;
    }
    Ok(Room { answered: fastest(answered), filled: vec![empty, with_few, with_many], opened })
}

async fn start(queue: &WaitingQueue) -> anyhow::Result<(Server, Filled)> {
    let start = Instant::now();
    let server = Server::start(&queue.database.url, CapacityProfile::Shut).await?;
    let after = start.elapsed();
    let filled = Filled { waiting: queue.waiting, after, resident: resident(&server).await?, admission: None };
    eprintln!("{} waiting: serving after {:.1} s", filled.waiting, after.as_secs_f64());
    Ok((server, filled))
}

async fn listen(queue: &WaitingQueue, server: &Server, streams: u32) -> anyhow::Result<(Streams, Opened)> {
    let before = resident(server).await?;
    let open = Streams::open(server.address, &queue.spread(streams)?).await?;
    let opened = Opened { streams, growth: resident(server).await?.saturating_sub(before) };
    eprintln!("{streams} event streams are open");
    Ok((open, opened))
}

async fn resident(server: &Server) -> anyhow::Result<u64> {
    tokio::time::sleep(SETTLE_TIME).await;
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
    /// Returns the result of `asked`.
    pub(crate) fn find(&self, asked: Asked) -> Option<&Answered> {
        self.answered.iter().find(|answered| answered.asked == asked)
    }

    /// Returns how much memory of the server each additional waiting user needs, in bytes: the difference from the next shorter queue. None
    /// for the shortest queue.
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

/// Converts to a floating-point number for calculations.
#[expect(clippy::cast_precision_loss, reason = "no machine has that much memory")]
const fn bytes(count: u64) -> f64 {
    count as f64
}
