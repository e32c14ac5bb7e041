//! Group commit: the way of every command. There is one for each kind, so that none starves another: the crowd's commands, joins, and
//! operators' orders. Its lanes each load what a batch of commands needs, let the domain decide each,
//! and commit their changes together. No timer forms the batches: while a lane is busy, commands gather.
//!
//! A command of which nothing is written, after a conflict or because the store can't be reached, is loaded and decided again until its
//! deadline.

mod job;
mod lane;
mod measures;

use std::sync::Arc;
use std::time::Duration;

use domain::{Command, Rules};
use time::OffsetDateTime;
use tokio::sync::{Mutex, mpsc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Error;
use crate::committer::Committer;

use job::{Job, Ticket};
use lane::Lane;
use measures::Counters;

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// What the client is told.
    pub outcome: T,
    /// The instant that it is told from.
    pub at: OffsetDateTime,
    /// Whether it is the first answer to a repeated request.
    pub replayed: bool,
    /// The number that the store gave to a join.
    pub number: Option<u64>,
}

/// How much group commit takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Whose commands these are, for the metrics: `crowd`, `joins` or `operators`.
    pub kind: &'static str,
    /// How many batches are under way at once: 1 where there is one writer, 2 to 4 elsewhere.
    pub lanes: usize,
    /// How many commands may wait for a lane; one more is refused as [`Error::Overloaded`].
    pub queue: usize,
    /// How many commands a batch has at most.
    pub batch: usize,
    /// How long a command may take, conflicts and all.
    pub deadline: Duration,
}

/// The way of every command through load, decide, commit.
pub struct GroupCommit {
    queue: mpsc::Sender<Box<dyn Job>>,
    counters: Counters,
    deadline: Duration,
    closing: CancellationToken,
    lanes: TaskTracker,
}

impl GroupCommit {
    /// Starts the lanes on the current runtime. `observers` are notified of every commit before its client has an answer.
    pub fn start(committer: Arc<Committer>, rules: Arc<Rules>, limits: Limits) -> Self {
        let (queue, waiting) = mpsc::channel(limits.queue);
        let waiting = Arc::new(Mutex::new(waiting));
        let closing = CancellationToken::new();
        let lanes = TaskTracker::new();
        for _ in 0..limits.lanes {
            let lane = Lane::new(committer.clone(), rules.clone(), limits.batch);
            lanes.spawn(lane.run(waiting.clone(), closing.clone()));
        }
        lanes.close();
        Self { queue, counters: Counters::new(limits.kind), deadline: limits.deadline, closing, lanes }
    }

    /// Carries `command` out. Dropping the future never interrupts a commit: a command that waits for a lane is then left out, one
    /// that is being committed is committed.
    ///
    /// # Errors
    /// The domain's refusal; [`Error::Overloaded`] if nothing has changed and nothing will; [`Error::Unavailable`] if that isn't known;
    /// [`Error::Internal`] for a fault.
    pub async fn run<C: Command>(&self, command: C) -> Result<Answer<C::Outcome>, Error> {
        let deadline = Instant::now() + self.deadline;
        let (job, ticket): (_, Ticket<C::Outcome>) = job::new(command, deadline);
        let answer = match self.queue.try_send(job) {
            Ok(()) => ticket.answer(deadline).await,
            Err(_full) => Err(Error::Overloaded),
        };
        self.counters.count(&answer);
        answer
    }

    /// Measures how many commands wait for a lane.
    pub fn measure(&self) {
        self.counters.set_waiting(self.queue.max_capacity() - self.queue.capacity());
    }

    /// Takes no more commands, and returns when those that were taken have their answers.
    pub async fn close(&self) {
        self.closing.cancel();
        self.lanes.wait().await;
    }
}

#[cfg(test)]
mod faults;
#[cfg(test)]
mod tests;
