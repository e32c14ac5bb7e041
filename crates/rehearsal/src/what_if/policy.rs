//! Policies as specified on the command line.

use domain::QueuePolicy;
use domain::queue::{self, PolicyOverrides};
use thiserror::Error;
use time::Duration;

/// The queue policy and the durations of one simulated sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The policy as it was specified.
    pub text: String,
    /// The policy of the queue.
    pub queue: QueuePolicy,
    /// The interval between two ticks of the scheduler.
    pub tick: Duration,
    /// The duration of a hold.
    pub hold: Duration,
}

/// The text isn't a valid policy.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidPolicy {
    /// A part isn't `name=number`.
    #[error("`{0}` is not of the form name=number, as in capacity=200,batch=100")]
    Malformed(String),
    /// The name is unknown.
    #[error("a policy has no `{0}`, only {known}", known = NAMES.join(", "))]
    Unknown(String),
    /// The name occurs twice.
    #[error("`{0}` is set twice")]
    Duplicate(String),
    /// The number is too small or too large.
    #[error("{name} must be from {least} to {most}")]
    OutOfRange {
        /// The name of the value.
        name: &'static str,
        /// The minimum.
        least: i64,
        /// The maximum.
        most: i64,
    },
}

impl From<queue::InvalidPolicy> for InvalidPolicy {
    fn from(queue::InvalidPolicy { field, least, most }: queue::InvalidPolicy) -> Self {
        Self::OutOfRange { name: field.name(), least, most }
    }
}

const NAMES: [&str; 6] = ["capacity", "batch", "tick_ms", "hold_seconds", "claim_seconds", "active_seconds"];

/// The defaults of the service.
const DEFAULT: QueuePolicy =
    QueuePolicy { capacity: 100, batch: 50, active: Duration::seconds(600), claim: Duration::seconds(120), max_waiting: None };
const DEFAULT_TICK: Duration = Duration::SECOND;
const DEFAULT_HOLD: Duration = Duration::seconds(300);
const SECONDS_PER_DAY: u32 = 86_400;

/// Parses a policy like `capacity=200,batch=100,tick_ms=500`. Values that it doesn't set are the defaults of the service.
///
/// # Errors
/// [`InvalidPolicy`] describes the invalid part and what is valid.
pub fn parse(text: &str) -> Result<Policy, InvalidPolicy> {
    let mut values = [None; NAMES.len()];
    for part in text.split(',').map(str::trim) {
        let malformed = || InvalidPolicy::Malformed(part.to_owned());
        let (name, number) = part.split_once('=').ok_or_else(malformed)?;
        let (name, number) = (name.trim(), number.trim());
        let index = NAMES.iter().position(|known| *known == name).ok_or_else(|| InvalidPolicy::Unknown(name.to_owned()))?;
        let number: u32 = number.parse().map_err(|_| malformed())?;
        if values[index].replace(number).is_some() {
            return Err(InvalidPolicy::Duplicate(name.to_owned()));
        }
    }
    let [capacity, batch, tick, hold, claim, active] = values;
    let seconds = |number: Option<u32>| number.map(|number| Duration::seconds(number.into()));
    let overrides = PolicyOverrides { capacity, batch, active: seconds(active), claim: seconds(claim), max_waiting: None };
    overrides.check()?;
    let queue = QueuePolicy {
        capacity: capacity.unwrap_or(DEFAULT.capacity),
        batch: batch.unwrap_or(DEFAULT.batch),
        active: overrides.active.unwrap_or(DEFAULT.active),
        claim: overrides.claim.unwrap_or(DEFAULT.claim),
        max_waiting: None,
    };
    let tick = check_range("tick_ms", tick, 10, SECONDS_PER_DAY * 1_000)?;
    let hold = check_range("hold_seconds", hold, 1, SECONDS_PER_DAY)?;
    Ok(Policy {
        text: text.trim().to_owned(),
        queue,
        tick: tick.map_or(DEFAULT_TICK, |number| Duration::milliseconds(number.into())),
        hold: seconds(hold).unwrap_or(DEFAULT_HOLD),
    })
}

fn check_range(name: &'static str, number: Option<u32>, least: u32, most: u32) -> Result<Option<u32>, InvalidPolicy> {
    match number {
        Some(number) if !(least..=most).contains(&number) => {
            Err(InvalidPolicy::OutOfRange { name, least: least.into(), most: most.into() })
        }
        Some(_) | None => Ok(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_has_the_values_of_its_text_and_otherwise_the_defaults() {
        let default = Policy { text: String::new(), queue: DEFAULT, tick: DEFAULT_TICK, hold: DEFAULT_HOLD };
        let parsed = |text: &str| parse(text).unwrap();
        let text = "capacity=200,batch=100";
        let queue = QueuePolicy { capacity: 200, batch: 100, ..DEFAULT };
        assert_eq!(parsed(text), Policy { text: text.into(), queue, ..default.clone() });

        let text = " tick_ms=250, hold_seconds = 60 ,claim_seconds=30,active_seconds=90 ";
        let queue = QueuePolicy { claim: Duration::seconds(30), active: Duration::seconds(90), ..DEFAULT };
        let (tick, hold) = (Duration::milliseconds(250), Duration::seconds(60));
        assert_eq!(parsed(text), Policy { text: text.trim().into(), queue, tick, hold });
    }

    #[test]
    fn an_invalid_policy_is_refused_with_an_explanation() {
        for (text, message) in [
            ("", "`` is not of the form name=number, as in capacity=200,batch=100"),
            ("capacity", "`capacity` is not of the form name=number, as in capacity=200,batch=100"),
            ("capacity=many", "`capacity=many` is not of the form name=number, as in capacity=200,batch=100"),
            ("capacity=-1", "`capacity=-1` is not of the form name=number, as in capacity=200,batch=100"),
            ("batch=5,", "`` is not of the form name=number, as in capacity=200,batch=100"),
            ("size=5", "a policy has no `size`, only capacity, batch, tick_ms, hold_seconds, claim_seconds, active_seconds"),
            ("batch=5,capacity=1,batch=6", "`batch` is set twice"),
            ("capacity=10000001", "capacity must be from 0 to 10000000"),
            ("batch=0", "batch must be from 1 to 10000"),
            ("claim_seconds=0", "claim_seconds must be from 1 to 86400"),
            ("active_seconds=86401", "active_seconds must be from 1 to 86400"),
            ("hold_seconds=0", "hold_seconds must be from 1 to 86400"),
            ("tick_ms=9", "tick_ms must be from 10 to 86400000"),
        ] {
            assert_eq!(parse(text).map_err(|error| error.to_string()), Err(message.to_owned()), "{text}");
        }
    }
}
