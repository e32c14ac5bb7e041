//! Commands with new ids and keys of their own.

use domain::decide::admission::Pass;
use domain::decide::{charge, claim, hold, join, leave, pay, refund, release};
use domain::key::Keyed;
use domain::reservation::SeatChoice;
use domain::{
    ConcertId, EntryId, Fingerprint, KeyScope, Order, PaymentId, QueueId, Remark, RequestKey, ReservationId, Route, ScheduleId, TokenId,
    UserId,
};
use uuid::Uuid;

use super::{Ids, World, seat_number, won};

impl World {
    /// An id that nobody has.
    pub(crate) fn new_id<T: From<Uuid>>(&self) -> T {
        T::from(self.ids.ordered())
    }

    /// A request of `user` with a key that nobody has used.
    pub(crate) fn new_key(&self, user: UserId, route: Route) -> Keyed {
        keyed(user, route, &self.ids.ordered().to_string())
    }

    /// An order of `operator`.
    pub(crate) fn an_order(&self, operator: UserId) -> Order {
        Order { operator, deed: self.new_id(), reason: None }
    }

    /// An order of `operator`, and why.
    pub(crate) fn an_order_because(&self, operator: UserId, reason: &str) -> Order {
        Order { reason: Some(Remark::new(reason).unwrap()), ..self.an_order(operator) }
    }

    pub(crate) fn a_join(&self, user: UserId, concert: Option<ConcertId>) -> join::Command {
        join::Command { user, concert, token: self.new_id() }
    }

    #[expect(clippy::unused_self, reason = "reads like the other commands")]
    pub(crate) fn a_claim(&self, pass: Pass, queue: Option<QueueId>) -> claim::Command {
        claim::Command { pass, queue }
    }

    pub(crate) fn a_hold(&self, pass: Pass, date: ScheduleId, seats: &[u32]) -> hold::Command {
        self.a_hold_with(self.new_key(pass.user, Route::Reservations), pass, date, seats)
    }

    pub(crate) fn a_hold_with(&self, keyed: Keyed, pass: Pass, date: ScheduleId, seats: &[u32]) -> hold::Command {
        let seats = SeatChoice::new(seats.iter().copied().map(seat_number).collect()).unwrap();
        hold::Command { pass, keyed, id: self.new_id(), schedule: date, seats }
    }

    #[expect(clippy::unused_self, reason = "reads like the other commands")]
    pub(crate) fn a_release(&self, user: UserId, reservation: ReservationId) -> release::Command {
        release::Command { user, reservation }
    }

    pub(crate) fn a_charge(&self, user: UserId, amount: i64) -> charge::Command {
        self.a_charge_with(self.new_key(user, Route::Charges), amount)
    }

    pub(crate) fn a_charge_with(&self, keyed: Keyed, amount: i64) -> charge::Command {
        charge::Command { user: keyed.scope.user, keyed, id: self.new_id::<EntryId>(), amount: won(amount) }
    }

    pub(crate) fn a_payment(&self, pass: Pass, reservation: ReservationId) -> pay::Command {
        self.a_payment_with(self.new_key(pass.user, Route::Payments), pass, reservation)
    }

    pub(crate) fn a_payment_with(&self, keyed: Keyed, pass: Pass, reservation: ReservationId) -> pay::Command {
        pay::Command { pass, keyed, id: self.new_id(), entry: self.new_id(), reservation, amount: None }
    }

    pub(crate) fn a_refund(&self, user: UserId, payment: PaymentId) -> refund::Command {
        refund::Command { user, order: None, keyed: self.new_key(user, Route::Refunds), payment, entry: self.new_id() }
    }

    #[expect(clippy::unused_self, reason = "reads like the other commands")]
    pub(crate) fn a_leave(&self, user: UserId, token: TokenId) -> leave::Command {
        leave::Command { user, token }
    }
}

/// A request of `user` with the key `key`; requests with the same key are the same request.
pub(crate) fn keyed(user: UserId, route: Route, key: &str) -> Keyed {
    let key = RequestKey::new(key).unwrap();
    Keyed { scope: KeyScope { user, route, key }, fingerprint: Fingerprint([7; 32]) }
}
