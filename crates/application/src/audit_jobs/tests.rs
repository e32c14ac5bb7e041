use async_trait::async_trait;
use tokio::sync::{Semaphore, mpsc};

use super::*;
use crate::ports::{Invariant, LedgerCheck, ReadError};
use crate::testing::{CountingIds, StoppedClock};

/// An audit that reports its start and then waits for permission to end.
struct HeldAudit {
    started: mpsc::UnboundedSender<()>,
    may_end: Semaphore,
}

#[async_trait]
impl Audit for HeldAudit {
    async fn audit(&self) -> Result<Vec<Finding>, ReadError> {
        self.started.send(()).expect("a receiver");
        self.may_end.acquire().await.expect("an open semaphore").forget();
        Ok(vec![Finding { invariant: Invariant::BalanceIsSumOfEntries, violations: 2 }])
    }

    async fn check_ledger(&self, _: std::time::Duration) -> Result<Option<LedgerCheck>, ReadError> {
        Ok(None)
    }
}

/// Returns jobs of `audit`, the tasks that run them, and the token that stops them.
fn jobs_of(audit: Arc<dyn Audit>) -> (Arc<AuditJobs>, TaskTracker, CancellationToken) {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    tasks.close();
    let (clock, ids) = (Arc::new(StoppedClock::default()), Arc::new(CountingIds::default()));
    (Arc::new(AuditJobs::new(audit, clock, ids, tasks.clone(), stop.clone())), tasks, stop)
}

fn held() -> (Arc<HeldAudit>, mpsc::UnboundedReceiver<()>) {
    let (started, starts) = mpsc::unbounded_channel();
    (Arc::new(HeldAudit { started, may_end: Semaphore::new(0) }), starts)
}

#[tokio::test]
async fn a_second_start_returns_the_running_audit_and_a_later_one_starts_another() {
    let (audit, mut starts) = held();
    let (jobs, tasks, _) = jobs_of(audit.clone());
    let job = jobs.start();
    starts.recv().await.expect("the audit starts");
    assert_eq!((&jobs.start(), jobs.find(job.id).as_ref()), (&job, Some(&job)));

    audit.may_end.add_permits(1);
    tasks.wait().await;
    assert!(starts.try_recv().is_err(), "one audit has run");
    let findings = vec![Finding { invariant: Invariant::BalanceIsSumOfEntries, violations: 2 }];
    let state = AuditJobState::Completed { finished_at: job.started_at, findings };
    assert_eq!(jobs.find(job.id), Some(AuditJob { state, ..job.clone() }));

    assert_ne!(jobs.start().id, job.id);
    audit.may_end.add_permits(1);
    tasks.wait().await;
}

#[tokio::test]
async fn a_shutdown_ends_the_running_audit() {
    let (audit, mut starts) = held();
    let (jobs, tasks, stop) = jobs_of(audit);
    let job = jobs.start();
    starts.recv().await.expect("the audit starts");
    stop.cancel();
    tasks.wait().await;
    let state = AuditJobState::Failed { finished_at: job.started_at };
    assert_eq!(jobs.find(job.id).map(|job| job.state), Some(state));
}

#[tokio::test]
async fn an_audit_that_fails_or_panics_is_a_failed_job() {
    for panics in [false, true] {
        let mut audit = crate::ports::MockAudit::new();
        audit.expect_audit().returning(move || {
            assert!(!panics, "the audit panics");
            Err(ReadError::ReadOnly)
        });
        let (jobs, tasks, _) = jobs_of(Arc::new(audit));
        let job = jobs.start();
        tasks.wait().await;
        let state = AuditJobState::Failed { finished_at: job.started_at };
        assert_eq!(jobs.find(job.id).map(|job| job.state), Some(state), "panics: {panics}");
    }
}

#[tokio::test]
async fn only_the_last_jobs_are_kept() {
    let mut audit = crate::ports::MockAudit::new();
    audit.expect_audit().returning(|| Ok(Vec::new()));
    let (jobs, tasks, _) = jobs_of(Arc::new(audit));
    let mut ids = Vec::new();
    for _ in 0..=KEPT {
        ids.push(jobs.start().id);
        tasks.wait().await;
    }
    assert_eq!(jobs.find(ids[0]), None);
    assert!(ids[1..].iter().all(|id| jobs.find(*id).is_some()));
}
