//! Audit jobs: audits that run in the background, one at a time per process. An audit reads all rows, so it may take minutes, and several at
//! once would delay each other and everything else that the store does.
//!
//! Jobs are kept in memory, the last few of them: a job is known only to the process that runs it, and is lost when that process ends.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::catch::caught_async;
use crate::ports::{Audit, Clock, Finding, Ids};

/// The number of jobs that are kept.
const KEPT: usize = 10;

/// The id of an audit job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuditJobId(pub Uuid);

impl From<Uuid> for AuditJobId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

/// An audit that runs in the background, or has run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditJob {
    /// Its id.
    pub id: AuditJobId,
    /// When it was started.
    pub started_at: OffsetDateTime,
    /// Its state.
    pub state: AuditJobState,
}

/// The state of an audit job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditJobState {
    /// It runs.
    Running,
    /// It has checked all invariants.
    Completed {
        /// When it ended.
        finished_at: OffsetDateTime,
        /// The result of each invariant.
        findings: Vec<Finding>,
    },
    /// The store could not be read; the cause is logged.
    Failed {
        /// When it ended.
        finished_at: OffsetDateTime,
    },
}

/// Starts audits and keeps their results.
pub struct AuditJobs {
    audit: Arc<dyn Audit>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    /// The last jobs; only the newest can be running.
    jobs: Mutex<VecDeque<AuditJob>>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl AuditJobs {
    /// Creates an empty list of jobs. They run among `tasks`, and end early when `stop` is cancelled.
    pub fn new(audit: Arc<dyn Audit>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>, tasks: TaskTracker, stop: CancellationToken) -> Self {
        Self { audit, clock, ids, jobs: Mutex::default(), tasks, stop }
    }

    /// Starts an audit on the current runtime, unless one is running, and returns its job.
    pub fn start(self: &Arc<Self>) -> AuditJob {
        let mut jobs = self.jobs();
        if let Some(running) = jobs.back().filter(|job| job.state == AuditJobState::Running) {
            return running.clone();
        }
        let job = AuditJob { id: AuditJobId(self.ids.ordered()), started_at: self.clock.now(), state: AuditJobState::Running };
        jobs.push_back(job.clone());
        if jobs.len() > KEPT {
            jobs.pop_front();
        }
        self.tasks.spawn(self.clone().run(job.id));
        job
    }

    /// Returns the job with this id, if it is one of the last jobs of this process.
    pub fn find(&self, id: AuditJobId) -> Option<AuditJob> {
        self.jobs().iter().find(|job| job.id == id).cloned()
    }

    async fn run(self: Arc<Self>, id: AuditJobId) {
        let audited = self.stop.run_until_cancelled(caught_async(self.audit.audit())).await;
        let finished_at = self.clock.now();
        let state = match audited {
            Some(Ok(Ok(findings))) => AuditJobState::Completed { finished_at, findings },
            Some(Ok(Err(error))) => {
                tracing::error!(error = &error as &dyn std::error::Error, "an audit failed");
                AuditJobState::Failed { finished_at }
            }
            Some(Err(panic)) => {
                tracing::error!(error = &panic as &dyn std::error::Error, "an audit panicked");
                AuditJobState::Failed { finished_at }
            }
            None => {
                tracing::warn!("an audit was cancelled because the process stops");
                AuditJobState::Failed { finished_at }
            }
        };
        if let Some(job) = self.jobs().iter_mut().find(|job| job.id == id) {
            job.state = state;
        }
    }

    fn jobs(&self) -> MutexGuard<'_, VecDeque<AuditJob>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
