//! Configuration errors.

use thiserror::Error;

/// An error in the configuration.
#[derive(Debug, Error)]
pub(crate) enum ConfigError {
    /// The configuration can't be read.
    #[error("{0}")]
    Unreadable(#[from] config::ConfigError),
    /// The value of a key is invalid.
    #[error("{key} {problem}")]
    InvalidValue {
        /// The key, like `queue.batch`.
        key: String,
        /// What is wrong with the value, to follow the key in a sentence.
        problem: String,
    },
}

pub(super) fn invalid(key: impl Into<String>, problem: impl Into<String>) -> ConfigError {
    ConfigError::InvalidValue { key: key.into(), problem: problem.into() }
}
