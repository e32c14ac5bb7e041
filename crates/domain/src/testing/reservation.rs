//! Reservations for tests.

use time::OffsetDateTime;

use super::{CONCERT, NOW, PRICE, SCHEDULE, reservation_of, rules, seats, token_of, won};
use crate::reservation::ReservationIds;
use crate::{
    CancelReason, ConcertId, Money, PaymentId, Reservation, ReservationId, ReservationState, ReservedSeat, ScheduleId, SeatNumber, TokenId,
    UserId, Version, Versioned,
};

/// Returns `user`'s hold of seats `numbers` of [`SCHEDULE`], made now under [`token_of(user)`](token_of): HELD for the duration of the
/// default [`rules()`]. Its id is [`reservation_of(user)`](reservation_of).
///
/// The rows of the seats must match: [`Versioned::<Seat>::held_under`](crate::Versioned::held_under).
///
/// # Panics
/// Unless `numbers` has at least one number and no duplicates.
#[must_use]
#[track_caller]
pub fn a_hold(user: UserId, numbers: &[u32]) -> Versioned<Reservation> {
    let ids = ReservationIds { id: reservation_of(user), user, token: token_of(user), concert: CONCERT, schedule: SCHEDULE };
    let reserved = |number: &SeatNumber| ReservedSeat::new(*number, format!("Row A {number}"), won(PRICE));
    let seats: Vec<_> = seats(numbers).numbers().iter().map(reserved).collect();
    let amount = Money::sum(seats.iter().map(|seat| seat.price)).unwrap_or_default();
    let row = Reservation::hold(ids, seats, amount, NOW, NOW + rules().hold);
    let number = ids.id.0.as_u64_pair().1;
    Versioned::new(Version(300 + number.cast_signed()), row)
}

impl Reservation {
    /// Returns the reservation with its ids as modified by `change`.
    #[must_use]
    pub fn with_ids(self, change: impl FnOnce(&mut ReservationIds)) -> Self {
        let mut ids = self.ids();
        change(&mut ids);
        Self::hold(ids, self.seats().to_vec(), self.amount(), self.held_at(), self.expires_at()).restore(self.state())
    }

    /// Returns the reservation with another id.
    #[must_use]
    pub fn with_id(self, id: ReservationId) -> Self {
        self.with_ids(|ids| ids.id = id)
    }
}

impl Versioned<Reservation> {
    /// Returns the reservation in `state`.
    #[must_use]
    pub fn with_state(self, state: ReservationState) -> Self {
        Self { row: self.row.restore(state), ..self }
    }

    /// Returns the reservation with the deadline `expires_at`, made at the matching time by the default [`rules()`].
    #[must_use]
    pub fn until(self, expires_at: OffsetDateTime) -> Self {
        let held_at = expires_at - rules().hold;
        self.with(|hold| Reservation::hold(hold.ids(), hold.seats().to_vec(), hold.amount(), held_at, expires_at).restore(hold.state()))
    }

    /// Returns the reservation CONFIRMED by `payment`.
    #[must_use]
    pub fn confirmed_by(self, payment: PaymentId) -> Self {
        self.with_state(ReservationState::Confirmed { payment })
    }

    /// Returns the reservation CANCELLED before it was paid.
    #[must_use]
    pub fn cancelled(self, reason: CancelReason) -> Self {
        self.with_state(ReservationState::Cancelled { reason, payment: None })
    }

    /// Returns the reservation of `user`, made under `token`.
    #[must_use]
    pub fn of(self, user: UserId, token: TokenId) -> Self {
        self.with(|hold| hold.with_ids(|ids| (ids.user, ids.token) = (user, token)))
    }

    /// Returns the reservation of the same seat numbers of `schedule`, a schedule of `concert`.
    #[must_use]
    pub fn at(self, concert: ConcertId, schedule: ScheduleId) -> Self {
        self.with(|hold| hold.with_ids(|ids| (ids.concert, ids.schedule) = (concert, schedule)))
    }
}
