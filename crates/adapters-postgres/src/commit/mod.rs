//! Commit: one statement per group. It writes all rows and evaluates its own guards; if one fails, nothing is written, the changes that
//! can't be committed are determined, and the rest is tried again. If changes of a group collide, they are determined first: the statement
//! evaluates its guards on the rows as they were before it wrote.
//!
//! ```text
//!   do changes collide? ──yes──► drop those whose rows have changed, and all but the first that collide
//!      │ no
//!   is a row needed that was locked lately? ──yes──► drop the changes whose rows are still locked
//!      │ no
//!      ▼
//!   statement ──ok──► committed
//!      │ a guard or a unique constraint fails: drop changes whose rows have changed  ─┐
//!      │ a lock isn't granted in time: drop changes whose rows are locked            ─┴─► statement again, a few times
//!      ▼ any other failure
//!   halves, and halves of them, until the change that fails is alone
//! ```

mod families;
mod guards;
mod locked;
mod statement;
mod table;
mod tables;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use adapters_sql::commit::{Batch, Numbers, WaitingCounts};
use adapters_sql::micros;
use application::ports::{CommitError, Committed};
use domain::change::Collisions;
use domain::{Change, NewToken, QueueId};
use sea_orm::sqlx::{self, Error, Row};
use time::OffsetDateTime;
use uuid::Uuid;

use self::statement::{Joins, Terms, statement};
#[cfg(test)]
pub(crate) use self::{locked::text as locked_text, statement::texts};
use crate::database::Connections;
use crate::error::{Cause, Failure};
use crate::locked_rows::Found;

/// How often a group is tried before it is halved.
const TRIES: u32 = 3;
/// How long a group is halved and tried; then the rest is a conflict.
const HALVING: Duration = Duration::from_secs(1);

/// The result of each change.
type Results = Vec<Result<Committed, CommitError>>;

/// A commit in progress.
struct Commit<'a> {
    connections: &'a Connections,
    now: Option<OffsetDateTime>,
    changes: &'a [Change],
    /// Changes that are dropped, or not tried, are conflicts.
    results: Results,
}

/// Commits `changes` and returns the result of each. `now` is the clock's reading, unless the database's clock is used.
pub(crate) async fn commit(connections: &Connections, now: Option<OffsetDateTime>, changes: &[Change]) -> Results {
    let results = changes.iter().map(|_| Err(CommitError::Conflict)).collect();
    let mut commit = Commit { connections, now, changes, results };
    let left = commit.prepare().await;
    commit.run(left).await;
    commit.results
}

impl Commit<'_> {
    /// Returns the indices of the changes that can be tried together. The statement evaluates its guards on the rows as they were before it
    /// wrote: it must not contain changes that collide.
    async fn prepare(&mut self) -> Vec<usize> {
        let mut left: Vec<usize> = (0..self.changes.len()).collect();
        let mut together = Collisions::default();
        if !self.changes.iter().all(|change| together.admit(change)) {
            left = self.drop_unsound(left).await;
        }
        let may_be_locked = |index: &usize| self.connections.locked_rows.may_concern(&self.changes[*index]);
        let (doubtful, mut free): (Vec<usize>, Vec<usize>) = left.into_iter().partition(may_be_locked);
        if !doubtful.is_empty() {
            free.extend(self.drop_locked(doubtful, Found::Before).await);
            free.sort_unstable();
        }
        free
    }

    /// Commits `left`, or as many of them as possible.
    async fn run(&mut self, mut left: Vec<usize>) {
        for _ in 0..TRIES {
            let Err(failure) = self.write(&left).await else { return };
            let is_alone = left.len() == 1;
            left = match failure.cause() {
                Cause::Locked => self.drop_locked(left, Found::AfterTimeout).await,
                Cause::Guard | Cause::Unique if !is_alone => self.drop_unsound(left).await,
                Cause::Constraint | Cause::Lost if !is_alone => break,
                Cause::Guard | Cause::Unique | Cause::Constraint | Cause::Lost | Cause::Refused | Cause::Unknown => {
                    self.fail(&left, || failure.commit_error());
                    return;
                }
            };
        }
        self.halve(left).await;
    }

    /// Commits each half of `left`, and halves a half that fails, until the changes that fail are alone.
    async fn halve(&mut self, left: Vec<usize>) {
        let deadline = Instant::now() + HALVING;
        let mut parts = vec![left];
        while let Some(mut part) = parts.pop()
            && Instant::now() < deadline
        {
            let Err(failure) = self.write(&part).await else { continue };
            if matches!(failure.cause(), Cause::Refused | Cause::Unknown) {
                self.fail(&part, || failure.commit_error());
                let untried = parts.concat();
                self.fail(&untried, || CommitError::Unavailable("the connection to the database was lost before".into()));
                return;
            }
            if part.len() == 1 {
                self.fail(&part, || failure.commit_error());
            } else {
                let second = part.split_off(part.len() / 2);
                parts.extend([second, part]);
            }
        }
    }

    /// Writes `left`, all or nothing, and records the results.
    async fn write(&mut self, left: &[usize]) -> Result<(), Failure> {
        let group: Vec<&Change> = left.iter().map(|index| &self.changes[*index]).collect();
        let committed = write(self.connections, self.now, &group).await?;
        left.iter().zip(committed).for_each(|(index, committed)| self.results[*index] = Ok(committed));
        Ok(())
    }

    fn fail(&mut self, left: &[usize], error: impl Fn() -> CommitError) {
        for index in left {
            self.results[*index] = Err(error());
        }
    }

    /// Returns those of `left` that can be committed according to the current rows; none if that can't be determined.
    async fn drop_unsound(&mut self, left: Vec<usize>) -> Vec<usize> {
        let sound = guards::sound(self.connections, self.now, self.changes, left.clone()).await;
        self.unless_unavailable(sound, &left)
    }

    /// Returns those of `left` of which no row is locked; none if that can't be determined.
    async fn drop_locked(&mut self, left: Vec<usize>, found: Found) -> Vec<usize> {
        let free = locked::free(self.connections, self.changes, left.clone(), found).await;
        self.unless_unavailable(free, &left)
    }

    fn unless_unavailable(&mut self, determined: Result<Vec<usize>, Error>, left: &[usize]) -> Vec<usize> {
        determined.unwrap_or_else(|error| {
            self.fail(left, || CommitError::Unavailable(error.to_string().into()));
            Vec::new()
        })
    }
}

/// Writes all of `changes`, or nothing.
async fn write(connections: &Connections, now: Option<OffsetDateTime>, changes: &[&Change]) -> Result<Vec<Committed>, Failure> {
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    // Within the group, numbers count from 1; the statement adds the last number before the group.
    let mut numbers = Numbers::default();
    let places: Vec<Option<(QueueId, u64)>> =
        changes.iter().map(|change| change.row::<NewToken>().map(|new| (new.row.queue, numbers.next(new.row.queue)))).collect();
    let mut batch = Batch::default();
    for (change, place) in changes.iter().zip(&places) {
        batch.add(change, place.map(|(_, number)| number));
    }
    batch.sort();
    let room = WaitingCounts::capacity_for(changes.iter().copied());
    let joins = |(queue, numbers): (QueueId, i64)| Joins { queue: queue.0, numbers, room: room.get(&queue).copied() };
    let terms = Terms {
        now: now.map(micros),
        not_after: changes.iter().filter_map(|change| change.not_after).min().map(micros),
        joins: numbers.last().map(joins).collect(),
    };
    let (sql, arguments) = statement(&batch, &terms).map_err(|error| Failure::Unsent(Error::Encode(error)))?;
    let mut connection = connections.pool.acquire().await.map_err(Failure::Unsent)?;
    let answer = connections.within(sqlx::query_with(sql, arguments).fetch_one(&mut *connection)).await.map_err(Failure::Sent);
    if answer.as_ref().is_err_and(Failure::is_read_only) {
        connection.close_on_drop();
    }
    let row = answer?;

    let queues: Option<Vec<Uuid>> = row.try_get("queues").map_err(Failure::Sent)?;
    let last: Option<Vec<i64>> = row.try_get("last").map_err(Failure::Sent)?;
    let before: BTreeMap<Uuid, i64> = queues.into_iter().flatten().zip(last.into_iter().flatten()).collect();
    let number = |(queue, number): (QueueId, u64)| before.get(&queue.0).map(|before| before.unsigned_abs() + number);
    Ok(places.into_iter().map(|place| Committed { number: place.and_then(number) }).collect())
}
