//! A scenario's crowd and policy, for simulated time.

use time::Duration;

use super::{Arrivals, Crowd, InvalidPolicy, Policy, Think, parse};
use crate::scenario::{ArrivalKind, People, Scenario};

impl Crowd {
    /// Who comes in `scenario`, as far as simulated people can be like them: each is a mixture of all kinds. Who gives seats back, or goes
    /// away without a word, doesn't pay.
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
        let stays_unpaid = |people: &People| people.releases + people.abandons - people.releases * people.abandons;
        Self {
            users: scenario.users,
            seats: scenario.seats,
            arrivals,
            never_claim: 0.0,
            abandon: mean(scenario, stays_unpaid),
            seats_wanted: seats_wanted(scenario),
            notice: think,
            choose: think,
            pay: think,
            seed,
        }
    }
}

/// The policy that `text` asks for; what it doesn't name is as `scenario` has it.
///
/// # Errors
/// [`InvalidPolicy`] says what is wrong with it.
pub fn policy_in(scenario: &Scenario, text: &str) -> Result<Policy, InvalidPolicy> {
    // As it stands it must be one, too: a word that is said twice isn't hidden by what is added.
    parse(text)?;
    let own = scenario.policy;
    let named = |name: &str| text.split(',').any(|pair| pair.split('=').next().is_some_and(|word| word.trim() == name));
    let rest = [
        ("capacity", own.capacity),
        ("batch", own.batch),
        ("tick_ms", own.tick_milliseconds),
        ("hold_seconds", own.hold_seconds),
        ("claim_seconds", own.claim_seconds),
        ("active_seconds", own.active_seconds),
    ];
    let rest = rest.into_iter().filter(|(name, _)| !named(name)).map(|(name, value)| format!("{name}={value}"));
    let whole: Vec<String> = std::iter::once(text.to_owned()).chain(rest).collect();
    Ok(Policy { text: text.to_owned(), ..parse(&whole.join(","))? })
}

/// The mean of what is so for people of each kind.
fn mean(scenario: &Scenario, of: impl Fn(&People) -> f64) -> f64 {
    let shares: f64 = scenario.people.iter().map(|people| f64::from(people.share)).sum();
    scenario.people.iter().map(|people| of(people) * f64::from(people.share)).sum::<f64>() / shares.max(1.0)
}

/// How many want one seat, two seats, …: each kind's share, evenly over what they want.
fn seats_wanted(scenario: &Scenario) -> Vec<u32> {
    let most = scenario.people.iter().map(|people| people.seats[1]).max().unwrap_or(1);
    (1..=most)
        .map(|seats| {
            let wanting = scenario.people.iter().filter(|people| (people.seats[0]..=people.seats[1]).contains(&seats));
            // Shares are small numbers; a hundredth of one is exact enough.
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
    fn every_scenario_of_ours_can_be_planned() {
        for name in NAMES {
            let scenario = Scenario::named(name).unwrap_or_else(|error| panic!("{name}: {error}"));
            let crowd = Crowd { users: scenario.users.min(500), ..Crowd::of(&scenario, 1) };
            let policy = policy_in(&scenario, "capacity=50").unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(policy.queue.batch, scenario.policy.batch);
            let told = play(&crowd, &policy).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(told.sold > 0, "{name}: {told:?}");
        }
    }

    #[test]
    fn a_policy_takes_from_the_scenario_what_it_does_not_name() {
        let scenario = Scenario::named("club").unwrap_or_else(|error| panic!("{error}"));
        let policy = policy_in(&scenario, "capacity=7").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((policy.queue.capacity, policy.queue.batch), (7, scenario.policy.batch));
        assert_eq!((policy.text.as_str(), policy.hold), ("capacity=7", Duration::seconds(scenario.policy.hold_seconds.into())));
        assert_eq!(policy_in(&scenario, "capacity=7,capacity=8"), Err(InvalidPolicy::Twice("capacity".into())));
    }

    #[test]
    fn the_club_wants_seats_as_its_people_do() {
        let scenario = Scenario::named("club").unwrap_or_else(|error| panic!("{error}"));
        // 60 + 15 of 1 or 2, 20 of 1 to 4, 5 of 1.
        assert_eq!(Crowd::of(&scenario, 1).seats_wanted, [3000 + 500 + 750 + 500, 3000 + 500 + 750, 500, 500]);
    }
}
