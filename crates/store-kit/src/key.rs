//! The keys of the map. The first byte is the kind of entry; the other bytes are in the order in which rows are looked up.
//!
//! A row is stored under the key of its table; an index entry has the key of the row as its value.

use std::ops::Range;

use domain::{
    AuditEntryId, ConcertId, IdempotencyScope, LayoutHash, PaymentId, QueueId, ReservationId, ScheduleId, SeatNumber, TokenId, User,
    UserId, WalletEntryId,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::instant::micros;

/// The kind of an entry. A number is never reused for another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// Internal values of the store, by name.
    Own = 0,
    Queue = 1,
    QueueCounters = 2,
    Concert = 3,
    Schedule = 4,
    Seat = 5,
    Token = 6,
    Reservation = 7,
    Payment = 8,
    User = 9,
    Wallet = 10,
    WalletEntry = 11,
    IdempotencyKey = 12,
    AuditEntry = 13,
    Event = 14,
    LogReader = 15,
    Layout = 16,
    ScheduleSales = 17,
    Session = 18,

    /// Concerts by queue.
    ConcertOfQueue = 64,
    /// Schedules by concert and start.
    ScheduleOfConcert = 65,
    /// Cancelled schedules by the time of their cancellation.
    CancelledSchedule = 66,
    /// Seats that are AVAILABLE or HELD, by schedule.
    SeatLeft = 67,
    /// Seats by schedule and label.
    SeatLabel = 68,
    /// Tokens by queue and number.
    TokenOfQueue = 69,
    /// WAITING and ACTIVE tokens by queue and number.
    LiveToken = 70,
    /// WAITING tokens by queue and number.
    WaitingToken = 71,
    /// ACTIVE tokens by queue and deadline.
    ActiveToken = 72,
    /// The live token of a user in a queue.
    LiveTokenOfUser = 73,
    /// Live tokens by queue and the concert that they name.
    LiveTokenForConcert = 74,
    /// Tokens by user.
    TokenOfUser = 75,
    /// Ended tokens without any reservation, by the time at which they ended.
    UnusedToken = 76,
    /// Reservations by token.
    ReservationOfToken = 77,
    /// HELD reservations by token.
    HoldOfToken = 78,
    /// Reservations by user.
    ReservationOfUser = 79,
    /// HELD and CONFIRMED reservations by user and concert.
    OwnedByUser = 80,
    /// HELD and CONFIRMED reservations by schedule.
    LiveReservation = 81,
    /// HELD reservations by deadline.
    Hold = 82,
    /// HELD reservations by concert and deadline.
    HoldOfConcert = 83,
    /// HELD reservations by schedule and deadline.
    HoldOfSchedule = 84,
    /// Payments by user.
    PaymentOfUser = 85,
    /// Users by search key.
    UserSearchKey = 86,
    /// Idempotency records by expiry.
    ExpiringKey = 87,
    /// Wallet entries by their ids.
    WalletEntryId = 88,
    /// Audit entries by subject.
    AuditEntryOfSubject = 89,
    /// Audit entries by operator.
    AuditEntryOfOperator = 90,
    /// Reservations that ended without a payment, by deadline.
    UnpaidReservation = 91,
    /// Users with names whose use is to be checked, by the time of their registration: all users that were never used, and some others.
    UncheckedUser = 92,
    /// Refunded reservations by schedule.
    RefundedReservation = 93,
    /// The sales of schedules by the time of the last payment.
    RecentSales = 94,
    /// Sessions by the instant of their end.
    EndingSession = 95,
}

/// A key, or a prefix of keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(Vec<u8>);

impl Key {
    /// Returns the prefix of all keys of `kind`.
    pub(crate) fn of(kind: Kind) -> Self {
        Self(vec![kind as u8])
    }

    /// Returns a key lower than all index keys.
    pub(crate) fn of_first_index() -> Self {
        Self::of(Kind::ConcertOfQueue)
    }

    /// Returns a key higher than all keys.
    pub(crate) fn of_last() -> Self {
        Self(vec![u8::MAX])
    }

    /// Returns the key whose bytes were stored as a value.
    pub(crate) fn kept(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn id(self, id: impl Into<Uuid>) -> Self {
        self.bytes(id.into().as_bytes())
    }

    pub(crate) fn number(self, number: u64) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    pub(crate) fn seat(self, number: SeatNumber) -> Self {
        self.bytes(&number.get().to_be_bytes())
    }

    /// Appends an instant: earlier ones are lower, including those before 1970.
    pub(crate) fn at(self, instant: OffsetDateTime) -> Self {
        self.bytes(&(micros(instant) ^ i64::MIN).to_be_bytes())
    }

    /// Appends a text with a terminator, so that a text sorts before those that it is a prefix of. It must not contain a NUL.
    pub(crate) fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes()).bytes(&[0])
    }

    /// Appends any text, for keys that are never read in order.
    pub(crate) fn exact(self, text: &str) -> Self {
        self.number(text.len() as u64).bytes(text.as_bytes())
    }

    /// Appends a prefix of a text.
    pub(crate) fn beginning(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    /// Appends another key.
    pub(crate) fn follow(self, other: &Self) -> Self {
        self.bytes(&other.0)
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Returns the range of all keys that begin with this one.
    pub(crate) fn all(self) -> Range<Self> {
        let end = self.clone().after_all();
        self..end
    }

    /// Returns the lowest key that is higher than all keys that begin with this one.
    pub(crate) fn after_all(mut self) -> Self {
        // No kind has the number 255.
        while self.0.pop_if(|last| *last == u8::MAX).is_some() {}
        if let Some(last) = self.0.last_mut() {
            *last += 1;
        }
        self
    }
}

pub(crate) fn queue(id: QueueId) -> Key {
    Key::of(Kind::Queue).id(id.0)
}

pub(crate) fn queue_counters(queue: QueueId) -> Key {
    Key::of(Kind::QueueCounters).id(queue.0)
}

pub(crate) fn concert(id: ConcertId) -> Key {
    Key::of(Kind::Concert).id(id.0)
}

pub(crate) fn schedule(id: ScheduleId) -> Key {
    Key::of(Kind::Schedule).id(id.0)
}

pub(crate) fn layout(hash: LayoutHash) -> Key {
    Key::of(Kind::Layout).bytes(&hash.0)
}

pub(crate) fn seat(schedule: ScheduleId, number: SeatNumber) -> Key {
    Key::of(Kind::Seat).id(schedule.0).seat(number)
}

pub(crate) fn sales(schedule: ScheduleId) -> Key {
    Key::of(Kind::ScheduleSales).id(schedule.0)
}

pub(crate) fn token(id: TokenId) -> Key {
    Key::of(Kind::Token).id(id.0)
}

pub(crate) fn reservation(id: ReservationId) -> Key {
    Key::of(Kind::Reservation).id(id.0)
}

pub(crate) fn payment(id: PaymentId) -> Key {
    Key::of(Kind::Payment).id(id.0)
}

pub(crate) fn user(id: UserId) -> Key {
    Key::of(Kind::User).id(id.0)
}

/// Returns the key of the index entry of a user whose use is to be checked; none if the user has no name.
pub(crate) fn unchecked_user(user: &User) -> Option<Key> {
    user.name.as_ref().map(|_| Key::of(Kind::UncheckedUser).at(user.created_at).id(user.id.0))
}

/// Returns the instant that follows the kind of a key, in microseconds, as [`Key::at`] has appended it.
pub(crate) fn micros_of(key: &[u8]) -> Option<i64> {
    let bytes = key.get(1..9)?.try_into().ok()?;
    Some(i64::from_be_bytes(bytes) ^ i64::MIN)
}

pub(crate) fn wallet(user: UserId) -> Key {
    Key::of(Kind::Wallet).id(user.0)
}

pub(crate) fn wallet_entry(user: UserId, sequence: u64) -> Key {
    Key::of(Kind::WalletEntry).id(user.0).number(sequence)
}

pub(crate) fn wallet_entry_id(id: WalletEntryId) -> Key {
    Key::of(Kind::WalletEntryId).id(id.0)
}

pub(crate) fn idempotency_key(scope: &IdempotencyScope) -> Key {
    Key::of(Kind::IdempotencyKey).id(scope.user.0).text(scope.operation.name()).text(scope.key.as_str())
}

pub(crate) fn session(user: UserId, slot: u8) -> Key {
    Key::of(Kind::Session).id(user.0).bytes(&[slot])
}

pub(crate) fn audit_entry(id: AuditEntryId) -> Key {
    Key::of(Kind::AuditEntry).id(id.0)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn keys_sort_like_their_parts() {
        let at = |instant| Key::of(Kind::Hold).at(instant);
        assert!(at(datetime!(1969-12-31 23:00 UTC)) < at(datetime!(1970-01-01 00:00 UTC)));
        assert!(at(datetime!(2026-01-01 00:00 UTC)) < at(datetime!(2026-01-01 00:00:00.000001 UTC)));
        assert!(Key::of(Kind::Event).number(255) < Key::of(Kind::Event).number(256));
        let named = |name| Key::of(Kind::UserSearchKey).text(name).id(Uuid::max());
        assert!(named("ada") < named("ada b") && named("ada b") < named("adam"));
    }

    #[test]
    fn keys_with_a_common_prefix_form_a_range() {
        let ids = Key::of(Kind::Token).id(Uuid::max()).all();
        assert!(ids.contains(&Key::of(Kind::Token).id(Uuid::max()).number(u64::MAX)));
        assert!(!ids.contains(&Key::of(Kind::Reservation)));
        let table = Key::of(Kind::Token).all();
        assert!(table.contains(&Key::of(Kind::Token)) && table.contains(&Key::of(Kind::Token).id(Uuid::max())));
        assert!(!table.contains(&Key::of(Kind::QueueCounters).id(Uuid::max())));
        let ada = Key::of(Kind::UserSearchKey).beginning("ada").all();
        assert!(ada.contains(&Key::of(Kind::UserSearchKey).text("ada")) && ada.contains(&Key::of(Kind::UserSearchKey).text("adam")));
        assert!(!ada.contains(&Key::of(Kind::UserSearchKey).text("adb")));
    }
}
