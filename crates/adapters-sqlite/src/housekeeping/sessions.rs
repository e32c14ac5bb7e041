//! Pruning of sessions that have ended.

use adapters_sql::micros;
use application::ports::Pruned;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use time::OffsetDateTime;
use uuid::Uuid;

use super::round::pruned;
use super::users;
use crate::statement::find;
use crate::statements::session;

/// The user of a deleted session.
#[derive(FromQueryResult)]
struct Owner {
    id: Uuid,
}

/// Deletes a limited number of sessions. Their users are checked again.
pub(super) async fn prune(db: &impl ConnectionTrait, before: OffsetDateTime, at_most: u32) -> Result<Pruned, DbErr> {
    let gone = find::<Owner>(db, session::DELETE_ENDED, [micros(before).into(), at_most.into()]).await?;
    users::check_again(db, gone.iter().map(|owner| owner.id).collect()).await?;
    Ok(pruned(gone.len(), gone.len(), at_most))
}
