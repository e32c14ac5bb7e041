//! A lane: processes batches of commands one after the other: load, decide, commit.

use std::error::Error as StdError;
use std::sync::Arc;

use domain::Rules;
use tokio::sync::{Mutex, mpsc};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::debug_span;

use super::group::Group;
use super::job::Job;
use super::measures::Measures;
use super::retries::{Reason, Retries};
use crate::Error;
use crate::committer::Committer;
use crate::measure::{number, timed};
use crate::ports::{CommitError, Committed};

/// How often a command is retried in a chain before it is tried alone.
const MAX_CHAIN_RETRIES: u32 = 4;

/// The queue of commands, which all lanes of a group commit share.
pub(super) type Waiting = Mutex<mpsc::Receiver<Box<dyn Job>>>;

pub(super) struct Lane {
    work: Arc<Work>,
    batch: usize,
    again: Retries,
    /// Whether the last batch had only retried commands: then new ones come first, also if a batch is a single command.
    has_retried: bool,
}

pub(super) struct Work {
    committer: Arc<Committer>,
    rules: Arc<Rules>,
    measures: Measures,
}

impl Lane {
    pub(super) fn new(committer: Arc<Committer>, rules: Arc<Rules>, batch: usize) -> Self {
        let work = Arc::new(Work { committer, rules, measures: Measures::new() });
        Self { work, batch, again: Retries::default(), has_retried: false }
    }

    /// Runs until `closing` is cancelled, the queue is empty, and no command is left to retry.
    pub(super) async fn run(mut self, waiting: Arc<Waiting>, closing: CancellationToken) {
        while let Some(jobs) = self.next_batch(&waiting, &closing).await {
            // A separate task: if the code of the lane itself panics, the batch is lost and the lane continues.
            let batch = tokio::spawn(self.work.clone().process(jobs));
            match batch.await {
                Ok(again) => self.again.extend(again),
                Err(panic) => tracing::error!(error = &panic as &dyn StdError, "a batch of commands was lost"),
            }
        }
    }

    /// Returns the next commands; none if there will be no more. Retried commands are at most half of them, however many wait: a contended
    /// row must not block other commands.
    async fn next_batch(&mut self, waiting: &Waiting, closing: &CancellationToken) -> Option<Vec<Box<dyn Job>>> {
        loop {
            let mut jobs = self.again.take_due((self.batch / 2).max(usize::from(!self.has_retried)));
            let retried = jobs.len();
            self.work.measures.retries.increment(retried.try_into().unwrap_or(u64::MAX));
            if !jobs.is_empty() {
                if let Ok(mut waiting) = waiting.try_lock() {
                    while jobs.len() < self.batch
                        && let Ok(job) = waiting.try_recv()
                    {
                        jobs.push(job);
                    }
                }
                self.has_retried = jobs.len() == retried;
                return Some(jobs);
            }
            self.has_retried = false;
            let next_due = self.again.next_due();
            tokio::select! {
                biased;
                is_open = receive(waiting, closing, &mut jobs, self.batch) => match (is_open, next_due) {
                    (true, _) => return Some(jobs),
                    (false, None) => return None,
                    (false, Some(due)) => sleep_until(due).await,
                },
                () = sleep_until(next_due.unwrap_or_else(Instant::now)), if next_due.is_some() => {}
            }
        }
    }
}

/// Receives up to `at_most` commands into `jobs`; false if there are none and will be none.
async fn receive(waiting: &Waiting, closing: &CancellationToken, jobs: &mut Vec<Box<dyn Job>>, at_most: usize) -> bool {
    let mut waiting = waiting.lock().await;
    tokio::select! {
        biased;
        count = waiting.recv_many(jobs, at_most) => count > 0,
        () = closing.cancelled() => {
            waiting.close();
            waiting.recv_many(jobs, at_most).await > 0
        }
    }
}

impl Work {
    /// Loads, decides and commits; returns the commands that are to be loaded and decided again.
    pub(super) async fn process(self: Arc<Self>, mut jobs: Vec<Box<dyn Job>>) -> Retries {
        jobs.retain(|job| !job.is_abandoned());
        let mut needs = Vec::new();
        for job in &mut jobs {
            job.add_needs(&mut needs);
        }
        self.measures.batch.record(number(jobs.len()));
        let loading: Vec<_> = jobs.iter().map(|job| debug_span!(parent: job.span(), "load", commands = jobs.len())).collect();
        let loaded = timed(&self.measures.load, self.committer.load(&needs)).await;
        drop(loading);

        let mut again = Retries::default();
        match loaded {
            Ok(mut rows) => {
                let mut group = Group::default();
                let collisions = group.decide_all(jobs, &mut rows, &self.rules, &mut again);
                self.measures.collisions.increment(collisions);
                if !group.is_empty() {
                    self.commit(group, &mut again).await;
                }
            }
            Err(error) if error.is_transient() => {
                tracing::warn!(error = &error as &dyn StdError, commands = jobs.len(), "the rows of commands can't be loaded at present");
                for job in jobs {
                    again.add(job, Reason::Failure);
                }
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn StdError, commands = jobs.len(), "the rows of commands can't be loaded");
                for job in jobs {
                    job.fail(Error::Internal);
                }
            }
        }
        again
    }

    /// Commits a group; commands whose changes are not written are to be retried.
    async fn commit(&self, group: Group, again: &mut Retries) {
        let jobs = group.jobs.iter().flatten();
        let committing: Vec<_> = jobs.map(|job| debug_span!(parent: job.span(), "commit", changes = group.changes.len())).collect();
        self.measures.group.record(number(committing.len()));
        let results = timed(&self.measures.commit, self.committer.commit(&group.changes)).await;
        drop(committing);
        for (jobs, result) in group.jobs.into_iter().zip(results) {
            self.answer(jobs, &result, again);
        }
    }

    /// Answers the commands of a change, or adds them to `again`.
    fn answer(&self, jobs: Vec<Box<dyn Job>>, result: &Result<Committed, CommitError>, again: &mut Retries) {
        let is_chain = jobs.len() > 1;
        for mut job in jobs {
            match result {
                Ok(committed) => job.finish(*committed),
                Err(CommitError::Conflict) => {
                    self.measures.conflicts.increment(1);
                    // Another command of the chain may need a locked row.
                    if is_chain && job.retries() >= MAX_CHAIN_RETRIES {
                        job.set_solitary();
                    }
                    again.add(job, Reason::Conflict);
                }
                Err(CommitError::Unavailable(_)) => again.add(job, Reason::Failure),
                // Only one of them may be at fault.
                Err(CommitError::Rejected(_)) if is_chain => {
                    job.set_solitary();
                    again.add(job, Reason::Collision);
                }
                Err(CommitError::Rejected(_)) => job.fail(Error::Internal),
                Err(CommitError::Unknown(_)) => job.fail(Error::Unavailable),
            }
        }
    }
}
