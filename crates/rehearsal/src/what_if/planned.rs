//! Converts the users and the policy of a scenario for simulated time.

use time::Duration;

use super::{Arrivals, Crowd, InvalidPolicy, Policy, Think, parse};
use crate::scenario::{ArrivalKind, People, Scenario};

impl Crowd {
    /// Returns a crowd that approximates the users of `scenario`: each simulated user is a mixture of all kinds. Users who release or
    /// abandon their seats don't pay.
    #[must_use]
    pub fn of(scenario: &Scenario, seed: u64) -> Self {
        let over = Duration::seconds_f64(scenario.arrival.over_seconds.max(0.0));
        let arrivals = match scenario.arrival.kind {
            ArrivalKind::Burst => Arrivals::Burst { within: over },
            ArrivalKind::Ramp => Arrivals::Ramp { over },
            ArrivalKind::Poisson => Arrivals::Poisson { users_a_second: f64::from(scenario.users) / over.as_seconds_f64().max(1.0) },
        };
        let think = Think {
            least: Duration::seconds_f64(scenario.people.iter().map(|people| people.hesitates_seconds[0]).fold(f64::INFINITY, f64::min)),
            mean: Duration::seconds_f64(mean(scenario, |people| f64::midpoint(people.hesitates_seconds[0], people.hesitates_seconds[1]))),
        };
        let does_not_pay = |people: &People| people.releases + people.abandons - people.releases * people.abandons;
        Self {
            users: scenario.users,
            seats: scenario.seats,
            arrivals,
            never_claim: 0.0,
            abandon: mean(scenario, does_not_pay),
            seats_wanted: seats_wanted(scenario),
            notice: think,
            choose: think,
            pay: think,
            seed,
        }
    }
}

/// Parses the policy in `text`, which takes the values that it doesn't set from `scenario`.
///
/// # Errors
/// [`InvalidPolicy`] describes the invalid part.
pub fn policy_in(scenario: &Scenario, text: &str) -> Result<Policy, InvalidPolicy> {
    // The text must be valid without the added values too, so that duplicate names are detected.
    parse(text)?;
    let own = scenario.policy;
    let is_set = |name: &str| text.split(',').any(|pair| pair.split('=').next().is_some_and(|key| key.trim() == name));
    let rest = [
        ("capacity", own.capacity),
        ("batch", own.batch),
        ("tick_ms", own.tick_milliseconds),
        ("hold_seconds", own.hold_seconds),
        ("claim_seconds", own.claim_seconds),
        ("active_seconds", own.active_seconds),
    ];
    let rest = rest.into_iter().filter(|(name, _)| !is_set(name)).map(|(name, value)| format!("{name}={value}"));
    let complete: Vec<String> = std::iter::once(text.to_owned()).chain(rest).collect();
    Ok(Policy { text: text.to_owned(), ..parse(&complete.join(","))? })
}

/// Returns the mean of a value over all users.
fn mean(scenario: &Scenario, value: impl Fn(&People) -> f64) -> f64 {
    let shares: f64 = scenario.people.iter().map(|people| f64::from(people.share)).sum();
    scenario.people.iter().map(|people| value(people) * f64::from(people.share)).sum::<f64>() / shares.max(1.0)
}

/// Returns the weights of the users who want one seat, two seats, …: each kind's share, distributed evenly over its range.
fn seats_wanted(scenario: &Scenario) -> Vec<u32> {
    let max = scenario.people.iter().map(|people| people.seats[1]).max().unwrap_or(1);
    (1..=max)
        .map(|seats| {
            let wanting = scenario.people.iter().filter(|people| (people.seats[0]..=people.seats[1]).contains(&seats));
            // Shares are small numbers, so hundredths are precise enough.
            wanting.map(|people| people.share * 100 / (people.seats[1] - people.seats[0] + 1)).sum()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::play;
    use super::*;
    use crate::scenario::NAMES;

    #[test]
    fn every_built_in_scenario_can_be_simulated() {
        for name in NAMES {
            let scenario = Scenario::named(name).unwrap_or_else(|error| panic!("{name}: {error}"));
            let crowd = Crowd { users: scenario.users.min(500), ..Crowd::of(&scenario, 1) };
            let policy = policy_in(&scenario, "capacity=50").unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(policy.queue.batch, scenario.policy.batch);
            let result = play(&crowd, &policy).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(result.sold > 0, "{name}: {result:?}");
        }
    }

    #[test]
    fn a_policy_takes_missing_values_from_the_scenario() {
        let scenario = Scenario::named("club").unwrap_or_else(|error| panic!("{error}"));
        let policy = policy_in(&scenario, "capacity=7").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((policy.queue.capacity, policy.queue.batch), (7, scenario.policy.batch));
        assert_eq!((policy.text.as_str(), policy.hold), ("capacity=7", Duration::seconds(scenario.policy.hold_seconds.into())));
        assert_eq!(policy_in(&scenario, "capacity=7,capacity=8"), Err(InvalidPolicy::Duplicate("capacity".into())));
    }

    #[test]
    fn wanted_seats_follow_the_kinds_of_the_club() {
        let scenario = Scenario::named("club").unwrap_or_else(|error| panic!("{error}"));
        // Shares: 60 + 15 for 1 or 2 seats, 20 for 1 to 4, 5 for 1.
        assert_eq!(Crowd::of(&scenario, 1).seats_wanted, [3000 + 500 + 750 + 500, 3000 + 500 + 750, 500, 500]);
    }
}
