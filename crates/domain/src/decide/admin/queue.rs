//! Creation, change and state transitions of queues.

use time::{Duration, OffsetDateTime};

use super::{Patch, by, check_version, contradiction, number};
use crate::audit_entry::{Action, Differences, OperatorOrder, PropertyChange, Subject};
use crate::decide::{Decision, Verdict};
use crate::queue::{InvalidPolicy, PolicyOverrides};
use crate::{Field, Needs, Note, Queue, QueueId, QueueState, QueueTransition, Refusal, Rules, Title, Version, Versioned, Write, need};

/// The command to create a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// The operator's order.
    pub order: OperatorOrder,
    /// The queue's id.
    pub id: QueueId,
    /// The queue's name.
    pub name: Title,
    /// The parts of the policy that the queue sets for itself.
    pub overrides: PolicyOverrides,
    /// The message shown to waiting users.
    pub message: Option<Note>,
}

/// The command to change a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeQueue {
    /// The operator's order.
    pub order: OperatorOrder,
    /// The queue's id.
    pub id: QueueId,
    /// The version that the operator read, if specified.
    pub expected: Option<Version>,
    /// The queue's name.
    pub name: Patch<Title>,
    /// The changes to the parts of the policy that the queue sets for itself.
    pub policy: PolicyPatch,
    /// The message shown to waiting users.
    pub message: Patch<Option<Note>>,
}

/// The changes to a queue's own policy; an inner none removes the queue's own value, so that the default applies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PolicyPatch {
    /// See [`QueuePolicy::capacity`](crate::QueuePolicy::capacity).
    pub capacity: Patch<Option<u32>>,
    /// See [`QueuePolicy::batch`](crate::QueuePolicy::batch).
    pub batch: Patch<Option<u32>>,
    /// See [`QueuePolicy::active`](crate::QueuePolicy::active).
    pub active: Patch<Option<Duration>>,
    /// See [`QueuePolicy::claim`](crate::QueuePolicy::claim).
    pub claim: Patch<Option<Duration>>,
    /// See [`QueuePolicy::max_waiting`](crate::QueuePolicy::max_waiting).
    pub max_waiting: Patch<Option<u32>>,
}

/// The command to change the state of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    /// The operator's order.
    pub order: OperatorOrder,
    /// The queue's id.
    pub id: QueueId,
    /// The state transition.
    pub step: QueueTransition,
}

/// The input of the decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The queue.
    pub queue: Option<Versioned<Queue>>,
}

impl crate::Command for Create {
    type Outcome = Versioned<Queue>;
    type Needs = need::Queue;

    fn needs(&self) -> Self::Needs {
        need::Queue(self.id)
    }

    fn decide(&self, now: OffsetDateTime, queue: <Self::Needs as Needs>::Found, _: &Rules) -> Verdict<Self::Outcome> {
        create(&Input { now, queue }, self)
    }
}

impl crate::Command for ChangeQueue {
    type Outcome = Versioned<Queue>;
    type Needs = need::Queue;

    fn needs(&self) -> Self::Needs {
        need::Queue(self.id)
    }

    fn decide(&self, now: OffsetDateTime, queue: <Self::Needs as Needs>::Found, _: &Rules) -> Verdict<Self::Outcome> {
        change(&Input { now, queue }, self)
    }
}

impl crate::Command for Take {
    type Outcome = Versioned<Queue>;
    type Needs = need::Queue;

    fn needs(&self) -> Self::Needs {
        need::Queue(self.id)
    }

    fn decide(&self, now: OffsetDateTime, queue: <Self::Needs as Needs>::Found, _: &Rules) -> Verdict<Self::Outcome> {
        take(&Input { now, queue }, self)
    }
}

/// Creates the queue in the state OPEN.
///
/// # Errors
/// [`Refusal::AlreadyExists`], [`Refusal::Contradiction`].
pub fn create(input: &Input, command: &Create) -> Verdict<Versioned<Queue>> {
    if input.queue.is_some() {
        return Err(Refusal::AlreadyExists(command.id.0).into());
    }
    let Create { id, overrides, .. } = *command;
    let (name, message) = (command.name.as_str().to_owned(), command.message.clone().map(String::from));
    overrides.check().map_err(invalid_policy)?;
    let queue = Queue::new(id, name, overrides, message);
    let changes = differences(None, &queue);
    let write = Write::insert(queue);
    let outcome = write.versioned();
    let change = by(&command.order, Action::Create, Subject::Queue(command.id), changes, input.now).writing(write);
    Ok(Decision::commit(outcome, change, input.now))
}

/// Changes the queue. Writes nothing if no property differs.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::VersionMismatch`], [`Refusal::Contradiction`].
pub fn change(input: &Input, command: &ChangeQueue) -> Verdict<Versioned<Queue>> {
    let found = input.queue.as_ref().ok_or(Refusal::NotFound)?;
    check_version(found, command.expected)?;
    let name = command.name.as_ref().map_or(found.name(), Title::as_str).to_owned();
    let message = command.message.clone().map_or(found.message().map(str::to_owned), |message| message.map(String::from));
    let (policy, own) = (command.policy, found.overrides());
    let overrides = PolicyOverrides {
        capacity: policy.capacity.unwrap_or(own.capacity),
        batch: policy.batch.unwrap_or(own.batch),
        active: policy.active.unwrap_or(own.active),
        claim: policy.claim.unwrap_or(own.claim),
        max_waiting: policy.max_waiting.unwrap_or(own.max_waiting),
    };
    let queue = found.row.clone().revise(name, overrides, message).map_err(invalid_policy)?;
    Ok(write(input.now, &command.order, Action::Change, found, queue))
}

/// Moves the queue to the state that the step leads to.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::QueueTransition`].
pub fn take(input: &Input, command: &Take) -> Verdict<Versioned<Queue>> {
    let found = input.queue.as_ref().ok_or(Refusal::NotFound)?;
    let queue = found.row.clone().take(command.step).map_err(Refusal::from)?;
    let action = match command.step {
        QueueTransition::Pause => Action::Pause,
        QueueTransition::Resume => Action::Resume,
        QueueTransition::Close => Action::Close,
        QueueTransition::Open => Action::Open,
    };
    Ok(write(input.now, &command.order, action, found, queue))
}

fn write(now: OffsetDateTime, order: &OperatorOrder, action: Action, found: &Versioned<Queue>, queue: Queue) -> Decision<Versioned<Queue>> {
    let changes = differences(Some(&found.row), &queue);
    if changes.is_empty() {
        return Decision::unchanged(found.clone(), now);
    }
    let write = Write::update(found, queue);
    let outcome = write.versioned();
    let change = by(order, action, Subject::Queue(found.id()), changes, now).writing(write);
    Decision::commit(outcome, change, now)
}

fn invalid_policy(error: InvalidPolicy) -> Refusal {
    contradiction(Field::Policy(error.field), error)
}

fn differences(before: Option<&Queue>, after: &Queue) -> Vec<PropertyChange> {
    let policy = before.map(Queue::overrides).unwrap_or_default();
    let seconds = |window: Duration| window.whole_seconds().to_string();
    let state = |state| match state {
        QueueState::Open => "OPEN".to_owned(),
        QueueState::Paused => "PAUSED".to_owned(),
        QueueState::Closed => "CLOSED".to_owned(),
    };
    Differences::default()
        .note("name", before.map(Queue::name), Some(after.name()), str::to_owned)
        .note("state", before.map(Queue::state), Some(after.state()), state)
        .note("capacity", policy.capacity, after.overrides().capacity, number)
        .note("batch", policy.batch, after.overrides().batch, number)
        .note("active_seconds", policy.active, after.overrides().active, seconds)
        .note("claim_seconds", policy.claim, after.overrides().claim, seconds)
        .note("max_waiting", policy.max_waiting, after.overrides().max_waiting, number)
        .note("message", before.and_then(Queue::message), after.message(), str::to_owned)
        .list()
}
