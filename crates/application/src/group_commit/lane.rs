//! A lane: takes batches of commands, one after the other, through load, decide, commit.

use std::collections::HashSet;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use domain::{Change, Rules};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;
use tracing::debug_span;

use super::job::Job;
use super::measures::Measures;
use crate::Error;
use crate::measure::{number, timed};
use crate::ports::{CommitError, Committed, Load, Observer, Store};

/// The longest pause, in microseconds, before a batch that has lost against another lane tries again.
const MAX_JITTER_MICROSECONDS: u64 = 2_000;

pub(super) struct Lane {
    work: Arc<Work>,
    batch: usize,
    /// Commands of the last batch that must be loaded and decided again; they go first.
    again: Vec<Box<dyn Job>>,
}

pub(super) struct Work {
    store: Arc<dyn Store>,
    rules: Arc<Rules>,
    observers: Vec<Arc<dyn Observer>>,
    measures: Measures,
}

/// Commands whose changes go to the store together.
#[derive(Default)]
struct Group {
    jobs: Vec<Box<dyn Job>>,
    changes: Vec<Change>,
}

impl Lane {
    pub(super) fn new(store: Arc<dyn Store>, rules: Arc<Rules>, observers: Vec<Arc<dyn Observer>>, batch: usize) -> Self {
        Self { work: Arc::new(Work::new(store, rules, observers)), batch, again: Vec::new() }
    }

    /// Works until `closing` and the queue is empty.
    pub(super) async fn run(mut self, waiting: Arc<Mutex<mpsc::Receiver<Box<dyn Job>>>>, closing: CancellationToken) {
        while let Some(jobs) = self.next_batch(&waiting, &closing).await {
            // A task of its own: should a batch panic, its clients are told that the store is unavailable and the lane goes on.
            let batch = tokio::spawn(self.work.clone().process(jobs));
            self.again = batch.await.unwrap_or_else(|panic| {
                tracing::error!(error = &panic as &dyn StdError, "a batch of commands was lost");
                Vec::new()
            });
        }
    }

    /// The commands to be tried again and those that have gathered; none if there will be no more.
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
            // However many try again, half a batch is for newcomers: one hot row must not keep everybody else out.
            let most = self.batch.max(jobs.len() + self.batch / 2);
            while jobs.len() < most
                && let Ok(job) = waiting.try_recv()
            {
                jobs.push(job);
            }
        }
        Some(jobs)
    }
}

impl Work {
    pub(super) fn new(store: Arc<dyn Store>, rules: Arc<Rules>, observers: Vec<Arc<dyn Observer>>) -> Self {
        Self { store, rules, observers, measures: Measures::new() }
    }

    /// Load, decide, commit; returns the commands that met a conflict.
    pub(super) async fn process(self: Arc<Self>, mut jobs: Vec<Box<dyn Job>>) -> Vec<Box<dyn Job>> {
        jobs.retain(|job| !job.is_abandoned());
        let loads: Vec<Load> = jobs.iter().map(|job| job.load()).collect();
        self.measures.batch.record(number(loads.len()));
        let loading: Vec<_> = jobs.iter().map(|job| debug_span!(parent: job.span(), "load", commands = loads.len())).collect();
        let contexts = timed(&self.measures.load, self.store.load(&loads)).await;
        drop(loading);

        let mut again = Vec::new();
        let mut group = Group::default();
        let mut written = HashSet::new();
        for (mut job, context) in jobs.into_iter().zip(contexts) {
            let context = match context {
                Ok(context) => context,
                Err(error) => {
                    job.fail(error.into());
                    continue;
                }
            };
            let decided = debug_span!(parent: job.span(), "decide").in_scope(|| job.decide(&context, &self.rules));
            let Some(change) = decided else {
                job.finish(Committed::default());
                continue;
            };
            let rows = change.rows();
            if rows.iter().any(|row| written.contains(row)) {
                self.measures.collisions.increment(1);
                job.conflict();
                again.push(job);
            } else if job.begin_commit() {
                written.extend(rows);
                group.jobs.push(job);
                group.changes.push(change);
            }
        }
        if !group.jobs.is_empty() {
            let lost = self.commit(group).await;
            if !lost.is_empty() {
                tokio::time::sleep(Duration::from_micros(fastrand::u64(0..MAX_JITTER_MICROSECONDS))).await;
            }
            again.extend(lost);
        }
        again
    }

    /// Commits a group; returns the commands whose guards failed.
    async fn commit(&self, group: Group) -> Vec<Box<dyn Job>> {
        let committing: Vec<_> =
            group.jobs.iter().map(|job| debug_span!(parent: job.span(), "commit", changes = group.changes.len())).collect();
        self.measures.group.record(number(group.changes.len()));
        let results = timed(&self.measures.commit, self.store.commit(&group.changes)).await;
        drop(committing);
        let mut lost = Vec::new();
        for ((mut job, change), result) in group.jobs.into_iter().zip(&group.changes).zip(results) {
            if let Err(error) = &result {
                self.measures.count(error);
            }
            match result {
                Ok(committed) => {
                    self.observers.iter().for_each(|observer| observer.committed(change, &committed));
                    job.finish(committed);
                }
                Err(CommitError::Conflict) => {
                    job.conflict();
                    lost.push(job);
                }
                Err(error @ (CommitError::Rejected(_) | CommitError::Unavailable(_) | CommitError::Unknown(_))) => {
                    tracing::error!(error = &error as &dyn StdError, "a commit failed");
                    if matches!(error, CommitError::Unknown(_)) {
                        self.observers.iter().for_each(|observer| observer.doubtful(change));
                    }
                    job.fail(Error::Unavailable);
                }
            }
        }
        lost
    }
}
