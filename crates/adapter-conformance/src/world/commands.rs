//! Commands with new ids and keys of their own.

use domain::decide::admission::Pass;
use domain::decide::{charge, check_in, claim, hold, join, leave, pay, refund, register, release};
use domain::idempotency::IdempotentRequest;
use domain::{
    ConcertId, Note, Operation, OperatorOrder, PaymentId, QueueId, ReservationId, ScheduleId, TicketId, TokenId, UserId, UserName,
    WalletEntryId,
};
use uuid::Uuid;

use super::{Ids, World, idempotency, won};

impl World {
    /// Returns an unused id.
    pub(crate) fn new_id<T: From<Uuid>>(&self) -> T {
        T::from(self.ids.ordered())
    }

    /// Returns a request of `user` with an unused key.
    pub(crate) fn new_key(&self, user: UserId, operation: Operation) -> IdempotentRequest {
        idempotency(user, operation, &self.ids.ordered().to_string())
    }

    /// Returns an order of `operator` without a reason.
    pub(crate) fn an_order(&self, operator: UserId) -> OperatorOrder {
        OperatorOrder { operator, audit_entry: self.new_id(), reason: None }
    }

    /// Returns an order of `operator` with a reason.
    pub(crate) fn an_order_because(&self, operator: UserId, reason: &str) -> OperatorOrder {
        OperatorOrder { reason: Some(Note::new(reason).unwrap()), ..self.an_order(operator) }
    }

    pub(crate) fn a_join(&self, user: UserId, concert: Option<ConcertId>) -> join::Command {
        join::Command { user, concert, token: self.new_id() }
    }

    #[expect(clippy::unused_self, reason = "consistent with the other commands")]
    pub(crate) fn a_claim(&self, pass: Pass, queue: Option<QueueId>) -> claim::Command {
        claim::Command { pass, queue }
    }

    pub(crate) fn a_hold(&self, pass: Pass, schedule: ScheduleId, seats: &[u32]) -> hold::Command {
        self.a_hold_with(self.new_key(pass.user, Operation::Hold), pass, schedule, seats)
    }

    pub(crate) fn a_hold_with(&self, idempotency: IdempotentRequest, pass: Pass, schedule: ScheduleId, seats: &[u32]) -> hold::Command {
        hold::Command { pass, idempotency, id: self.new_id(), schedule, seats: super::seats(seats).into() }
    }

    #[expect(clippy::unused_self, reason = "consistent with the other commands")]
    pub(crate) fn a_release(&self, user: UserId, reservation: ReservationId) -> release::Command {
        release::Command { user, reservation }
    }

    pub(crate) fn a_charge(&self, user: UserId, amount: i64) -> charge::Command {
        self.a_charge_with(self.new_key(user, Operation::Charge), amount)
    }

    pub(crate) fn a_charge_with(&self, idempotency: IdempotentRequest, amount: i64) -> charge::Command {
        charge::Command { user: None, order: None, idempotency, id: self.new_id::<WalletEntryId>(), amount: won(amount) }
    }

    /// Returns a charge of `user`'s wallet by order of `cashier`.
    pub(crate) fn a_charge_for(&self, cashier: UserId, user: UserId, amount: i64) -> charge::Command {
        let (order, idempotency) = (Some(self.an_order(cashier)), self.new_key(cashier, Operation::Charge));
        charge::Command { user: Some(user), order, idempotency, id: self.new_id::<WalletEntryId>(), amount: won(amount) }
    }

    /// Returns a registration with `idempotency`.
    pub(crate) fn a_registration(&self, name: &str, idempotency: Option<IdempotentRequest>) -> register::Command {
        register::Command { user: self.new_id(), name: UserName::new(name).unwrap(), idempotency }
    }

    pub(crate) fn a_payment(&self, pass: Pass, reservation: ReservationId) -> pay::Command {
        self.a_payment_with(self.new_key(pass.user, Operation::Pay), pass, reservation)
    }

    pub(crate) fn a_payment_with(&self, idempotency: IdempotentRequest, pass: Pass, reservation: ReservationId) -> pay::Command {
        pay::Command { pass, idempotency, id: self.new_id(), entry: self.new_id(), reservation, amount: None }
    }

    pub(crate) fn a_refund(&self, user: UserId, payment: PaymentId) -> refund::Command {
        refund::Command { user, order: None, idempotency: self.new_key(user, Operation::Refund), payment, entry: self.new_id() }
    }

    /// Returns the check-in by Dan of the ticket for a seat.
    #[expect(clippy::unused_self, reason = "consistent with the other commands")]
    pub(crate) fn a_check_in(&self, reservation: ReservationId, seat: u32) -> check_in::Command {
        let ticket = TicketId { reservation, seat: super::seat_number(seat) };
        check_in::Command { checked_in_by: super::DAN, ticket, schedule: None }
    }

    #[expect(clippy::unused_self, reason = "consistent with the other commands")]
    pub(crate) fn a_leave(&self, user: UserId, token: TokenId) -> leave::Command {
        leave::Command { user, token }
    }
}
