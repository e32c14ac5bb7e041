//! Pay: money goes over, the seats are sold, the admission ends; all or nothing.

use crate::decide::admission::{Admitted, Pass};
use crate::decide::{Decision, Verdict};
use crate::key::Keyed;
use crate::reservation::ReservationStatus;
use crate::wallet::WalletError;
use crate::{
    CancelReason, Change, Context, EntryId, Event, ExpiryReason, Fault, Guard, Money, Outcome, Payment, PaymentId, PaymentState, Refusal,
    Reservation, ReservationId, Rules, Versioned, Write,
};

/// A user pays for held seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Who, by which admission.
    pub pass: Pass,
    /// The request's key.
    pub keyed: Keyed,
    /// The payment's id.
    pub id: PaymentId,
    /// The wallet entry's id.
    pub entry: EntryId,
    /// What is paid for.
    pub reservation: ReservationId,
    /// What the user believes is due, if they said so.
    pub amount: Option<Money>,
}

/// The payment, with everything that belongs to it.
///
/// # Errors
/// The refusals of [`Pass::check`], [`Refusal::KeyReused`], [`Refusal::NotFound`], [`Refusal::ScheduleCancelled`],
/// [`Refusal::ReservationExpired`], [`Refusal::ReservationNotPayable`], [`Refusal::AmountMismatch`], [`Refusal::Wallet`] if the balance doesn't cover it.
pub fn decide(context: &Context, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    // Another's reservation is as good as none: it must not tell which queue it belongs to.
    let own = context.reservation(command.reservation).filter(|reservation| reservation.user == command.pass.user);
    let queue = own.and(context.concert.as_ref()).map(|concert| concert.queue);
    if let Some(first_answer) = command.keyed.replay(context).map_err(|reused| command.pass.refuse(reused, queue, context, rules))? {
        return Ok(first_answer);
    }
    let admitted = command.pass.check(queue, context, rules)?;
    pay(context, command, rules, &admitted, own).map_err(|refusal| admitted.refuse(refusal))
}

fn pay(
    context: &Context,
    command: &Command,
    rules: &Rules,
    admitted: &Admitted,
    own: Option<&Versioned<Reservation>>,
) -> Result<Decision<Outcome>, Refusal> {
    let now = context.now;
    let reservation = own.ok_or(Refusal::NotFound)?;
    let date = context.date(reservation.schedule).ok_or(Refusal::NotFound)?;
    if let Some(cancellation) = &date.cancellation {
        return Err(Refusal::ScheduleCancelled { reason: cancellation.reason.clone() });
    }
    let moment = date.at(now);
    match reservation.status(moment) {
        ReservationStatus::Held => {}
        ReservationStatus::Cancelled(CancelReason::Expired) => return Err(Refusal::ReservationExpired),
        status @ (ReservationStatus::Confirmed | ReservationStatus::Cancelled(CancelReason::Released | CancelReason::Refunded)) => {
            return Err(Refusal::ReservationNotPayable(status));
        }
    }
    let amount = reservation.amount;
    if command.amount.is_some_and(|named| named != amount) {
        return Err(Refusal::AmountMismatch { due: amount });
    }
    let short = WalletError::Insufficient { balance: Money::ZERO, required: amount };
    let wallet = context.wallet.as_ref().ok_or(short)?;
    let (debited, entry) = wallet.row.pay(amount, command.id, command.entry, now)?;

    let user = command.pass.user;
    let payment = Payment { id: command.id, reservation: reservation.id, user, amount, paid_at: now, state: PaymentState::Completed };
    let confirmed = reservation.row.clone().confirm(payment.id, moment).map_err(|_| Refusal::ReservationExpired)?;
    let paid = admitted.claimed.clone().pay(now).map_err(|_| Refusal::TokenMismatch)?;
    let outcome = Outcome::Paid { payment: payment.clone(), balance: debited.balance() };
    let mut change = Change::default();
    change.rely_on(Guard::Schedule(date.id, date.version));
    change.rely_on_all(context.concert.iter().map(|concert| Guard::Concert(concert.id, concert.version)));
    change.events = vec![Event::paid(&payment), Event::expired(&paid, ExpiryReason::Paid)];
    change.write(Write::update(&admitted.loaded, paid));
    change.write(Write::update(reservation, confirmed));
    change.write(Write::insert(payment));
    change.write(Write::update(wallet, debited));
    change.write(Write::insert(entry));
    change.write(command.keyed.record(outcome.clone(), context, rules));
    change.not_after(admitted.deadline);
    change.not_after(reservation.expires_at);
    for number in reservation.numbers() {
        // The reservation is HELD at `now`, so its seats must be: a seat that says otherwise is no late payment.
        let missing = || Refusal::from(Fault::SeatsMissing { reservation: reservation.id, seats: vec![number] });
        let seat = context.seats_of(reservation.id).find(|seat| seat.number == number).ok_or_else(missing)?;
        let sold = seat.row.clone().confirm(reservation.id, moment).map_err(|_| missing())?;
        change.write(Write::update(seat, sold));
    }
    Ok(Decision::commit(outcome, change, now))
}
