//! Management of queues: creates, changes, pauses and opens them, and admits users manually.

use std::sync::Arc;

use domain::decide::admin::admit;
use domain::decide::admin::queue::{ChangeQueue, Create, PolicyPatch, Take};
use domain::idempotency::IdempotentRequest;
use domain::queue::PolicyOverrides;
use domain::{Note, Outcome, Queue, QueueId, QueuePolicy, QueueTransition, Refusal, Title, Version, Versioned};

use super::Actor;
use crate::ports::{AdminQueries, Catalogue, Ids, QueueTotals};
use crate::waiting_room::QueueFigures;
use crate::{Answer, Error, GroupCommit, WaitingRoom};

/// The operator's view of a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueReport {
    /// The queue.
    pub queue: Versioned<Queue>,
    /// Its policy, completed by the configuration's.
    pub policy: QueuePolicy,
    /// The figures of its waiting and active users, as far as they are known in memory; none for a queue that was just created.
    pub figures: Option<QueueFigures>,
    /// Its totals; none in the answer to a change: a failed read must not prevent the answer to a committed change.
    pub queue_totals: Option<QueueTotals>,
}

/// Creates and manages queues.
#[derive(Clone)]
pub struct ManageQueues {
    commits: Arc<GroupCommit>,
    catalogue: Arc<dyn Catalogue>,
    admin: Arc<dyn AdminQueries>,
    room: Arc<WaitingRoom>,
    ids: Arc<dyn Ids>,
}

impl ManageQueues {
    /// Creates the use case over the group commit of operators' commands and the ports that read queues.
    pub fn new(
        commits: Arc<GroupCommit>,
        catalogue: Arc<dyn Catalogue>,
        admin: Arc<dyn AdminQueries>,
        room: Arc<WaitingRoom>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        Self { commits, catalogue, admin, room, ids }
    }

    /// Creates an open queue; without an id, one is generated.
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
        Ok(QueueReport { queue_totals: Some(QueueTotals::default()), ..self.report_without_totals(queue) })
    }

    /// Changes the specified fields of a queue.
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
        Ok(self.report_without_totals(self.commits.run(command).await?.outcome))
    }

    /// Pauses, resumes, closes or opens a queue.
    pub async fn take(&self, by: &Actor, id: QueueId, step: QueueTransition) -> Result<QueueReport, Error> {
        let command = Take { order: by.order(&self.ids), id, step };
        Ok(self.report_without_totals(self.commits.run(command).await?.outcome))
    }

    /// Admits the first `count` waiting users, as far as there is capacity, once per idempotency key. The outcome is an
    /// [`Outcome::Admitted`].
    pub async fn admit(&self, by: &Actor, idempotency: IdempotentRequest, queue: QueueId, count: u32) -> Result<Answer<Outcome>, Error> {
        self.commits.run(admit::Command { order: by.order(&self.ids), idempotency, queue, count }).await
    }

    /// Returns the reports of all queues.
    pub async fn queues(&self) -> Result<Vec<QueueReport>, Error> {
        let mut reports = Vec::new();
        for queue in self.catalogue.queues().await? {
            reports.push(self.report(queue).await?);
        }
        Ok(reports)
    }

    /// Returns the report of the queue.
    pub async fn queue(&self, id: QueueId) -> Result<QueueReport, Error> {
        let queue = self.catalogue.queue(id).await?.ok_or(Refusal::NotFound)?;
        self.report(queue).await
    }

    async fn report(&self, queue: Versioned<Queue>) -> Result<QueueReport, Error> {
        let queue_totals = Some(self.admin.queue_totals(queue.id()).await?);
        Ok(QueueReport { queue_totals, ..self.report_without_totals(queue) })
    }

    /// Returns the report of the queue from memory, without totals.
    fn report_without_totals(&self, queue: Versioned<Queue>) -> QueueReport {
        QueueReport { policy: self.room.policy_of(&queue), figures: self.room.figures(queue.id()), queue_totals: None, queue }
    }
}
