//! Instants on the wire.

use serde::{Serialize, Serializer, ser::Error as _};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// An instant, as RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-21T20:00:00Z")]
pub(crate) struct Instant(OffsetDateTime);

impl From<OffsetDateTime> for Instant {
    fn from(at: OffsetDateTime) -> Self {
        Self(at.to_offset(UtcOffset::UTC))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.format(&Rfc3339).map_err(S::Error::custom)?)
    }
}

/// How many whole seconds it is from `now` until `deadline`; 0 once it has passed.
pub(crate) fn seconds_until(deadline: OffsetDateTime, now: OffsetDateTime) -> i64 {
    (deadline - now).whole_seconds().max(0)
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn an_instant_is_written_in_utc_with_the_microseconds_that_it_has() {
        let written = |at: OffsetDateTime| serde_json::to_string(&Instant::from(at)).expect("JSON");
        assert_eq!(written(datetime!(2026-11-21 20:00 +09)), r#""2026-11-21T11:00:00Z""#);
        assert_eq!(written(datetime!(2026-11-21 20:00:00.000250 UTC)), r#""2026-11-21T20:00:00.00025Z""#);
    }

    #[test]
    fn a_countdown_stops_at_zero() {
        let now = datetime!(2026-11-21 20:00 UTC);
        assert_eq!(seconds_until(now + Duration::milliseconds(1_999), now), 1);
        assert_eq!(seconds_until(now - Duration::seconds(5), now), 0);
    }
}
