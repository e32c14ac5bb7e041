//! Cursors: the start of the next page of a list.

use domain::{AuditEntryId, ConcertId, PaymentId, ReservationId, ScheduleId, UserId};
use uuid::Uuid;

use crate::problem::{Code, Problem};

/// The item that a cursor names: the last one of the previous page. On the wire it's a letter for the list and 32 hexadecimal digits; it is
/// opaque to clients.
pub(crate) trait Cursor: Copy {
    /// The letter of the list.
    const LIST: char;
    /// Returns the item as a number.
    fn number(self) -> u128;
    /// Returns the item with that number.
    fn restore(number: u128) -> Option<Self>;
}

macro_rules! cursors {
    ($($id:ident: $list:literal;)*) => {$(
        impl Cursor for $id {
            const LIST: char = $list;
            fn number(self) -> u128 {
                self.0.as_u128()
            }
            fn restore(number: u128) -> Option<Self> {
                Some(Self(Uuid::from_u128(number)))
            }
        }
    )*};
}

cursors! {
    ConcertId: 'c';
    ScheduleId: 's';
    ReservationId: 'r';
    PaymentId: 'p';
    UserId: 'u';
    AuditEntryId: 'd';
}

/// The sequence number of a wallet entry.
impl Cursor for u64 {
    const LIST: char = 'e';
    fn number(self) -> u128 {
        self.into()
    }
    fn restore(number: u128) -> Option<Self> {
        number.try_into().ok()
    }
}

/// Reads a cursor of the list of `C`.
pub(super) fn read<C: Cursor>(text: &str) -> Result<C, Problem> {
    let digits = text.strip_prefix(C::LIST).filter(|digits| digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let item = digits.and_then(|digits| u128::from_str_radix(digits, 16).ok()).and_then(C::restore);
    item.ok_or_else(invalid_cursor)
}

/// Creates the problem of a cursor that doesn't belong to the list.
pub(crate) fn invalid_cursor() -> Problem {
    Problem::new(Code::InvalidCursor, "the cursor must be the next_cursor of a page of the same list")
}
