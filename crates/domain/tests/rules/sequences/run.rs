//! The run of a sequence: requests are decided on the loaded rows, changes are committed, and the invariants must hold after each step.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::change::Collisions;
use domain::decide::{check_in, exchange, pay, refund};
use domain::event::Subject;
use domain::testing::{Action, Answer, AnyCommand, Conflict, Decided, IdSequence, ModelStore, opening};
use domain::{
    CancelReason, Change, Event, ExpiryReason, Guard, IdempotencyScope, Outcome, QueueId, QueueToken, Refusal, Reservation, ReservationId,
    ReservationState, ScheduleId, Seat, SeatNumber, SeatStatus, TokenState, TokenStatus, User, Version,
};
use time::Duration;

use super::step::Step;
use super::{invariants, operators};
use crate::fixtures::{assert_each_row_once, assert_events_match_rows};

/// The number of times that each command, situation, refusal and event occurred.
#[derive(Debug, Default)]
pub(crate) struct Coverage(BTreeMap<String, u32>);

impl Coverage {
    fn record(&mut self, name: &str) {
        *self.0.entry(name.to_owned()).or_default() += 1;
    }

    pub(crate) fn count(&self, name: &str) -> u32 {
        self.0.get(name).copied().unwrap_or(0)
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (name, count) in &other.0 {
            *self.0.entry(name.clone()).or_default() += count;
        }
    }
}

/// The run of a sequence on a store.
#[derive(Debug, Default)]
pub(crate) struct Run {
    store: ModelStore,
    ids: IdSequence,
    pub(crate) coverage: Coverage,
    /// The requests whose outcomes are stored, with those outcomes.
    recorded: Vec<(IdempotencyScope, AnyCommand, Outcome)>,
    /// The version of each subject at its last event.
    last_versions: HashMap<Subject, Version>,
}

impl Run {
    /// Creates a run on a store in which the sale has just begun.
    pub(crate) fn opened() -> Self {
        let mut run = Self::default();
        run.execute_all(&opening().into_iter().map(Step::One).collect::<Vec<_>>());
        run
    }

    pub(crate) fn execute_all(&mut self, steps: &[Step]) {
        for step in steps {
            self.execute(step);
            invariants::assert_all(&self.store);
        }
    }

    fn execute(&mut self, step: &Step) {
        match step {
            Step::Wait(seconds) => self.store.now += Duration::seconds(*seconds),
            Step::One(action) => {
                let request = self.request(action);
                let decided = self.decide(&request);
                self.commit(&request, decided);
            }
            Step::Twice(action) => {
                let request = self.request(action);
                let repeated = request.clone().again(&mut self.ids);
                let decided = [self.decide(&request), self.decide(&repeated)];
                self.commit_both([&request, &repeated], decided);
            }
            Step::Race { first, second, pause } => {
                let requests = [self.request(first), self.request(second)];
                let decided = [self.decide(&requests[0]), self.decide(&requests[1])];
                self.store.now += Duration::seconds(*pause);
                self.commit_both([&requests[0], &requests[1]], decided);
            }
            Step::Again(index) if !self.recorded.is_empty() => {
                let (_, request, first) = index.get(&self.recorded).clone();
                let request = request.again(&mut self.ids);
                let decided = self.decide(&request);
                if let Ok(Answer::Replayed(outcome)) = &decided.answer {
                    assert_eq!(
                        (outcome, &decided.changes[..]),
                        (&first, &[][..]),
                        "a replay returns the first outcome and changes nothing"
                    );
                }
                self.commit(&request, decided);
            }
            Step::Again(_) => {}
            Step::SetQueue { queue, state, capacity } => operators::set_queue(&mut self.store, *queue, *state, *capacity),
            Step::Block { schedule, number } => operators::block_or_unblock(&mut self.store, *schedule, *number),
            Step::Cancel { schedule } => operators::cancel(&mut self.store, *schedule),
        }
    }

    fn request(&mut self, action: &Action) -> AnyCommand {
        action.command(&self.store, &mut self.ids)
    }

    /// Commits two requests that were decided on the same snapshot. If both write the same row, at most one may succeed. If they don't
    /// collide, the first must not affect whether the second succeeds.
    fn commit_both(&mut self, requests: [&AnyCommand; 2], [first, second]: [Decided; 2]) {
        let rows = |decided: &Decided| decided.changes.iter().flat_map(Change::keys).collect::<BTreeSet<_>>();
        let share_a_row = !rows(&first).is_disjoint(&rows(&second));
        let mut group = Collisions::default();
        let compatible = first.changes.iter().chain(&second.changes).all(|change| group.admit(change));
        // Collisions don't take room in a queue into account.
        let needs_room = second.changes.iter().flat_map(|change| &change.guards).any(|guard| matches!(guard, Guard::MaxWaiting(..)));
        let succeeds_alone = self.would_succeed(&second);
        let first_succeeded = self.commit(requests[0], first);
        let second_succeeded = self.commit(requests[1], second);
        assert!(!(share_a_row && first_succeeded && second_succeeded), "{requests:?} wrote the same row");
        if compatible && !needs_room {
            assert_eq!(second_succeeded, succeeds_alone, "the first of {requests:?} affects the second, although they don't collide");
        }
    }

    /// Returns whether all changes of `decided` would be committed now.
    fn would_succeed(&self, decided: &Decided) -> bool {
        decided.commit(&mut self.store.clone()).is_ok()
    }

    /// Commits and checks the changes of `decided`. Returns whether all were committed.
    fn commit(&mut self, request: &AnyCommand, decided: Decided) -> bool {
        let mut succeeded = true;
        for change in &decided.changes {
            assert_each_row_once(change);
            assert_events_match_rows(change);
            match self.store.commit(change) {
                Ok(()) => {
                    self.check_events(change);
                    self.check_change(request, change);
                }
                Err(conflict) => {
                    succeeded = false;
                    self.coverage.record(match conflict {
                        Conflict::TooLate => "too late",
                        Conflict::GuardFailed => "guard lost",
                    });
                }
            }
        }
        match decided.answer {
            Ok(Answer::Outcome(outcome)) if succeeded => {
                let scope = key_of(request);
                let record = self.store.keys.get(&scope).map(|record| &record.outcome);
                assert_eq!(record, Some(&outcome), "the outcome is stored with its effect");
                self.recorded.retain(|(old, ..)| *old != scope);
                self.recorded.push((scope, request.clone(), outcome));
            }
            Err(refusal) => {
                let name: String = format!("{refusal:?}").chars().take_while(char::is_ascii_alphanumeric).collect();
                self.coverage.record(&name);
            }
            Ok(Answer::Done | Answer::Outcome(_) | Answer::Replayed(_)) => {}
        }
        succeeded
    }

    /// Checks the events of a committed change: those of one subject come in the order of its versions.
    fn check_events(&mut self, change: &Change) {
        for Event { version, fact } in &change.events {
            let before = self.last_versions.insert(fact.subject(), *version);
            assert!(before.is_none_or(|before| before < *version), "{fact:?} at {version:?} after {before:?}");
            self.coverage.record(fact.name());
        }
    }

    /// Checks a committed change against the rules for its request.
    fn check_change(&mut self, request: &AnyCommand, change: &Change) {
        let tokens = change.rows::<QueueToken>().cloned().map(Into::into).collect();
        let claim_only = Change { guards: change.guards.clone(), writes: tokens, events: Vec::new(), not_after: change.not_after };
        match request {
            AnyCommand::Tick(queue) => self.check_tick(*queue, change),
            AnyCommand::Hold(_) | AnyCommand::Exchange(_) | AnyCommand::Pay(_) if *change == claim_only => {
                return self.coverage.record("claim by a refusal");
            }
            AnyCommand::Hold(_) if change.row::<Seat>().is_none() => return self.coverage.record("same seats again"),
            AnyCommand::Exchange(_) if change.row::<Seat>().is_none() => return self.coverage.record("exchange for the same seats"),
            AnyCommand::Join(_) | AnyCommand::Charge(_) if change.row::<User>().is_some() => self.coverage.record("first write"),
            AnyCommand::Pay(command) => self.check_payment(command),
            AnyCommand::Refund(command) => self.check_refund(command),
            AnyCommand::CheckIn(command) => self.check_check_in(command, change),
            AnyCommand::Release(command) => assert_eq!(self.store.reservations[&command.reservation].user(), command.user),
            AnyCommand::Leave(command) => assert_eq!(self.store.tokens[&command.token].user(), command.user),
            AnyCommand::Hold(command) => {
                assert!(self.store.schedules[&command.schedule].is_on_sale(self.store.now), "held after the sale: {command:?}");
                if change.rows::<Reservation>().count() > 1 {
                    self.coverage.record("takeover");
                }
            }
            AnyCommand::Exchange(command) => self.check_exchange(command),
            AnyCommand::Register(_) | AnyCommand::Join(_) | AnyCommand::Claim(_) | AnyCommand::Charge(_) | AnyCommand::Sweep => {}
        }
        let name: String = format!("{request:?}").chars().take_while(char::is_ascii_alphanumeric).collect();
        self.coverage.record(&name);
    }

    fn check_tick(&self, queue: QueueId, change: &Change) {
        let admitted = change.rows::<QueueToken>().filter(|write| matches!(write.row.state(), TokenState::Active { .. }));
        let Some(last) = admitted.map(|write| write.row.number()).max() else { return };
        let next = self.store.waiting(queue).map(|token| token.number()).min();
        assert!(next.is_none_or(|next| last < next), "{last} was admitted before {next:?}");
        let queue_row = &self.store.queues[&queue].queue;
        assert!(queue_row.state().admits(), "{last} was admitted although the queue is paused");
        let capacity = queue_row.policy(&self.store.rules.queue).capacity;
        assert!(self.store.active(queue).count() <= capacity as usize, "more tokens are active than {capacity}");
    }

    fn check_exchange(&mut self, command: &exchange::Command) {
        let schedule = &self.store.schedules[&command.wanted.schedule];
        assert!(schedule.is_on_sale(self.store.now), "exchanged after the sale: {command:?}");
        let (old, new) = (&self.store.reservations[&command.held], &self.store.reservations[&command.wanted.id]);
        assert_eq!(old.state(), ReservationState::Cancelled { reason: CancelReason::Released, payment: None });
        assert_eq!((new.state(), new.expires_at()), (ReservationState::Held, old.expires_at()), "held as long as {old:?}");
        assert_eq!((new.user(), Some(new.token())), (old.user(), command.wanted.pass.token));
        assert_eq!(old.token(), new.token());
        if old.schedule() != new.schedule() {
            self.coverage.record("exchange of the schedule");
        } else if old.numbers().any(|number| new.numbers().any(|own| own == number)) {
            self.coverage.record("exchange of some");
        }
    }

    fn check_payment(&self, command: &pay::Command) {
        let reservation = &self.store.reservations[&command.reservation];
        assert_eq!(reservation.user(), command.pass.user);
        let schedule = &self.store.schedules[&reservation.schedule()];
        assert!(schedule.at(self.store.now).is_before(reservation.expires_at()), "paid too late: {reservation:?}");
        let token = command.pass.token.map(|id| self.store.tokens[&id].status(self.store.now));
        assert_eq!(token, Some(TokenStatus::Expired(ExpiryReason::Paid)));
    }

    fn check_refund(&self, command: &refund::Command) {
        let payment = &self.store.payments[&command.payment];
        assert!(command.order.is_some() || payment.user() == command.user);
        let schedule = &self.store.schedules[&self.store.reservations[&payment.reservation()].schedule()];
        let is_open = command.order.is_some() || schedule.is_cancelled() || !schedule.has_started(self.store.now);
        assert!(is_open, "refunded after the show has started: {payment:?}");
        let is_used = self.store.reservations[&payment.reservation()].seats().iter().any(|seat| seat.used_at.is_some());
        assert!(!is_used || command.order.is_some() || schedule.is_cancelled(), "a buyer refunded a used ticket: {payment:?}");
    }

    fn check_check_in(&self, command: &check_in::Command, change: &Change) {
        let reservation = &self.store.reservations[&command.ticket.reservation];
        assert!(matches!(reservation.state(), ReservationState::Confirmed { .. }), "a void ticket was used: {reservation:?}");
        let schedule = &self.store.schedules[&reservation.schedule()];
        assert!(!schedule.is_cancelled() && command.schedule.is_none_or(|id| id == schedule.id()), "used for {schedule:?}: {command:?}");
        let used_at = reservation.seats().iter().find(|seat| seat.number == command.ticket.seat).and_then(|seat| seat.used_at);
        assert!(used_at.is_some_and(|at| at <= self.store.now), "{reservation:?}");
        assert_eq!((change.writes.len(), change.events.len()), (1, 1), "a ticket has no other row than its reservation");
    }

    fn decide(&mut self, request: &AnyCommand) -> Decided {
        let decided = request.decide(&self.store);
        match (request, &decided.answer) {
            (AnyCommand::Join(_), Ok(_)) if decided.changes.is_empty() => self.coverage.record("live token again"),
            (_, Ok(Answer::Replayed(_))) => self.coverage.record("replay"),
            (_, Err(refusal)) => {
                for claim in &decided.changes {
                    let rows = (claim.writes.len(), claim.rows::<QueueToken>().count());
                    assert_eq!(rows, (1, 1), "{refusal:?} writes more than a claim: {claim:?}");
                }
            }
            (_, Ok(Answer::Done | Answer::Outcome(_))) => {}
        }
        if let (AnyCommand::Hold(command), Err(Refusal::SeatsUnavailable(taken))) = (request, &decided.answer) {
            assert_taken(&self.store, command.schedule, taken, None);
        }
        if let (AnyCommand::Exchange(command), Err(Refusal::SeatsUnavailable(taken))) = (request, &decided.answer) {
            assert_taken(&self.store, command.wanted.schedule, taken, Some(command.held));
        }
        decided
    }
}

/// Returns the idempotency key of a request that has one.
fn key_of(request: &AnyCommand) -> IdempotencyScope {
    let idempotency = match request {
        AnyCommand::Hold(command) => &command.idempotency,
        AnyCommand::Exchange(command) => &command.wanted.idempotency,
        AnyCommand::Charge(command) => &command.idempotency,
        AnyCommand::Pay(command) => &command.idempotency,
        AnyCommand::Refund(command) => &command.idempotency,
        other => panic!("{other:?} has no key"),
    };
    idempotency.scope.clone()
}

/// Asserts that each seat reported as taken is held or sold, or blocked, and isn't a seat of the exchanged reservation.
fn assert_taken(store: &ModelStore, schedule: ScheduleId, taken: &[(SeatNumber, SeatStatus)], exchanged: Option<ReservationId>) {
    for (number, status) in taken {
        let is_owner = |reservation: &Reservation| {
            Some(reservation.id()) != exchanged && reservation.schedule() == schedule && reservation.numbers().any(|own| own == *number)
        };
        let has_reservation = store.live_reservations().any(|reservation| is_owner(reservation));
        assert_eq!(has_reservation, *status != SeatStatus::Blocked, "seat {number} is reported as {status:?}");
    }
}
