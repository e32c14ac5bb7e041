//! Schedules: the dates of a concert.

use thiserror::Error;
use time::OffsetDateTime;

use crate::{ConcertId, ScheduleId};

/// One date of a concert.
///
/// ```text
///   sale_opens_at ──── on sale ──── sale_closes_at        starts_at: no refund from here on
///   cancelled: never on sale again, refunds at any time
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The date's id.
    pub id: ScheduleId,
    /// The concert whose date it is.
    pub concert: ConcertId,
    /// When the show starts.
    pub starts_at: OffsetDateTime,
    /// The hall's time zone, for those who print tickets.
    pub zone: Zone,
    /// The first instant of the sale.
    pub sale_opens_at: OffsetDateTime,
    /// The first instant after the sale.
    pub sale_closes_at: OffsetDateTime,
    /// When it was called off; none if it wasn't.
    pub cancelled_at: Option<OffsetDateTime>,
}

/// The sale ends before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the sale must open before it closes")]
pub struct NoSale;

impl Schedule {
    /// Whether there is a first instant of the sale before the first one after it.
    ///
    /// # Errors
    /// [`NoSale`] if not.
    pub fn check(&self) -> Result<(), NoSale> {
        if self.sale_opens_at < self.sale_closes_at { Ok(()) } else { Err(NoSale) }
    }

    /// Whether seats can be held at `now`.
    #[must_use]
    pub fn is_on_sale(&self, now: OffsetDateTime) -> bool {
        self.cancelled_at.is_none() && self.sale_opens_at <= now && now < self.sale_closes_at
    }

    /// Whether its users can get their payments back at `now`: until the show starts, and if it never will, at any time.
    #[must_use]
    pub fn is_refundable(&self, now: OffsetDateTime) -> bool {
        self.cancelled_at.is_some() || !self.has_started(now)
    }

    /// Whether the show has started at `now`.
    #[must_use]
    pub fn has_started(&self, now: OffsetDateTime) -> bool {
        self.starts_at <= now
    }
}

/// The name of a time zone, as in the IANA database: `Asia/Seoul`, `UTC`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(String);

/// The text does not look like the name of a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a time zone is named as in the IANA database, like Asia/Seoul")]
pub struct NotAZone;

impl Zone {
    /// The zone called `name`. Its shape is checked, not its presence in a database that changes several times a year.
    ///
    /// # Errors
    /// [`NotAZone`] if the shape is wrong.
    pub fn new(name: &str) -> Result<Self, NotAZone> {
        let part = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_alphabetic()) && part.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c))
        };
        if name.len() <= 64 && name.split('/').all(part) { Ok(Self(name.to_owned())) } else { Err(NotAZone) }
    }

    /// The zone's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_zone_has_the_shape_of_an_iana_name() {
        for name in ["UTC", "Asia/Seoul", "America/Argentina/Buenos_Aires", "Etc/GMT+9"] {
            assert!(Zone::new(name).is_ok(), "{name}");
        }
        for name in ["", "Asia/", "/Seoul", "Asia Seoul", "+09:00"] {
            assert_eq!(Zone::new(name), Err(NotAZone), "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_zone_is_kept_as_it_is(text in "[A-Za-z0-9_+/ -]{0,70}|.{0,20}") {
            if let Ok(zone) = Zone::new(&text) {
                prop_assert_eq!(zone.as_str(), text);
            }
        }
    }
}
