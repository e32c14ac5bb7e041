//! Cursors of the list of concerts: the place of the last one in the list. On the wire it's the letter of the list, the next start in
//! microseconds and the id, in 16 and 32 hexadecimal digits; it is opaque to clients.

use domain::{ConcertId, ListPosition};
use time::OffsetDateTime;
use uuid::Uuid;

use super::cursor::invalid_cursor;
use crate::problem::Problem;

/// The letter of the list.
const LIST: char = 'l';
/// The start of concerts that have no next one; no instant is that late.
const NO_START: u64 = u64::MAX;
const NANOSECONDS: i128 = 1_000;

/// Returns the cursor of a position.
pub(crate) fn write_position(ListPosition { next_start, id }: ListPosition) -> String {
    let micros = |at: OffsetDateTime| u64::try_from(at.unix_timestamp_nanos() / NANOSECONDS).unwrap_or(0);
    format!("{LIST}{:016x}{:032x}", next_start.map_or(NO_START, micros), id.0.as_u128())
}

/// Reads a position.
pub(crate) fn read_position(text: &str) -> Result<ListPosition, Problem> {
    parse(text).ok_or_else(invalid_cursor)
}

fn parse(text: &str) -> Option<ListPosition> {
    let digits = text.strip_prefix(LIST).filter(|digits| digits.len() == 48 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    let (start, id) = digits.split_at(16);
    let next_start = match u64::from_str_radix(start, 16).ok()? {
        NO_START => None,
        micros => Some(OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * NANOSECONDS).ok()?),
    };
    Some(ListPosition { next_start, id: ConcertId(Uuid::from_u128(u128::from_str_radix(id, 16).ok()?)) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_is_read_as_the_position_that_it_was_written_for(micros in prop::option::of(0..253_370_764_800_000_000_i64), id: u128) {
            let start = |micros| OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * NANOSECONDS).expect("an instant");
            let position = ListPosition { next_start: micros.map(start), id: ConcertId(Uuid::from_u128(id)) };
            prop_assert_eq!(parse(&write_position(position)), Some(position));
        }

        #[test]
        fn arbitrary_text_is_read_as_a_position_or_refused(text in "l?[0-9a-fA-F+]{46,50}|\\PC{0,60}") {
            if let Some(position) = parse(&text) {
                prop_assert_eq!(write_position(position), text.to_lowercase());
            }
        }
    }

    #[test]
    fn cursors_of_other_lists_are_refused() {
        for text in ["", "l", "c0f207207000070008000000000000c1b", &format!("c{}", "0".repeat(48)), &format!("l{}", "+".repeat(48))] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
