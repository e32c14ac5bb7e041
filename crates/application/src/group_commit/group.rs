//! A group: the changes of a batch that are committed together, and don't collide with each other.

use std::collections::HashMap;

use domain::change::Collisions;
use domain::{Change, Rows, Rules, UserId};
use tracing::debug_span;

use super::job::Job;
use super::retries::{Reason, Retries};
use crate::Error;
use crate::catch::caught;
use crate::ports::{Committed, ReadError};

/// Changes to be committed together, each with the commands that it answers: several if their decisions about one wallet build on each
/// other.
#[derive(Default)]
pub(super) struct Group {
    pub(super) jobs: Vec<Vec<Box<dyn Job>>>,
    pub(super) changes: Vec<Change>,
    collisions: Collisions,
    /// The indices of the changes that later decisions about the same wallets may build on.
    wallets: HashMap<UserId, usize>,
}

/// The result of a decision.
enum Decided {
    /// A change is to be committed.
    Change(Box<Change>),
    /// There is nothing to commit.
    Nothing,
    Failed(Error),
}

impl Group {
    /// Decides `job` on `rows` and adds its change. A command without a change is answered; one that collides with an earlier one is to be
    /// retried, and is returned.
    pub(super) fn decide(&mut self, mut job: Box<dyn Job>, rows: &mut Rows, rules: &Rules) -> Option<Box<dyn Job>> {
        let change = match decide(&mut *job, rows, rules) {
            Decided::Change(change) => change,
            Decided::Nothing => {
                job.finish(Committed::default());
                return None;
            }
            Decided::Failed(error) => {
                job.fail(error);
                return None;
            }
        };
        if job.is_abandoned() {
            return None;
        }
        let chainable = change.chainable_wallet().filter(|_| !job.is_solitary()).map(|wallet| wallet.user());
        if let Some(earlier) = chainable.and_then(|user| self.wallets.get(&user).copied()) {
            return self.chain(job, earlier, rows, rules);
        }
        if !self.collisions.admit(&change) {
            return Some(job);
        }
        if job.begin_commit() {
            self.wallets.extend(chainable.map(|user| (user, self.changes.len())));
            self.jobs.push(vec![job]);
            self.changes.push(*change);
        }
        None
    }

    /// Decides `job` again, on the wallet as an `earlier` change of the group writes it, and adds its change to that one. A refusal would
    /// rely on a change that isn't committed, so the command is retried instead.
    fn chain(&mut self, mut job: Box<dyn Job>, earlier: usize, rows: &mut Rows, rules: &Rules) -> Option<Box<dyn Job>> {
        let Some(pending) = self.changes[earlier].chainable_wallet() else { return Some(job) };
        let Some(loaded) = rows.replace_wallet(pending) else { return Some(job) };
        let decided = decide(&mut *job, rows, rules);
        rows.replace_wallet(loaded);
        let Decided::Change(change) = decided else { return Some(job) };
        if !self.collisions.admit_chained(&change) {
            return Some(job);
        }
        if job.begin_commit() {
            self.jobs[earlier].push(job);
            self.changes[earlier].chain(*change);
        }
        None
    }

    /// Decides all of `jobs`; commands that collide are added to `again`, and their number is returned.
    pub(super) fn decide_all(&mut self, jobs: Vec<Box<dyn Job>>, rows: &mut Rows, rules: &Rules, again: &mut Retries) -> u64 {
        let mut collisions = 0;
        for job in jobs {
            if let Some(job) = self.decide(job, rows, rules) {
                collisions += 1;
                again.add(job, Reason::Collision);
            }
        }
        collisions
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

fn decide(job: &mut dyn Job, rows: &Rows, rules: &Rules) -> Decided {
    let span = debug_span!(parent: job.span(), "decide");
    match span.in_scope(|| caught(|| job.decide(rows, rules))) {
        Ok(Ok(Some(change))) => Decided::Change(Box::new(change)),
        Ok(Ok(None)) => Decided::Nothing,
        Ok(Err(unreadable)) => Decided::Failed(ReadError::from(unreadable).into()),
        Err(panicked) => Decided::Failed(Error::internal(&panicked, "a decision panicked")),
    }
}
