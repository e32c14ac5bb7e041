//! Outcomes as JSON, in the rows of idempotency keys.

use domain::{Money, Outcome};
use serde::{Deserialize, Serialize};

use crate::corrupt::Corrupt;
use crate::rows::{entry, payment, reservation, user};

const UNREADABLE: Corrupt = Corrupt::new("idempotency_keys", "outcome");

/// An outcome as the rows that it consists of; their versions are irrelevant.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
enum Json {
    Held { reservation: reservation::Row, created: bool },
    Charged { entry: entry::Model },
    Paid { payment: payment::Model, balance: i64 },
    Registered { user: user::Model },
    Admitted { admitted: u32 },
}

/// Serializes `outcome`.
pub(super) fn write(outcome: &Outcome) -> String {
    // Structs of strings and numbers always have a JSON form.
    serde_json::to_string(&Json::from(outcome)).unwrap_or_default()
}

impl From<&Outcome> for Json {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Held { reservation, created } => Self::Held { reservation: reservation.into(), created: *created },
            Outcome::Charged(entry) => Self::Charged { entry: entry.into() },
            Outcome::Paid { payment, balance } => Self::Paid { payment: payment.into(), balance: balance.minor() },
            Outcome::Registered(user) => Self::Registered { user: user.into() },
            Outcome::Admitted { admitted } => Self::Admitted { admitted: *admitted },
        }
    }
}

/// Parses an outcome.
pub(super) fn read(text: &str) -> Result<Outcome, Corrupt> {
    match serde_json::from_str(text).map_err(|_| UNREADABLE)? {
        Json::Held { reservation, created } => Ok(Outcome::Held { reservation: reservation.try_into()?, created }),
        Json::Charged { entry } => Ok(Outcome::Charged(entry.try_into()?)),
        Json::Paid { payment, balance } => {
            Ok(Outcome::Paid { payment: payment.try_into()?, balance: Money::new(balance).map_err(|_| UNREADABLE)? })
        }
        Json::Registered { user } => Ok(Outcome::Registered(user.try_into()?)),
        Json::Admitted { admitted } => Ok(Outcome::Admitted { admitted }),
    }
}
