//! A scenario: who comes for what, and when. A TOML file; `scenarios/club.toml` explains every member.

mod builtin;

use std::path::Path;

use serde::Deserialize;
use thiserror::Error;

pub use builtin::NAMES;

/// Who comes for what, and when.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// What it is, in a line.
    #[serde(default)]
    pub about: String,
    /// How many come.
    pub users: u32,
    /// How many seats the hall has.
    pub seats: u32,
    /// Of a seat, in minor units.
    pub price: i64,
    /// The run ends by then.
    pub time_limit_seconds: u32,
    /// Connections that the crowd shares.
    #[serde(default = "connections")]
    pub connections: u32,
    /// How an instance of the rehearsal's own is configured.
    pub policy: Policy,
    /// When they come.
    pub arrival: Arrival,
    /// The kinds of people among them.
    pub people: Vec<People>,
}

/// How an instance of the rehearsal's own is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// How many may be in at once.
    pub capacity: u32,
    /// How many are let in at most in a tick.
    pub batch: u32,
    /// Between two ticks.
    pub tick_milliseconds: u32,
    /// How long seats are held.
    pub hold_seconds: u32,
    /// From the admission.
    pub active_seconds: u32,
    /// For the first guarded call.
    pub claim_seconds: u32,
    /// Held and sold together.
    pub max_seats_per_user: u32,
}

/// When they come.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrival {
    /// In which manner.
    pub kind: ArrivalKind,
    /// Within this time; a burst takes none.
    #[serde(default)]
    pub over_seconds: f64,
}

/// In which manner people come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ArrivalKind {
    /// All at once.
    Burst,
    /// More and more of them.
    Ramp,
    /// At random, equally many in each second.
    Poisson,
}

/// People of one kind.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// What they are called.
    pub name: String,
    /// How many there are, relative to the other shares.
    pub share: u32,
    /// Where they want to sit.
    pub picks: Picks,
    /// How many seats they want, from and to.
    pub seats: [u32; 2],
    /// How long they think before a step, from and to.
    pub hesitates_seconds: [f64; 2],
    /// How often they try to hold seats.
    pub tries: u16,
    /// When they look at the seat map.
    #[serde(default)]
    pub looks: Looks,
    /// Whether they are told by server-sent events.
    #[serde(default)]
    pub listens: bool,
    /// Whether they ask for their place this often instead of as advised.
    #[serde(default)]
    pub polls_every_seconds: Option<f64>,
    /// The chance that they give their seats back.
    #[serde(default)]
    pub releases: f64,
    /// The chance that they go away without a word.
    #[serde(default)]
    pub abandons: f64,
    /// The chance, at each write, that they hang up in the middle and send it again.
    #[serde(default)]
    pub hangs_up: f64,
    /// The chance, at each write, that they send it twice at once.
    #[serde(default)]
    pub doubles: f64,
    /// The chance, at each write, that they send it again although it was answered.
    #[serde(default)]
    pub repeats: f64,
}

/// Where people want to sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Picks {
    /// At the front, as far as it is free.
    Best,
    /// Anywhere.
    Random,
    /// Where the crowd wants to sit: near the front, but not all on the same seat.
    Hot,
}

/// When people look at the seat map before they ask for seats. Who doesn't, asks blindly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Looks {
    /// At no time.
    #[default]
    Never,
    /// Once the seats that they asked for were gone.
    Refused,
    /// Each time.
    Always,
}

/// There is no such scenario.
#[derive(Debug, Error)]
pub enum ScenarioError {
    /// The file can't be read.
    #[error("{name} is neither a scenario of ours ({}) nor a file that can be read", NAMES.join(", "))]
    Missing {
        /// As it was asked for.
        name: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is no TOML, or has members that nobody knows.
    #[error("the scenario makes no sense")]
    Malformed(#[from] toml::de::Error),
    /// A member's value can't be.
    #[error("the scenario can't be played: {0}")]
    Impossible(&'static str),
}

const fn connections() -> u32 {
    256
}

impl Scenario {
    /// A built-in one by its name, or the file at that path.
    ///
    /// # Errors
    /// If there is none, or if it makes no sense.
    pub fn named(name: &str) -> Result<Self, ScenarioError> {
        let read = || std::fs::read_to_string(Path::new(name)).map_err(|source| ScenarioError::Missing { name: name.to_owned(), source });
        builtin::text(name).map_or_else(|| read().and_then(|text| Self::parse(&text)), Self::parse)
    }

    /// As `text` tells it.
    ///
    /// # Errors
    /// If it makes no sense.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let scenario: Self = toml::from_str(text)?;
        scenario.impossible().map_or(Ok(scenario), |reason| Err(ScenarioError::Impossible(reason)))
    }

    fn impossible(&self) -> Option<&'static str> {
        let is_span = |span: f64| (0.0..=86_400.0).contains(&span);
        let can = |kind: &People| {
            let chances = [kind.releases, kind.abandons, kind.hangs_up, kind.doubles, kind.repeats];
            let [few, many] = kind.seats;
            let [soon, late] = kind.hesitates_seconds;
            let seats = 1 <= few && few <= many && many <= self.policy.max_seats_per_user;
            let spans = is_span(soon) && is_span(late) && soon <= late;
            let polls = kind.polls_every_seconds.is_none_or(|every| is_span(every) && every > 0.0);
            seats && spans && polls && chances.iter().all(|chance| (0.0..=1.0).contains(chance)) && kind.releases + kind.abandons <= 1.0
        };
        [
            (self.users == 0 || self.seats == 0 || self.connections == 0, "users, seats and connections are at least 1"),
            (self.price <= 0, "price is at least 1"),
            (!is_span(self.arrival.over_seconds), "over_seconds is between 0 and a day"),
            (
                !(1..=u64::from(u32::MAX)).contains(&self.people.iter().map(|kind| u64::from(kind.share)).sum()),
                "the shares come to at least 1",
            ),
            (!self.people.iter().all(can), "seats, spans and chances are in order and in bounds (max_seats_per_user, a day, 0 to 1)"),
        ]
        .into_iter()
        .find_map(|(is_so, reason)| is_so.then_some(reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scenarios_of_ours_can_be_played_and_are_called_as_they_say() {
        for name in NAMES {
            assert_eq!(Scenario::named(name).unwrap().name, name);
        }
        let arena = Scenario::named("arena").unwrap();
        assert_eq!((arena.users, arena.seats), (100_000, 15_000));
    }

    #[test]
    fn a_scenario_that_makes_no_sense_is_refused() {
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
