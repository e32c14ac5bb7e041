//! A random run on two stores, in step.

use std::collections::{HashSet, VecDeque};

use application::ports::{CommitError, Load, Old, Ports};
use domain::decide::admission::Pass;
use domain::decide::join::Joined;
use domain::decide::{admit, charge, claim, hold, join, lapse, leave, pay, refund, register, release};
use domain::key::Keyed;
use domain::reservation::SeatChoice;
use domain::{
    Change, ConcertId, Context, Fingerprint, Outcome, PaymentId, Queue, ReservationId, Route, ScheduleId, TokenId, UserId, UserName,
};
use proptest::test_runner::TestCaseError;

use super::request::{Decided, Request, Told};
use super::steps::{PEOPLE, Step, What, Wish};
use crate::world::{
    ALL, CONCERT, DATE, NEIGHBOUR, NEIGHBOUR_DATE, OTHER_CONCERT, OTHER_DATE, OTHER_QUEUE, SECOND_DATE, World, guest, keyed, seat_number,
    sorted, won,
};

type Same<T = ()> = Result<T, TestCaseError>;

/// A run on the adapter's world and on a memory store.
pub(super) struct Play {
    world: World,
    memory: Ports,
    people: [Person; PEOPLE],
    early: VecDeque<(usize, Decided)>,
    last: Option<Wish>,
}

/// What somebody has, the oldest first.
#[derive(Default)]
struct Person {
    tokens: Vec<TokenId>,
    reservations: Vec<ReservationId>,
    payments: Vec<PaymentId>,
}

impl Play {
    pub(super) fn new(world: World, memory: Ports) -> Self {
        Self { world, memory, people: Default::default(), early: VecDeque::new(), last: None }
    }

    /// Plays all steps; afterwards everything looks the same in both stores, and no promise is broken.
    pub(super) async fn all(mut self, steps: &[Step]) -> Same {
        for step in steps {
            self.step(step).await?;
        }
        let (seen, expected) = (self.world.everything().await, self.world.everything_in(&self.memory).await);
        same(seen, expected, "everything")?;
        for ports in [&self.world.ports, &self.memory] {
            let findings = ports.audit.audit().await.unwrap();
            let broken: Vec<_> = findings.into_iter().filter(|finding| finding.violations > 0).collect();
            same(broken, vec![], "the audit")?;
        }
        Ok(())
    }

    async fn step(&mut self, step: &Step) -> Same {
        match step {
            Step::Together(wishes) => {
                self.last = wishes.last().cloned();
                self.together(wishes).await
            }
            Step::Again => {
                let last: Vec<Wish> = self.last.iter().cloned().collect();
                self.together(&last).await
            }
            Step::DecideEarly(wish) => {
                let request = self.request(wish);
                let context = self.load(&[request.load()]).await?.remove(0);
                let decided = request.decide(&context, &self.world.rules);
                if decided.change.is_some() {
                    self.early.push_back((wish.who, decided));
                }
                Ok(())
            }
            Step::CommitLate => {
                let Some((who, decided)) = self.early.pop_front() else { return Ok(()) };
                let change = decided.change.clone().into_iter().collect::<Vec<_>>();
                if self.commit(&change).await? == [true] {
                    self.remember(who, &decided);
                }
                Ok(())
            }
            Step::Tick { other_queue } => {
                let queue = if *other_queue { OTHER_QUEUE } else { Queue::DEFAULT };
                let context = self.load(&[Load::Tick { queue, at_most: ALL }]).await?.remove(0);
                let change = admit::decide(&context, &self.world.rules).map(|(change, _)| change);
                self.commit(change.as_slice()).await.map(|_| ())
            }
            Step::Sweep => {
                let context = self.load(&[Load::LapsedHolds { at_most: ALL, hold: self.world.rules.hold }]).await?.remove(0);
                self.commit(&lapse::decide(&context)).await.map(|_| ())
            }
            Step::Prune => {
                let before = self.world.now() - time::Duration::seconds(60);
                let old = Old { events: before, tokens: before };
                let seen = self.world.ports.housekeeping.prune(old, ALL).await.unwrap();
                same(seen, self.memory.housekeeping.prune(old, ALL).await.unwrap(), "what is forgotten")
            }
            Step::Pass(duration) => {
                self.world.clock.advance(*duration);
                Ok(())
            }
        }
    }

    /// As a lane does it: load all, decide each, commit those that share no row; the others again.
    async fn together(&mut self, wishes: &[Wish]) -> Same {
        let mut waiting: Vec<(usize, Request)> = wishes.iter().map(|wish| (wish.who, self.request(wish))).collect();
        while !waiting.is_empty() {
            let loads: Vec<Load> = waiting.iter().map(|(_, request)| request.load()).collect();
            let (mut written, mut again) = (HashSet::new(), Vec::new());
            let (mut group, mut changes) = (Vec::new(), Vec::new());
            for ((who, request), context) in waiting.into_iter().zip(self.load(&loads).await?) {
                let decided = request.decide(&context, &self.world.rules);
                let Some(change) = decided.change.clone() else { continue };
                let rows = change.rows();
                if rows.iter().any(|row| written.contains(row)) {
                    again.push((who, request));
                } else {
                    written.extend(rows);
                    changes.push(change);
                    group.push((who, request, decided));
                }
            }
            let committed = self.commit(&changes).await?;
            for ((who, request, decided), committed) in group.into_iter().zip(committed) {
                if committed {
                    self.remember(who, &decided);
                } else {
                    same(has_limit(&decided), true, "nobody else was there, so only a line can be full")?;
                    again.push((who, request));
                }
            }
            waiting = again;
        }
        Ok(())
    }

    /// The contexts, which are the same in both stores.
    async fn load(&self, loads: &[Load]) -> Same<Vec<Context>> {
        let seen = self.world.ports.store.load(loads).await;
        let expected = self.memory.store.load(loads).await;
        let contexts = |contexts: Vec<Result<Context, _>>| contexts.into_iter().map(|context| sorted(context.unwrap())).collect::<Vec<_>>();
        let (seen, expected) = (contexts(seen), contexts(expected));
        same(&seen, &expected, "what is seen")?;
        Ok(seen)
    }

    /// Which of the changes were committed: the same in both stores.
    async fn commit(&self, changes: &[Change]) -> Same<Vec<bool>> {
        let told = |results: Vec<Result<_, CommitError>>| {
            let tell = |result| match result {
                Ok(committed) => Ok(Some(committed)),
                Err(CommitError::Conflict) => Ok(None),
                Err(error) => Err(TestCaseError::fail(format!("the store can't commit: {error:?}"))),
            };
            results.into_iter().map(tell).collect::<Same<Vec<_>>>()
        };
        let seen = told(self.world.commit_group(changes).await)?;
        same(&seen, &told(self.memory.store.commit(changes).await)?, "what is committed")?;
        Ok(seen.iter().map(Option::is_some).collect())
    }

    fn remember(&mut self, who: usize, decided: &Decided) {
        let person = &mut self.people[who];
        match &decided.told {
            Ok((Told::Joined(Joined::New(place)), ..)) => person.tokens.push(place.id),
            Ok((Told::Booked(Outcome::Held { reservation, created: true }), ..)) => person.reservations.push(reservation.id),
            Ok((Told::Booked(Outcome::Paid { payment, .. }), ..)) => {
                if !person.payments.contains(&payment.id) {
                    person.payments.push(payment.id);
                }
            }
            Ok((Told::Joined(Joined::Live(_)) | Told::Booked(_) | Told::Registered(_) | Told::Claimed(_) | Told::Done, ..)) | Err(_) => {}
        }
    }

    fn request(&self, wish: &Wish) -> Request {
        let world = &self.world;
        let Wish { who, key, what } = wish;
        let user = user(*who);
        let token = self.people[*who].tokens.last().copied();
        let pass = Pass { user, token };
        match what.clone() {
            What::Register => Request::Register(register::Command { user: world.new_id(), name: UserName::new("Eve").unwrap() }),
            What::Join { concert } => Request::Join(join::Command { user, concert: concert.map(concert_id), token: world.new_id() }),
            What::Claim { other_queue } => {
                Request::Claim(claim::Command { pass, queue: Some(if other_queue { OTHER_QUEUE } else { Queue::DEFAULT }) })
            }
            What::Hold { date, seats } => {
                let keyed = request_key(user, Route::Reservations, *key, u64::from(seats[0]));
                let seats = SeatChoice::new(seats.into_iter().map(seat_number).collect()).unwrap();
                Request::Hold(hold::Command { pass, keyed, id: world.new_id(), schedule: date_id(date), seats })
            }
            What::Release { mine } => Request::Release(release::Command { user, reservation: self.pick(*who, mine, |p| &p.reservations) }),
            What::Charge { amount } => {
                let keyed = request_key(user, Route::Charges, *key, amount.unsigned_abs());
                Request::Charge(charge::Command { user, keyed, id: world.new_id(), amount: won(amount) })
            }
            What::Pay { mine, amount } => {
                let reservation = self.pick(*who, mine, |p| &p.reservations);
                let keyed = request_key(user, Route::Payments, *key, reservation.0.as_u64_pair().1);
                let (id, entry) = (world.new_id(), world.new_id());
                Request::Pay(pay::Command { pass, keyed, id, entry, reservation, amount: amount.map(won) })
            }
            What::Refund { mine, operator } => {
                let payment = self.pick(*who, mine, |p| &p.payments);
                let keyed = request_key(user, Route::Refunds, *key, payment.0.as_u64_pair().1);
                let order = operator.then(|| world.an_order(user));
                Request::Refund(refund::Command { user, order, keyed, payment, entry: world.new_id() })
            }
            What::Leave { mine } => Request::Leave(leave::Command { user, token: self.pick(*who, mine, |p| &p.tokens) }),
        }
    }

    /// The how-manieth from the last of one's own things; else the neighbour's last one, or one that nobody has.
    fn pick<T: Copy + From<uuid::Uuid>>(&self, who: usize, mine: usize, things: impl Fn(&Person) -> &Vec<T>) -> T {
        let own = things(&self.people[who]).iter().rev().nth(mine);
        let anothers = || things(&self.people[(who + 1) % PEOPLE]).last();
        own.or_else(anothers).copied().unwrap_or_else(|| self.world.new_id())
    }
}

/// Whether those who join with it may fill the line.
fn has_limit(decided: &Decided) -> bool {
    decided.change.as_ref().is_some_and(|change| change.line_limit.is_some())
}

fn user(who: usize) -> UserId {
    guest(u128::try_from(who).unwrap() + 1)
}

fn concert_id(number: usize) -> ConcertId {
    [CONCERT, NEIGHBOUR, OTHER_CONCERT].get(number).copied().unwrap_or(ConcertId(uuid::Uuid::max()))
}

fn date_id(number: usize) -> ScheduleId {
    [DATE, SECOND_DATE, NEIGHBOUR_DATE, OTHER_DATE].get(number).copied().unwrap_or(ScheduleId(uuid::Uuid::max()))
}

/// The key called `key`; requests that differ in `body` are different requests.
fn request_key(user: UserId, route: Route, key: u8, body: u64) -> Keyed {
    let mut fingerprint = [0; 32];
    fingerprint[..8].copy_from_slice(&body.to_be_bytes());
    Keyed { fingerprint: Fingerprint(fingerprint), ..keyed(user, route, &(key % 16).to_string()) }
}

fn same<T: PartialEq + std::fmt::Debug>(seen: T, expected: T, what: &str) -> Same {
    if seen == expected { Ok(()) } else { Err(TestCaseError::fail(format!("{what} differs:\n{seen:#?}\nin memory:\n{expected:#?}"))) }
}
