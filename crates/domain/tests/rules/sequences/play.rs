//! A sequence is played: requests are decided on what was loaded, changes are committed, and after each step the
//! promises must hold.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::change::Collisions;
use domain::decide::{Command, Decision, Refused, Verdict, admit, exchange, join, lapse, pay, refund};
use domain::event::Subject;
use domain::{
    CancelReason, Change, Event, ExpiryReason, Guard, KeyScope, Needs, Outcome, QueueId, QueueToken, Refusal, Reservation, ReservationId,
    ReservationState, ScheduleId, Seat, SeatNumber, SeatStatus, TokenState, TokenStatus, User, Version, need,
};
use time::Duration;

use super::commit::Conflict;
use super::request::{self, Ids, Move, Request, Step};
use super::world::{DATES, QUEUES, World};

/// How often what was seen.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<String, u32>);

impl Tally {
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

/// What a request came to, before the commit.
#[derive(Debug)]
struct Decided {
    changes: Vec<Change>,
    answer: Answer,
}

#[derive(Debug)]
enum Answer {
    /// Carried out, or carried out before.
    Done,
    /// Of a route with a key.
    Keyed { scope: KeyScope, outcome: Outcome, replayed: bool },
    /// Refused.
    Refused(Refusal),
}

/// A world, and what has been seen of it.
#[derive(Debug, Default)]
pub(crate) struct Play {
    world: World,
    ids: Ids,
    pub(crate) tally: Tally,
    /// The requests whose answers are kept, and those answers.
    answered: Vec<(KeyScope, Request, Outcome)>,
    /// The version of each thing at which an event last told of it.
    told: HashMap<Subject, Version>,
}

impl Play {
    /// A world in which the sale has just begun.
    pub(crate) fn opened() -> Self {
        let mut play = Self::default();
        play.all(&request::opening());
        play
    }

    pub(crate) fn all(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
            self.world.keeps_its_promises();
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Wait(seconds) => self.world.now += Duration::seconds(*seconds),
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
                self.world.now += Duration::seconds(*pause);
                self.commit_both([&requests[0], &requests[1]], decided);
            }
            Step::Again(index) if !self.answered.is_empty() => {
                let (_, request, first) = index.get(&self.answered).clone();
                let request = request.again(&mut self.ids);
                let decided = self.decide(&request);
                if let Answer::Keyed { outcome, replayed: true, .. } = &decided.answer {
                    assert_eq!((outcome, &decided.changes[..]), (&first, &[][..]), "the first answer again, and nothing else");
                }
                self.commit(&request, decided);
            }
            Step::Again(_) => {}
            Step::SetQueue { queue, state, capacity } => self.world.set_queue(QUEUES[*queue], *state, *capacity),
            Step::Block { date, number } => self.world.block(*date, *number),
            Step::Cancel { date } => self.world.cancel(DATES[*date]),
        }
    }

    fn request(&mut self, what: &Move) -> Request {
        self.world.request(what, &mut self.ids)
    }

    /// Two that were decided on the same snapshot: if they write the same row, the second falls out; if they don't even collide, it
    /// stands or falls as it would have without the first.
    fn commit_both(&mut self, requests: [&Request; 2], [first, second]: [Decided; 2]) {
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
        let mut world = self.world.clone();
        decided.changes.iter().all(|change| world.commit(change).is_ok())
    }

    /// Whether everything that was decided became durable.
    fn commit(&mut self, request: &Request, decided: Decided) -> bool {
        let mut stands = true;
        for change in &decided.changes {
            match self.world.commit(change) {
                Ok(()) => {
                    self.listen_to(change);
                    self.look_at(request, change);
                }
                Err(conflict) => {
                    stands = false;
                    self.tally.saw(match conflict {
                        Conflict::TooLate => "too late",
                        Conflict::GuardLost => "guard lost",
                    });
                }
            }
        }
        match decided.answer {
            Answer::Keyed { scope, outcome, replayed: false } if stands => {
                let record = self.world.keys.get(&scope).map(|record| &record.outcome);
                assert_eq!(record, Some(&outcome), "the answer is kept with its effect");
                self.answered.retain(|(kept, ..)| *kept != scope);
                self.answered.push((scope, request.clone(), outcome));
            }
            Answer::Refused(refusal) => {
                let name: String = format!("{refusal:?}").chars().take_while(char::is_ascii_alphanumeric).collect();
                self.tally.saw(&name);
            }
            Answer::Done | Answer::Keyed { .. } => {}
        }
        stands
    }

    /// The events of a change that has just been committed: those of one thing come in the order of its versions.
    fn listen_to(&mut self, change: &Change) {
        for Event { version, fact } in &change.events {
            let before = self.told.insert(fact.subject(), *version);
            assert!(before.is_none_or(|before| before < *version), "{fact:?} at {version:?} after {before:?}");
            self.tally.saw(fact.name());
        }
    }

    /// A change that has just been committed.
    fn look_at(&mut self, request: &Request, change: &Change) {
        let tokens = change.rows::<QueueToken>().cloned().map(Into::into).collect();
        let claim_only = Change { guards: change.guards.clone(), writes: tokens, events: Vec::new(), not_after: change.not_after };
        match request {
            Request::Tick(queue) => self.look_at_tick(*queue, change),
            Request::Hold(_) | Request::Exchange(_) | Request::Pay(_) if *change == claim_only => {
                return self.tally.saw("claim by a refusal");
            }
            Request::Hold(_) if change.row::<Seat>().is_none() => return self.tally.saw("same seats again"),
            Request::Exchange(_) if change.row::<Seat>().is_none() => return self.tally.saw("exchange for the same seats"),
            Request::Join(_) | Request::Charge(_) if change.row::<User>().is_some() => self.tally.saw("first write"),
            Request::Pay(command) => self.look_at_payment(command),
            Request::Refund(command) => self.look_at_refund(command),
            Request::Release(command) => assert_eq!(self.world.reservations[&command.reservation].user, command.user),
            Request::Leave(command) => assert_eq!(self.world.tokens[&command.token].user, command.user),
            Request::Hold(command) => {
                assert!(self.world.dates[&command.schedule].is_on_sale(self.world.now), "held after the sale: {command:?}");
                if change.rows::<Reservation>().count() > 1 {
                    self.tally.saw("takeover");
                }
            }
            Request::Exchange(command) => self.look_at_exchange(command),
            Request::Register(_) | Request::Join(_) | Request::Claim(_) | Request::Charge(_) | Request::Sweep => {}
        }
        let name: String = format!("{request:?}").chars().take_while(char::is_ascii_alphanumeric).collect();
        self.tally.saw(&name);
    }

    fn look_at_tick(&self, queue: QueueId, change: &Change) {
        let admitted = change.rows::<QueueToken>().filter(|write| matches!(write.row.state(), TokenState::Active { .. }));
        let Some(last) = admitted.map(|write| write.row.number).max() else { return };
        let next = self.world.waiting(queue).map(|token| token.number).min();
        assert!(next.is_none_or(|next| last < next), "{last} was let in before {next:?}");
        let queue_row = &self.world.lines[&queue].queue;
        assert!(queue_row.state().lets_through(), "{last} was let in though the queue is paused");
        let capacity = queue_row.policy(&self.world.rules.queue).capacity;
        assert!(self.world.active(queue).count() <= capacity as usize, "more are in than {capacity}");
    }

    fn look_at_exchange(&mut self, command: &exchange::Command) {
        let date = &self.world.dates[&command.wanted.schedule];
        assert!(date.is_on_sale(self.world.now), "exchanged after the sale: {command:?}");
        let (old, new) = (&self.world.reservations[&command.held], &self.world.reservations[&command.wanted.id]);
        assert_eq!(old.state(), ReservationState::Cancelled { reason: CancelReason::Released, payment: None });
        assert_eq!((new.state(), new.expires_at), (ReservationState::Held, old.expires_at), "held as long as {old:?}");
        assert_eq!((new.user, Some(new.token)), (old.user, command.wanted.pass.token));
        assert_eq!(old.token, new.token);
        if old.schedule != new.schedule {
            self.tally.saw("exchange of the date");
        } else if old.numbers().any(|number| new.numbers().any(|own| own == number)) {
            self.tally.saw("exchange of some");
        }
    }

    fn look_at_payment(&self, command: &pay::Command) {
        let reservation = &self.world.reservations[&command.reservation];
        assert_eq!(reservation.user, command.pass.user);
        let date = &self.world.dates[&reservation.schedule];
        assert!(date.at(self.world.now).is_before(reservation.expires_at), "paid too late: {reservation:?}");
        let token = command.pass.token.map(|id| self.world.tokens[&id].status(self.world.now));
        assert_eq!(token, Some(TokenStatus::Expired(ExpiryReason::Paid)));
    }

    fn look_at_refund(&self, command: &refund::Command) {
        let payment = &self.world.payments[&command.payment];
        assert!(command.order.is_some() || payment.user == command.user);
        let date = &self.world.dates[&self.world.reservations[&payment.reservation].schedule];
        let is_open = command.order.is_some() || date.is_cancelled() || !date.has_started(self.world.now);
        assert!(is_open, "refunded after the show has started: {payment:?}");
    }

    fn decide(&mut self, request: &Request) -> Decided {
        match request {
            Request::Register(command) => plain(self.verdict(command)),
            Request::Join(command) => {
                let verdict = self.verdict(command);
                if matches!(&verdict, Ok(Decision { outcome: join::Joined::Live(_), .. })) {
                    self.tally.saw("live token again");
                }
                plain(verdict)
            }
            Request::Tick(queue) => {
                // Two of the lapsed at a time: the others' rows still say ACTIVE.
                let line = self.found(&need::Line { queue: *queue, at_most: 2 });
                let change = line.and_then(|line| admit::decide(&line, self.world.now, &self.world.rules)).map(|(change, _)| change);
                Decided { changes: change.into_iter().collect(), answer: Answer::Done }
            }
            Request::Leave(command) => plain(self.verdict(command)),
            Request::Claim(command) => plain(self.verdict(command)),
            Request::Release(command) => plain(self.verdict(command)),
            Request::Sweep => {
                let lapsed = self.found(&need::LapsedHolds { at_most: u32::MAX, longest: self.world.rules.hold });
                let lapsed: Vec<_> = lapsed.into_iter().map(Result::unwrap).collect();
                let changes = lapse::decide(&lapsed, self.world.now).into_iter().collect::<Result<_, _>>();
                Decided { changes: changes.unwrap_or_else(|fault| panic!("{fault}")), answer: Answer::Done }
            }
            Request::Hold(command) => {
                let verdict = self.verdict(command);
                if let Err(Refused { refusal: Refusal::SeatsUnavailable(taken), .. }) = &verdict {
                    assert_taken(&self.world, command.schedule, taken, None);
                }
                self.keyed(&command.keyed.scope, verdict)
            }
            Request::Exchange(command) => {
                let verdict = self.verdict(command);
                if let Err(Refused { refusal: Refusal::SeatsUnavailable(taken), .. }) = &verdict {
                    assert_taken(&self.world, command.wanted.schedule, taken, Some(command.held));
                }
                self.keyed(&command.wanted.keyed.scope, verdict)
            }
            Request::Charge(command) => self.keyed(&command.keyed.scope, self.verdict(command)),
            Request::Pay(command) => self.keyed(&command.keyed.scope, self.verdict(command)),
            Request::Refund(command) => self.keyed(&command.keyed.scope, self.verdict(command)),
        }
    }

    fn verdict<C: Command>(&self, command: &C) -> Verdict<C::Outcome> {
        let verdict = command.decide_by(&self.world.rows(), &self.world.rules);
        verdict.unwrap_or_else(|unreadable| panic!("{unreadable}"))
    }

    fn found<N: Needs>(&self, need: &N) -> N::Found {
        need.find(&self.world.rows()).unwrap_or_else(|unreadable| panic!("{unreadable}"))
    }

    fn keyed(&mut self, scope: &KeyScope, verdict: Verdict<Outcome>) -> Decided {
        match verdict {
            Ok(Decision { outcome, change, replayed, .. }) => {
                if replayed {
                    self.tally.saw("replay");
                }
                let answer = Answer::Keyed { scope: scope.clone(), outcome, replayed };
                Decided { changes: change.into_iter().collect(), answer }
            }
            Err(refused) => refusal(refused),
        }
    }
}

fn plain<T>(verdict: Verdict<T>) -> Decided {
    match verdict {
        Ok(decision) => Decided { changes: decision.change.into_iter().collect(), answer: Answer::Done },
        Err(refused) => refusal(refused),
    }
}

fn refusal(Refused { refusal, claim }: Refused) -> Decided {
    if let Some(claim) = &claim {
        assert_eq!((claim.writes.len(), claim.rows::<QueueToken>().count()), (1, 1), "{refusal:?} writes more than a claim: {claim:?}");
    }
    Decided { changes: claim.into_iter().map(|change| *change).collect(), answer: Answer::Refused(refusal) }
}

/// Nobody is told that a seat is taken when nobody has it, or when it is one that they would give back.
fn assert_taken(world: &World, date: ScheduleId, taken: &[(SeatNumber, SeatStatus)], given_back: Option<ReservationId>) {
    for (number, status) in taken {
        let has = |reservation: &Reservation| {
            Some(reservation.id) != given_back && reservation.schedule == date && reservation.numbers().any(|own| own == *number)
        };
        let somebody = world.live_reservations().any(|reservation| has(reservation));
        assert_eq!(somebody, *status != SeatStatus::Blocked, "seat {number} is said to be {status:?}");
    }
}
