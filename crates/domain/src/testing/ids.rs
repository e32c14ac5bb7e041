//! The time, the users and the ids of tests.

use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use crate::{ConcertId, PaymentId, Queue, QueueId, ReservationId, ScheduleId, TokenId, UserId};

/// The time at which the builders' rows are valid and commands are decided.
pub const NOW: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);

/// A user.
pub const ADA: UserId = user(1);
/// Another user.
pub const BEN: UserId = user(2);
/// A third user.
pub const CYD: UserId = user(3);

/// The default queue, which admits users to [`CONCERT`].
pub const QUEUE: QueueId = Queue::DEFAULT;
/// Another queue.
pub const OTHER_QUEUE: QueueId = QueueId(uuid(2, 2));
/// A concert.
pub const CONCERT: ConcertId = ConcertId(uuid(3, 1));
/// Another concert.
pub const OTHER_CONCERT: ConcertId = ConcertId(uuid(3, 2));
/// A schedule of [`CONCERT`].
pub const SCHEDULE: ScheduleId = schedule(1);
/// Another schedule of [`CONCERT`].
pub const OTHER_SCHEDULE: ScheduleId = schedule(2);

/// Returns the id of user `number`: [`ADA`] is 1, [`BEN`] 2, [`CYD`] 3.
#[must_use]
pub const fn user(number: u64) -> UserId {
    UserId(uuid(1, number))
}

/// Returns the id of schedule `number`: [`SCHEDULE`] is 1, [`OTHER_SCHEDULE`] 2.
#[must_use]
pub const fn schedule(number: u64) -> ScheduleId {
    ScheduleId(uuid(4, number))
}

/// Returns the id of `user`'s token.
#[must_use]
pub const fn token_of(user: UserId) -> TokenId {
    TokenId(uuid(5, number_of(user)))
}

/// Returns the id of `user`'s reservation.
#[must_use]
pub const fn reservation_of(user: UserId) -> ReservationId {
    ReservationId(uuid(6, number_of(user)))
}

/// Returns the id of `user`'s payment.
#[must_use]
pub const fn payment_of(user: UserId) -> PaymentId {
    PaymentId(uuid(7, number_of(user)))
}

const fn number_of(user: UserId) -> u64 {
    user.0.as_u64_pair().1
}

const fn uuid(kind: u64, number: u64) -> Uuid {
    Uuid::from_u64_pair(kind, number)
}
