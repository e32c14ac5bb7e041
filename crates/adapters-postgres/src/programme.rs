//! What is put on.

use adapters_sql::rows::{concert, queue, schedule, seat};
use application::ports::{Programme, ProgrammeError, ProgrammeStore};
use async_trait::async_trait;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, TransactionTrait,
};

use crate::PostgresStore;
use crate::error::is_constraint;

/// Another instance may be putting a large one on.
const PATIENTLY: &str = "SET LOCAL lock_timeout = '1min'; SET LOCAL statement_timeout = '1min'";
/// Only one programme is put on at once.
const ALONE: &str = "LOCK TABLE concerts IN SHARE ROW EXCLUSIVE MODE";
const ADMISSIONS: &str = "INSERT INTO queue_admissions (queue_id, version) SELECT id, 1 FROM queues ON CONFLICT DO NOTHING";
const COUNTERS: &str = "INSERT INTO queue_counters (queue_id) SELECT id FROM queues ON CONFLICT DO NOTHING";
/// A statement has at most 65,535 parameters.
const ROWS_A_STATEMENT: usize = 5_000;

#[async_trait]
impl ProgrammeStore for PostgresStore {
    async fn put_on(&self, programme: &Programme) -> Result<(), ProgrammeError> {
        let (database, programme) = (self.reads.clone(), programme.clone());
        let put_on = tokio::spawn(async move { put_on(&database, &programme).await }).await;
        match put_on {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(ProgrammeError::NotEmpty),
            Ok(Err(error)) if is_constraint(&error) => Err(ProgrammeError::Invalid(Box::new(error))),
            Ok(Err(error)) => Err(ProgrammeError::Unavailable(Box::new(error))),
            Err(error) => Err(ProgrammeError::Unavailable(Box::new(error))),
        }
    }
}

/// Whether the catalogue was empty: then the programme is in it.
async fn put_on(database: &DatabaseConnection, programme: &Programme) -> Result<bool, DbErr> {
    let transaction = database.begin().await?;
    transaction.execute_unprepared(PATIENTLY).await?;
    transaction.execute_unprepared(ALONE).await?;
    if concert::Entity::find().count(&transaction).await? > 0 {
        transaction.rollback().await?;
        return Ok(false);
    }
    insert::<queue::Entity, _, _>(&transaction, programme.queues.iter().map(queue::Model::from)).await?;
    transaction.execute_unprepared(ADMISSIONS).await?;
    transaction.execute_unprepared(COUNTERS).await?;
    insert::<concert::Entity, _, _>(&transaction, programme.concerts.iter().map(concert::Model::from)).await?;
    insert::<schedule::Entity, _, _>(&transaction, programme.schedules.iter().map(schedule::Model::from)).await?;
    insert::<seat::Entity, _, _>(&transaction, programme.seats.iter().map(seat::Model::from)).await?;
    transaction.commit().await.map(|()| true)
}

async fn insert<E, M, A>(database: &impl ConnectionTrait, rows: impl Iterator<Item = M>) -> Result<(), DbErr>
where
    E: EntityTrait<Model = M>,
    M: IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = E>,
{
    let rows: Vec<A> = rows.map(IntoActiveModel::into_active_model).collect();
    for some in rows.chunks(ROWS_A_STATEMENT) {
        E::insert_many(some.iter().cloned()).exec_without_returning(database).await?;
    }
    Ok(())
}
