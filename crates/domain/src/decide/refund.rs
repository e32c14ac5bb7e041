//! Refund: a whole payment goes back; for its user until the show starts, for an operator at any time.

use crate::decide::{Decision, Verdict, ending};
use crate::deed::{Act, Subject};
use crate::key::Keyed;
use crate::{CancelReason, Change, Context, EntryId, Event, Guard, Order, Outcome, PaymentId, Refusal, Rules, UserId, Write};

/// Somebody wants a payment to go back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Who asks.
    pub user: UserId,
    /// An operator's order: they may refund anybody's payment, after the start as well.
    pub order: Option<Order>,
    /// The request's key.
    pub keyed: Keyed,
    /// The payment.
    pub payment: PaymentId,
    /// The wallet entry's id.
    pub entry: EntryId,
}

/// The payment, cancelled: the wallet has the money again, the seats are free.
///
/// # Errors
/// [`Refusal::KeyReused`], [`Refusal::NotFound`], [`Refusal::NotRefundable`] the second time, and for a user once the show has started.
pub fn decide(context: &Context, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    if let Some(first_answer) = command.keyed.replay(context)? {
        return Ok(first_answer);
    }
    let now = context.now;
    let allowed = |user: UserId| command.order.is_some() || user == command.user;
    let payment = context.payment(command.payment).filter(|payment| allowed(payment.user)).ok_or(Refusal::NotFound)?;
    let refuse = |started| Refusal::NotRefundable { state: payment.state, started };
    let refunded = payment.row.clone().refund(now).map_err(|_| refuse(false))?;
    let schedule = context.schedule.as_ref().ok_or(Refusal::NotFound)?;
    let moment = schedule.at(now);
    if command.order.is_none() && !schedule.is_refundable(now) {
        return Err(refuse(true).into());
    }
    let reservation = context.reservation(payment.reservation).ok_or(Refusal::NotFound)?;
    let cancelled = reservation.row.clone().refund(moment).map_err(|_| refuse(false))?;
    let wallet = context.wallet.as_ref().ok_or(Refusal::NotFound)?;
    let (credited, entry) = wallet.row.refund(payment.amount, payment.id, command.entry, now).map_err(Refusal::from)?;

    let outcome = Outcome::Paid { payment: refunded.clone(), balance: credited.balance() };
    let mut change = Change::default();
    change.rely_on(Guard::Schedule(schedule.id, schedule.version));
    change.events.push(Event::refunded(&refunded));
    change.write(Write::update(payment, refunded));
    change.write(Write::update(wallet, credited));
    change.write(Write::insert(entry));
    change.write(command.keyed.record(outcome.clone(), context, rules));
    if let Some(order) = &command.order {
        change.write(Write::insert(order.done(Act::Refund, Subject::Payment(payment.id), Vec::new(), now)));
    }
    if command.order.is_none() && !schedule.is_cancelled() {
        change.not_after(schedule.starts_at);
    }
    ending::cancel(&mut change, reservation, cancelled, CancelReason::Refunded, moment, context).map_err(Refusal::from)?;
    Ok(Decision::commit(outcome, change, now))
}
