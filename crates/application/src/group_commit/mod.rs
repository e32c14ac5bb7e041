//! Group commit: executes every command. There is one for each kind of command, so that no kind starves another: users' commands, joins,
//! and operators' commands. Each of its lanes loads what a batch of commands needs, lets the domain decide each command, and commits their
//! changes together. No timer forms the batches: commands accumulate while a lane is busy.
//!
//! A command that is not written, after a conflict or because the store can't be reached, is loaded and decided again until its deadline.
//! It waits for that on its own: other commands are not delayed. Decisions about one wallet build on each other within a group.

mod answer;
mod group;
mod job;
mod lane;
mod measures;
mod retries;

use std::sync::Arc;
use std::time::Duration;

use domain::{Command, Rules};
use tokio::sync::{Mutex, Semaphore, mpsc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Error;
use crate::committer::Committer;

pub use answer::Answer;

use job::{AnswerHandle, Job};
use lane::Lane;
use measures::Counters;

/// The limits of a group commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The kind of the commands, as in the metrics: `users`, `joins` or `operators`.
    pub kind: &'static str,
    /// The number of batches that are processed at once: 1 if the store has one writer, else 2 to 4.
    pub lanes: usize,
    /// The maximum number of commands that wait for a lane; further ones are refused as [`Error::Overloaded`].
    pub queue: usize,
    /// The maximum number of commands in a batch.
    pub batch: usize,
    /// The time limit of a command, including retries.
    pub deadline: Duration,
}

/// The executor of commands: load, decide, commit.
pub struct GroupCommit {
    queue: mpsc::Sender<Box<dyn Job>>,
    /// Limits the commands that wait or are processed, also those that wait for a retry.
    permits: Arc<Semaphore>,
    counters: Counters,
    deadline: Duration,
    closing: CancellationToken,
    lanes: TaskTracker,
}

impl GroupCommit {
    /// Starts the lanes on the current runtime. The committer's observers are notified of every commit before its client is answered.
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
        let permits = Arc::new(Semaphore::new(limits.queue + limits.lanes * limits.batch));
        Self { queue, permits, counters: Counters::new(limits.kind), deadline: limits.deadline, closing, lanes }
    }

    /// Executes `command`. Dropping the future never interrupts a commit: a command that waits for a lane is skipped, and a commit in
    /// progress is completed.
    ///
    /// # Errors
    /// The domain's refusal; [`Error::Overloaded`] if nothing has changed and nothing will; [`Error::Unavailable`] if that is unknown;
    /// [`Error::Internal`] for a fault.
    pub async fn run<C: Command>(&self, command: C) -> Result<Answer<C::Outcome>, Error> {
        let deadline = Instant::now() + self.deadline;
        let answer = match self.send(command, deadline) {
            Some(handle) => handle.answer(deadline).await,
            None => Err(Error::Overloaded),
        };
        self.counters.count(&answer);
        answer
    }

    /// Adds `command` to the queue; none if it is full.
    fn send<C: Command>(&self, command: C, deadline: Instant) -> Option<AnswerHandle<C::Outcome>> {
        let permit = self.permits.clone().try_acquire_owned().ok()?;
        let (job, handle) = job::new(command, deadline, permit);
        self.queue.try_send(job).is_ok().then_some(handle)
    }

    /// Updates the metric of commands that wait for a lane.
    pub fn measure(&self) {
        self.counters.set_waiting(self.queue.max_capacity() - self.queue.capacity());
    }

    /// Accepts no more commands, and returns when all accepted commands are answered.
    pub async fn close(&self) {
        self.closing.cancel();
        self.lanes.wait().await;
    }
}

#[cfg(test)]
mod chains;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod tests;
