//! The waiting room with ten thousand and with a million waiting users: the costs that stay the same although the queue is a hundred times
//! longer. Measured on PostgreSQL; once loaded, the waiting room is the same on every store.

mod admission;
pub(crate) mod constant;
mod memory;
mod polls;
mod queue;
mod streams;

use std::time::Instant;

use anyhow::Context;
use testbed::Cluster;

use crate::plan::Plan;
use crate::server::{self, CapacityProfile, Server};
use crate::statistics::{Quartiles, ratios};
use admission::Admission;
use polls::Pollers;
pub(crate) use polls::{Asked, Polls};
use queue::WaitingQueue;
use streams::Streams;

pub(crate) const FEW: u32 = 10_000;
pub(crate) const MANY: u32 = 1_000_000;
/// How often a server is started on the longest queue.
const STARTS: u32 = 3;

/// The results of the measurement.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) polls: Vec<Polls>,
    /// With no users, with [`FEW`] and with [`MANY`].
    pub(crate) filled: Vec<Filled>,
    pub(crate) opened: Opened,
}

/// The resources that a queue uses in its server.
#[derive(Debug)]
pub(crate) struct Filled {
    pub(crate) waiting: u32,
    /// The seconds from each start of the server until it serves.
    pub(crate) after_seconds: Vec<f64>,
    /// The bytes that the server has allocated, read several times.
    pub(crate) allocated: Vec<f64>,
    /// The milliseconds that each tick takes that admits a thousand users; empty if the queue is.
    pub(crate) admission_ms: Vec<f64>,
}

/// The memory that open event streams use in a server with [`MANY`] waiting users.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) streams: u32,
    /// The growth of the memory that it has allocated, in bytes.
    pub(crate) growth: Vec<f64>,
}

/// Fills databases of `cluster` with queues, serves them without admission, polls and listens; then admits users. The invariants must hold
/// afterwards.
pub(crate) async fn measure(cluster: &Cluster, plan: Plan) -> anyhow::Result<Room> {
    let streams = streams::max_streams()?;
    let (none, few, many) =
        (WaitingQueue::of(cluster, 0).await?, WaitingQueue::of(cluster, FEW).await?, WaitingQueue::of(cluster, MANY).await?);
    let (mut filled, opened) = measure_memory([&none, &few, &many], streams, plan).await.context("the memory")?;

    for (queue, filled) in [&none, &few, &many].into_iter().zip(&mut filled) {
        for _ in 0..STARTS {
            let (server, after_seconds) = start(queue).await?;
            filled.after_seconds.push(after_seconds);
            server.stop().await?;
        }
    }
    let polls = poll(&few, &many, streams, plan).await.context("the polls")?;

    // In turn, so that other work of the machine affects both.
    let (at_few, at_many) = (Admission::of(&few).await?, Admission::of(&many).await?);
    for _ in 0..admission::TICKS {
        filled[1].admission_ms.push(at_few.tick().await?);
        filled[2].admission_ms.push(at_many.tick().await?);
    }
    for (admission, queue) in [(at_few, few), (at_many, many)] {
        admission.end().await?;
        server::run("audit", &queue.database.url).await?;
    }
    Ok(Room { polls, filled, opened })
}

/// Has users poll: each kind in turn with the others, round by round.
async fn poll(few: &WaitingQueue, many: &WaitingQueue, streams: u32, plan: Plan) -> anyhow::Result<Vec<Polls>> {
    let ((at_few, _), (at_many, _), (beside, _)) = (start(few).await?, start(many).await?, start(many).await?);
    let (by_few, by_many) = (Pollers::of(few, plan)?, Pollers::of(many, plan)?);
    let bare = Server::constant(by_many.body_bytes(&at_many).await?).await?;
    let open = Streams::open(beside.address, &many.spread(streams)?).await.context("the event streams")?;
    let mut polls = Vec::new();
    for _ in 0..plan.rounds {
        by_many.ask(Asked::Bare, &bare, &mut polls).await?;
        by_few.ask(Asked::Poll { waiting: FEW }, &at_few, &mut polls).await?;
        by_many.ask(Asked::Poll { waiting: MANY }, &at_many, &mut polls).await?;
        by_many.ask(Asked::Unchanged { waiting: MANY }, &at_many, &mut polls).await?;
        by_many.ask(Asked::Beside { streams, waiting: MANY }, &beside, &mut polls).await?;
    }
    open.ensure_open()?;
    drop(open);
    for server in [bare, at_few, at_many, beside] {
        server.stop().await?;
    }
    Ok(polls)
}

/// Starts a server that counts its memory on each queue, and opens event streams at the last one.
async fn measure_memory(queues: [&WaitingQueue; 3], streams: u32, plan: Plan) -> anyhow::Result<(Vec<Filled>, Opened)> {
    let (mut filled, mut opened) = (Vec::new(), Opened { streams, growth: Vec::new() });
    for queue in queues {
        let server = Server::start_counting(&queue.database.url).await?;
        let allocated = memory::allocated(&server, plan).await?;
        if queue.waiting == MANY {
            let open = Streams::open(server.address, &queue.spread(streams)?).await.context("the event streams")?;
            let after = memory::allocated(&server, plan).await?;
            opened.growth = after.iter().zip(&allocated).map(|(after, before)| after - before).collect();
            open.ensure_open()?;
        }
        server.stop().await?;
        filled.push(Filled { waiting: queue.waiting, after_seconds: Vec::new(), allocated, admission_ms: Vec::new() });
    }
    Ok((filled, opened))
}

/// Returns a server and the seconds until it served.
async fn start(queue: &WaitingQueue) -> anyhow::Result<(Server, f64)> {
    let start = Instant::now();
    let server = Server::start(&queue.database.url, CapacityProfile::Shut).await?;
    let after_seconds = start.elapsed().as_secs_f64();
    eprintln!("{} waiting: serving after {after_seconds:.1} s", queue.waiting);
    Ok((server, after_seconds))
}

impl Room {
    /// Returns the result of `asked`.
    pub(crate) fn find(&self, asked: Asked) -> anyhow::Result<&Polls> {
        self.polls.iter().find(|polls| polls.asked == asked).with_context(|| format!("{asked} was not measured"))
    }

    /// Returns the queue with `waiting` users.
    pub(crate) fn filled(&self, waiting: u32) -> anyhow::Result<&Filled> {
        self.filled.iter().find(|filled| filled.waiting == waiting).context("a queue was not measured")
    }

    /// Returns how much memory of the server each additional waiting user needs, in bytes: the difference from the next shorter queue. None
    /// for the shortest queue.
    pub(crate) fn bytes_each(&self, filled: &Filled) -> Option<Quartiles> {
        let shorter = self.filled.iter().filter(|shorter| shorter.waiting < filled.waiting).max_by_key(|shorter| shorter.waiting)?;
        let additional = f64::from(filled.waiting - shorter.waiting);
        let each = filled.allocated.iter().zip(&shorter.allocated).map(|(longer, shorter)| (longer - shorter) / additional);
        Quartiles::of(&each.collect::<Vec<_>>())
    }

    /// Returns the ratio of the admission from the longest queue to that from the shorter one.
    pub(crate) fn admission_ratio(&self) -> anyhow::Result<Quartiles> {
        let ratios = ratios(&self.filled(MANY)?.admission_ms, &self.filled(FEW)?.admission_ms);
        Quartiles::of(&ratios).context("no admission was measured")
    }
}

impl Opened {
    pub(crate) fn kibibytes_each(&self) -> Option<Quartiles> {
        Some(Quartiles::of(&self.growth)?.map(|growth| growth / 1_024.0 / f64::from(self.streams)))
    }
}
