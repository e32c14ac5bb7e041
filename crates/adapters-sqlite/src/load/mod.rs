//! Loading: the rows that a batch's needs are about, from one snapshot, by a few statements over sets.
//!
//! ```text
//!   Wanted   the keys that the needs name, table by table       ─► named: one query a table
//!   Led      the keys of the rows to which those found lead     ─► led: one more query a table
//! ```

mod named;
mod related;
mod select;

use adapters_sql::load::Wanted;
use adapters_sql::read_error;
use application::ports::{Clock, ReadError};
use domain::{Need, Rows};
use sea_orm::{DatabaseConnection, DbErr, TransactionTrait};

use self::related::Related;

/// All rows that `needs` are about.
pub(crate) async fn load(readers: &DatabaseConnection, clock: &dyn Clock, needs: &[Need]) -> Result<Rows, ReadError> {
    snapshot(readers, clock, needs).await.map_err(read_error)
}

async fn snapshot(readers: &DatabaseConnection, clock: &dyn Clock, needs: &[Need]) -> Result<Rows, DbErr> {
    let wanted = Wanted::by(needs);
    let snapshot = readers.begin().await?;
    // The first query takes the snapshot, so this reading is not later than it.
    let mut rows = Rows::at(clock.now());
    named::read(&snapshot, &wanted, &mut rows).await?;
    let related = Related::by(&wanted, &rows);
    related.read(&snapshot, &mut rows).await?;
    snapshot.rollback().await?;
    Ok(rows)
}
