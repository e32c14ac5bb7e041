//! The tick: ends the lapsed tokens of some queues, and admits waiting users into their free capacity.

use domain::decide::admit::{self, Ticked};
use domain::need::{Need, QueueHead, Rows, Unreadable};
use domain::{Change, Needs, QueueId};

use super::Scheduler;
use crate::Error;
use crate::catch::caught;
use crate::measure::timed;
use crate::ports::{CommitError, ReadError};

/// The maximum number of attempts of a tick that conflicts with another.
const MAX_ATTEMPTS: u32 = 5;
/// The maximum numbers of queues that are loaded and committed together, and of users that they may admit: a longer commit would delay
/// others.
const MAX_QUEUES: usize = 100;
const MAX_TOKENS: u32 = 2_000;

/// The progress of a tick of some queues.
#[derive(Default)]
struct Round {
    /// The queues that are still to be ticked.
    left: Vec<QueueId>,
    ticked: Ticked,
    /// The last failure.
    failed: Option<Error>,
}

impl Scheduler {
    /// Ends the lapsed tokens of `queues` and admits waiting users into their free capacity, once, in one load and one group of changes, or
    /// in a few. It processes no more lapsed tokens of a queue than the queue may admit: the others are left to the next tick. A queue that
    /// fails doesn't delay the others.
    ///
    /// # Errors
    /// The last failure; the other queues have been ticked nevertheless.
    pub async fn tick(&self, queues: &[QueueId]) -> Result<Ticked, Error> {
        if queues.is_empty() {
            return Ok(Ticked::default());
        }
        timed(&self.measures.tick, self.try_tick(queues)).await
    }

    async fn try_tick(&self, queues: &[QueueId]) -> Result<Ticked, Error> {
        let mut round = Round::default();
        let mut queues = queues.iter().copied().peekable();
        while queues.peek().is_some() {
            round.left = self.next_few(&mut queues);
            for _ in 0..MAX_ATTEMPTS {
                if round.left.is_empty() {
                    break;
                }
                self.tick_once(&mut round).await;
            }
        }
        round.failed.map_or(Ok(round.ticked), Err)
    }

    /// Returns the next queues to load and commit together: at least one, and as many as the limits of a group allow.
    fn next_few(&self, queues: &mut impl Iterator<Item = QueueId>) -> Vec<QueueId> {
        let (mut few, mut tokens) = (Vec::new(), 0);
        while tokens < MAX_TOKENS
            && few.len() < MAX_QUEUES
            && let Some(queue) = queues.next()
        {
            tokens += self.room.admission_policy(queue).batch;
            few.push(queue);
        }
        few
    }

    /// Loads, decides and commits once for the queues that are left; those that met a conflict remain.
    async fn tick_once(&self, round: &mut Round) {
        let queues = std::mem::take(&mut round.left);
        let lines: Vec<QueueHead> =
            queues.iter().map(|queue| QueueHead { queue: *queue, at_most: self.room.admission_policy(*queue).batch }).collect();
        let needs: Vec<Need> = lines.iter().cloned().map(Need::from).collect();
        let rows = match self.committer.load(&needs).await {
            Ok(rows) => rows,
            Err(error) => {
                let is_transient = error.is_transient();
                tracing::error!(error = &error as &dyn std::error::Error, queues = queues.len(), "the tokens of queues can't be loaded");
                for queue in queues {
                    self.fail(round, queue, if is_transient { Error::Unavailable } else { Error::Internal });
                }
                return;
            }
        };
        let (mut decided, mut changes) = (Vec::new(), Vec::new());
        for (queue, line) in queues.into_iter().zip(&lines) {
            match self.decide_tick(line, &rows) {
                Ok(Some((change, ticked))) => {
                    decided.push((queue, ticked));
                    changes.push(change);
                }
                Ok(None) => {}
                Err(error) => self.fail(round, queue, error),
            }
        }
        if changes.is_empty() {
            return;
        }
        for ((queue, ticked), result) in decided.into_iter().zip(self.committer.commit(&changes).await) {
            match result {
                Ok(_) => round.ticked += ticked,
                Err(CommitError::Conflict) => round.left.push(queue),
                Err(CommitError::Rejected(_)) => self.fail(round, queue, Error::Internal),
                Err(CommitError::Unavailable(_) | CommitError::Unknown(_)) => self.fail(round, queue, Error::Unavailable),
            }
        }
    }

    /// Records that a queue failed. The cause was logged where it was found.
    fn fail(&self, round: &mut Round, queue: QueueId, error: Error) {
        self.measures.failures.increment(1);
        tracing::error!(%queue, "the tick of a queue failed");
        round.failed = Some(error);
    }

    fn decide_tick(&self, line: &QueueHead, rows: &Rows) -> Result<Option<(Change, Ticked)>, Error> {
        let decide = || {
            let found = line.find(rows)?;
            let opening = found.as_ref().and_then(|found| admit::opening(found, rows.now));
            Ok((opening, found.and_then(|found| admit::decide(&found, rows.now, &self.rules))))
        };
        let decided = caught(decide).map_err(|panicked| Error::internal(&panicked, "the decision of a tick panicked"))?;
        let (opening, decided) = decided.map_err(|unreadable: Unreadable| ReadError::from(unreadable))?;
        match opening {
            Some(at) => self.openings().insert(line.queue, at),
            None => self.openings().remove(&line.queue),
        };
        Ok(decided)
    }
}
