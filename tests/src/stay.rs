//! Stays of users, as their queue tokens describe them afterwards, and what they show about the admission.

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// A decision is dated by a clock reading that precedes the reading of the rows: a tick may be dated this much before a departure that it
/// saw.
const CLOCK_TOLERANCE: Duration = Duration::milliseconds(50);

/// A queue token's number, and when its user was active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// The token's number.
    pub number: u64,
    /// When its user was admitted; none if they never were.
    pub activated_at: Option<OffsetDateTime>,
    /// When it ended or will end; none while it waits.
    pub ends_at: Option<OffsetDateTime>,
}

impl Stay {
    /// Reads the stay from a token as the API represents it.
    #[must_use]
    pub fn of(token: &Value) -> Self {
        let instant = |name: &str| token[name].as_str().map(|at| OffsetDateTime::parse(at, &Rfc3339).unwrap());
        let number = token["number"].as_u64().expect("a token has a number");
        Self { number, activated_at: instant("activated_at"), ends_at: instant("expires_at") }
    }

    /// Asserts that no user was admitted while another with a lower number was waiting. `stays` must contain all tokens of a queue.
    pub fn assert_in_order_of_number(stays: &[Self]) {
        let mut in_order: Vec<&Self> = stays.iter().collect();
        in_order.sort_unstable_by_key(|stay| stay.number);
        let admitted: Vec<_> = in_order.iter().filter_map(|stay| Some((stay.activated_at?, stay.number))).collect();
        for pair in admitted.windows(2) {
            assert!(pair[0].0 <= pair[1].0, "{} was admitted before {}: {admitted:?}", pair[1].1, pair[0].1);
        }
        // A user who was never admitted waited until they left, or still waits.
        for (index, waited) in in_order.iter().enumerate().filter(|(_, stay)| stay.activated_at.is_none()) {
            let before_its_end = |at: OffsetDateTime| waited.ends_at.is_none_or(|left| at + CLOCK_TOLERANCE < left);
            let overtaker = in_order[index..].iter().find(|later| later.activated_at.is_some_and(before_its_end));
            assert_eq!(overtaker, None, "was admitted while {waited:?} waited");
        }
    }

    /// Asserts that at most `capacity` users were active at any time. `stays` must contain all users who ever were.
    pub fn assert_under_capacity(stays: &[Self], capacity: usize) {
        let stays: Vec<_> = stays.iter().filter_map(|stay| stay.activated_at.zip(stay.ends_at)).collect();
        for (at, _) in &stays {
            let active = stays.iter().filter(|(from, until)| from <= at && *at + CLOCK_TOLERANCE < *until).count();
            assert!(active <= capacity, "{active} were active at {at} with a capacity of {capacity}: {stays:?}");
        }
    }
}
