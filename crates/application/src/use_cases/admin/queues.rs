//! Run queues: make them, change how they admit, pause, open, and let users in by hand.

use std::sync::Arc;

use domain::decide::admin::admit;
use domain::decide::admin::queue::{ChangeQueue, Create, PolicyPatch, Take};
use domain::idempotency::IdempotentRequest;
use domain::queue::PolicyOverrides;
use domain::{Note, Outcome, Queue, QueueId, QueuePolicy, QueueStep, Refusal, Title, Version, Versioned};

use super::Actor;
use crate::ports::{AdminQueries, Catalogue, Ids, QueueTotals};
use crate::waiting_room::QueueFigures;
use crate::{Answer, Error, GroupCommit, WaitingRoom};

/// How a queue stands, as its operator sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueReport {
    /// The queue.
    pub queue: Versioned<Queue>,
    /// How it admits, with the configuration's policy where it sets none.
    pub policy: QueuePolicy,
    /// Who waits and who is in, as far as is known in memory; none for a queue that was made a moment ago.
    pub figures: Option<QueueFigures>,
    /// What it has done so far; none in the answer to a change: all tokens of the queue are counted for it, and what is committed is not to be
    /// answered late, or not at all, for the sake of a count.
    pub queue_totals: Option<QueueTotals>,
}

/// Makes queues and runs them.
#[derive(Clone)]
pub struct ManageQueues {
    commits: Arc<GroupCommit>,
    catalogue: Arc<dyn Catalogue>,
    admin: Arc<dyn AdminQueries>,
    room: Arc<WaitingRoom>,
    ids: Arc<dyn Ids>,
}

impl ManageQueues {
    /// The use case over the way of orders, and what is read of queues.
    pub fn new(
        commits: Arc<GroupCommit>,
        catalogue: Arc<dyn Catalogue>,
        admin: Arc<dyn AdminQueries>,
        room: Arc<WaitingRoom>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        Self { commits, catalogue, admin, room, ids }
    }

    /// Makes a queue, open; with no id it gets one.
    pub async fn create(
        &self,
        by: &Actor,
        id: Option<QueueId>,
        name: Title,
        overrides: PolicyOverrides,
        message: Option<Note>,
    ) -> Result<QueueReport, Error> {
        let id = id.unwrap_or_else(|| QueueId(self.ids.ordered()));
        let command = Create { order: by.order(&self.ids), id, name, overrides, message };
        let queue = self.commits.run(command).await?.outcome;
        Ok(QueueReport { queue_totals: Some(QueueTotals::default()), ..self.uncounted(queue) })
    }

    /// Changes what of a queue is named.
    pub async fn change(
        &self,
        by: &Actor,
        id: QueueId,
        expected: Option<Version>,
        name: Option<Title>,
        policy: PolicyPatch,
        message: Option<Option<Note>>,
    ) -> Result<QueueReport, Error> {
        let command = ChangeQueue { order: by.order(&self.ids), id, expected, name, policy, message };
        Ok(self.uncounted(self.commits.run(command).await?.outcome))
    }

    /// Pauses, resumes, closes or opens a queue.
    pub async fn take(&self, by: &Actor, id: QueueId, step: QueueStep) -> Result<QueueReport, Error> {
        let command = Take { order: by.order(&self.ids), id, step };
        Ok(self.uncounted(self.commits.run(command).await?.outcome))
    }

    /// Lets the foremost `count` in, as far as there are places, once for each key. The answer is an [`Outcome::Admitted`].
    pub async fn admit(&self, by: &Actor, idempotency: IdempotentRequest, queue: QueueId, count: u32) -> Result<Answer<Outcome>, Error> {
        self.commits.run(admit::Command { order: by.order(&self.ids), idempotency, queue, count }).await
    }

    /// All queues and how they stand.
    pub async fn queues(&self) -> Result<Vec<QueueReport>, Error> {
        let mut reports = Vec::new();
        for queue in self.catalogue.queues().await? {
            reports.push(self.report(queue).await?);
        }
        Ok(reports)
    }

    /// How the queue stands.
    pub async fn queue(&self, id: QueueId) -> Result<QueueReport, Error> {
        let queue = self.catalogue.queue(id).await?.ok_or(Refusal::NotFound)?;
        self.report(queue).await
    }

    async fn report(&self, queue: Versioned<Queue>) -> Result<QueueReport, Error> {
        let queue_totals = Some(self.admin.queue_totals(queue.id()).await?);
        Ok(QueueReport { queue_totals, ..self.uncounted(queue) })
    }

    /// What is known in memory.
    fn uncounted(&self, queue: Versioned<Queue>) -> QueueReport {
        QueueReport { policy: self.room.policy_of(&queue), figures: self.room.figures(queue.id()), queue_totals: None, queue }
    }
}
