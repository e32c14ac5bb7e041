//! Load: the rows that a batch of needs refers to, from one snapshot, by a few statements over sets.
//!
//! ```text
//!   Wanted   the keys in the needs, by table                      ─► named: one query per table
//!   Related  the keys in the rows that were found, by table       ─► related: one more query per table
//! ```

mod named;
mod related;
mod select;

use adapters_sql::load::WantedKeys;
use adapters_sql::read_error;
use application::ports::{Clock, ReadError};
use domain::{Need, Rows};
use sea_orm::{DatabaseConnection, DbErr, TransactionTrait};

use self::related::Related;

/// Loads all rows that `needs` refer to.
pub(crate) async fn load(readers: &DatabaseConnection, clock: &dyn Clock, needs: &[Need]) -> Result<Rows, ReadError> {
    snapshot(readers, clock, needs).await.map_err(read_error)
}

async fn snapshot(readers: &DatabaseConnection, clock: &dyn Clock, needs: &[Need]) -> Result<Rows, DbErr> {
    let wanted = WantedKeys::by(needs);
    let snapshot = readers.begin().await?;
    // The first query takes the snapshot, so this reading is not later than it.
    let mut rows = Rows::at(clock.now());
    named::read(&snapshot, &wanted, &mut rows).await?;
    let related = Related::by(&wanted, &rows);
    related.read(&snapshot, &mut rows).await?;
    snapshot.rollback().await?;
    Ok(rows)
}
