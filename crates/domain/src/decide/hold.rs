//! Hold: an admitted user claims seats, all or none.

use crate::decide::admission::{Admitted, Pass};
use crate::decide::{Decision, Verdict, ending};
use crate::key::Keyed;
use crate::reservation::{Claim, ReservationStatus, ReservedSeat, SeatChoice};
use crate::{
    Change, Concert, Context, Event, Guard, Money, Outcome, Refusal, Reservation, ReservationId, ReservationState, Rules, Schedule,
    ScheduleId, Seat, SeatStatus, Versioned, Write,
};

/// A user wants seats of a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Who, by which admission.
    pub pass: Pass,
    /// The request's key.
    pub keyed: Keyed,
    /// The reservation's id, should it be new.
    pub id: ReservationId,
    /// The date.
    pub schedule: ScheduleId,
    /// The seats.
    pub seats: SeatChoice,
}

/// The seats held for the user, or the live hold that they have on the same seats.
///
/// # Errors
/// The refusals of [`Pass::check`], [`Refusal::KeyReused`], [`Refusal::NotFound`], [`Refusal::ScheduleCancelled`],
/// [`Refusal::SaleNotOpen`], [`Refusal::UnknownSeats`], [`Refusal::HoldExists`], [`Refusal::SeatLimitExceeded`], [`Refusal::SeatsUnavailable`],
/// [`Refusal::NotPayable`].
pub fn decide(context: &Context, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    let queue = context.concert.as_ref().map(|concert| concert.queue);
    if let Some(first_answer) = command.keyed.replay(context).map_err(|reused| command.pass.refuse(reused, queue, context, rules))? {
        return Ok(first_answer);
    }
    let admitted = command.pass.check(queue, context, rules)?;
    hold(context, command, rules, &admitted).map_err(|refusal| admitted.refuse(refusal))
}

fn hold(context: &Context, command: &Command, rules: &Rules, admitted: &Admitted) -> Result<Decision<Outcome>, Refusal> {
    let now = context.now;
    let (concert, schedule) = context.concert.as_ref().zip(context.schedule.as_ref()).ok_or(Refusal::NotFound)?;
    if let Some(cancellation) = &schedule.cancellation {
        return Err(Refusal::ScheduleCancelled { reason: cancellation.reason.clone() });
    }
    let moment = schedule.at(now);
    let old = context.reservations.iter().find(|hold| hold.token == admitted.loaded.id && hold.occupies());
    if let Some(live) = old.filter(|hold| is_live(hold, context)) {
        return same_again(context, command, rules, admitted, live);
    }
    if !schedule.is_on_sale(now) {
        return Err(Refusal::SaleNotOpen { opens_at: schedule.sale_opens_at, closes_at: schedule.sale_closes_at });
    }
    let seats = find_seats(context, &command.seats)?;
    check_limit(context, command, rules, concert)?;
    let taken: Vec<_> =
        seats.iter().map(|seat| (seat.number, seat.status(moment))).filter(|(_, status)| *status != SeatStatus::Available).collect();
    if !taken.is_empty() {
        return Err(Refusal::SeatsUnavailable(taken));
    }

    let reservation = reserve(context, command, rules, concert, schedule, &seats)?;
    let mut change = Change::default();
    change.rely_on(Guard::Concert(concert.id, concert.version));
    change.rely_on(Guard::Schedule(schedule.id, schedule.version));
    change.rely_on_all(admitted.policy);
    change.not_after(admitted.deadline);
    change.not_after(schedule.sale_closes_at);
    for seat in &seats {
        let held = seat.row.clone().hold(reservation.id, reservation.expires_at, moment);
        let held = held.map_err(|error| Refusal::SeatsUnavailable(vec![(error.number, error.status)]))?;
        change.write(Write::update(seat, held));
    }
    let in_the_way = seats.iter().filter_map(|seat| seat.reservation()).filter_map(|id| context.reservation(id)).chain(old);
    ending::take_over(&mut change, context, in_the_way)?;
    change.events.push(Event::held(&reservation));
    change.write(Write::insert(reservation.clone()));
    let extended = admitted.claimed.clone().extend(reservation.expires_at, now).map_err(|_| Refusal::TokenMismatch)?;
    change.write(Write::update(&admitted.loaded, extended));
    let outcome = Outcome::Held { reservation, created: true };
    change.write(command.keyed.record(outcome.clone(), context, rules));
    Ok(Decision::commit(outcome, change, now))
}

/// Whether `reservation` is HELD: neither past its deadline nor for a date that is cancelled.
fn is_live(reservation: &Reservation, context: &Context) -> bool {
    context.moment(reservation.schedule).is_some_and(|moment| reservation.status(moment) == ReservationStatus::Held)
}

fn find_seats<'a>(context: &'a Context, choice: &SeatChoice) -> Result<Vec<&'a Versioned<Seat>>, Refusal> {
    let unknown: Vec<_> = choice.numbers().iter().copied().filter(|number| context.seat(*number).is_none()).collect();
    if unknown.is_empty() {
        Ok(choice.numbers().iter().filter_map(|number| context.seat(*number)).collect())
    } else {
        Err(Refusal::UnknownSeats(unknown))
    }
}

/// The token has a live hold: on the same seats it is the answer, on others it is in the way. Token and hold are written
/// anew, so that nobody ends the one or the other under this answer.
fn same_again(
    context: &Context,
    command: &Command,
    rules: &Rules,
    admitted: &Admitted,
    live: &Versioned<Reservation>,
) -> Result<Decision<Outcome>, Refusal> {
    if live.schedule != command.schedule || !live.numbers().eq(command.seats.numbers().iter().copied()) {
        return Err(Refusal::HoldExists(live.id));
    }
    let outcome = Outcome::Held { reservation: live.row.clone(), created: false };
    let mut change = Change::default();
    change.rely_on_all(context.date(live.schedule).map(|date| Guard::Schedule(date.id, date.version)));
    change.write(Write::update(&admitted.loaded, admitted.claimed.clone()));
    change.write(Write::update(live, live.row.clone()));
    change.write(command.keyed.record(outcome.clone(), context, rules));
    change.not_after(admitted.deadline);
    change.not_after(live.expires_at);
    Ok(Decision::commit(outcome, change, context.now))
}

/// Held and sold seats of the concert count together.
fn check_limit(context: &Context, command: &Command, rules: &Rules, concert: &Concert) -> Result<(), Refusal> {
    let counts = |reservation: &&Versioned<Reservation>| {
        reservation.user == command.pass.user
            && reservation.concert == concert.id
            && match reservation.state() {
                ReservationState::Held => is_live(reservation, context),
                ReservationState::Confirmed { .. } => true,
                ReservationState::Cancelled { .. } => false,
            }
    };
    let owned: usize = context.reservations.iter().filter(counts).map(|reservation| reservation.seats.len()).sum();
    let owned = u32::try_from(owned).unwrap_or(u32::MAX);
    let wanted = u32::try_from(command.seats.numbers().len()).unwrap_or(u32::MAX);
    let limit = concert.max_seats_per_user.unwrap_or(rules.max_seats_per_user);
    if owned.saturating_add(wanted) > limit {
        return Err(Refusal::SeatLimitExceeded { limit, owned });
    }
    Ok(())
}

fn reserve(
    context: &Context,
    command: &Command,
    rules: &Rules,
    concert: &Concert,
    schedule: &Schedule,
    seats: &[&Versioned<Seat>],
) -> Result<Reservation, Refusal> {
    let token = command.pass.token.ok_or(Refusal::TokenRequired)?;
    let claim = Claim { id: command.id, user: command.pass.user, token, concert: concert.id, schedule: schedule.id };
    let limit = rules.max_balance;
    let amount = match Money::sum(seats.iter().map(|seat| seat.price)) {
        Ok(amount) if amount <= limit => amount,
        sum => return Err(Refusal::NotPayable { amount: sum.ok(), limit }),
    };
    let seats = seats.iter().map(|seat| ReservedSeat { number: seat.number, label: seat.label.clone(), price: seat.price }).collect();
    Ok(Reservation::hold(claim, seats, amount, context.now, context.now + rules.hold))
}
