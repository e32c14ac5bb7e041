//! Instants as microseconds since 1970, UTC, and spans of time as microseconds.

use time::{Duration, OffsetDateTime};

use crate::corrupt::Corrupt;

/// Returns the microsecond that contains `at`.
pub fn micros(at: OffsetDateTime) -> i64 {
    clamp(at.unix_timestamp_nanos().div_euclid(1_000))
}

/// Returns the instant `micros`; `column` of `table` is where it was read.
pub fn instant(micros: i64, table: &'static str, column: &'static str) -> Result<OffsetDateTime, Corrupt> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).map_err(|_| Corrupt::new(table, column))
}

/// Returns a span in microseconds.
pub fn span_micros(span: Duration) -> i64 {
    clamp(span.whole_microseconds())
}

/// Returns how long the instant `micros` is past at `end`; zero if it is not.
pub fn past(micros: i64, end: OffsetDateTime) -> std::time::Duration {
    std::time::Duration::from_micros(u64::try_from(self::micros(end).saturating_sub(micros)).unwrap_or(0))
}

/// Instants of the years up to 9999 fit; a span of more than 290,000 years is cut to that length.
fn clamp(micros: i128) -> i64 {
    i64::try_from(micros).unwrap_or(if micros < 0 { i64::MIN } else { i64::MAX })
}
