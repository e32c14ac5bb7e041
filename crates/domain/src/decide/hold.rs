//! Hold: an active user reserves seats, all or none.

use std::num::NonZeroU32;

use time::OffsetDateTime;

use crate::decide::admission::{Pass, ValidPass};
use crate::decide::{Decision, Verdict, ending};
use crate::idempotency::{IdempotencyRecord, IdempotentRequest};
use crate::loaded::{LoadedReservation, LoadedSchedule, LoadedSeats, LoadedToken, OwnedReservation};
use crate::reservation::{ReservationIds, ReservationStatus, ReservedSeat};
use crate::seat_selection::SeatSelection;
use crate::{
    Change, Concert, Event, Guard, LayoutHash, Money, Needs, Outcome, Refusal, Reservation, ReservationId, ReservationState, Rules,
    Schedule, ScheduleId, Seat, SeatNumber, SeatStatus, Versioned, Write, need,
};

/// A user's command to hold seats of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The user and the queue token of the request.
    pub pass: Pass,
    /// The request's idempotency key.
    pub idempotency: IdempotentRequest,
    /// The id of the reservation, if a new one is created.
    pub id: ReservationId,
    /// The schedule.
    pub schedule: ScheduleId,
    /// The seats.
    pub seats: Wanted,
}

/// The seats that a user wants to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// These seats.
    Named(SeatSelection),
    /// The best available seats.
    Best(Candidates),
}

/// Choices among which the first is taken whose seats are all available.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidates {
    /// The number of seats.
    pub size: NonZeroU32,
    /// The layout of the schedule by which they were chosen; none if it wasn't looked up.
    pub layout: Option<LayoutHash>,
    /// The choices, the best first.
    pub choices: Vec<SeatSelection>,
}

impl From<SeatSelection> for Wanted {
    fn from(seats: SeatSelection) -> Self {
        Self::Named(seats)
    }
}

impl Wanted {
    /// Returns the numbers of all seats that may be held.
    fn numbers(&self) -> Vec<SeatNumber> {
        match self {
            Self::Named(seats) => seats.numbers().to_vec(),
            Self::Best(Candidates { choices, .. }) => choices.iter().flat_map(SeatSelection::numbers).copied().collect(),
        }
    }

    /// Returns how many seats are to be held.
    fn size(&self) -> u32 {
        match self {
            Self::Named(seats) => u32::try_from(seats.numbers().len()).unwrap_or(u32::MAX),
            Self::Best(candidates) => candidates.size.get(),
        }
    }
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
    /// The schedule.
    pub schedule: Option<LoadedSchedule>,
    /// The seats and the holds on them.
    pub seats: LoadedSeats,
    /// The holds under the token, of any schedule.
    pub held: Vec<LoadedReservation>,
    /// The user's reservations for the concert.
    pub owned: Vec<OwnedReservation>,
}

impl crate::Command for Command {
    type Outcome = Outcome;
    type Needs = (need::Key, Option<need::Token>, need::Schedule, need::Seats, Option<need::HoldsOfToken>, need::OwnedBy);

    fn needs(&self) -> Self::Needs {
        let (token, schedule) = (self.pass.token, self.schedule);
        (
            need::Key(self.idempotency.scope.clone()),
            token.map(need::Token),
            need::Schedule(schedule),
            need::Seats { schedule, numbers: self.seats.numbers() },
            token.map(need::HoldsOfToken),
            need::OwnedBy { user: self.pass.user, schedule },
        )
    }

    fn decide(&self, now: OffsetDateTime, found: <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<Outcome> {
        decide(&Input::new(now, found), self, rules)
    }
}

impl Input {
    /// Returns the input from what was `found` at `now`.
    pub(super) fn new(now: OffsetDateTime, found: <<Command as crate::Command>::Needs as Needs>::Found) -> Self {
        let (key, token, schedule, seats, held, owned) = found;
        Self { now, key, token: token.flatten(), schedule, seats, held: held.unwrap_or_default(), owned }
    }
}

/// Holds the seats for the user, or returns the user's live hold of the same seats that are named.
///
/// # Errors
/// The refusals of [`Pass::check`], [`Refusal::KeyReused`], [`Refusal::NotFound`], [`Refusal::ScheduleCancelled`],
/// [`Refusal::SaleNotOpen`], [`Refusal::UnknownSeats`], [`Refusal::HoldExists`], [`Refusal::SeatLimitExceeded`],
/// [`Refusal::SeatsUnavailable`], [`Refusal::NoAdjacentSeats`], [`Refusal::NotPayable`].
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    guarded(input, command, rules, |admitted| {
        let live = input.held.first().filter(|hold| is_live(&hold.reservation, &hold.schedule, input.now));
        match live {
            Some(live) if is_of(&live.reservation, command) => Ok(confirm_live_hold(input, command, rules, admitted, live)),
            Some(live) => Err(Refusal::HoldExists(live.reservation.id())),
            None => take(input, command, rules, admitted, None),
        }
    })
}

/// Replays a repeated request. Otherwise checks the pass, and that the schedule is public and not cancelled, and then calls `then`.
pub(super) fn guarded(
    input: &Input,
    command: &Command,
    rules: &Rules,
    then: impl FnOnce(&ValidPass) -> Result<Decision<Outcome>, Refusal>,
) -> Verdict<Outcome> {
    let Input { now, key, token, schedule, .. } = input;
    // A draft is not found, like a schedule that doesn't exist.
    let schedule = schedule.as_ref().filter(|schedule| schedule.concert.is_public(*now));
    let queue = schedule.map(|schedule| schedule.concert.queue());
    let refuse = |reused| command.pass.refuse(reused, queue, token.as_ref(), *now, rules);
    if let Some(replayed) = command.idempotency.replay(key.as_ref(), *now).map_err(refuse)? {
        return Ok(replayed);
    }
    let admitted = command.pass.check(queue, token.as_ref(), *now, rules)?;
    let Some(schedule) = schedule else { return Err(admitted.refuse(Refusal::NotFound)) };
    if let Some(cancellation) = schedule.schedule.cancellation() {
        return Err(admitted.refuse(Refusal::ScheduleCancelled { reason: cancellation.reason.clone() }));
    }
    then(&admitted).map_err(|refusal| admitted.refuse(refusal))
}

/// Holds the seats: for the duration of a hold, or until the deadline of `exchanged`, a live hold under the same token that the new one
/// replaces.
pub(super) fn take(
    input: &Input,
    command: &Command,
    rules: &Rules,
    admitted: &ValidPass,
    exchanged: Option<&LoadedReservation>,
) -> Result<Decision<Outcome>, Refusal> {
    let now = input.now;
    let LoadedSchedule { schedule, concert } = input.schedule.as_ref().ok_or(Refusal::NotFound)?;
    if !schedule.is_on_sale(now) {
        return Err(Refusal::SaleNotOpen { opens_at: schedule.sale_opens_at(), closes_at: schedule.sale_closes_at() });
    }
    let moment = schedule.at(now);
    let old = exchanged.map(|old| old.reservation.id());
    if let Wanted::Named(seats) = &command.seats {
        check_exist(&input.seats, seats)?;
    }
    check_limit(input, command, rules, concert, old)?;
    let is_exchanged = |seat: &Seat| old.is_some() && seat.reservation() == old;
    let is_available = |seat: &Seat| is_exchanged(seat) || seat.status(moment) == SeatStatus::Available;
    let seats = choose(input, &command.seats, schedule, is_available)?;

    let until = exchanged.map_or(now + rules.hold, |old| old.reservation.expires_at());
    let reservation = reserve(command, (now, until), rules, concert, schedule, &seats)?;
    let mut change = Change::default();
    change.rely_on(Guard::Concert(concert.id(), concert.version));
    change.rely_on(Guard::Schedule(schedule.id(), schedule.version));
    change.rely_on(admitted.policy);
    change.not_after(admitted.deadline);
    change.not_after(schedule.sale_closes_at());
    // A process that is suspended before the commit must not acknowledge a hold that has expired in the meantime.
    change.not_after(until);
    for seat in &seats {
        let free = old.filter(|_| is_exchanged(seat)).map_or_else(|| Ok(seat.row.clone()), |old| seat.row.clone().free(old, moment));
        let held = free.and_then(|free| free.hold(reservation.id(), reservation.expires_at(), moment));
        let held = held.map_err(|error| Refusal::SeatsUnavailable(vec![(error.number, error.status)]))?;
        change.write(Write::update(seat, held));
    }
    let is_on_seats = |hold: &&LoadedReservation| hold.reservation.numbers().any(|number| reservation.numbers().any(|held| held == number));
    let lapsed = input.seats.holds.iter().filter(is_on_seats);
    ending::take_over(&mut change, lapsed.chain(&input.held).chain(exchanged), now)?;
    let held = Write::insert(reservation.clone());
    change.events.push(Event::held(&held));
    change.write(held);
    let extended = admitted.claimed.clone().extend(reservation.expires_at(), now).map_err(|_| Refusal::TokenMismatch)?;
    change.write(Write::update(&admitted.loaded, extended));
    let outcome = Outcome::Held { reservation, created: true };
    change.write(command.idempotency.record(outcome.clone(), input.key.as_ref(), now, rules));
    Ok(Decision::commit(outcome, change, now))
}

/// Returns whether `reservation` is HELD at `now`: neither past its deadline nor for a cancelled schedule.
fn is_live(reservation: &Reservation, schedule: &Schedule, now: OffsetDateTime) -> bool {
    reservation.status(schedule.at(now)) == ReservationStatus::Held
}

/// Checks that all of the selected seats exist.
fn check_exist(found: &LoadedSeats, selection: &SeatSelection) -> Result<(), Refusal> {
    let is_unknown = |number: &SeatNumber| !found.seats.iter().any(|seat| seat.number() == *number);
    let unknown: Vec<_> = selection.numbers().iter().copied().filter(is_unknown).collect();
    if unknown.is_empty() { Ok(()) } else { Err(Refusal::UnknownSeats(unknown)) }
}

/// Returns the seats to hold, all of which are available: those that are named, or the first of the choices.
fn choose<'a>(
    input: &'a Input,
    wanted: &'a Wanted,
    schedule: &Schedule,
    is_available: impl Fn(&Seat) -> bool,
) -> Result<Vec<&'a Versioned<Seat>>, Refusal> {
    let moment = schedule.at(input.now);
    let taken = |seats: &mut dyn Iterator<Item = &Versioned<Seat>>| {
        seats.filter(|seat| !is_available(seat)).map(|seat| (seat.number(), seat.status(moment))).collect::<Vec<_>>()
    };
    match wanted {
        Wanted::Named(selection) => {
            let seats: Vec<_> = select(input, selection).collect();
            let taken = taken(&mut seats.iter().copied());
            if taken.is_empty() { Ok(seats) } else { Err(Refusal::SeatsUnavailable(taken)) }
        }
        Wanted::Best(Candidates { layout, choices, .. }) => {
            let is_complete = |selection: &&SeatSelection| {
                let available = select(input, selection).filter(|seat| is_available(seat)).count();
                available == selection.numbers().len()
            };
            // By another layout, the seats of a choice need not be neighbours.
            let chosen = choices.iter().filter(|_| *layout == schedule.layout()).find(is_complete);
            let none =
                || Refusal::NoAdjacentSeats { taken: taken(&mut input.seats.seats.iter()).into_iter().map(|(number, _)| number).collect() };
            chosen.map(|selection| select(input, selection).collect()).ok_or_else(none)
        }
    }
}

/// Returns the seats of `selection` that exist.
fn select<'a>(input: &'a Input, selection: &'a SeatSelection) -> impl Iterator<Item = &'a Versioned<Seat>> {
    input.seats.seats.iter().filter(|seat| selection.numbers().binary_search(&seat.number()).is_ok())
}

/// Returns whether `reservation` has exactly the seats that `command` names.
pub(super) fn is_of(reservation: &Reservation, command: &Command) -> bool {
    let Wanted::Named(seats) = &command.seats else { return false };
    reservation.schedule() == command.schedule && reservation.numbers().eq(seats.numbers().iter().copied())
}

/// Returns the token's live hold of the same seats as the outcome. Token and hold are rewritten unchanged, so that a concurrent change that
/// ends either of them meets a conflict.
pub(super) fn confirm_live_hold(
    input: &Input,
    command: &Command,
    rules: &Rules,
    admitted: &ValidPass,
    hold: &LoadedReservation,
) -> Decision<Outcome> {
    let LoadedReservation { reservation: live, schedule, .. } = hold;
    let outcome = Outcome::Held { reservation: live.row.clone(), created: false };
    let mut change = Change::default();
    change.rely_on(Guard::Schedule(schedule.id(), schedule.version));
    change.write(Write::update(&admitted.loaded, admitted.claimed.clone()));
    change.write(Write::update(live, live.row.clone()));
    change.write(command.idempotency.record(outcome.clone(), input.key.as_ref(), input.now, rules));
    change.not_after(admitted.deadline);
    change.not_after(live.expires_at());
    Decision::commit(outcome, change, input.now)
}

/// Checks the seat limit: held and sold seats of the concert count together, except those of the `exchanged` reservation.
fn check_limit(
    input: &Input,
    command: &Command,
    rules: &Rules,
    concert: &Concert,
    exchanged: Option<ReservationId>,
) -> Result<(), Refusal> {
    let counts = |owned: &&OwnedReservation| match owned.reservation.state() {
        ReservationState::Held => is_live(&owned.reservation, &owned.schedule, input.now),
        ReservationState::Confirmed { .. } => true,
        ReservationState::Cancelled { .. } => false,
    };
    let kept = input.owned.iter().filter(|owned| Some(owned.reservation.id()) != exchanged);
    let owned: usize = kept.filter(counts).map(|owned| owned.reservation.seats().len()).sum();
    let owned = u32::try_from(owned).unwrap_or(u32::MAX);
    let wanted = command.seats.size();
    let limit = concert.max_seats_per_user().unwrap_or(rules.max_seats_per_user);
    if owned.saturating_add(wanted) > limit {
        return Err(Refusal::SeatLimitExceeded { limit, owned });
    }
    Ok(())
}

fn reserve(
    command: &Command,
    (now, until): (OffsetDateTime, OffsetDateTime),
    rules: &Rules,
    concert: &Concert,
    schedule: &Schedule,
    seats: &[&Versioned<Seat>],
) -> Result<Reservation, Refusal> {
    let token = command.pass.token.ok_or(Refusal::TokenRequired)?;
    let ids = ReservationIds { id: command.id, user: command.pass.user, token, concert: concert.id(), schedule: schedule.id() };
    let limit = rules.max_balance;
    let amount = match Money::sum(seats.iter().map(|seat| seat.price())) {
        Ok(amount) if amount <= limit => amount,
        sum => return Err(Refusal::NotPayable { amount: sum.ok(), limit }),
    };
    let seats = seats.iter().map(|seat| ReservedSeat::new(seat.number(), seat.label().to_owned(), seat.price())).collect();
    Ok(Reservation::hold(ids, seats, amount, now, until))
}
