//! Instants on the wire.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::Error as _};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// The length of 2026-11-21T20:00:00.000000001Z.
const MAX_LENGTH: usize = 30;

/// An instant in UTC, as in RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-21T20:00:00Z")]
pub(crate) struct Instant(OffsetDateTime);

impl From<OffsetDateTime> for Instant {
    fn from(at: OffsetDateTime) -> Self {
        Self(at.to_offset(UtcOffset::UTC))
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.format(&Rfc3339).map_err(|_| std::fmt::Error)?)
    }
}

impl Instant {
    /// Reads an instant in UTC, truncated to microseconds.
    pub(crate) fn read(text: &str) -> Option<Self> {
        read(text).map(Self)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = [0; MAX_LENGTH];
        let mut rest = text.as_mut_slice();
        self.0.format_into(&mut rest, &Rfc3339).map_err(S::Error::custom)?;
        let length = MAX_LENGTH - rest.len();
        serializer.serialize_str(str::from_utf8(&text[..length]).map_err(S::Error::custom)?)
    }
}

impl From<Instant> for OffsetDateTime {
    fn from(at: Instant) -> Self {
        at.0
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| de::Error::custom("must be an RFC 3339 timestamp from 1970 to 9998, like 2026-11-21T20:00:00Z"))
    }
}

/// Parses an instant in UTC, truncated to microseconds. Years have four digits, with a margin for calculations.
fn read(text: &str) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)?;
    let at = at.replace_microsecond(at.microsecond()).ok()?;
    (1970..9999).contains(&at.year()).then_some(at)
}

/// Returns the number of whole seconds from `now` until `deadline`, 0 once it has passed.
pub(crate) fn seconds_until(deadline: OffsetDateTime, now: OffsetDateTime) -> i64 {
    (deadline - now).whole_seconds().max(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn an_instant_is_written_in_utc_with_its_microseconds() {
        let written = |at: OffsetDateTime| serde_json::to_string(&Instant::from(at)).expect("JSON");
        assert_eq!(written(datetime!(2026-11-21 20:00 +09)), r#""2026-11-21T11:00:00Z""#);
        assert_eq!(written(datetime!(2026-11-21 20:00:00.000250 UTC)), r#""2026-11-21T20:00:00.00025Z""#);
    }

    #[test]
    fn an_instant_is_read_to_the_microsecond() {
        assert_eq!(read("2026-11-21T20:00:00.1234567+09:00"), Some(datetime!(2026-11-21 11:00:00.123456 UTC)));
        for invalid in
            ["", "2026-11-21", "2026-11-21T20:00:00", "1969-12-31T23:59:59Z", "9999-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"]
        {
            assert_eq!(read(invalid), None, "{invalid}");
        }
    }

    proptest! {
        #[test]
        fn written_instants_are_read(microseconds in 0..253_370_764_800_000_000_i128, text in "[0-9TZ:+.-]{0,30}") {
            let at = OffsetDateTime::from_unix_timestamp_nanos(microseconds * 1_000).expect("an instant");
            let written = serde_json::to_value(Instant::from(at)).expect("JSON");
            prop_assert_eq!(read(written.as_str().expect("a text")), Some(at));
            let _ = read(&text);
        }
    }

    #[test]
    fn a_countdown_stops_at_zero() {
        let now = datetime!(2026-11-21 20:00 UTC);
        assert_eq!(seconds_until(now + Duration::milliseconds(1_999), now), 1);
        assert_eq!(seconds_until(now - Duration::seconds(5), now), 0);
    }
}
