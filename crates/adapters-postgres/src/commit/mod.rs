//! Commit: one statement per group. It writes all rows and evaluates its own guards; if one fails, nothing is written, the changes that
//! can't be committed are determined, and the rest is tried again. If changes of a group collide, they are determined first: the statement
//! evaluates its guards on the rows as they were before it wrote.
//!
//! ```text
//!   do changes collide? ──yes──► sound?
//!      │ no
//!      ▼
//!   statement ──ok──► committed
//!      │ a guard or a unique constraint fails
//!      ▼
//!   sound?  removes changes whose rows have changed ──► statement again, a few times, then each change alone, once
//! ```

mod families;
mod guards;
mod statement;
mod table;
mod tables;

use std::collections::BTreeMap;

use adapters_sql::commit::{Batch, Numbers, WaitingCounts};
use adapters_sql::micros;
use application::ports::{CommitError, Committed};
use domain::change::Collisions;
use domain::{Change, NewToken, QueueId};
use sea_orm::sqlx::{self, Error, Row};
use time::OffsetDateTime;
use uuid::Uuid;

#[cfg(test)]
pub(crate) use self::statement::texts;
use self::statement::{Joins, Terms, statement};
use crate::database::Connections;
use crate::error::{Cause, Failure};

/// How often a group is tried before its changes are tried alone.
const TRIES: u32 = 3;

/// The result of each change.
type Results = Vec<Result<Committed, CommitError>>;

/// Commits `changes` and returns the result of each. `now` is the clock's reading, unless the database's clock is used.
pub(crate) async fn commit(connections: &Connections, now: Option<OffsetDateTime>, changes: &[Change]) -> Results {
    let mut results: Results = changes.iter().map(|_| Err(CommitError::Conflict)).collect();
    let mut left: Vec<usize> = (0..changes.len()).collect();
    // The statement evaluates its guards on the rows as they were before it wrote: it must not contain changes that collide.
    let mut together = Collisions::default();
    let mut is_apart = changes.iter().all(|change| together.admit(change));
    for _ in 0..TRIES {
        if !is_apart {
            left = match guards::sound(connections, now, changes, left.clone()).await {
                Ok(sound) => sound,
                Err(error) => return unavailable(results, left, &error),
            };
        }
        let group: Vec<&Change> = left.iter().map(|index| &changes[*index]).collect();
        let failure = match write(connections, now, &group).await {
            Ok(committed) => {
                left.into_iter().zip(committed).for_each(|(index, committed)| results[index] = Ok(committed));
                return results;
            }
            Err(failure) => failure,
        };
        match failure.cause() {
            Cause::Guard | Cause::Unique if left.len() > 1 => {}
            Cause::Constraint | Cause::Locked if left.len() > 1 => break,
            Cause::Guard | Cause::Unique | Cause::Constraint | Cause::Locked | Cause::Lost | Cause::Refused | Cause::Unknown => {
                for index in left {
                    results[index] = Err(failure.commit_error());
                }
                return results;
            }
        }
        is_apart = false;
    }
    let mut is_away = false;
    for index in left {
        if is_away {
            results[index] = Err(CommitError::Unavailable("the connection to the database was lost before".into()));
            continue;
        }
        results[index] = match write(connections, now, &[&changes[index]]).await {
            Ok(committed) => Ok(committed.into_iter().next().unwrap_or_default()),
            Err(failure) => {
                is_away = matches!(failure.cause(), Cause::Refused | Cause::Unknown);
                Err(failure.commit_error())
            }
        };
    }
    results
}

/// Returns the results if it can't be determined which of `left` can be committed.
fn unavailable(mut results: Results, left: Vec<usize>, error: &Error) -> Results {
    for index in left {
        results[index] = Err(CommitError::Unavailable(error.to_string().into()));
    }
    results
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
