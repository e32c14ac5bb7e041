//! Payment: the wallet is debited, the seats are sold and the token ends, all or nothing.

use time::OffsetDateTime;

use crate::decide::admission::{Pass, ValidPass};
use crate::decide::{Decision, Verdict};
use crate::idempotency::{IdempotencyRecord, IdempotentRequest};
use crate::loaded::{LoadedReservation, LoadedToken};
use crate::reservation::ReservationStatus;
use crate::wallet::WalletError;
use crate::{
    CancelReason, Change, Concert, Event, ExpiryReason, Fault, Guard, Money, Needs, Outcome, Payment, PaymentId, Refusal, ReservationId,
    Rules, Versioned, Wallet, WalletEntryId, Write, need,
};

/// A user's command to pay for held seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The user and the queue token of the request.
    pub pass: Pass,
    /// The request's idempotency key.
    pub idempotency: IdempotentRequest,
    /// The id of the payment.
    pub id: PaymentId,
    /// The id of the wallet entry.
    pub entry: WalletEntryId,
    /// The reservation to pay for.
    pub reservation: ReservationId,
    /// The amount that the user expects to pay, if specified.
    pub amount: Option<Money>,
}

/// The input of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The idempotency record of the request.
    pub key: Option<Versioned<IdempotencyRecord>>,
    /// The token of the request.
    pub token: Option<LoadedToken>,
    /// The reservation and its concert.
    pub reservation: Option<(LoadedReservation, Versioned<Concert>)>,
    /// The payer's wallet.
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

/// Creates the payment, debits the wallet, sells the seats, and ends the token.
///
/// # Errors
/// The refusals of [`Pass::check`], [`Refusal::KeyReused`], [`Refusal::NotFound`], [`Refusal::ScheduleCancelled`],
/// [`Refusal::ReservationExpired`], [`Refusal::ReservationNotPayable`], [`Refusal::AmountMismatch`], [`Refusal::Wallet`] if the balance
/// doesn't cover the amount.
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    let Input { now, key, token, .. } = input;
    // Another user's reservation is treated as missing: the response must not reveal its queue.
    let own = input.reservation.as_ref().filter(|(found, _)| found.reservation.user() == command.pass.user);
    let queue = own.map(|(_, concert)| concert.queue());
    let refuse = |reused| command.pass.refuse(reused, queue, token.as_ref(), *now, rules);
    if let Some(replayed) = command.idempotency.replay(key.as_ref(), *now).map_err(refuse)? {
        return Ok(replayed);
    }
    let admitted = command.pass.check(queue, token.as_ref(), *now, rules)?;
    pay(input, command, rules, &admitted, own).map_err(|refusal| admitted.refuse(refusal))
}

fn pay(
    input: &Input,
    command: &Command,
    rules: &Rules,
    admitted: &ValidPass,
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
        // The reservation is HELD at `now`, so its seats must be, too: a seat in another state is a fault, not a late payment.
        let missing = || Refusal::from(Fault::SeatsMissing { reservation: reservation.id(), seats: vec![number] });
        let seat = seats.iter().find(|seat| seat.number() == number).ok_or_else(missing)?;
        let sold = seat.row.clone().confirm(reservation.id(), moment).map_err(|_| missing())?;
        change.write(Write::update(seat, sold));
    }
    Ok(Decision::commit(outcome, change, now))
}
