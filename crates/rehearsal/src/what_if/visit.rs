//! The visit of a simulated user, from the join to the payment, with the decisions of the domain.

use domain::decide::admission::Pass;
use domain::decide::{claim, hold, join, lapse, leave, pay};
use domain::idempotency::IdempotentRequest;
use domain::loaded::{LoadedConcert, LoadedJoinTarget, LoadedReservation, LoadedSchedule, LoadedSeats, LoadedToken, OwnedReservation};
use domain::seat_selection::SeatSelection;
use domain::{
    Fingerprint, IdempotencyKey, IdempotencyScope, Operation, Outcome, PaymentId, Refusal, Reservation, ReservationId, WalletEntryId,
};
use time::Duration;

use super::event_queue::{Event, UserIndex, as_index};
use super::world::{SimulatedUser, World, token_id, user_id};

/// The minimum time before a user views the seats again.
const MIN_VIEW_INTERVAL: Duration = Duration::SECOND;

impl World {
    pub(super) fn run_event(&mut self, event: Event) {
        match event {
            Event::Join(user) => self.join(user),
            Event::Look(user) => self.look(user),
            Event::Hold(user) => self.hold(user),
            Event::Pay(user) => self.pay(user),
            Event::Lapse(reservation) => self.lapse(reservation),
        }
    }

    fn join(&mut self, user: UserIndex) {
        let place = LoadedJoinTarget {
            concert: Some(LoadedConcert { concert: self.concert.clone(), schedules: vec![self.schedule.clone()] }),
            queue: self.queue.clone(),
            waiting: u32::try_from(self.queue_state.waiting.len()).unwrap_or(u32::MAX),
            token: None,
        };
        let input = join::Input { now: self.now, user: self.user(user).user.clone(), place: Some(place) };
        let command = join::Command { user: user_id(user), concert: Some(self.concert.id()), token: token_id(user) };
        if let Ok(change) = join::decide(&input, &command, &self.rules).map(|joined| joined.change) {
            self.commit(change);
        }
    }

    /// Requests the seat map, which claims the admission, and chooses seats from it. A user without a choosing time holds them at once. A
    /// user leaves if everything is sold, and views the seats again if all unsold ones are held.
    fn look(&mut self, user: UserIndex) {
        let command = claim::Command { pass: pass(user), queue: Some(self.queue.id()) };
        let input = claim::Input { now: self.now, token: self.token(user) };
        let Ok(claimed) = claim::decide(&input, &command, &self.rules) else { return };
        self.commit(claimed.change);
        if self.seat_map.is_sold_out() {
            return self.leave(user);
        }
        let (choose, now) = (self.choose, self.now);
        let state = &mut self.users[as_index(user)];
        state.chosen = self.seat_map.pick(state.traits.seats, &mut state.traits.rng);
        let choosing_time = choose.draw(&mut state.traits.rng);
        if state.chosen.is_empty() {
            self.event_queue.push(now + choosing_time.max(MIN_VIEW_INTERVAL), Event::Look(user));
        } else if choosing_time.is_zero() {
            self.hold(user);
        } else {
            self.event_queue.push(now + choosing_time, Event::Hold(user));
        }
    }

    fn hold(&mut self, user: UserIndex) {
        let Ok(seats) = SeatSelection::new(std::mem::take(&mut self.users[as_index(user)].chosen)) else { return };
        let input = self.load_for_hold(user, &seats);
        let id = self.next_reservation();
        let command = hold::Command {
            pass: pass(user),
            idempotency: idempotency(user, Operation::Hold),
            id,
            schedule: self.schedule.id(),
            seats: seats.into(),
        };
        match hold::decide(&input, &command, &self.rules) {
            Ok(held) => {
                self.commit(held.change);
                if let Outcome::Held { reservation, .. } = held.outcome {
                    self.schedule_lapse_and_payment(user, &reservation);
                }
            }
            Err(refused) => self.handle_refusal(user, &refused.refusal),
        }
    }

    /// Schedules the lapse of the hold, and its payment if the user pays.
    fn schedule_lapse_and_payment(&mut self, user: UserIndex, reservation: &Reservation) {
        self.event_queue.push(reservation.expires_at(), Event::Lapse(reservation.id()));
        let now = self.now;
        let state = &mut self.users[as_index(user)];
        state.hold = Some(reservation.id());
        if state.traits.pays {
            self.event_queue.push(now + state.traits.pay, Event::Pay(user));
        }
    }

    fn pay(&mut self, user: UserIndex) {
        let Some(reservation) = self.user(user).hold else { return };
        let found = self.reservation(reservation).map(|found| (found, self.concert.clone()));
        let (token, wallet) = (self.token(user), self.user(user).wallet.clone());
        let input = pay::Input { now: self.now, key: None, token, reservation: found, wallet };
        let (id, entry) = (PaymentId(reservation.0), WalletEntryId(reservation.0));
        let command =
            pay::Command { pass: pass(user), idempotency: idempotency(user, Operation::Pay), id, entry, reservation, amount: None };
        match pay::decide(&input, &command, &self.rules) {
            Ok(paid) => {
                self.commit(paid.change);
                self.statistics.record_sale(self.seat_map.sold, self.seat_map.is_sold_out(), self.now);
            }
            Err(refused) => self.handle_refusal(user, &refused.refusal),
        }
    }

    /// Lets a user who was too late for seats look for others. After any other refusal, such as an expired admission, the visit ends.
    fn handle_refusal(&mut self, user: UserIndex, refusal: &Refusal) {
        if matches!(refusal, Refusal::SeatsUnavailable(_) | Refusal::ReservationExpired) {
            self.look(user);
        }
    }

    fn leave(&mut self, user: UserIndex) {
        let input = leave::Input { now: self.now, token: self.user(user).token.clone(), holds: Vec::new() };
        let command = leave::Command { user: user_id(user), token: token_id(user) };
        if let Ok(change) = leave::decide(&input, &command).map(|left| left.change) {
            self.commit(change);
        }
    }

    /// Sweeps a hold whose deadline has passed.
    fn lapse(&mut self, reservation: ReservationId) {
        let Some(hold) = self.reservation(reservation) else { return };
        // All seats of a hold exist, so no result is a fault.
        self.commit(lapse::decide(&[hold], self.now).into_iter().flatten());
    }

    fn user(&self, user: UserIndex) -> &SimulatedUser {
        &self.users[as_index(user)]
    }

    fn token(&self, user: UserIndex) -> Option<LoadedToken> {
        self.user(user).token.clone().map(|token| LoadedToken { token, queue: self.queue.clone() })
    }

    /// Loads the input of a hold. Each user buys once, so the reservations under the token are those of the user.
    fn load_for_hold(&self, user: UserIndex, choice: &SeatSelection) -> hold::Input {
        let seats: Vec<_> = choice.numbers().iter().filter_map(|number| self.seat_map.seat(*number)).cloned().collect();
        let mut referenced: Vec<_> = seats.iter().filter_map(|seat| seat.reservation()).collect();
        referenced.sort_unstable();
        referenced.dedup();
        let holds = referenced.into_iter().filter_map(|id| self.reservation(id)).filter(|found| found.reservation.occupies()).collect();
        let own: Vec<_> = self.user(user).hold.and_then(|id| self.reservation(id)).into_iter().collect();
        let owned = own.iter().map(|own| OwnedReservation { reservation: own.reservation.clone(), schedule: own.schedule.clone() });
        hold::Input {
            now: self.now,
            key: None,
            token: self.token(user),
            schedule: Some(LoadedSchedule { schedule: self.schedule.clone(), concert: self.concert.clone() }),
            seats: LoadedSeats { seats, holds },
            owned: owned.collect(),
            held: own.into_iter().filter(|own| own.reservation.occupies()).collect(),
        }
    }

    fn reservation(&self, id: ReservationId) -> Option<LoadedReservation> {
        let reservation = self.reservations.get(&id)?.clone();
        let seats = reservation.numbers().filter_map(|number| self.seat_map.seat(number)).cloned().collect();
        Some(LoadedReservation { reservation, schedule: self.schedule.clone(), seats })
    }
}

fn pass(user: UserIndex) -> Pass {
    Pass { user: user_id(user), token: Some(token_id(user)) }
}

/// Returns a constant idempotency key: every request is new, so keys are never looked up.
fn idempotency(user: UserIndex, operation: Operation) -> IdempotentRequest {
    IdempotentRequest { scope: IdempotencyScope { user: user_id(user), operation, key: a_key() }, fingerprint: Fingerprint([0; 32]) }
}

#[expect(clippy::expect_used, reason = "a constant")]
fn a_key() -> IdempotencyKey {
    IdempotencyKey::new("once").expect("visible ASCII characters")
}
