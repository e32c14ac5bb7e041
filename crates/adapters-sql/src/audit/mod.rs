//! The audit: each invariant is a query that counts the rows that violate it.
//!
//! The queries rely neither on constraints, nor on `live`, nor on counters, except the number of pruned tokens, which can't be counted
//! again. Totals that include pruned tokens are checked within that number. Every SQL store supports the queries.

mod money;
mod payments;
mod queues;
mod references;
mod reservations;

use application::ports::{Finding, Invariant};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};

use crate::schema::Schema;

/// Each invariant with a query that selects the number of rows that violate it, as `violations`. [`Invariant::SchemaIsComplete`] needs more
/// than a query, and the store checks [`Invariant::FileIsIntact`].
const STATEMENTS: [&[(Invariant, &str)]; 5] =
    [reservations::INVARIANTS, money::INVARIANTS, payments::INVARIANTS, queues::INVARIANTS, references::INVARIANTS];

#[derive(FromQueryResult)]
struct Count {
    violations: i64,
}

/// Returns the sum of balances and completed payments, less the charges, in minor units: three sums in one statement, on one snapshot.
///
/// # Errors
/// Those of the database.
pub async fn drift(connection: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let drift = Statement::from_string(connection.get_database_backend(), money::DRIFT);
    let row = connection.query_one_raw(drift).await?.ok_or_else(|| DbErr::RecordNotFound("the drift".to_owned()))?;
    row.try_get("", "drift")
}

/// Checks that the schema is complete, and then each invariant. `snapshot` is a transaction with one snapshot.
///
/// # Errors
/// Those of the database.
pub async fn audit(snapshot: &impl ConnectionTrait, schema: &Schema) -> Result<Vec<Finding>, DbErr> {
    let missing = schema.missing(snapshot).await?;
    let complete = Finding { invariant: Invariant::SchemaIsComplete, violations: missing.len().try_into().unwrap_or(u64::MAX) };
    if !missing.is_empty() {
        tracing::error!(?missing, "tables, indexes or triggers are missing");
    }
    if schema.lacks_tables(&missing) {
        // Without the tables nothing can be counted.
        return Ok(vec![complete]);
    }
    let mut findings = vec![complete];
    for (invariant, sql) in STATEMENTS.concat() {
        let sql = format!("SELECT CAST(violations AS bigint) AS violations FROM ({sql}) counted");
        let found = snapshot.query_all_raw(Statement::from_string(snapshot.get_database_backend(), sql)).await?;
        let mut violations = 0;
        for row in found {
            violations += Count::from_query_result(&row, "")?.violations.unsigned_abs();
        }
        findings.push(Finding { invariant, violations });
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_invariant_has_one_statement() {
        let mut have: Vec<_> = STATEMENTS.concat().into_iter().map(|(invariant, _)| invariant).collect();
        have.extend([Invariant::SchemaIsComplete, Invariant::FileIsIntact]);
        have.sort_unstable();
        assert_eq!(have, Invariant::ALL);
    }
}
