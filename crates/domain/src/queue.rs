//! Queues: waiting lines with an admission policy.
//!
//! ```text
//!   OPEN ── pause ──► PAUSED      joins go on, nobody is admitted
//!     ▲ ◄── resume ─────┤
//!     │                 │
//!    open ── CLOSED ◄───┴── close, from OPEN too      nobody joins, the line drains
//! ```

use crate::PolicyField;
use thiserror::Error;
use time::Duration;

use crate::QueueId;

/// A waiting line. Its row changes only by an operator's hand; who has been admitted is kept apart from it, under a
/// version of its own, so that joins and holds that read the policy don't collide with every tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    id: QueueId,
    name: String,
    overrides: PolicyOverrides,
    message: Option<String>,
    state: QueueState,
}

/// Whether a queue takes users in and lets them through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueueState {
    /// Both.
    Open,
    /// Takes in, lets nobody through.
    Paused,
    /// Takes nobody in, lets through who is waiting.
    Closed,
}

impl QueueState {
    /// Whether a user may join.
    #[must_use]
    pub const fn takes_in(self) -> bool {
        match self {
            Self::Open | Self::Paused => true,
            Self::Closed => false,
        }
    }

    /// Whether a tick may admit.
    #[must_use]
    pub const fn lets_through(self) -> bool {
        match self {
            Self::Open | Self::Closed => true,
            Self::Paused => false,
        }
    }
}

/// How a queue admits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuePolicy {
    /// How many tokens may be ACTIVE at once.
    pub capacity: u32,
    /// How many are admitted at most in one tick.
    pub batch: u32,
    /// How long a claimed token stays ACTIVE, from its activation.
    pub active: Duration,
    /// How long an admitted user has for the first guarded call.
    pub claim: Duration,
    /// How many may wait at once; none: any number.
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

/// What an operator orders a queue to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueueStep {
    /// Let nobody through for now.
    Pause,
    /// Let through again.
    Resume,
    /// Take nobody in.
    Close,
    /// Take in and let through.
    Open,
}

/// The queue can't do that from the state it is in; it is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the queue is {state:?}: can't {step:?}")]
pub struct QueueError {
    /// What it is.
    pub state: QueueState,
    /// What was ordered.
    pub step: QueueStep,
}

/// A policy that can't be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{} must be from {least} to {most}", field.name())]
pub struct InvalidPolicy {
    /// Which part of it.
    pub field: PolicyField,
    /// Its least value.
    pub least: i64,
    /// Its greatest value.
    pub most: i64,
}

impl PolicyOverrides {
    /// The most that may be ACTIVE at once, and wait.
    pub const MOST_PEOPLE: u32 = 10_000_000;
    /// The most that may be admitted in one tick.
    pub const MOST_AT_ONCE: u32 = 10_000;
    /// The longest window.
    pub const LONGEST: Duration = Duration::DAY;

    /// Whether a queue can keep to it.
    ///
    /// # Errors
    /// [`InvalidPolicy`] names the first part that is out of range.
    pub fn check(&self) -> Result<(), InvalidPolicy> {
        let people = |field, value: Option<u32>, least: u32, most: u32| match value {
            Some(value) if !(least..=most).contains(&value) => Err(InvalidPolicy { field, least: least.into(), most: most.into() }),
            Some(_) | None => Ok(()),
        };
        let window = |field, value: Option<Duration>| match value {
            Some(value) if value < Duration::SECOND || value > Self::LONGEST => {
                Err(InvalidPolicy { field, least: 1, most: Self::LONGEST.whole_seconds() })
            }
            Some(_) | None => Ok(()),
        };
        people(PolicyField::Capacity, self.capacity, 0, Self::MOST_PEOPLE)?;
        people(PolicyField::Batch, self.batch, 1, Self::MOST_AT_ONCE)?;
        people(PolicyField::MaxWaiting, self.max_waiting, 0, Self::MOST_PEOPLE)?;
        window(PolicyField::Active, self.active)?;
        window(PolicyField::Claim, self.claim)
    }
}

impl Queue {
    /// A queue that is OPEN.
    #[must_use]
    pub const fn new(id: QueueId, name: String, overrides: PolicyOverrides, message: Option<String>) -> Self {
        Self { id, name, overrides, message, state: QueueState::Open }
    }

    /// A queue as a store kept it: `self` with the state of its row.
    #[must_use]
    pub fn restore(self, state: QueueState) -> Self {
        Self { state, ..self }
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> QueueId {
        self.id
    }

    /// What operators call it.
    #[must_use]
    pub const fn name(&self) -> &str {
        self.name.as_str()
    }

    /// What it sets of its policy; the rest comes from the configuration.
    #[must_use]
    pub const fn overrides(&self) -> PolicyOverrides {
        self.overrides
    }

    /// What those who wait are told.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Whether it takes and admits.
    #[must_use]
    pub const fn state(&self) -> QueueState {
        self.state
    }

    /// The same queue as its operator wants it, in the same state.
    ///
    /// # Errors
    /// [`InvalidPolicy`] names the first part of the policy that is out of range.
    pub fn revise(self, name: String, overrides: PolicyOverrides, message: Option<String>) -> Result<Self, InvalidPolicy> {
        overrides.check().map(|()| Self { name, overrides, message, ..self })
    }

    /// Goes to the state that `step` leads to; a queue that is in it stays as it is.
    ///
    /// # Errors
    /// [`QueueError`] if a CLOSED queue is to pause or resume.
    pub fn take(mut self, step: QueueStep) -> Result<Self, QueueError> {
        self.state = match (self.state, step) {
            (QueueState::Open | QueueState::Paused, QueueStep::Pause) => QueueState::Paused,
            (QueueState::Open | QueueState::Paused, QueueStep::Resume)
            | (QueueState::Open | QueueState::Paused | QueueState::Closed, QueueStep::Open) => QueueState::Open,
            (QueueState::Open | QueueState::Paused | QueueState::Closed, QueueStep::Close) => QueueState::Closed,
            (state @ QueueState::Closed, QueueStep::Pause | QueueStep::Resume) => return Err(QueueError { state, step }),
        };
        Ok(self)
    }

    /// The queue of those who name no concert, and of concerts that have none of their own. Every store has it from
    /// the start.
    pub const DEFAULT: QueueId = QueueId(uuid::uuid!("0f207207-0000-7000-8000-000000000001"));

    /// The policy in force: the queue's own, and `default` where it sets none.
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
    fn a_queue_takes_in_and_lets_through_by_its_state() {
        for state in [QueueState::Open, QueueState::Paused, QueueState::Closed] {
            let (takes_in, lets_through) = match state {
                QueueState::Open => (true, true),
                QueueState::Paused => (true, false),
                QueueState::Closed => (false, true),
            };
            assert_eq!((state.takes_in(), state.lets_through()), (takes_in, lets_through), "{state:?}");
        }
    }

    #[test]
    fn a_queue_takes_these_steps_and_no_others() {
        use QueueState::{Closed, Open, Paused};
        let in_state = |state| Queue::new(Queue::DEFAULT, "main".into(), PolicyOverrides::default(), None).restore(state);
        let steps = [QueueStep::Pause, QueueStep::Resume, QueueStep::Close, QueueStep::Open];
        for (state, outcomes) in [
            (Open, [Some(Paused), Some(Open), Some(Closed), Some(Open)]),
            (Paused, [Some(Paused), Some(Open), Some(Closed), Some(Open)]),
            (Closed, [None, None, Some(Closed), Some(Open)]),
        ] {
            for (step, outcome) in steps.into_iter().zip(outcomes) {
                let expected = outcome.map(in_state).ok_or(QueueError { state, step });
                assert_eq!(in_state(state).take(step), expected, "{state:?}, {step:?}");
            }
        }
    }

    #[test]
    fn a_policy_is_within_its_limits() {
        let none = PolicyOverrides::default();
        let second = Duration::SECOND;
        for sound in [
            none,
            PolicyOverrides { capacity: Some(0), batch: Some(1), max_waiting: Some(0), ..none },
            PolicyOverrides { capacity: Some(10_000_000), batch: Some(10_000), active: Some(Duration::DAY), claim: Some(second), ..none },
        ] {
            assert_eq!(sound.check(), Ok(()), "{sound:?}");
        }
        for (name, broken) in [
            ("capacity", PolicyOverrides { capacity: Some(10_000_001), ..none }),
            ("batch", PolicyOverrides { batch: Some(0), ..none }),
            ("batch", PolicyOverrides { batch: Some(10_001), ..none }),
            ("max_waiting", PolicyOverrides { max_waiting: Some(u32::MAX), ..none }),
            ("active_seconds", PolicyOverrides { active: Some(Duration::DAY + second), ..none }),
            ("claim_seconds", PolicyOverrides { claim: Some(Duration::ZERO), ..none }),
        ] {
            assert_eq!(broken.check().map_err(|error| error.field.name()), Err(name), "{broken:?}");
        }
    }

    #[test]
    fn a_queues_own_policy_goes_before_the_default_one_by_one() {
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
