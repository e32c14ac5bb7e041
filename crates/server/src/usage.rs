//! Invalid usage that only the command itself can detect.

use thiserror::Error;

/// Arguments that parse but make no valid command.
#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);
