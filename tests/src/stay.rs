//! Stays in the shop, as the tokens tell of them afterwards: what they show of the admission.

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// A decision is dated by the reading of the clock that came before it looked at the rows: a tick may be dated so much before
/// a departure that it saw.
const A_MOMENT: Duration = Duration::milliseconds(50);

/// A place in line, and when its user was in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// The place's number.
    pub number: u64,
    /// When its user was let in; none if they never were.
    pub activated_at: Option<OffsetDateTime>,
    /// When it ended or will end; none while it waits.
    pub ends_at: Option<OffsetDateTime>,
}

impl Stay {
    /// Of the token that the API tells of.
    #[must_use]
    pub fn of(token: &Value) -> Self {
        let instant = |name: &str| token[name].as_str().map(|at| OffsetDateTime::parse(at, &Rfc3339).unwrap());
        let number = token["number"].as_u64().expect("a token has a number");
        Self { number, activated_at: instant("activated_at"), ends_at: instant("expires_at") }
    }

    /// Nobody was let in before somebody with a lower number who waited then. These are all places of a line.
    pub fn assert_in_order_of_number(stays: &[Self]) {
        let mut line: Vec<&Self> = stays.iter().collect();
        line.sort_unstable_by_key(|stay| stay.number);
        let admitted: Vec<_> = line.iter().filter_map(|stay| Some((stay.activated_at?, stay.number))).collect();
        for pair in admitted.windows(2) {
            assert!(pair[0].0 <= pair[1].0, "{} was let in before {}: {admitted:?}", pair[1].1, pair[0].1);
        }
        // Who was never let in waited until they left, or waits still.
        for (place, waited) in line.iter().enumerate().filter(|(_, stay)| stay.activated_at.is_none()) {
            let before_its_end = |at: OffsetDateTime| waited.ends_at.is_none_or(|left| at + A_MOMENT < left);
            let overtaker = line[place..].iter().find(|later| later.activated_at.is_some_and(before_its_end));
            assert_eq!(overtaker, None, "was let in while {waited:?} waited");
        }
    }

    /// At no instant more than `places` were in. These are all who ever were.
    pub fn assert_under_capacity(stays: &[Self], places: usize) {
        let stays: Vec<_> = stays.iter().filter_map(|stay| stay.activated_at.zip(stay.ends_at)).collect();
        for (at, _) in &stays {
            let inside = stays.iter().filter(|(from, until)| from <= at && *at + A_MOMENT < *until).count();
            assert!(inside <= places, "{inside} were in at {at}, and there are {places} places: {stays:?}");
        }
    }
}
