//! A random run on two stores in parallel, with a comparison after each step.

use std::collections::VecDeque;

use application::ports::{CommitError, Ports, Prunable};
use domain::change::Collisions;
use domain::decide::join::Joined;
use domain::decide::{admit, lapse};
use domain::need::QueueHead;
use domain::{Change, Event, Guard, Need, Needs, Outcome, PaymentId, Queue, ReservationId, Rows, ScheduleId, TokenId};
use proptest::test_runner::TestCaseError;

use super::coverage::Coverage;
use super::operator_intent::OperatorIntent;
use super::request::{Decided, Request, Response};
use super::size::PEOPLE;
use super::steps::{Intent, Step};
use crate::clauses::log::assert_subjects_ascend;
use crate::world::{ALL, Found, OTHER_QUEUE, World, needs_of, readable};

type Same<T = ()> = Result<T, TestCaseError>;

/// The requests of users that must be committed at least once.
pub(super) const REQUESTS: [&str; 3] = ["join", "hold", "pay"];

/// A run on the adapter's world and on a memory store.
pub(super) struct RandomRun<'a> {
    pub(super) world: World,
    memory: Ports,
    coverage: &'a Coverage,
    pub(super) people: [Person; PEOPLE],
    /// The schedules that operators added or tried to add.
    pub(super) added_schedules: Vec<ScheduleId>,
    early: VecDeque<Early>,
    last: Option<Intent>,
    /// The events of the committed changes.
    events: Vec<Event>,
}

/// A change that is decided and not committed yet.
enum Early {
    /// A request of a user.
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

/// A user's tokens, reservations and payments, the oldest first.
#[derive(Default)]
pub(super) struct Person {
    pub(super) tokens: Vec<TokenId>,
    pub(super) reservations: Vec<ReservationId>,
    pub(super) payments: Vec<PaymentId>,
}

impl<'a> RandomRun<'a> {
    pub(super) fn new(world: World, memory: Ports, coverage: &'a Coverage) -> Self {
        let (people, added_schedules, early) = (Default::default(), Vec::new(), VecDeque::new());
        Self { world, memory, coverage, people, added_schedules, early, last: None, events: Vec::new() }
    }

    /// Runs all steps, then compares the visible state of both stores and audits them.
    pub(super) async fn all(mut self, steps: &[Step]) -> Same {
        for step in steps {
            self.step(step).await?;
        }
        let (seen, expected) = (self.world.everything().await, self.world.everything_in(&self.memory).await);
        same(seen, expected, "the visible state")?;
        let log = self.world.log().await;
        assert_subjects_ascend(&log);
        let logged: Vec<_> = log.into_iter().map(|logged| logged.event).collect();
        same(logged.as_slice(), &self.events[self.events.len().saturating_sub(logged.len())..], "the log of the committed changes")?;
        for ports in [&self.world.ports, &self.memory] {
            let findings = ports.audit.audit().await.unwrap();
            let violations: Vec<_> = findings.into_iter().filter(|finding| finding.violations > 0).collect();
            same(violations, vec![], "the audit")?;
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
            Step::Operate(operator_intent) => {
                if let Some(change) = self.decide(operator_intent).await? {
                    same(self.commit(&[change]).await?, vec![true], "the commit of an operator's command without concurrent changes")?;
                    self.coverage.count(operator_intent.name());
                }
                Ok(())
            }
            Step::OperateEarly(operator_intent) => {
                let change = self.decide(operator_intent).await?;
                self.early.extend(change.map(|change| Early::Command(operator_intent.name(), change)));
                Ok(())
            }
            Step::Tick { other_queue } => {
                let queue = if *other_queue { OTHER_QUEUE } else { Queue::DEFAULT };
                let line = self.find(QueueHead { queue, at_most: ALL }).await?.expect("a queue");
                let change = admit::decide(&line, self.world.now(), &self.world.rules).map(|(change, _)| change);
                self.commit(change.as_slice()).await.map(|_| ())
            }
            Step::Sweep => {
                let holds = readable(self.find(self.world.lapsed_holds(ALL)).await?);
                let changes = lapse::decide(&holds, self.world.now());
                let changes: Vec<_> = changes.into_iter().map(|change| change.expect("a hold with all of its seats")).collect();
                self.commit(&changes).await.map(|_| ())
            }
            Step::Prune => {
                let before = self.world.now() - time::Duration::seconds(60);
                for what in [Prunable::Keys, Prunable::Reservations { before }, Prunable::Tokens { before }, Prunable::Users { before }] {
                    let (seen, expected) = (self.world.ports.housekeeping.backlog(what), self.memory.housekeeping.backlog(what));
                    // A store may or may not know beforehand that a reservation keeps a token.
                    if !matches!(what, Prunable::Tokens { .. }) {
                        same(seen.await.unwrap(), expected.await.unwrap(), "the backlog")?;
                    }
                    let seen = self.world.prune_some(what, ALL).await;
                    same(seen, self.memory.housekeeping.prune(what, ALL).await.unwrap(), "the result of pruning")?;
                }
                // A store may count events or groups of events; the rest of the log is compared at the end.
                let what = Prunable::Log { before, unread_before: before };
                let seen = self.world.prune_some(what, ALL).await.more;
                same(seen, self.memory.housekeeping.prune(what, ALL).await.unwrap().more, "whether more of the log can be pruned")
            }
            Step::Pass(duration) => {
                self.world.clock.advance(*duration);
                Ok(())
            }
        }
    }

    /// Returns the change of an operator's command, not committed.
    async fn decide(&mut self, operator_intent: &OperatorIntent) -> Same<Option<Change>> {
        let command = self.command(operator_intent);
        let rows = self.load(&command.needs()).await?;
        Ok(command.change(&rows, &self.world.rules))
    }

    /// Commits the oldest changes that were decided early in one group, even if they collide.
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

    /// Runs requests as a lane does: loads all, decides each, commits those that don't collide, and repeats the others.
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
                    same(has_limit(&decided), true, "without concurrent changes, only a full queue is a conflict")?;
                    again.push((who, request));
                }
            }
            waiting = again;
        }
        Ok(())
    }

    /// Loads the rows for `needs`, and compares the results of both stores.
    async fn load(&self, needs: &[Need]) -> Same<Rows> {
        let (seen, expected) = (self.world.load(needs).await, self.memory.store.load(needs).await.unwrap());
        same(seen.now, expected.now, "the time of a load")?;
        for need in needs {
            same(Found::by(need, &seen), Found::by(need, &expected), &format!("the result of {need:?}"))?;
        }
        Ok(seen)
    }

    /// Returns the result of `need`, after comparing both stores.
    async fn find<N: Needs>(&self, need: N) -> Same<N::Found> {
        let rows = self.load(&needs_of(&need)).await?;
        Ok(need.find(&rows).unwrap())
    }

    /// Commits the changes in both stores, compares the results, and returns which changes were committed.
    async fn commit(&mut self, changes: &[Change]) -> Same<Vec<bool>> {
        let collect = |results: Vec<Result<_, CommitError>>| {
            let convert = |result| match result {
                Ok(committed) => Ok(Some(committed)),
                Err(CommitError::Conflict) => Ok(None),
                Err(error) => Err(TestCaseError::fail(format!("the store failed to commit: {error:?}"))),
            };
            results.into_iter().map(convert).collect::<Same<Vec<_>>>()
        };
        let seen = collect(self.world.commit_group(changes).await)?;
        same(&seen, &collect(self.memory.store.commit(changes).await)?, "the results of a commit")?;
        let committed: Vec<bool> = seen.iter().map(Option::is_some).collect();
        let written = changes.iter().zip(&committed).filter(|(_, committed)| **committed);
        self.events.extend(written.flat_map(|(change, _)| change.events.clone()));
        Ok(committed)
    }

    fn remember(&mut self, who: usize, decided: &Decided) {
        let person = &mut self.people[who];
        match &decided.result {
            Ok((Response::Joined(Joined::New(token)), ..)) => {
                self.coverage.count(REQUESTS[0]);
                person.tokens.push(token.id);
            }
            Ok((Response::Recorded(Outcome::Held { reservation, created: true }), ..)) => {
                self.coverage.count(REQUESTS[1]);
                person.reservations.push(reservation.id());
            }
            Ok((Response::Recorded(Outcome::Paid { payment, .. }), ..)) => {
                self.coverage.count(REQUESTS[2]);
                if !person.payments.contains(&payment.id()) {
                    person.payments.push(payment.id());
                }
            }
            Ok((Response::Joined(Joined::Live(_)) | Response::Recorded(_) | Response::Claimed(_) | Response::Done, ..)) | Err(_) => {}
        }
    }
}

/// Returns whether the change has a limit of waiting users, which other joins may exhaust.
fn has_limit(decided: &Decided) -> bool {
    decided.change.as_ref().is_some_and(|change| change.guards.iter().any(|guard| matches!(guard, Guard::MaxWaiting(..))))
}

fn same<T: PartialEq + std::fmt::Debug>(seen: T, expected: T, what: &str) -> Same {
    if seen == expected { Ok(()) } else { Err(TestCaseError::fail(format!("{what} differs:\n{seen:#?}\nin memory:\n{expected:#?}"))) }
}
