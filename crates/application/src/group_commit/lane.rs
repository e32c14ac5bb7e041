//! A lane: processes batches of commands one after the other: load, decide, commit.

use std::error::Error as StdError;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use domain::change::Collisions;
use domain::{Change, Rows, Rules};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;
use tracing::debug_span;

use super::job::Job;
use super::measures::Measures;
use crate::Error;
use crate::catch::caught;
use crate::committer::Committer;
use crate::measure::{number, timed};
use crate::ports::{CommitError, Committed, ReadError};

/// The pause, in microseconds, before a retry after a conflict with another lane.
const CONFLICT_PAUSE: Range<u64> = 0..2_000;
/// The pause, in microseconds, before a retry after the store couldn't be reached, so that a recovering store isn't overloaded.
const FAILURE_PAUSE: Range<u64> = 20_000..80_000;

pub(super) struct Lane {
    work: Arc<Work>,
    batch: usize,
    /// Commands of the last batch that must be loaded and decided again; they are processed first.
    again: Vec<Box<dyn Job>>,
}

pub(super) struct Work {
    committer: Arc<Committer>,
    rules: Arc<Rules>,
    measures: Measures,
}

/// Commands that are to be loaded and decided again, after a pause if they failed in the store.
#[derive(Default)]
struct Retries {
    jobs: Vec<Box<dyn Job>>,
    /// In microseconds.
    pause: Option<Range<u64>>,
}

/// Commands whose changes are committed together.
#[derive(Default)]
struct Group {
    jobs: Vec<Box<dyn Job>>,
    changes: Vec<Change>,
}

impl Lane {
    pub(super) fn new(committer: Arc<Committer>, rules: Arc<Rules>, batch: usize) -> Self {
        let work = Arc::new(Work { committer, rules, measures: Measures::new() });
        Self { work, batch, again: Vec::new() }
    }

    /// Runs until `closing` is cancelled and the queue is empty.
    pub(super) async fn run(mut self, waiting: Arc<Mutex<mpsc::Receiver<Box<dyn Job>>>>, closing: CancellationToken) {
        while let Some(jobs) = self.next_batch(&waiting, &closing).await {
            // A separate task: if the code of the lane itself panics, the batch is lost and the lane continues.
            let batch = tokio::spawn(self.work.clone().process(jobs));
            self.again = batch.await.unwrap_or_else(|panic| {
                tracing::error!(error = &panic as &dyn StdError, "a batch of commands was lost");
                Vec::new()
            });
        }
    }

    /// Returns the commands to retry and those that have been queued; none if there will be no more.
    async fn next_batch(
        &mut self,
        waiting: &Mutex<mpsc::Receiver<Box<dyn Job>>>,
        closing: &CancellationToken,
    ) -> Option<Vec<Box<dyn Job>>> {
        let mut jobs = std::mem::take(&mut self.again);
        jobs.retain(|job| !job.is_abandoned());
        self.work.measures.retries.increment(jobs.len().try_into().unwrap_or(u64::MAX));
        if jobs.is_empty() {
            let mut waiting = waiting.lock().await;
            tokio::select! {
                biased;
                count = waiting.recv_many(&mut jobs, self.batch) => if count == 0 { return None },
                () = closing.cancelled() => {
                    waiting.close();
                    if waiting.recv_many(&mut jobs, self.batch).await == 0 { return None }
                }
            }
        } else if let Ok(mut waiting) = waiting.try_lock() {
            // Half a batch is reserved for new commands, however many are retried: one contended row must not block all other commands.
            let limit = self.batch.max(jobs.len() + self.batch / 2);
            while jobs.len() < limit
                && let Ok(job) = waiting.try_recv()
            {
                jobs.push(job);
            }
        }
        Some(jobs)
    }
}

impl Work {
    /// Loads, decides and commits; returns the commands that are to be loaded and decided again.
    pub(super) async fn process(self: Arc<Self>, mut jobs: Vec<Box<dyn Job>>) -> Vec<Box<dyn Job>> {
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
            Ok(rows) => {
                let group = self.decide(jobs, &rows, &mut again);
                if !group.jobs.is_empty() {
                    self.commit(group, &mut again).await;
                }
            }
            Err(error) if error.is_transient() => {
                tracing::warn!(error = &error as &dyn StdError, commands = jobs.len(), "the rows of commands can't be loaded at present");
                for job in jobs {
                    again.after(FAILURE_PAUSE, job);
                }
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn StdError, commands = jobs.len(), "the rows of commands can't be loaded");
                for job in jobs {
                    job.fail(Error::Internal);
                }
            }
        }
        if let Some(pause) = again.pause {
            tokio::time::sleep(Duration::from_micros(fastrand::u64(pause))).await;
        }
        again.jobs
    }

    /// Decides each command; returns those whose changes are to be committed, which don't collide with each other.
    fn decide(&self, jobs: Vec<Box<dyn Job>>, rows: &Rows, again: &mut Retries) -> Group {
        let mut group = Group::default();
        let mut collisions = Collisions::default();
        for mut job in jobs {
            let decided = debug_span!(parent: job.span(), "decide").in_scope(|| caught(|| job.decide(rows, &self.rules)));
            let change = match decided {
                Ok(Ok(Some(change))) => change,
                Ok(Ok(None)) => {
                    job.finish(Committed::default());
                    continue;
                }
                Ok(Err(unreadable)) => {
                    job.fail(ReadError::from(unreadable).into());
                    continue;
                }
                Err(panicked) => {
                    job.fail(Error::internal(&panicked, "a decision panicked"));
                    continue;
                }
            };
            if job.is_abandoned() {
                continue;
            }
            if !collisions.admit(&change) {
                self.measures.collisions.increment(1);
                job.retry();
                again.jobs.push(job);
            } else if job.begin_commit() {
                group.jobs.push(job);
                group.changes.push(change);
            }
        }
        group
    }

    /// Commits a group; commands whose changes are not written are to be retried.
    async fn commit(&self, group: Group, again: &mut Retries) {
        let committing: Vec<_> =
            group.jobs.iter().map(|job| debug_span!(parent: job.span(), "commit", changes = group.changes.len())).collect();
        self.measures.group.record(number(group.changes.len()));
        let results = timed(&self.measures.commit, self.committer.commit(&group.changes)).await;
        drop(committing);
        for (job, result) in group.jobs.into_iter().zip(results) {
            match result {
                Ok(committed) => job.finish(committed),
                Err(CommitError::Conflict) => {
                    self.measures.conflicts.increment(1);
                    again.after(CONFLICT_PAUSE, job);
                }
                Err(CommitError::Unavailable(_)) => again.after(FAILURE_PAUSE, job),
                Err(CommitError::Rejected(_)) => job.fail(Error::Internal),
                Err(CommitError::Unknown(_)) => job.fail(Error::Unavailable),
            }
        }
    }
}

impl Retries {
    /// Adds a command that is not committed.
    fn after(&mut self, pause: Range<u64>, mut job: Box<dyn Job>) {
        job.retry();
        self.jobs.push(job);
        // The longest pause is used.
        if self.pause.as_ref().is_none_or(|longest| longest.end < pause.end) {
            self.pause = Some(pause);
        }
    }
}
