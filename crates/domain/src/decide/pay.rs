//! Pay: money goes over, the seats are sold, the admission ends; all or nothing.

use time::OffsetDateTime;

use crate::decide::admission::{Admitted, Pass};
use crate::decide::{Decision, Verdict};
use crate::idempotency::{IdempotencyRecord, IdempotentRequest};
use crate::loaded::{LoadedReservation, LoadedToken};
use crate::reservation::ReservationStatus;
use crate::wallet::WalletError;
use crate::{
    CancelReason, Change, Concert, EntryId, Event, ExpiryReason, Fault, Guard, Money, Needs, Outcome, Payment, PaymentId, Refusal,
    ReservationId, Rules, Versioned, Wallet, Write, need,
};

/// A user pays for held seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Who, by which admission.
    pub pass: Pass,
    /// The request's key.
    pub idempotency: IdempotentRequest,
    /// The payment's id.
    pub id: PaymentId,
    /// The wallet entry's id.
    pub entry: EntryId,
    /// What is paid for.
    pub reservation: ReservationId,
    /// What the user believes is due, if they said so.
    pub amount: Option<Money>,
}

/// What the decision looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The record of the request's key.
    pub key: Option<Versioned<IdempotencyRecord>>,
    /// The token that came with it.
    pub token: Option<LoadedToken>,
    /// What is paid for, and the concert that it is of.
    pub reservation: Option<(LoadedReservation, Versioned<Concert>)>,
    /// The wallet of the one who pays.
    pub wallet: Option<Versioned<Wallet>>,
}

impl crate::Command for Command {
    type Outcome = Outcome;
    type Needs = (need::Key, Option<need::Token>, need::Reservation, need::Account);

    fn needs(&self) -> Self::Needs {
        let (key, user) = (need::Key(self.idempotency.scope.clone()), need::Account(self.pass.user));
        (key, self.pass.token.map(need::Token), need::Reservation(self.reservation), user)
    }

    fn decide(
        &self,
        now: OffsetDateTime,
        (key, token, reservation, account): <Self::Needs as Needs>::Found,
        rules: &Rules,
    ) -> Verdict<Outcome> {
        decide(&Input { now, key, token: token.flatten(), reservation, wallet: account.wallet }, self, rules)
    }
}

/// The payment, with everything that belongs to it.
///
/// # Errors
/// The refusals of [`Pass::check`], [`Refusal::KeyReused`], [`Refusal::NotFound`], [`Refusal::ScheduleCancelled`],
/// [`Refusal::ReservationExpired`], [`Refusal::ReservationNotPayable`], [`Refusal::AmountMismatch`], [`Refusal::Wallet`] if the balance doesn't cover it.
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    let Input { now, key, token, .. } = input;
    // Another's reservation is as good as none: it must not tell which queue it belongs to.
    let own = input.reservation.as_ref().filter(|(found, _)| found.reservation.user() == command.pass.user);
    let queue = own.map(|(_, concert)| concert.queue());
    let refuse = |reused| command.pass.refuse(reused, queue, token.as_ref(), *now, rules);
    if let Some(first_answer) = command.idempotency.replay(key.as_ref(), *now).map_err(refuse)? {
        return Ok(first_answer);
    }
    let admitted = command.pass.check(queue, token.as_ref(), *now, rules)?;
    pay(input, command, rules, &admitted, own).map_err(|refusal| admitted.refuse(refusal))
}

fn pay(
    input: &Input,
    command: &Command,
    rules: &Rules,
    admitted: &Admitted,
    own: Option<&(LoadedReservation, Versioned<Concert>)>,
) -> Result<Decision<Outcome>, Refusal> {
    let now = input.now;
    let (LoadedReservation { reservation, schedule, seats }, concert) = own.ok_or(Refusal::NotFound)?;
    if let Some(cancellation) = schedule.cancellation() {
        return Err(Refusal::ScheduleCancelled { reason: cancellation.reason.clone() });
    }
    let moment = schedule.at(now);
    match reservation.status(moment) {
        ReservationStatus::Held => {}
        ReservationStatus::Cancelled(CancelReason::Expired) => return Err(Refusal::ReservationExpired),
        status @ (ReservationStatus::Confirmed | ReservationStatus::Cancelled(CancelReason::Released | CancelReason::Refunded)) => {
            return Err(Refusal::ReservationNotPayable(status));
        }
    }
    let amount = reservation.amount();
    if command.amount.is_some_and(|named| named != amount) {
        return Err(Refusal::AmountMismatch { due: amount });
    }
    let short = WalletError::Insufficient { balance: Money::ZERO, required: amount };
    let wallet = input.wallet.as_ref().ok_or(short)?;
    let (debited, entry) = wallet.row.pay(amount, command.id, command.entry, now)?;

    let user = command.pass.user;
    let payment = Payment::new(command.id, reservation.id(), user, amount, now);
    let confirmed = reservation.row.clone().confirm(payment.id(), moment).map_err(|_| Refusal::ReservationExpired)?;
    let paid = admitted.claimed.clone().pay(now).map_err(|_| Refusal::TokenMismatch)?;
    let outcome = Outcome::Paid { payment: payment.clone(), balance: debited.balance() };
    let mut change = Change::default();
    change.rely_on(Guard::Schedule(schedule.id(), schedule.version));
    change.rely_on(Guard::Concert(concert.id(), concert.version));
    let (payment, paid) = (Write::insert(payment), Write::update(&admitted.loaded, paid));
    change.events = vec![Event::paid(&payment), Event::expired(&paid, ExpiryReason::Paid)];
    change.write(paid);
    change.write(Write::update(reservation, confirmed));
    change.write(payment);
    change.write(Write::update(wallet, debited));
    change.write(Write::insert(entry));
    change.write(command.idempotency.record(outcome.clone(), input.key.as_ref(), now, rules));
    change.not_after(admitted.deadline);
    change.not_after(reservation.expires_at());
    for number in reservation.numbers() {
        // The reservation is HELD at `now`, so its seats must be: a seat that says otherwise is no late payment.
        let missing = || Refusal::from(Fault::SeatsMissing { reservation: reservation.id(), seats: vec![number] });
        let seat = seats.iter().find(|seat| seat.number() == number).ok_or_else(missing)?;
        let sold = seat.row.clone().confirm(reservation.id(), moment).map_err(|_| missing())?;
        change.write(Write::update(seat, sold));
    }
    Ok(Decision::commit(outcome, change, now))
}
