//! The ids of resources.

use std::fmt::{self, Debug, Display};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident,)+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            #[serde(transparent)]
            pub struct $name(pub Uuid);

            impl Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    Display::fmt(&self.0, f)
                }
            }

            impl From<Uuid> for $name {
                fn from(id: Uuid) -> Self {
                    Self(id)
                }
            }

            impl FromStr for $name {
                type Err = uuid::Error;

                fn from_str(text: &str) -> Result<Self, uuid::Error> {
                    text.parse().map(Self)
                }
            }
        )+
    };
}

ids! {
    /// The id of a concert.
    ConcertId,
    /// The id of a payment.
    PaymentId,
    /// The id of a queue.
    QueueId,
    /// The id of a queue token. It is a secret: `Debug` doesn't show it, `Display` does.
    QueueTokenId,
    /// The id of a reservation.
    ReservationId,
    /// The id of a schedule.
    ScheduleId,
    /// The id of a user.
    UserId,
}

macro_rules! shown {
    ($($name:ident),+) => {
        $(
            impl Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, "{}({})", stringify!($name), self.0)
                }
            }
        )+
    };
}

shown!(ConcertId, PaymentId, QueueId, ReservationId, ScheduleId, UserId);

impl Debug for QueueTokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QueueTokenId(…)")
    }
}
