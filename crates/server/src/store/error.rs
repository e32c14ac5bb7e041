//! How drivers fail.

use std::error::Error;

/// Any error. The operator reads its message and those of its sources, so these say what failed, and hold no password.
pub type BoxError = Box<dyn Error + Send + Sync>;
