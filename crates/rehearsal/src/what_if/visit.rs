//! A visit: what one of the crowd does, from the join to the payment, and what the domain decides of it.

use domain::decide::admission::Pass;
use domain::decide::{claim, hold, join, lapse, leave, pay};
use domain::idempotency::IdempotentRequest;
use domain::loaded::{LoadedConcert, LoadedPlace, LoadedReservation, LoadedSchedule, LoadedSeats, LoadedToken, OwnedReservation};
use domain::seat_selection::SeatSelection;
use domain::{EntryId, Fingerprint, IdempotencyKey, IdempotencyScope, Operation, Outcome, PaymentId, Refusal, Reservation, ReservationId};
use time::Duration;

use super::commit::place;
use super::event_queue::{Event, UserIndex};
use super::world::{Person, World, token_of, user_of};

/// Nobody looks at the seats again sooner than that.
const BEFORE_A_SECOND_LOOK: Duration = Duration::SECOND;

impl World {
    pub(super) fn carry_out(&mut self, event: Event) {
        match event {
            Event::Join(who) => self.join(who),
            Event::Look(who) => self.look(who),
            Event::Hold(who) => self.hold(who),
            Event::Pay(who) => self.pay(who),
            Event::Lapse(reservation) => self.lapse(reservation),
        }
    }

    fn join(&mut self, who: UserIndex) {
        let place = LoadedPlace {
            concert: Some(LoadedConcert { concert: self.concert.clone(), schedules: vec![self.schedule.clone()] }),
            queue: self.queue.clone(),
            waiting: u32::try_from(self.line.waiting.len()).unwrap_or(u32::MAX),
            token: None,
        };
        let input = join::Input { now: self.now, user: self.person(who).user.clone(), place: Some(place) };
        let command = join::Command { user: user_of(who), concert: Some(self.concert.id()), token: token_of(who) };
        if let Ok(change) = join::decide(&input, &command, &self.rules).map(|joined| joined.change) {
            self.commit(change);
        }
    }

    /// The seat map is asked for, which claims the admission, and seats are chosen from it. Whoever needs no time to choose takes what they see
    /// at once; whoever finds nothing left goes, and whoever finds all held looks again.
    fn look(&mut self, who: UserIndex) {
        let command = claim::Command { pass: pass(who), queue: Some(self.queue.id()) };
        let input = claim::Input { now: self.now, token: self.token(who) };
        let Ok(claimed) = claim::decide(&input, &command, &self.rules) else { return };
        self.commit(claimed.change);
        if self.hall.is_sold_out() {
            return self.leave(who);
        }
        let (choose, now) = (self.choose, self.now);
        let person = &mut self.people[place(who)];
        person.chosen = self.hall.pick(person.intents.seats, &mut person.intents.chance);
        let takes = choose.draw(&mut person.intents.chance);
        if person.chosen.is_empty() {
            self.event_queue.put(now + takes.max(BEFORE_A_SECOND_LOOK), Event::Look(who));
        } else if takes.is_zero() {
            self.hold(who);
        } else {
            self.event_queue.put(now + takes, Event::Hold(who));
        }
    }

    fn hold(&mut self, who: UserIndex) {
        let Ok(seats) = SeatSelection::new(std::mem::take(&mut self.people[place(who)].chosen)) else { return };
        let input = self.for_hold(who, &seats);
        let id = self.next_reservation();
        let command =
            hold::Command { pass: pass(who), idempotency: idempotency(who, Operation::Hold), id, schedule: self.schedule.id(), seats };
        match hold::decide(&input, &command, &self.rules) {
            Ok(held) => {
                self.commit(held.change);
                if let Outcome::Held { reservation, .. } = held.outcome {
                    self.after_the_hold(who, &reservation);
                }
            }
            Err(refused) => self.after_a_refusal(who, &refused.refusal),
        }
    }

    fn after_the_hold(&mut self, who: UserIndex, reservation: &Reservation) {
        self.event_queue.put(reservation.expires_at(), Event::Lapse(reservation.id()));
        let now = self.now;
        let person = &mut self.people[place(who)];
        person.hold = Some(reservation.id());
        if person.intents.pays {
            self.event_queue.put(now + person.intents.pay, Event::Pay(who));
        }
    }

    fn pay(&mut self, who: UserIndex) {
        let Some(reservation) = self.person(who).hold else { return };
        let found = self.reservation(reservation).map(|found| (found, self.concert.clone()));
        let (token, wallet) = (self.token(who), self.person(who).wallet.clone());
        let input = pay::Input { now: self.now, key: None, token, reservation: found, wallet };
        let (id, entry) = (PaymentId(reservation.0), EntryId(reservation.0));
        let command = pay::Command { pass: pass(who), idempotency: idempotency(who, Operation::Pay), id, entry, reservation, amount: None };
        match pay::decide(&input, &command, &self.rules) {
            Ok(paid) => {
                self.commit(paid.change);
                self.diary.sold(self.hall.sold, self.hall.is_sold_out(), self.now);
            }
            Err(refused) => self.after_a_refusal(who, &refused.refusal),
        }
    }

    /// Whoever comes too late for seats looks for others; whoever's admission is over goes.
    fn after_a_refusal(&mut self, who: UserIndex, refusal: &Refusal) {
        if matches!(refusal, Refusal::SeatsUnavailable(_) | Refusal::ReservationExpired) {
            self.look(who);
        }
    }

    fn leave(&mut self, who: UserIndex) {
        let input = leave::Input { now: self.now, token: self.person(who).token.clone(), holds: Vec::new() };
        let command = leave::Command { user: user_of(who), token: token_of(who) };
        if let Ok(change) = leave::decide(&input, &command).map(|left| left.change) {
            self.commit(change);
        }
    }

    /// The sweep of a hold whose deadline has passed.
    fn lapse(&mut self, reservation: ReservationId) {
        let Some(hold) = self.reservation(reservation) else { return };
        // Its hall is whole: all seats of a hold are there.
        self.commit(lapse::decide(&[hold], self.now).into_iter().flatten());
    }

    fn person(&self, who: UserIndex) -> &Person {
        &self.people[place(who)]
    }

    fn token(&self, who: UserIndex) -> Option<LoadedToken> {
        self.person(who).token.clone().map(|token| LoadedToken { token, queue: self.queue.clone() })
    }

    /// What is held under the token is what the user owns: everybody buys once.
    fn for_hold(&self, who: UserIndex, choice: &SeatSelection) -> hold::Input {
        let seats: Vec<_> = choice.numbers().iter().filter_map(|number| self.hall.seat(*number)).cloned().collect();
        let mut named: Vec<_> = seats.iter().filter_map(|seat| seat.reservation()).collect();
        named.sort_unstable();
        named.dedup();
        let holds = named.into_iter().filter_map(|id| self.reservation(id)).filter(|found| found.reservation.occupies()).collect();
        let own: Vec<_> = self.person(who).hold.and_then(|id| self.reservation(id)).into_iter().collect();
        let owned = own.iter().map(|own| OwnedReservation { reservation: own.reservation.clone(), schedule: own.schedule.clone() });
        hold::Input {
            now: self.now,
            key: None,
            token: self.token(who),
            schedule: Some(LoadedSchedule { schedule: self.schedule.clone(), concert: self.concert.clone() }),
            seats: LoadedSeats { seats, holds },
            owned: owned.collect(),
            held: own.into_iter().filter(|own| own.reservation.occupies()).collect(),
        }
    }

    fn reservation(&self, id: ReservationId) -> Option<LoadedReservation> {
        let reservation = self.reservations.get(&id)?.clone();
        let seats = reservation.numbers().filter_map(|number| self.hall.seat(number)).cloned().collect();
        Some(LoadedReservation { reservation, schedule: self.schedule.clone(), seats })
    }
}

fn pass(who: UserIndex) -> Pass {
    Pass { user: user_of(who), token: Some(token_of(who)) }
}

/// Every request here is a new one, so no key is ever looked for.
fn idempotency(who: UserIndex, operation: Operation) -> IdempotentRequest {
    IdempotentRequest { scope: IdempotencyScope { user: user_of(who), operation, key: a_key() }, fingerprint: Fingerprint([0; 32]) }
}

#[expect(clippy::expect_used, reason = "a constant")]
fn a_key() -> IdempotencyKey {
    IdempotencyKey::new("once").expect("visible ASCII characters")
}
