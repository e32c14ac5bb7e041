//! Cursors: the start of the next page of a list.

use application::use_cases::TicketCursor;
use domain::{AuditEntryId, ConcertId, PaymentId, ReservationId, ScheduleId, SeatNumber, TicketId, UserId};
use uuid::Uuid;

use crate::problem::{Code, Problem};

/// The item that a cursor names: the last one of the previous page. On the wire it's a letter for the list and hexadecimal digits; it is
/// opaque to clients.
pub(crate) trait Cursor: Copy {
    /// The letter of the list.
    const LIST: char;
    /// Returns the item as hexadecimal digits.
    fn digits(self) -> String;
    /// Returns the item with these digits.
    fn restore(digits: &str) -> Option<Self>;
}

/// The number of digits of a UUID.
const UUID_DIGITS: usize = 32;
/// The number of digits of a seat number.
const SEAT_DIGITS: usize = 8;

fn uuid_digits(id: Uuid) -> String {
    format!("{:032x}", id.as_u128())
}

/// Reads exactly `count` hexadecimal digits.
fn number(digits: &str, count: usize) -> Option<u128> {
    let is_number = digits.len() == count && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_number { u128::from_str_radix(digits, 16).ok() } else { None }
}

fn uuid(digits: &str) -> Option<Uuid> {
    number(digits, UUID_DIGITS).map(Uuid::from_u128)
}

/// Reads a UUID and a seat number.
fn uuid_and_seat(digits: &str) -> Option<(Uuid, SeatNumber)> {
    let (id, seat) = digits.split_at_checked(UUID_DIGITS)?;
    Some((uuid(id)?, SeatNumber::new(number(seat, SEAT_DIGITS)?.try_into().ok()?).ok()?))
}

macro_rules! cursors {
    ($($id:ident: $list:literal;)*) => {$(
        impl Cursor for $id {
            const LIST: char = $list;
            fn digits(self) -> String {
                uuid_digits(self.0)
            }
            fn restore(digits: &str) -> Option<Self> {
                uuid(digits).map(Self)
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
    fn digits(self) -> String {
        format!("{self:032x}")
    }
    fn restore(digits: &str) -> Option<Self> {
        number(digits, UUID_DIGITS)?.try_into().ok()
    }
}

/// A ticket among those of its user.
impl Cursor for TicketCursor {
    const LIST: char = 't';
    fn digits(self) -> String {
        format!("{}{:08x}", uuid_digits(self.payment.0), self.seat.get())
    }
    fn restore(digits: &str) -> Option<Self> {
        uuid_and_seat(digits).map(|(payment, seat)| Self { payment: PaymentId(payment), seat })
    }
}

/// A ticket among those of its schedule.
impl Cursor for TicketId {
    const LIST: char = 'a';
    fn digits(self) -> String {
        format!("{}{:08x}", uuid_digits(self.reservation.0), self.seat.get())
    }
    fn restore(digits: &str) -> Option<Self> {
        uuid_and_seat(digits).map(|(reservation, seat)| Self { reservation: ReservationId(reservation), seat })
    }
}

/// Reads a cursor of the list of `C`.
pub(super) fn read<C: Cursor>(text: &str) -> Result<C, Problem> {
    text.strip_prefix(C::LIST).and_then(C::restore).ok_or_else(invalid_cursor)
}

/// Creates the problem of a cursor that doesn't belong to the list.
pub(crate) fn invalid_cursor() -> Problem {
    Problem::new(Code::InvalidCursor, "the cursor must be the next_cursor of a page of the same list")
}
