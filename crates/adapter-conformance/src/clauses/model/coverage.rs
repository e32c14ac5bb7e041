//! The coverage of the random runs: runs in which all commands are refused would compare nothing.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The number of commits of each kind of command, over all runs.
#[derive(Debug, Default)]
pub(super) struct Coverage(Mutex<BTreeMap<&'static str, u32>>);

impl Coverage {
    pub(super) fn count(&self, command: &'static str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(command).or_default() += 1;
    }

    /// Returns those of `commands` that were never committed.
    pub(super) fn missing<'a>(&self, commands: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        commands.into_iter().filter(|command| !counts.contains_key(command)).collect()
    }
}
