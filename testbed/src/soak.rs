//! The duration of tests that repeat their steps.

/// The variable that makes such tests run longer, by its value as a factor: a whole number from 1.
pub const SOAK: &str = "FRONTROW_SOAK";

/// Returns the factor by which tests that repeat their steps run longer than by default.
///
/// # Panics
///
/// If [`SOAK`] is set to anything but a whole number from 1.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the edge of the tests: how long they may run")]
pub fn soak() -> u32 {
    std::env::var(SOAK).map_or(1, |value| factor(&value))
}

fn factor(value: &str) -> u32 {
    let factor = value.parse().ok().filter(|factor| *factor > 0);
    factor.unwrap_or_else(|| panic!("{SOAK} must be a whole number from 1, not {value:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soak_factor_is_a_whole_number_from_1() {
        assert_eq!(["1", "10"].map(factor), [1, 10]);
        for value in ["", "0", "-1", "1.5", "yes"] {
            assert!(std::panic::catch_unwind(|| factor(value)).is_err(), "{value:?}");
        }
    }
}
