//! What is put on.

use adapters_sql::rows;
use application::ports::{Programme, ProgrammeError, ProgrammeStore};
use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, PaginatorTrait};

use crate::SqliteStore;
use crate::database::begin_immediate;
use crate::error::{Cause, cause};
use crate::statement::write;
use crate::statements::{concert, queue, schedule, seat};

#[async_trait]
impl ProgrammeStore for SqliteStore {
    async fn put_on(&self, programme: &Programme) -> Result<(), ProgrammeError> {
        let (writer, programme) = (self.writer.clone(), programme.clone());
        let put_on = tokio::spawn(async move { put_on(&writer, &programme).await }).await;
        match put_on {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(ProgrammeError::NotEmpty),
            Ok(Err(error)) => Err(match cause(&error) {
                Cause::Unique | Cause::Constraint => ProgrammeError::Invalid(Box::new(error)),
                Cause::Busy | Cause::Fault | Cause::Other => ProgrammeError::Unavailable(Box::new(error)),
            }),
            Err(error) => Err(ProgrammeError::Unavailable(Box::new(error))),
        }
    }
}

/// Whether the catalogue was empty: then the programme is in it.
async fn put_on(writer: &DatabaseConnection, programme: &Programme) -> Result<bool, DbErr> {
    let transaction = begin_immediate(writer).await?;
    if rows::concert::Entity::find().count(&transaction).await? > 0 {
        transaction.rollback().await?;
        return Ok(false);
    }
    match insert(&transaction, programme).await {
        Ok(()) => transaction.commit().await.map(|()| true),
        Err(error) => {
            transaction.rollback().await?;
            Err(error)
        }
    }
}

async fn insert(db: &impl ConnectionTrait, programme: &Programme) -> Result<(), DbErr> {
    let queues: Vec<rows::queue::Model> = programme.queues.iter().map(rows::queue::Model::from).collect();
    write(db, queue::INSERT, &queues).await?;
    write(db, queue::INSERT_ADMISSIONS, &queues).await?;
    write(db, queue::INSERT_COUNTERS, &queues).await?;
    write(db, concert::INSERT, &programme.concerts.iter().map(rows::concert::Model::from).collect::<Vec<_>>()).await?;
    write(db, schedule::INSERT, &programme.schedules.iter().map(rows::schedule::Model::from).collect::<Vec<_>>()).await?;
    write(db, seat::INSERT, &programme.seats.iter().map(rows::seat::Model::from).collect::<Vec<_>>()).await
}
