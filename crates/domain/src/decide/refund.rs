//! Refund of a whole payment: by its user until the show starts or a ticket is used, by an operator at any time.

use time::OffsetDateTime;

use crate::audit_entry::{Action, Subject};
use crate::decide::{Decision, Verdict, ending};
use crate::idempotency::{IdempotencyRecord, IdempotentRequest};
use crate::loaded::{LoadedPayment, LoadedReservation};
use crate::{
    CancelReason, Change, Event, Guard, Needs, OperatorOrder, Outcome, PaymentId, Refusal, Rules, UserId, Versioned, WalletEntryId, Write,
    need,
};

/// The command of a user or an operator to refund a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The caller.
    pub user: UserId,
    /// The order, if the caller is an operator, who may refund any user's payment, also after the start.
    pub order: Option<OperatorOrder>,
    /// The request's idempotency key.
    pub idempotency: IdempotentRequest,
    /// The payment.
    pub payment: PaymentId,
    /// The id of the wallet entry.
    pub entry: WalletEntryId,
}

/// The input of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The idempotency record of the request.
    pub key: Option<Versioned<IdempotencyRecord>>,
    /// The payment.
    pub payment: Option<LoadedPayment>,
}

impl crate::Command for Command {
    type Outcome = Outcome;
    type Needs = (need::Key, need::Payment);

    fn needs(&self) -> Self::Needs {
        (need::Key(self.idempotency.scope.clone()), need::Payment(self.payment))
    }

    fn decide(&self, now: OffsetDateTime, (key, payment): <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<Outcome> {
        decide(&Input { now, key, payment }, self, rules)
    }
}

/// Cancels the payment, credits the payer's wallet, and frees the seats.
///
/// # Errors
/// [`Refusal::KeyReused`], [`Refusal::NotFound`], [`Refusal::NotRefundable`] if the payment is already refunded, and for a user once the
/// show has started; [`Refusal::TicketUsed`] for a user once a ticket was used.
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    let (now, key) = (input.now, input.key.as_ref());
    if let Some(replayed) = command.idempotency.replay(key, now)? {
        return Ok(replayed);
    }
    let allowed = |user: UserId| command.order.is_some() || user == command.user;
    let found = input.payment.as_ref().filter(|found| allowed(found.payment.user())).ok_or(Refusal::NotFound)?;
    let LoadedPayment { payment, reservation: paid_for, wallet } = found;
    let LoadedReservation { reservation, schedule, .. } = paid_for;
    let refuse = |started| Refusal::NotRefundable { state: payment.state(), started };
    let refunded = payment.row.clone().refund(now).map_err(|_| refuse(false))?;
    let moment = schedule.at(now);
    let used_at = reservation.tickets(schedule).into_iter().find_map(|ticket| ticket.first_use());
    if let (None, Some(used_at)) = (&command.order, used_at) {
        return Err(Refusal::TicketUsed { used_at }.into());
    }
    if command.order.is_none() && !schedule.is_refundable(now) {
        return Err(refuse(true).into());
    }
    let cancelled = reservation.row.clone().refund(moment).map_err(|_| refuse(false))?;
    let (credited, entry) = wallet.row.refund(payment.amount(), payment.id(), command.entry, now).map_err(Refusal::from)?;

    let outcome = Outcome::Paid { payment: refunded.clone(), balance: credited.balance() };
    let mut change = Change::default();
    change.rely_on(Guard::Schedule(schedule.id(), schedule.version));
    let refunded = Write::update(payment, refunded);
    change.events.push(Event::refunded(&refunded));
    change.write(refunded);
    change.write(Write::update(wallet, credited));
    change.write(Write::insert(entry));
    change.write(command.idempotency.record(outcome.clone(), key, now, rules));
    if let Some(order) = &command.order {
        change.write(Write::insert(order.audit_entry(Action::Refund, Subject::Payment(payment.id()), Vec::new(), now)));
    }
    if command.order.is_none() && !schedule.is_cancelled() {
        change.not_after(schedule.starts_at());
    }
    ending::cancel(&mut change, paid_for, cancelled, CancelReason::Refunded, moment).map_err(Refusal::from)?;
    Ok(Decision::commit(outcome, change, now))
}
