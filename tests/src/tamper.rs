//! Changes to a database that bypass the store.

use sea_orm::{ConnectionTrait, Database};

use crate::Frontrow;

/// Runs `statement` on the server's database.
pub async fn tamper(server: &Frontrow, statement: &str) {
    tamper_at(&server.database_url(), statement).await;
}

/// Runs `statement` on the database at `url`.
pub async fn tamper_at(url: &str, statement: &str) {
    let database = Database::connect(url).await.unwrap();
    database.execute_unprepared(statement).await.unwrap();
    database.close().await.unwrap();
}
