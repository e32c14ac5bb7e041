//! Loading: contexts for a batch, from one snapshot, by a few statements over sets.
//!
//! ```text
//!   due      what only a search finds: a tick's tokens, the lapsed holds
//!   Wanted   the keys of the rows that the loads name, table by table: one query a table
//!   Led      the keys of the rows that those lead to: one more query a table
//!   Found    all rows; each context is a load's share of it
//! ```

mod due;
mod led;
mod read;

use adapters_sql::load::{Found, Wanted, contexts};
use adapters_sql::read_error;
use application::ports::{Clock, Load, ReadError};
use domain::Context;
use sea_orm::{DatabaseConnection, DbErr, TransactionTrait};

use self::led::Led;

/// A context for each of `loads`.
pub(crate) async fn load(readers: &DatabaseConnection, clock: &dyn Clock, loads: &[Load]) -> Vec<Result<Context, ReadError>> {
    match snapshot(readers, clock, loads).await {
        Ok(contexts) => contexts,
        Err(error) => loads.iter().map(|_| Err(read_error(error.clone()))).collect(),
    }
}

async fn snapshot(readers: &DatabaseConnection, clock: &dyn Clock, loads: &[Load]) -> Result<Vec<Result<Context, ReadError>>, DbErr> {
    let snapshot = readers.begin().await?;
    // The first query takes the snapshot, so this reading is not later than it.
    let now = clock.now();
    let mut found = Found::default();
    let due = due::search(&snapshot, loads, now, &mut found).await?;
    read::named(&snapshot, &Wanted::by(loads), &due, &mut found).await?;
    read::offered(&snapshot, loads, &mut found).await?;
    let led = Led::by(loads, &found);
    read::led(&snapshot, &led, now, &mut found).await?;
    snapshot.rollback().await?;
    Ok(contexts(loads, &due, now, &found))
}
