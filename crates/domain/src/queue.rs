//! Queues: virtual waiting lines with an admission policy.
//!
//! ```text
//!   OPEN ── pause ──► PAUSED      users can join, no user is admitted
//!     ▲ ◄── resume ─────┤
//!     │                 │
//!    open ── CLOSED ◄───┴── close, also from OPEN     no user can join, waiting users are admitted
//! ```

use crate::PolicyField;
use thiserror::Error;
use time::Duration;

use crate::QueueId;

/// A queue. Only operators change its row. Admissions are recorded separately, under a version of their own, so that joins and holds, which
/// read the policy, don't collide with every tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    id: QueueId,
    name: String,
    overrides: PolicyOverrides,
    message: Option<String>,
    state: QueueState,
}

/// The state of a queue: whether users can join and are admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueueState {
    /// Users can join and are admitted.
    Open,
    /// Users can join; no user is admitted.
    Paused,
    /// No user can join; waiting users are admitted.
    Closed,
}

impl QueueState {
    /// Returns whether users may join.
    #[must_use]
    pub const fn accepts_joins(self) -> bool {
        match self {
            Self::Open | Self::Paused => true,
            Self::Closed => false,
        }
    }

    /// Returns whether a tick may admit users.
    #[must_use]
    pub const fn admits(self) -> bool {
        match self {
            Self::Open | Self::Closed => true,
            Self::Paused => false,
        }
    }
}

/// The admission policy of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuePolicy {
    /// The maximum number of ACTIVE tokens.
    pub capacity: u32,
    /// The maximum number of users admitted in one tick.
    pub batch: u32,
    /// The active window: how long a claimed token stays ACTIVE, from its activation.
    pub active: Duration,
    /// The claim window: the time that an admitted user has for the first guarded request.
    pub claim: Duration,
    /// The maximum number of waiting users; none: unlimited.
    pub max_waiting: Option<u32>,
}

/// The parts of the policy that a queue sets for itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PolicyOverrides {
    /// See [`QueuePolicy::capacity`].
    pub capacity: Option<u32>,
    /// See [`QueuePolicy::batch`].
    pub batch: Option<u32>,
    /// See [`QueuePolicy::active`].
    pub active: Option<Duration>,
    /// See [`QueuePolicy::claim`].
    pub claim: Option<Duration>,
    /// See [`QueuePolicy::max_waiting`].
    pub max_waiting: Option<u32>,
}

/// A state transition of a queue, ordered by an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueueTransition {
    /// Stop admitting users for now.
    Pause,
    /// Admit users again.
    Resume,
    /// Stop accepting joins.
    Close,
    /// Accept joins and admit users.
    Open,
}

/// The error for a step that the queue's state doesn't allow; the queue is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the queue is {state:?}: the step {step:?} is not possible")]
pub struct InvalidTransition {
    /// The state of the queue.
    pub state: QueueState,
    /// The ordered step.
    pub step: QueueTransition,
}

/// The error for a policy with a field out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{} must be from {least} to {most}", field.name())]
pub struct InvalidPolicy {
    /// The field.
    pub field: PolicyField,
    /// The minimum value.
    pub least: i64,
    /// The maximum value.
    pub most: i64,
}

impl PolicyOverrides {
    /// The upper bound of the capacity, and of the number of waiting users.
    pub const MAX_USERS: u32 = 10_000_000;
    /// The upper bound of the batch.
    pub const MAX_BATCH: u32 = 10_000;
    /// The upper bound of the active and claim windows.
    pub const MAX_WINDOW: Duration = Duration::DAY;

    /// Checks that all fields are in range.
    ///
    /// # Errors
    /// [`InvalidPolicy`] for the first field that is out of range.
    pub fn check(&self) -> Result<(), InvalidPolicy> {
        let people = |field, value: Option<u32>, least: u32, most: u32| match value {
            Some(value) if !(least..=most).contains(&value) => Err(InvalidPolicy { field, least: least.into(), most: most.into() }),
            Some(_) | None => Ok(()),
        };
        let window = |field, value: Option<Duration>| match value {
            Some(value) if value < Duration::SECOND || value > Self::MAX_WINDOW => {
                Err(InvalidPolicy { field, least: 1, most: Self::MAX_WINDOW.whole_seconds() })
            }
            Some(_) | None => Ok(()),
        };
        people(PolicyField::Capacity, self.capacity, 0, Self::MAX_USERS)?;
        people(PolicyField::Batch, self.batch, 1, Self::MAX_BATCH)?;
        people(PolicyField::MaxWaiting, self.max_waiting, 0, Self::MAX_USERS)?;
        window(PolicyField::Active, self.active)?;
        window(PolicyField::Claim, self.claim)
    }
}

impl Queue {
    /// Creates an OPEN queue.
    #[must_use]
    pub const fn new(id: QueueId, name: String, overrides: PolicyOverrides, message: Option<String>) -> Self {
        Self { id, name, overrides, message, state: QueueState::Open }
    }

    /// Returns the queue as stored: `self` with the state of its row.
    #[must_use]
    pub fn restore(self, state: QueueState) -> Self {
        Self { state, ..self }
    }

    /// Returns the id.
    #[must_use]
    pub const fn id(&self) -> QueueId {
        self.id
    }

    /// Returns the name that operators use.
    #[must_use]
    pub const fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Returns the parts of the policy that the queue sets for itself; the rest comes from the configuration.
    #[must_use]
    pub const fn overrides(&self) -> PolicyOverrides {
        self.overrides
    }

    /// Returns the message shown to waiting users.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns the state.
    #[must_use]
    pub const fn state(&self) -> QueueState {
        self.state
    }

    /// Returns the queue with another name, policy and message, in the same state.
    ///
    /// # Errors
    /// [`InvalidPolicy`] for the first field of the policy that is out of range.
    pub fn revise(self, name: String, overrides: PolicyOverrides, message: Option<String>) -> Result<Self, InvalidPolicy> {
        overrides.check().map(|()| Self { name, overrides, message, ..self })
    }

    /// Moves to the state that `step` leads to. A queue that is already in it stays as it is.
    ///
    /// # Errors
    /// [`InvalidTransition`] if a CLOSED queue is to pause or resume.
    pub fn take(mut self, step: QueueTransition) -> Result<Self, InvalidTransition> {
        self.state = match (self.state, step) {
            (QueueState::Open | QueueState::Paused, QueueTransition::Pause) => QueueState::Paused,
            (QueueState::Open | QueueState::Paused, QueueTransition::Resume)
            | (QueueState::Open | QueueState::Paused | QueueState::Closed, QueueTransition::Open) => QueueState::Open,
            (QueueState::Open | QueueState::Paused | QueueState::Closed, QueueTransition::Close) => QueueState::Closed,
            (state @ QueueState::Closed, QueueTransition::Pause | QueueTransition::Resume) => {
                return Err(InvalidTransition { state, step });
            }
        };
        Ok(self)
    }

    /// The queue of users who name no concert, and of concerts without a queue of their own. Every store has it from the start.
    pub const DEFAULT: QueueId = QueueId(uuid::uuid!("0f207207-0000-7000-8000-000000000001"));

    /// Returns the effective policy: the queue's own values, and those of `default` where it sets none.
    #[must_use]
    pub fn policy(&self, default: &QueuePolicy) -> QueuePolicy {
        let own = &self.overrides;
        QueuePolicy {
            capacity: own.capacity.unwrap_or(default.capacity),
            batch: own.batch.unwrap_or(default.batch),
            active: own.active.unwrap_or(default.active),
            claim: own.claim.unwrap_or(default.claim),
            max_waiting: own.max_waiting.or(default.max_waiting),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_and_admissions_depend_on_the_state_of_the_queue() {
        for state in [QueueState::Open, QueueState::Paused, QueueState::Closed] {
            let (accepts_joins, admits) = match state {
                QueueState::Open => (true, true),
                QueueState::Paused => (true, false),
                QueueState::Closed => (false, true),
            };
            assert_eq!((state.accepts_joins(), state.admits()), (accepts_joins, admits), "{state:?}");
        }
    }

    #[test]
    fn a_queue_takes_these_steps_and_no_others() {
        use QueueState::{Closed, Open, Paused};
        let in_state = |state| Queue::new(Queue::DEFAULT, "main".into(), PolicyOverrides::default(), None).restore(state);
        let steps = [QueueTransition::Pause, QueueTransition::Resume, QueueTransition::Close, QueueTransition::Open];
        for (state, outcomes) in [
            (Open, [Some(Paused), Some(Open), Some(Closed), Some(Open)]),
            (Paused, [Some(Paused), Some(Open), Some(Closed), Some(Open)]),
            (Closed, [None, None, Some(Closed), Some(Open)]),
        ] {
            for (step, outcome) in steps.into_iter().zip(outcomes) {
                let expected = outcome.map(in_state).ok_or(InvalidTransition { state, step });
                assert_eq!(in_state(state).take(step), expected, "{state:?}, {step:?}");
            }
        }
    }

    #[test]
    fn a_policy_out_of_range_is_refused() {
        let none = PolicyOverrides::default();
        let second = Duration::SECOND;
        for valid in [
            none,
            PolicyOverrides { capacity: Some(0), batch: Some(1), max_waiting: Some(0), ..none },
            PolicyOverrides { capacity: Some(10_000_000), batch: Some(10_000), active: Some(Duration::DAY), claim: Some(second), ..none },
        ] {
            assert_eq!(valid.check(), Ok(()), "{valid:?}");
        }
        for (name, invalid) in [
            ("capacity", PolicyOverrides { capacity: Some(10_000_001), ..none }),
            ("batch", PolicyOverrides { batch: Some(0), ..none }),
            ("batch", PolicyOverrides { batch: Some(10_001), ..none }),
            ("max_waiting", PolicyOverrides { max_waiting: Some(u32::MAX), ..none }),
            ("active_seconds", PolicyOverrides { active: Some(Duration::DAY + second), ..none }),
            ("claim_seconds", PolicyOverrides { claim: Some(Duration::ZERO), ..none }),
        ] {
            assert_eq!(invalid.check().map_err(|error| error.field.name()), Err(name), "{invalid:?}");
        }
    }

    #[test]
    fn each_policy_field_of_a_queue_overrides_the_default() {
        let default =
            QueuePolicy { capacity: 100, batch: 50, active: Duration::seconds(600), claim: Duration::seconds(120), max_waiting: Some(9) };
        let with = |overrides| Queue::new(Queue::DEFAULT, "main".into(), overrides, None).policy(&default);
        let (none, active, claim) = (PolicyOverrides::default(), Duration::seconds(3), Duration::seconds(4));
        assert_eq!(with(none), default);
        assert_eq!(with(PolicyOverrides { capacity: Some(1), ..none }), QueuePolicy { capacity: 1, ..default });
        assert_eq!(with(PolicyOverrides { batch: Some(2), ..none }), QueuePolicy { batch: 2, ..default });
        assert_eq!(with(PolicyOverrides { active: Some(active), ..none }), QueuePolicy { active, ..default });
        assert_eq!(with(PolicyOverrides { claim: Some(claim), ..none }), QueuePolicy { claim, ..default });
        assert_eq!(with(PolicyOverrides { max_waiting: Some(5), ..none }), QueuePolicy { max_waiting: Some(5), ..default });
    }
}
