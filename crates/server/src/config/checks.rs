//! Range checks of numbers in the configuration.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::error::{ConfigError, invalid};

pub(super) const SECONDS_PER_DAY: u32 = 86_400;

pub(super) fn within(key: &str, value: u32, range: RangeInclusive<u32>) -> Result<u32, ConfigError> {
    if range.contains(&value) {
        Ok(value)
    } else {
        Err(invalid(key, format!("must be from {} to {}, not {value}", range.start(), range.end())))
    }
}

pub(super) fn size(key: &str, value: u32, range: RangeInclusive<u32>) -> Result<usize, ConfigError> {
    usize::try_from(within(key, value, range)?).map_err(|_| invalid(key, "is too large for this machine"))
}

pub(super) fn seconds(key: &str, value: u32, range: RangeInclusive<u32>) -> Result<Duration, ConfigError> {
    Ok(Duration::from_secs(within(key, value, range)?.into()))
}

pub(super) fn milliseconds(key: &str, value: u32, range: RangeInclusive<u32>) -> Result<Duration, ConfigError> {
    Ok(Duration::from_millis(within(key, value, range)?.into()))
}
