//! Errors of drivers.

use std::error::Error;

/// An error of a driver. The messages of it and its sources are shown to the operator, so they should describe what failed, and contain no
/// password.
pub type BoxError = Box<dyn Error + Send + Sync>;
