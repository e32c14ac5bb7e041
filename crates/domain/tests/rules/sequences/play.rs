//! A sequence is played: requests are decided on what was loaded, changes are committed, and after each step the
//! promises must hold.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::change::Collisions;
use domain::decide::{exchange, pay, refund};
use domain::event::Subject;
use domain::testing::{Action, Answer, AnyCommand, Conflict, Decided, IdSequence, ModelStore, opening};
use domain::{
    CancelReason, Change, Event, ExpiryReason, Guard, IdempotencyScope, Outcome, QueueId, QueueToken, Refusal, Reservation, ReservationId,
    ReservationState, ScheduleId, Seat, SeatNumber, SeatStatus, TokenState, TokenStatus, User, Version,
};
use time::Duration;

use super::step::Step;
use super::{operators, promises};
use crate::fixtures::{assert_each_row_once, assert_tells_of_its_rows};

/// How often what was seen.
#[derive(Debug, Default)]
pub(crate) struct SalesMetrics(BTreeMap<String, u32>);

impl SalesMetrics {
    fn saw(&mut self, what: &str) {
        *self.0.entry(what.to_owned()).or_default() += 1;
    }

    pub(crate) fn of(&self, what: &str) -> u32 {
        self.0.get(what).copied().unwrap_or(0)
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (what, count) in &other.0 {
            *self.0.entry(what.clone()).or_default() += count;
        }
    }
}

/// A store, and what has been seen of it.
#[derive(Debug, Default)]
pub(crate) struct Play {
    store: ModelStore,
    ids: IdSequence,
    pub(crate) sales_metrics: SalesMetrics,
    /// The requests whose answers are kept, and those answers.
    answered: Vec<(IdempotencyScope, AnyCommand, Outcome)>,
    /// The version of each thing at which an event last told of it.
    told: HashMap<Subject, Version>,
}

impl Play {
    /// A store in which the sale has just begun.
    pub(crate) fn opened() -> Self {
        let mut play = Self::default();
        play.all(&opening().into_iter().map(Step::One).collect::<Vec<_>>());
        play
    }

    pub(crate) fn all(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
            promises::assert_kept(&self.store);
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Wait(seconds) => self.store.now += Duration::seconds(*seconds),
            Step::One(what) => {
                let request = self.request(what);
                let decided = self.decide(&request);
                self.commit(&request, decided);
            }
            Step::Twice(what) => {
                let request = self.request(what);
                let twin = request.clone().again(&mut self.ids);
                let twins = [self.decide(&request), self.decide(&twin)];
                self.commit_both([&request, &twin], twins);
            }
            Step::Race { first, second, pause } => {
                let requests = [self.request(first), self.request(second)];
                let decided = [self.decide(&requests[0]), self.decide(&requests[1])];
                self.store.now += Duration::seconds(*pause);
                self.commit_both([&requests[0], &requests[1]], decided);
            }
            Step::Again(index) if !self.answered.is_empty() => {
                let (_, request, first) = index.get(&self.answered).clone();
                let request = request.again(&mut self.ids);
                let decided = self.decide(&request);
                if let Ok(Answer::Replayed(outcome)) = &decided.answer {
                    assert_eq!((outcome, &decided.changes[..]), (&first, &[][..]), "the first answer again, and nothing else");
                }
                self.commit(&request, decided);
            }
            Step::Again(_) => {}
            Step::SetQueue { queue, state, capacity } => operators::set_queue(&mut self.store, *queue, *state, *capacity),
            Step::Block { schedule, number } => operators::block_or_unblock(&mut self.store, *schedule, *number),
            Step::Cancel { schedule } => operators::cancel(&mut self.store, *schedule),
        }
    }

    fn request(&mut self, what: &Action) -> AnyCommand {
        what.command(&self.store, &mut self.ids)
    }

    /// Two that were decided on the same snapshot: if they write the same row, the second falls out; if they don't even collide, it
    /// stands or falls as it would have without the first.
    fn commit_both(&mut self, requests: [&AnyCommand; 2], [first, second]: [Decided; 2]) {
        let rows = |decided: &Decided| decided.changes.iter().flat_map(Change::keys).collect::<BTreeSet<_>>();
        let share_a_row = !rows(&first).is_disjoint(&rows(&second));
        let mut group = Collisions::default();
        let apart = first.changes.iter().chain(&second.changes).all(|change| group.admit(change));
        // Room in a queue is no matter of collisions.
        let asks_for_room = second.changes.iter().flat_map(|change| &change.guards).any(|guard| matches!(guard, Guard::Room(..)));
        let stands_alone = self.would_stand(&second);
        let first_stands = self.commit(requests[0], first);
        let second_stands = self.commit(requests[1], second);
        assert!(!(share_a_row && first_stands && second_stands), "{requests:?} wrote the same row");
        if apart && !asks_for_room {
            assert_eq!(second_stands, stands_alone, "the first of {requests:?} matters to the second, and they don't collide");
        }
    }

    /// Whether everything that was decided would become durable now.
    fn would_stand(&self, decided: &Decided) -> bool {
        decided.commit(&mut self.store.clone()).is_ok()
    }

    /// Whether everything that was decided became durable.
    fn commit(&mut self, request: &AnyCommand, decided: Decided) -> bool {
        let mut stands = true;
        for change in &decided.changes {
            assert_each_row_once(change);
            assert_tells_of_its_rows(change);
            match self.store.commit(change) {
                Ok(()) => {
                    self.listen_to(change);
                    self.look_at(request, change);
                }
                Err(conflict) => {
                    stands = false;
                    self.sales_metrics.saw(match conflict {
                        Conflict::TooLate => "too late",
                        Conflict::GuardFailed => "guard lost",
                    });
                }
            }
        }
        match decided.answer {
            Ok(Answer::Outcome(outcome)) if stands => {
                let scope = key_of(request);
                let record = self.store.keys.get(&scope).map(|record| &record.outcome);
                assert_eq!(record, Some(&outcome), "the answer is kept with its effect");
                self.answered.retain(|(kept, ..)| *kept != scope);
                self.answered.push((scope, request.clone(), outcome));
            }
            Err(refusal) => {
                let name: String = format!("{refusal:?}").chars().take_while(char::is_ascii_alphanumeric).collect();
                self.sales_metrics.saw(&name);
            }
            Ok(Answer::Done | Answer::Outcome(_) | Answer::Replayed(_)) => {}
        }
        stands
    }

    /// The events of a change that has just been committed: those of one thing come in the order of its versions.
    fn listen_to(&mut self, change: &Change) {
        for Event { version, fact } in &change.events {
            let before = self.told.insert(fact.subject(), *version);
            assert!(before.is_none_or(|before| before < *version), "{fact:?} at {version:?} after {before:?}");
            self.sales_metrics.saw(fact.name());
        }
    }

    /// A change that has just been committed.
    fn look_at(&mut self, request: &AnyCommand, change: &Change) {
        let tokens = change.rows::<QueueToken>().cloned().map(Into::into).collect();
        let claim_only = Change { guards: change.guards.clone(), writes: tokens, events: Vec::new(), not_after: change.not_after };
        match request {
            AnyCommand::Tick(queue) => self.look_at_tick(*queue, change),
            AnyCommand::Hold(_) | AnyCommand::Exchange(_) | AnyCommand::Pay(_) if *change == claim_only => {
                return self.sales_metrics.saw("claim by a refusal");
            }
            AnyCommand::Hold(_) if change.row::<Seat>().is_none() => return self.sales_metrics.saw("same seats again"),
            AnyCommand::Exchange(_) if change.row::<Seat>().is_none() => return self.sales_metrics.saw("exchange for the same seats"),
            AnyCommand::Join(_) | AnyCommand::Charge(_) if change.row::<User>().is_some() => self.sales_metrics.saw("first write"),
            AnyCommand::Pay(command) => self.look_at_payment(command),
            AnyCommand::Refund(command) => self.look_at_refund(command),
            AnyCommand::Release(command) => assert_eq!(self.store.reservations[&command.reservation].user(), command.user),
            AnyCommand::Leave(command) => assert_eq!(self.store.tokens[&command.token].user(), command.user),
            AnyCommand::Hold(command) => {
                assert!(self.store.schedules[&command.schedule].is_on_sale(self.store.now), "held after the sale: {command:?}");
                if change.rows::<Reservation>().count() > 1 {
                    self.sales_metrics.saw("takeover");
                }
            }
            AnyCommand::Exchange(command) => self.look_at_exchange(command),
            AnyCommand::Register(_) | AnyCommand::Join(_) | AnyCommand::Claim(_) | AnyCommand::Charge(_) | AnyCommand::Sweep => {}
        }
        let name: String = format!("{request:?}").chars().take_while(char::is_ascii_alphanumeric).collect();
        self.sales_metrics.saw(&name);
    }

    fn look_at_tick(&self, queue: QueueId, change: &Change) {
        let admitted = change.rows::<QueueToken>().filter(|write| matches!(write.row.state(), TokenState::Active { .. }));
        let Some(last) = admitted.map(|write| write.row.number()).max() else { return };
        let next = self.store.waiting(queue).map(|token| token.number()).min();
        assert!(next.is_none_or(|next| last < next), "{last} was let in before {next:?}");
        let queue_row = &self.store.queues[&queue].queue;
        assert!(queue_row.state().lets_through(), "{last} was let in though the queue is paused");
        let capacity = queue_row.policy(&self.store.rules.queue).capacity;
        assert!(self.store.active(queue).count() <= capacity as usize, "more are in than {capacity}");
    }

    fn look_at_exchange(&mut self, command: &exchange::Command) {
        let schedule = &self.store.schedules[&command.wanted.schedule];
        assert!(schedule.is_on_sale(self.store.now), "exchanged after the sale: {command:?}");
        let (old, new) = (&self.store.reservations[&command.held], &self.store.reservations[&command.wanted.id]);
        assert_eq!(old.state(), ReservationState::Cancelled { reason: CancelReason::Released, payment: None });
        assert_eq!((new.state(), new.expires_at()), (ReservationState::Held, old.expires_at()), "held as long as {old:?}");
        assert_eq!((new.user(), Some(new.token())), (old.user(), command.wanted.pass.token));
        assert_eq!(old.token(), new.token());
        if old.schedule() != new.schedule() {
            self.sales_metrics.saw("exchange of the schedule");
        } else if old.numbers().any(|number| new.numbers().any(|own| own == number)) {
            self.sales_metrics.saw("exchange of some");
        }
    }

    fn look_at_payment(&self, command: &pay::Command) {
        let reservation = &self.store.reservations[&command.reservation];
        assert_eq!(reservation.user(), command.pass.user);
        let schedule = &self.store.schedules[&reservation.schedule()];
        assert!(schedule.at(self.store.now).is_before(reservation.expires_at()), "paid too late: {reservation:?}");
        let token = command.pass.token.map(|id| self.store.tokens[&id].status(self.store.now));
        assert_eq!(token, Some(TokenStatus::Expired(ExpiryReason::Paid)));
    }

    fn look_at_refund(&self, command: &refund::Command) {
        let payment = &self.store.payments[&command.payment];
        assert!(command.order.is_some() || payment.user() == command.user);
        let schedule = &self.store.schedules[&self.store.reservations[&payment.reservation()].schedule()];
        let is_open = command.order.is_some() || schedule.is_cancelled() || !schedule.has_started(self.store.now);
        assert!(is_open, "refunded after the show has started: {payment:?}");
    }

    fn decide(&mut self, request: &AnyCommand) -> Decided {
        let decided = request.decide(&self.store);
        match (request, &decided.answer) {
            (AnyCommand::Join(_), Ok(_)) if decided.changes.is_empty() => self.sales_metrics.saw("live token again"),
            (_, Ok(Answer::Replayed(_))) => self.sales_metrics.saw("replay"),
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

/// The key of a request that has one.
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

/// Nobody is told that a seat is taken when nobody has it, or when it is one that they would give back.
fn assert_taken(store: &ModelStore, schedule: ScheduleId, taken: &[(SeatNumber, SeatStatus)], given_back: Option<ReservationId>) {
    for (number, status) in taken {
        let has = |reservation: &Reservation| {
            Some(reservation.id()) != given_back && reservation.schedule() == schedule && reservation.numbers().any(|own| own == *number)
        };
        let somebody = store.live_reservations().any(|reservation| has(reservation));
        assert_eq!(somebody, *status != SeatStatus::Blocked, "seat {number} is said to be {status:?}");
    }
}
