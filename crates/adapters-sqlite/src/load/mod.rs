//! Loading: contexts for a batch, from one snapshot, by a few statements over sets.
//!
//! ```text
//!   Due      what only a search finds: a tick's tokens, the lapsed holds
//!   Wanted   the keys of the rows that the loads name, table by table: one query a table
//!   Led      the keys of the rows that those lead to: one more query a table
//!   Found    all rows; each context is a load's share of it
//! ```

mod context;
mod due;
mod found;
mod holds;
mod led;
mod wanted;

use application::ports::{Clock, Load, ReadError};
use domain::Context;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, TransactionTrait};
use time::OffsetDateTime;

use self::due::Due;
use self::found::Found;
use self::led::Led;
use self::wanted::Wanted;
use crate::error::read_error;

/// A context for each of `loads`.
pub(crate) async fn load(readers: &DatabaseConnection, clock: &dyn Clock, loads: &[Load]) -> Vec<Result<Context, ReadError>> {
    match snapshot(readers, clock, loads).await {
        Ok((now, due, found)) => {
            let contexts = loads.iter().zip(&due).map(|(load, due)| context::context(load, due, now, &found));
            contexts.map(|context| context.map_err(ReadError::from)).collect()
        }
        Err(error) => loads.iter().map(|_| Err(read_error(error.clone()))).collect(),
    }
}

async fn snapshot(readers: &DatabaseConnection, clock: &dyn Clock, loads: &[Load]) -> Result<(OffsetDateTime, Vec<Due>, Found), DbErr> {
    let snapshot = readers.begin().await?;
    // The first query takes the snapshot, so this reading is not later than it.
    let now = clock.now();
    let (due, found) = read(&snapshot, loads, now).await?;
    snapshot.rollback().await?;
    Ok((now, due, found))
}

async fn read(db: &impl ConnectionTrait, loads: &[Load], now: OffsetDateTime) -> Result<(Vec<Due>, Found), DbErr> {
    let due = due::search(db, loads, now).await?;
    let mut found = Found::default();
    found.read(db, &Wanted::by(loads, &due)).await?;
    found.follow(db, &Led::by(loads, &found)).await?;
    Ok((due, found))
}
