//! The audit: whether the promises hold, each invariant a query that counts the rows that break it, all in one snapshot.
//!
//! The queries believe nothing: neither the constraints, nor `live`, nor the counters.

mod bookings;
mod lines;
mod money;
mod payments;

use application::ports::{Audit, Finding, ReadError};
use async_trait::async_trait;
use sea_orm::{DatabaseConnection, DbErr, FromQueryResult, TransactionTrait};

use crate::SqliteStore;
use crate::error::read_error;
use crate::statement::find;

/// Something that is always so.
#[derive(Clone, Copy)]
struct Invariant {
    promise: &'static str,
    name: &'static str,
    /// Selects how many rows break it, as `violations`.
    sql: &'static str,
}

#[derive(FromQueryResult)]
struct Count {
    violations: i64,
}

#[async_trait]
impl Audit for SqliteStore {
    async fn audit(&self) -> Result<Vec<Finding>, ReadError> {
        let readers = self.readers.clone();
        let audited = tokio::spawn(async move { audit(&readers).await }).await;
        audited.map_err(|error| ReadError::Unavailable(Box::new(error)))?.map_err(read_error)
    }
}

async fn audit(readers: &DatabaseConnection) -> Result<Vec<Finding>, DbErr> {
    let snapshot = readers.begin().await?;
    let mut findings = Vec::new();
    for Invariant { promise, name, sql } in [bookings::INVARIANTS, money::INVARIANTS, payments::INVARIANTS, lines::INVARIANTS].concat() {
        let violations = find::<Count>(&snapshot, sql, []).await?.iter().map(|count| count.violations.unsigned_abs()).sum();
        findings.push(Finding { name, promise, violations });
    }
    snapshot.rollback().await?;
    Ok(findings)
}
