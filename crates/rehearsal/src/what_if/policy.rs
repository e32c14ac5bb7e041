//! Policies as they are asked for on a command line.

use domain::QueuePolicy;
use domain::queue::{self, PolicyOverrides};
use thiserror::Error;
use time::Duration;

/// How a queue admits and how long things last, for one simulated sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// As it was asked for.
    pub text: String,
    /// How the queue admits.
    pub queue: QueuePolicy,
    /// Between two ticks of the scheduler.
    pub tick: Duration,
    /// How long a hold lasts.
    pub hold: Duration,
}

/// The text names no policy.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidPolicy {
    /// A part isn't `name=number`.
    #[error("`{0}` is not of the form name=number, as in capacity=200,batch=100")]
    NoPair(String),
    /// Nothing is called so.
    #[error("there is no `{0}` in a policy; there are {known}", known = NAMES.join(", "))]
    Unknown(String),
    /// The same thing is said twice.
    #[error("`{0}` is said twice")]
    Twice(String),
    /// The number is too small or too large.
    #[error("{name} must be from {least} to {most}")]
    OutOfRange {
        /// What it is the number of.
        name: &'static str,
        /// Its least value.
        least: i64,
        /// Its greatest value.
        most: i64,
    },
}

impl From<queue::InvalidPolicy> for InvalidPolicy {
    fn from(queue::InvalidPolicy { field, least, most }: queue::InvalidPolicy) -> Self {
        Self::OutOfRange { name: field.name(), least, most }
    }
}

const NAMES: [&str; 6] = ["capacity", "batch", "tick_ms", "hold_seconds", "claim_seconds", "active_seconds"];

/// What the service is configured with unless somebody says otherwise.
const DEFAULT: QueuePolicy =
    QueuePolicy { capacity: 100, batch: 50, active: Duration::seconds(600), claim: Duration::seconds(120), max_waiting: None };
const DEFAULT_TICK: Duration = Duration::SECOND;
const DEFAULT_HOLD: Duration = Duration::seconds(300);
const SECONDS_A_DAY: u32 = 86_400;

/// The policy that `text` asks for, like `capacity=200,batch=100,tick_ms=500`. What it doesn't name is as the service has it by default.
///
/// # Errors
/// [`InvalidPolicy`] says which part is wrong, and what would be right.
pub fn parse(text: &str) -> Result<Policy, InvalidPolicy> {
    let mut said = [None; NAMES.len()];
    for part in text.split(',').map(str::trim) {
        let no_pair = || InvalidPolicy::NoPair(part.to_owned());
        let (name, number) = part.split_once('=').ok_or_else(no_pair)?;
        let (name, number) = (name.trim(), number.trim());
        let index = NAMES.iter().position(|known| *known == name).ok_or_else(|| InvalidPolicy::Unknown(name.to_owned()))?;
        let number: u32 = number.parse().map_err(|_| no_pair())?;
        if said[index].replace(number).is_some() {
            return Err(InvalidPolicy::Twice(name.to_owned()));
        }
    }
    let [capacity, batch, tick, hold, claim, active] = said;
    let seconds = |number: Option<u32>| number.map(|number| Duration::seconds(number.into()));
    let own = PolicyOverrides { capacity, batch, active: seconds(active), claim: seconds(claim), max_waiting: None };
    own.check()?;
    let queue = QueuePolicy {
        capacity: capacity.unwrap_or(DEFAULT.capacity),
        batch: batch.unwrap_or(DEFAULT.batch),
        active: own.active.unwrap_or(DEFAULT.active),
        claim: own.claim.unwrap_or(DEFAULT.claim),
        max_waiting: None,
    };
    let tick = within("tick_ms", tick, 10, SECONDS_A_DAY * 1_000)?;
    let hold = within("hold_seconds", hold, 1, SECONDS_A_DAY)?;
    Ok(Policy {
        text: text.trim().to_owned(),
        queue,
        tick: tick.map_or(DEFAULT_TICK, |number| Duration::milliseconds(number.into())),
        hold: seconds(hold).unwrap_or(DEFAULT_HOLD),
    })
}

fn within(name: &'static str, number: Option<u32>, least: u32, most: u32) -> Result<Option<u32>, InvalidPolicy> {
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
    fn a_policy_is_what_its_text_says_and_else_the_default() {
        let default = Policy { text: String::new(), queue: DEFAULT, tick: DEFAULT_TICK, hold: DEFAULT_HOLD };
        let asked = |text: &str| parse(text).unwrap();
        let text = "capacity=200,batch=100";
        let queue = QueuePolicy { capacity: 200, batch: 100, ..DEFAULT };
        assert_eq!(asked(text), Policy { text: text.into(), queue, ..default.clone() });

        let text = " tick_ms=250, hold_seconds = 60 ,claim_seconds=30,active_seconds=90 ";
        let queue = QueuePolicy { claim: Duration::seconds(30), active: Duration::seconds(90), ..DEFAULT };
        let (tick, hold) = (Duration::milliseconds(250), Duration::seconds(60));
        assert_eq!(asked(text), Policy { text: text.trim().into(), queue, tick, hold });
    }

    #[test]
    fn what_is_no_policy_is_refused_in_words() {
        for (text, says) in [
            ("", "`` is not of the form name=number, as in capacity=200,batch=100"),
            ("capacity", "`capacity` is not of the form name=number, as in capacity=200,batch=100"),
            ("capacity=many", "`capacity=many` is not of the form name=number, as in capacity=200,batch=100"),
            ("capacity=-1", "`capacity=-1` is not of the form name=number, as in capacity=200,batch=100"),
            ("batch=5,", "`` is not of the form name=number, as in capacity=200,batch=100"),
            ("size=5", "there is no `size` in a policy; there are capacity, batch, tick_ms, hold_seconds, claim_seconds, active_seconds"),
            ("batch=5,capacity=1,batch=6", "`batch` is said twice"),
            ("capacity=10000001", "capacity must be from 0 to 10000000"),
            ("batch=0", "batch must be from 1 to 10000"),
            ("claim_seconds=0", "claim_seconds must be from 1 to 86400"),
            ("active_seconds=86401", "active_seconds must be from 1 to 86400"),
            ("hold_seconds=0", "hold_seconds must be from 1 to 86400"),
            ("tick_ms=9", "tick_ms must be from 10 to 86400000"),
        ] {
            assert_eq!(parse(text).map_err(|error| error.to_string()), Err(says.to_owned()), "{text}");
        }
    }
}
