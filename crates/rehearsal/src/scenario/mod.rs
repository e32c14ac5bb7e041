//! Scenarios: TOML files that describe the users of a rehearsal. `scenarios/club.toml` documents every member.

mod builtin;

use std::path::Path;

use serde::Deserialize;
use thiserror::Error;

pub use builtin::NAMES;

/// A description of an on-sale: its users, their arrivals and their behaviour.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The name.
    pub name: String,
    /// A description in one line.
    #[serde(default)]
    pub about: String,
    /// The number of users.
    pub users: u32,
    /// The number of seats.
    pub seats: u32,
    /// The price of a seat in minor units.
    pub price: i64,
    /// The time limit of the run in seconds.
    pub time_limit_seconds: u32,
    /// The number of connections that the users share.
    #[serde(default = "connections")]
    pub connections: u32,
    /// The configuration of the server that the rehearsal starts.
    pub policy: Policy,
    /// The arrivals of the users.
    pub arrival: Arrival,
    /// The kinds of users.
    pub people: Vec<People>,
}

/// The configuration of the server that the rehearsal starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The maximum number of active users.
    pub capacity: u32,
    /// The maximum number of users that a tick admits.
    pub batch: u32,
    /// The interval between two ticks.
    pub tick_milliseconds: u32,
    /// The duration of a hold.
    pub hold_seconds: u32,
    /// The active window, from the admission on.
    pub active_seconds: u32,
    /// The claim window, in which an admitted user must make the first guarded request.
    pub claim_seconds: u32,
    /// The maximum number of held and sold seats of a user.
    pub max_seats_per_user: u32,
}

/// The arrivals of the users.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrival {
    /// The distribution.
    pub kind: ArrivalKind,
    /// The time within which the users arrive; a burst ignores it.
    #[serde(default)]
    pub over_seconds: f64,
}

/// A distribution of arrivals over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ArrivalKind {
    /// All at once.
    Burst,
    /// At an increasing rate.
    Ramp,
    /// At random, at a constant average rate.
    Poisson,
}

/// A kind of users.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// The name of the kind.
    pub name: String,
    /// The share of the users, relative to the other shares.
    pub share: u32,
    /// How they pick seats.
    pub picks: Picks,
    /// The minimum and maximum number of seats that they want.
    pub seats: [u32; 2],
    /// The minimum and maximum time for which they hesitate before a step.
    pub hesitates_seconds: [f64; 2],
    /// The maximum number of attempts to hold seats.
    pub tries: u16,
    /// When they request the seat map.
    #[serde(default)]
    pub looks: Looks,
    /// Whether they listen to server-sent events.
    #[serde(default)]
    pub listens: bool,
    /// The interval between their polls; without it, they poll as the server advises.
    #[serde(default)]
    pub polls_every_seconds: Option<f64>,
    /// The probability that they release their seats.
    #[serde(default)]
    pub releases: f64,
    /// The probability that they abandon their seats.
    #[serde(default)]
    pub abandons: f64,
    /// The probability, for each write, that they disconnect before the response and send it again.
    #[serde(default)]
    pub hangs_up: f64,
    /// The probability, for each write, that they send it twice concurrently.
    #[serde(default)]
    pub doubles: f64,
    /// The probability, for each write, that they send it again after its response.
    #[serde(default)]
    pub repeats: f64,
}

/// The seats that users prefer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Picks {
    /// The available seats with the lowest numbers.
    Best,
    /// Random seats.
    Random,
    /// Random seats near the front, so that many users want the same ones.
    Hot,
}

/// When users request the seat map before they hold seats. Without it, they pick seats regardless of availability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Looks {
    /// Never.
    #[default]
    Never,
    /// After a hold was refused with a conflict.
    Refused,
    /// Before each hold.
    Always,
}

/// A scenario is missing or invalid.
#[derive(Debug, Error)]
pub enum ScenarioError {
    /// The file can't be read.
    #[error("{name} is neither a built-in scenario ({}) nor a readable file", NAMES.join(", "))]
    Missing {
        /// The requested name or path.
        name: String,
        /// The error of the file system.
        source: std::io::Error,
    },
    /// The file isn't TOML, or has unknown members.
    #[error("the scenario is malformed")]
    Malformed(#[from] toml::de::Error),
    /// The value of a member is out of range.
    #[error("the scenario is invalid: {0}")]
    Impossible(&'static str),
}

const fn connections() -> u32 {
    256
}

impl Scenario {
    /// Returns the built-in scenario with this name, or reads the file at this path.
    ///
    /// # Errors
    /// If neither exists, or the scenario is malformed or invalid.
    pub fn named(name: &str) -> Result<Self, ScenarioError> {
        let read = || std::fs::read_to_string(Path::new(name)).map_err(|source| ScenarioError::Missing { name: name.to_owned(), source });
        builtin::text(name).map_or_else(|| read().and_then(|text| Self::parse(&text)), Self::parse)
    }

    /// Parses a scenario.
    ///
    /// # Errors
    /// If it is malformed or invalid.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let scenario: Self = toml::from_str(text)?;
        scenario.find_invalid_value().map_or(Ok(scenario), |reason| Err(ScenarioError::Impossible(reason)))
    }

    /// Returns the violated rule if a value is out of range.
    fn find_invalid_value(&self) -> Option<&'static str> {
        let is_span = |span: f64| (0.0..=86_400.0).contains(&span);
        let is_valid = |kind: &People| {
            let probabilities = [kind.releases, kind.abandons, kind.hangs_up, kind.doubles, kind.repeats];
            let [min_seats, max_seats] = kind.seats;
            let [min_time, max_time] = kind.hesitates_seconds;
            let seats = 1 <= min_seats && min_seats <= max_seats && max_seats <= self.policy.max_seats_per_user;
            let spans = is_span(min_time) && is_span(max_time) && min_time <= max_time;
            let polls = kind.polls_every_seconds.is_none_or(|every| is_span(every) && every > 0.0);
            seats
                && spans
                && polls
                && probabilities.iter().all(|probability| (0.0..=1.0).contains(probability))
                && kind.releases + kind.abandons <= 1.0
        };
        [
            (self.users == 0 || self.seats == 0 || self.connections == 0, "users, seats and connections must be at least 1"),
            (self.price <= 0, "price must be at least 1"),
            (!is_span(self.arrival.over_seconds), "over_seconds must be from 0 to a day"),
            (
                !(1..=u64::from(u32::MAX)).contains(&self.people.iter().map(|kind| u64::from(kind.share)).sum()),
                "the sum of the shares must be from 1 to 4294967295",
            ),
            (
                !self.people.iter().all(is_valid),
                "seats, times and probabilities must be in order and in range (max_seats_per_user, a day, 0 to 1)",
            ),
        ]
        .into_iter()
        .find_map(|(is_violated, rule)| is_violated.then_some(rule))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_scenarios_are_valid_and_have_their_own_names() {
        for name in NAMES {
            assert_eq!(Scenario::named(name).unwrap().name, name);
        }
        let arena = Scenario::named("arena").unwrap();
        assert_eq!((arena.users, arena.seats), (100_000, 15_000));
    }

    #[test]
    fn malformed_and_invalid_scenarios_are_refused() {
        let club = builtin::text("club").unwrap();
        assert!(matches!(Scenario::named("no/such/file"), Err(ScenarioError::Missing { .. })));
        assert!(matches!(Scenario::parse(&format!("colour = 1\n{club}")), Err(ScenarioError::Malformed(_))));
        for (right, wrong) in [
            ("users = 2000", "users = 0"),
            ("price = 60000", "price = 0"),
            ("over_seconds = 5.0", "over_seconds = -1.0"),
            ("seats = [1, 4]", "seats = [1, 5]"),
            ("abandons = 0.4", "abandons = 0.7"),
            ("doubles = 0.3", "doubles = 1.3"),
        ] {
            assert!(club.contains(right));
            assert!(matches!(Scenario::parse(&club.replace(right, wrong)), Err(ScenarioError::Impossible(_))), "{wrong}");
        }
    }
}
