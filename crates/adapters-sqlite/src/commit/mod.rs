//! Commit: the changes of a group in one transaction, checked under the write lock.
//!
//! ```text
//!   BEGIN IMMEDIATE        takes the write lock
//!   Guards                 the versions of all rows that the group relies on: one query per table; the counters of its queues
//!   Judge                  each change on its own, in memory; detects conflicts
//!   Batch                  the rows of the other changes, by table, joins with their numbers
//!   write                  a few statements per table
//!   COMMIT
//! ```
//!
//! If a statement or the COMMIT violates a constraint, or a statement fails because the schema or a row is invalid, everything is rolled
//! back, and the group is halved, and its halves, until the poisoned change fails alone.

mod guards;
mod numbers;
mod write;

#[cfg(test)]
pub(crate) use self::guards::ALL as GUARDS;

use std::time::{Duration, Instant};

use adapters_sql::commit::{Batch, ChangeValidator, GuardedKeys};
use application::ports::{Clock, CommitError, Committed};
use domain::change::Collisions;
use domain::{Change, NewToken};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};

use crate::database::begin_immediate;
use crate::error::{Cause, cause, commit_error, statement_error};

/// How long a group is halved and tried; then the rest is a conflict.
const HALVING: Duration = Duration::from_secs(1);

/// The result of each change.
type Results = Vec<Result<Committed, CommitError>>;

/// Commits `changes` and returns the result of each.
pub(crate) async fn commit(writer: &DatabaseConnection, clock: &dyn Clock, changes: &[Change]) -> Results {
    match group(writer, clock, changes).await {
        Ok(results) => results,
        Err(failure) if failure.is_of_a_change() && changes.len() > 1 => halve(writer, clock, changes).await,
        Err(failure) => changes.iter().map(|_| Err(failure.commit_error())).collect(),
    }
}

/// Commits each half of `changes`, and halves a half that fails because of a change, until the changes that fail are alone.
async fn halve(writer: &DatabaseConnection, clock: &dyn Clock, changes: &[Change]) -> Results {
    let deadline = Instant::now() + HALVING;
    let mut results: Results = changes.iter().map(|_| Err(CommitError::Conflict)).collect();
    let mut parts = vec![(0, changes.len())];
    let mut committed = Collisions::default();
    while let Some((start, end)) = parts.pop()
        && Instant::now() < deadline
    {
        let mut together = committed.clone();
        let tried: Vec<usize> = (start..end).filter(|index| together.admit(&changes[*index])).collect();
        let group_of: Vec<Change> = tried.iter().map(|index| changes[*index].clone()).collect();
        match group(writer, clock, &group_of).await {
            Ok(found) => {
                for (index, result) in tried.into_iter().zip(found) {
                    if result.is_ok() {
                        committed.admit(&changes[index]);
                    }
                    results[index] = result;
                }
            }
            Err(failure) if failure.is_of_a_change() && end - start > 1 => {
                let middle = usize::midpoint(start, end);
                parts.extend([(middle, end), (start, middle)]);
            }
            Err(failure) => tried.into_iter().for_each(|index| results[index] = Err(failure.commit_error())),
        }
    }
    results
}

/// The reason why no change of a group is committed, or the outcome is unknown.
enum Failure {
    /// A statement failed before the COMMIT; the transaction is rolled back.
    Statement(DbErr),
    /// The COMMIT failed.
    Commit(DbErr),
}

impl Failure {
    /// Whether a change of the group is the cause, and not the store. Nothing is written.
    fn is_of_a_change(&self) -> bool {
        match self {
            Self::Statement(error) => matches!(cause(error), Cause::Unique | Cause::Constraint | Cause::Fault),
            Self::Commit(error) => matches!(cause(error), Cause::Unique | Cause::Constraint),
        }
    }

    fn commit_error(&self) -> CommitError {
        match self {
            Self::Statement(error) => statement_error(error.clone()),
            Self::Commit(error) => commit_error(error.clone()),
        }
    }
}

async fn group(writer: &DatabaseConnection, clock: &dyn Clock, changes: &[Change]) -> Result<Results, Failure> {
    let transaction = begin_immediate(writer).await.map_err(Failure::Statement)?;
    match judge_and_write(&transaction, clock, changes).await {
        Ok(Written { results, any: true }) => {
            transaction.commit().await.map_err(Failure::Commit)?;
            Ok(results)
        }
        Ok(Written { results, any: false }) => {
            roll_back(transaction).await;
            Ok(results)
        }
        Err(error) => {
            roll_back(transaction).await;
            Err(Failure::Statement(error))
        }
    }
}

/// Rolls back. If that fails, the pool closes the connection, which rolls back, too.
async fn roll_back(transaction: DatabaseTransaction) {
    if let Err(error) = transaction.rollback().await {
        tracing::warn!(error = &error as &dyn std::error::Error, "a transaction could not be rolled back; its connection is closed");
    }
}

struct Written {
    results: Results,
    any: bool,
}

async fn judge_and_write(transaction: &DatabaseTransaction, clock: &dyn Clock, changes: &[Change]) -> Result<Written, DbErr> {
    let names = GuardedKeys::of(changes);
    let guards = guards::read(transaction, &names).await?;
    let (mut numbers, waiting) = numbers::read(transaction, &names.joined).await?;
    let now = clock.now();
    let mut judge = ChangeValidator::new(&guards, waiting, now);
    let sound: Vec<bool> = changes.iter().map(|change| judge.accept(change)).collect();

    let mut batch = Batch::default();
    let mut results = Vec::with_capacity(changes.len());
    for (change, sound) in changes.iter().zip(&sound) {
        results.push(if *sound {
            let number = change.row::<NewToken>().map(|new| numbers.next(new.row.queue));
            batch.add(change, number);
            Ok(Committed { number })
        } else {
            Err(CommitError::Conflict)
        });
    }
    let any = sound.contains(&true);
    if any {
        write::write(transaction, &batch, &numbers, now).await?;
    }
    Ok(Written { results, any })
}
