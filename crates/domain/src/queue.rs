//! Queues: waiting lines with an admission policy.
//!
//! ```text
//!   OPEN ◄──► PAUSED      joins go on, nobody is admitted
//!     ▲ ╲       ▲
//!     ▼  ╲──────┼──► CLOSED   nobody joins, the line drains
//! ```

use time::Duration;

use crate::QueueId;

/// A waiting line. Its row changes only by an operator's hand; who has been admitted is kept apart from it, under a
/// version of its own, so that joins and holds that read the policy don't collide with every tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// The queue's id.
    pub id: QueueId,
    /// What operators call it.
    pub name: String,
    /// Whether it takes and admits.
    pub state: QueueState,
    /// What this queue sets of its policy; the rest comes from the configuration.
    pub overrides: PolicyOverrides,
    /// What those who wait are told.
    pub message: Option<String>,
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

impl Queue {
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
    fn a_queues_own_policy_goes_before_the_default_one_by_one() {
        let default =
            QueuePolicy { capacity: 100, batch: 50, active: Duration::seconds(600), claim: Duration::seconds(120), max_waiting: Some(9) };
        let with = |overrides| {
            let queue = Queue { id: Queue::DEFAULT, name: "main".into(), state: QueueState::Open, overrides, message: None };
            queue.policy(&default)
        };
        let (none, active, claim) = (PolicyOverrides::default(), Duration::seconds(3), Duration::seconds(4));
        assert_eq!(with(none), default);
        assert_eq!(with(PolicyOverrides { capacity: Some(1), ..none }), QueuePolicy { capacity: 1, ..default });
        assert_eq!(with(PolicyOverrides { batch: Some(2), ..none }), QueuePolicy { batch: 2, ..default });
        assert_eq!(with(PolicyOverrides { active: Some(active), ..none }), QueuePolicy { active, ..default });
        assert_eq!(with(PolicyOverrides { claim: Some(claim), ..none }), QueuePolicy { claim, ..default });
        assert_eq!(with(PolicyOverrides { max_waiting: Some(5), ..none }), QueuePolicy { max_waiting: Some(5), ..default });
    }
}
