//! Committing: the changes of a group in one transaction, judged under the write lock.
//!
//! ```text
//!   BEGIN IMMEDIATE        nobody else writes from here on
//!   Guards                 the versions of all rows that the group relies on: one query a table; who waits in its lines
//!   judge                  each change alone, in memory; a Conflict falls out here
//!   Batch                  the rows of those that remain, table by table, joins with their numbers
//!   write                  a few statements a table
//!   COMMIT
//! ```
//!
//! If a statement or the COMMIT meets a constraint, or a statement fails because the schema or a row is wrong, everything is rolled back and
//! each change is committed alone, once, so that a poisoned change holds no others back.

mod guards;
mod numbers;
mod write;

#[cfg(test)]
pub(crate) use self::guards::ALL as GUARDS;

use adapters_sql::commit::{Batch, Judge, Names};
use application::ports::{Clock, CommitError, Committed};
use domain::change::Collisions;
use domain::{Change, NewToken};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};

use crate::database::begin_immediate;
use crate::error::{Cause, cause, commit_error, statement_error};

/// What came of each change.
type Results = Vec<Result<Committed, CommitError>>;

/// Commits `changes` and tells for each what came of it.
pub(crate) async fn commit(writer: &DatabaseConnection, clock: &dyn Clock, changes: &[Change]) -> Results {
    match group(writer, clock, changes).await {
        Ok(results) => results,
        Err(failure) if failure.is_of_one() && changes.len() > 1 => one_by_one(writer, clock, changes).await,
        Err(failure) => changes.iter().map(|_| Err(failure.told())).collect(),
    }
}

async fn one_by_one(writer: &DatabaseConnection, clock: &dyn Clock, changes: &[Change]) -> Results {
    let (mut results, mut before) = (Results::with_capacity(changes.len()), Collisions::default());
    for change in changes {
        let mut with_it = before.clone();
        if !with_it.admit(change) {
            results.push(Err(CommitError::Conflict));
            continue;
        }
        let result = group(writer, clock, std::slice::from_ref(change)).await;
        let result = result.unwrap_or_else(|failure| vec![Err(failure.told())]);
        if result.iter().all(Result::is_ok) {
            before = with_it;
        }
        results.extend(result);
    }
    results
}

/// Why nothing of a group is committed, or isn't known to be.
enum Failure {
    /// Before the COMMIT; it is rolled back.
    Statement(DbErr),
    /// The COMMIT itself.
    Commit(DbErr),
}

impl Failure {
    /// Whether it is the fault of a change, or of some, and not of the store; nothing is written.
    fn is_of_one(&self) -> bool {
        match self {
            Self::Statement(error) => matches!(cause(error), Cause::Unique | Cause::Constraint | Cause::Fault),
            Self::Commit(error) => matches!(cause(error), Cause::Unique | Cause::Constraint),
        }
    }

    fn told(&self) -> CommitError {
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

/// If it fails, the pool closes the connection, which rolls back too.
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
    let names = Names::of(changes);
    let guards = guards::read(transaction, &names).await?;
    let (mut numbers, lines) = numbers::read(transaction, &names.lines).await?;
    let now = clock.now();
    let mut judge = Judge::new(&guards, lines, now);
    let sound: Vec<bool> = changes.iter().map(|change| judge.is_sound(change)).collect();

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
