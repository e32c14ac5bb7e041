//! Pruning of registrations that were never used.

use std::collections::BTreeSet;

use adapters_sql::micros;
use application::ports::Pruned;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use time::OffsetDateTime;
use uuid::Uuid;

use super::round::pruned;
use crate::statement::{array, find, statement, write};
use crate::statements::{user, wallet};

/// A registration that may be pruned unless it is used.
#[derive(FromQueryResult)]
struct Registered {
    id: Uuid,
    is_used: bool,
}

/// Checks a limited number of registrations: deletes those that are not used, with their wallets; the others are marked as kept.
pub(super) async fn prune(db: &impl ConnectionTrait, before: OffsetDateTime, at_most: u32) -> Result<Pruned, DbErr> {
    let registered = find::<Registered>(db, user::SELECT_UNCHECKED, [micros(before).into(), at_most.into()]).await?;
    let with = |is_used| registered.iter().filter(move |user| user.is_used == is_used).map(|user| user.id).collect::<Vec<Uuid>>();
    let (kept, gone) = (with(true), with(false));
    write(db, user::KEEP, &kept).await?;
    if !gone.is_empty() {
        // Names have different numbers of search keys, so the deletions aren't counted.
        db.execute_raw(statement(user::DELETE_SEARCH_KEYS, [array(&gone)?])).await?;
    }
    write(db, wallet::DELETE, &gone).await?;
    write(db, user::DELETE, &gone).await?;
    Ok(pruned(gone.len(), registered.len(), at_most))
}

/// Removes the marks of `users`, some of whose rows were deleted, so that the next round checks them.
pub(super) async fn check_again(db: &impl ConnectionTrait, users: BTreeSet<Uuid>) -> Result<(), DbErr> {
    if !users.is_empty() {
        db.execute_raw(statement(user::CHECK_AGAIN, [array(users)?])).await?;
    }
    Ok(())
}
