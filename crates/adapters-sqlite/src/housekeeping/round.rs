//! The result of a round of pruning.

use application::ports::Pruned;

/// Returns the result of a round that has deleted `deleted` rows, after it has checked `checked` rows of `at_most`.
pub(super) fn pruned(deleted: usize, checked: usize, at_most: u32) -> Pruned {
    Pruned { rows: deleted.try_into().unwrap_or(u64::MAX), more: u32::try_from(checked).is_ok_and(|checked| checked >= at_most) }
}
