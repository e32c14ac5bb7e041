//! What is done to a database behind the store's back.

use sea_orm::{ConnectionTrait, Database};

use crate::Frontrow;

/// Runs `statement` on the server's database.
pub async fn tamper(server: &Frontrow, statement: &str) {
    let database = Database::connect(server.database_url()).await.unwrap();
    database.execute_unprepared(statement).await.unwrap();
    database.close().await.unwrap();
}
