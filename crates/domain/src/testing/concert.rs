//! Concerts.

use super::{CONCERT, QUEUE};
use crate::{Concert, Version, Versioned};

/// [`CONCERT`], to which [`QUEUE`] admits.
#[must_use]
pub fn a_concert() -> Versioned<Concert> {
    Versioned::new(Version(700), Concert::new(CONCERT, "Club Night".into(), "Frontrow".into(), QUEUE))
}
