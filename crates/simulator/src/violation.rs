//! Violations of the promises, and the checks that report them.

use std::fmt;

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The broken rule, such as `P1` or `liveness`.
    pub rule: &'static str,
    /// The kind of violation: equal for all violations with the same cause.
    pub how: &'static str,
    /// The details of this violation.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, how, what } = self;
        write!(f, "{rule}: {how}: {what}")
    }
}

/// The result of a check.
pub(crate) type Check = Result<(), Violation>;

/// Returns a violation unless the condition `holds`.
pub(crate) fn ensure(holds: bool, rule: &'static str, how: &'static str, what: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(Violation { rule, how, what: what() }) }
}
