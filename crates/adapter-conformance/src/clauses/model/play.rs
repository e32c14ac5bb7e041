//! A random run on two stores, in step.

use std::collections::VecDeque;

use application::ports::{CommitError, Ports, Prunable};
use domain::change::Collisions;
use domain::decide::join::Joined;
use domain::decide::{admit, lapse};
use domain::need::Line;
use domain::{Change, Event, Guard, Need, Needs, Outcome, PaymentId, Queue, ReservationId, Rows, ScheduleId, TokenId};
use proptest::test_runner::TestCaseError;

use super::coverage::Coverage;
use super::operators::Wanted;
use super::request::{Decided, Request, Response};
use super::steps::{Intent, PEOPLE, Step};
use crate::clauses::log::assert_subjects_ascend;
use crate::world::{ALL, Found, OTHER_QUEUE, World, asked, readable};

type Same<T = ()> = Result<T, TestCaseError>;

/// What buyers must have come to.
pub(super) const REQUESTS: [&str; 3] = ["join", "hold", "pay"];

/// A run on the adapter's world and on a memory store.
pub(super) struct Play<'a> {
    pub(super) world: World,
    memory: Ports,
    coverage: &'a Coverage,
    pub(super) people: [Person; PEOPLE],
    /// The dates that operators added, or tried to.
    pub(super) added_schedules: Vec<ScheduleId>,
    early: VecDeque<Early>,
    last: Option<Intent>,
    /// The events of what was committed.
    events: Vec<Event>,
}

/// What was decided and isn't committed yet.
enum Early {
    /// The request of one of the people.
    Request(usize, Decided),
    /// An operator's command.
    Command(&'static str, Change),
}

impl Early {
    fn change(&self) -> Option<&Change> {
        match self {
            Self::Request(_, decided) => decided.change.as_ref(),
            Self::Command(_, change) => Some(change),
        }
    }
}

/// What somebody has, the oldest first.
#[derive(Default)]
pub(super) struct Person {
    pub(super) tokens: Vec<TokenId>,
    pub(super) reservations: Vec<ReservationId>,
    pub(super) payments: Vec<PaymentId>,
}

impl<'a> Play<'a> {
    pub(super) fn new(world: World, memory: Ports, coverage: &'a Coverage) -> Self {
        let (people, added_schedules, early) = (Default::default(), Vec::new(), VecDeque::new());
        Self { world, memory, coverage, people, added_schedules, early, last: None, events: Vec::new() }
    }

    /// Plays all steps; afterwards everything looks the same in both stores, and no promise is broken.
    pub(super) async fn all(mut self, steps: &[Step]) -> Same {
        for step in steps {
            self.step(step).await?;
        }
        let (seen, expected) = (self.world.everything().await, self.world.everything_in(&self.memory).await);
        same(seen, expected, "everything")?;
        let log = self.world.log().await;
        assert_subjects_ascend(&log);
        let told: Vec<_> = log.into_iter().map(|told| told.event).collect();
        same(told.as_slice(), &self.events[self.events.len().saturating_sub(told.len())..], "what the log tells of what was committed")?;
        for ports in [&self.world.ports, &self.memory] {
            let findings = ports.audit.audit().await.unwrap();
            let broken: Vec<_> = findings.into_iter().filter(|finding| finding.violations > 0).collect();
            same(broken, vec![], "the audit")?;
        }
        Ok(())
    }

    async fn step(&mut self, step: &Step) -> Same {
        match step {
            Step::Together(intents) => {
                self.last = intents.last().cloned();
                self.together(intents).await
            }
            Step::Again => {
                let last: Vec<Intent> = self.last.iter().cloned().collect();
                self.together(&last).await
            }
            Step::DecideEarly(intent) => {
                let request = self.request(intent);
                let rows = self.load(&request.needs()).await?;
                let decided = request.decide(&rows, &self.world.rules);
                if decided.change.is_some() {
                    self.early.push_back(Early::Request(intent.who, decided));
                }
                Ok(())
            }
            Step::CommitLate { all } => self.commit_late(if *all { self.early.len() } else { 1 }).await,
            Step::Operate(wanted) => {
                if let Some(change) = self.decide(wanted).await? {
                    same(self.commit(&[change]).await?, vec![true], "an operator's command when nobody else is there")?;
                    self.coverage.count(wanted.name());
                }
                Ok(())
            }
            Step::OperateEarly(wanted) => {
                let change = self.decide(wanted).await?;
                self.early.extend(change.map(|change| Early::Command(wanted.name(), change)));
                Ok(())
            }
            Step::Tick { other_queue } => {
                let queue = if *other_queue { OTHER_QUEUE } else { Queue::DEFAULT };
                let line = self.find(Line { queue, at_most: ALL }).await?.expect("a queue");
                let change = admit::decide(&line, self.world.now(), &self.world.rules).map(|(change, _)| change);
                self.commit(change.as_slice()).await.map(|_| ())
            }
            Step::Sweep => {
                let holds = readable(self.find(self.world.lapsed_holds(ALL)).await?);
                let changes = lapse::decide(&holds, self.world.now());
                let changes: Vec<_> = changes.into_iter().map(|change| change.expect("all seats of a hold")).collect();
                self.commit(&changes).await.map(|_| ())
            }
            Step::Prune => {
                let before = self.world.now() - time::Duration::seconds(60);
                for what in [Prunable::Keys, Prunable::Tokens { before }] {
                    let seen = self.world.prune_some(what, ALL).await;
                    same(seen, self.memory.housekeeping.prune(what, ALL).await.unwrap(), "what is forgotten")?;
                }
                // A store may count events, or whole groups of them; what is left of the log is looked at in the end.
                let what = Prunable::Log { before, unread_before: before };
                let seen = self.world.prune_some(what, ALL).await.more;
                same(seen, self.memory.housekeeping.prune(what, ALL).await.unwrap().more, "whether more of the log may be forgotten")
            }
            Step::Pass(duration) => {
                self.world.clock.advance(*duration);
                Ok(())
            }
        }
    }

    /// What an operator's command would change.
    async fn decide(&mut self, wanted: &Wanted) -> Same<Option<Change>> {
        let command = self.command(wanted);
        let rows = self.load(&command.needs()).await?;
        Ok(command.change(&rows, &self.world.rules))
    }

    /// Commits the oldest of what was decided early, in one group, whatever collides in it.
    async fn commit_late(&mut self, at_most: usize) -> Same {
        let group: Vec<_> = self.early.drain(..at_most.min(self.early.len())).collect();
        let changes: Vec<Change> = group.iter().filter_map(Early::change).cloned().collect();
        for (early, committed) in group.iter().zip(self.commit(&changes).await?) {
            match early {
                Early::Request(who, decided) if committed => self.remember(*who, decided),
                Early::Command(name, _) if committed => self.coverage.count(name),
                Early::Request(..) | Early::Command(..) => {}
            }
        }
        Ok(())
    }

    /// As a lane does it: load all, decide each, commit those that don't collide; the others again.
    async fn together(&mut self, intents: &[Intent]) -> Same {
        let mut waiting: Vec<(usize, Request)> = intents.iter().map(|intent| (intent.who, self.request(intent))).collect();
        while !waiting.is_empty() {
            let needs: Vec<Need> = waiting.iter().flat_map(|(_, request)| request.needs()).collect();
            let rows = self.load(&needs).await?;
            let (mut collisions, mut again) = (Collisions::default(), Vec::new());
            let (mut group, mut changes) = (Vec::new(), Vec::new());
            for (who, request) in waiting {
                let decided = request.decide(&rows, &self.world.rules);
                let Some(change) = decided.change.clone() else { continue };
                if collisions.admit(&change) {
                    changes.push(change);
                    group.push((who, request, decided));
                } else {
                    again.push((who, request));
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

    /// The rows for `needs`, among which they find the same in both stores.
    async fn load(&self, needs: &[Need]) -> Same<Rows> {
        let (seen, expected) = (self.world.load(needs).await, self.memory.store.load(needs).await.unwrap());
        same(seen.now, expected.now, "the time")?;
        for need in needs {
            same(Found::by(need, &seen), Found::by(need, &expected), &format!("what {need:?} finds"))?;
        }
        Ok(seen)
    }

    /// What `need` finds, the same in both stores.
    async fn find<N: Needs>(&self, need: N) -> Same<N::Found> {
        let rows = self.load(&asked(&need)).await?;
        Ok(need.find(&rows).unwrap())
    }

    /// Which of the changes were committed: the same in both stores.
    async fn commit(&mut self, changes: &[Change]) -> Same<Vec<bool>> {
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
        let committed: Vec<bool> = seen.iter().map(Option::is_some).collect();
        let told = changes.iter().zip(&committed).filter(|(_, committed)| **committed);
        self.events.extend(told.flat_map(|(change, _)| change.events.clone()));
        Ok(committed)
    }

    fn remember(&mut self, who: usize, decided: &Decided) {
        let person = &mut self.people[who];
        match &decided.told {
            Ok((Response::Joined(Joined::New(place)), ..)) => {
                self.coverage.count(REQUESTS[0]);
                person.tokens.push(place.id);
            }
            Ok((Response::Booked(Outcome::Held { reservation, created: true }), ..)) => {
                self.coverage.count(REQUESTS[1]);
                person.reservations.push(reservation.id());
            }
            Ok((Response::Booked(Outcome::Paid { payment, .. }), ..)) => {
                self.coverage.count(REQUESTS[2]);
                if !person.payments.contains(&payment.id()) {
                    person.payments.push(payment.id());
                }
            }
            Ok((Response::Joined(Joined::Live(_)) | Response::Booked(_) | Response::Claimed(_) | Response::Done, ..)) | Err(_) => {}
        }
    }
}

/// Whether those who join with it may fill the line.
fn has_limit(decided: &Decided) -> bool {
    decided.change.as_ref().is_some_and(|change| change.guards.iter().any(|guard| matches!(guard, Guard::Room(..))))
}

fn same<T: PartialEq + std::fmt::Debug>(seen: T, expected: T, what: &str) -> Same {
    if seen == expected { Ok(()) } else { Err(TestCaseError::fail(format!("{what} differs:\n{seen:#?}\nin memory:\n{expected:#?}"))) }
}
