//! Pruning of reservations that ended without a payment.

use std::collections::BTreeSet;

use adapters_sql::micros;
use application::ports::Pruned;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use time::OffsetDateTime;
use uuid::Uuid;

use super::round::pruned;
use super::users;
use crate::statement::{array, find, statement, write};
use crate::statements::{reservation, reserved_seat, token};

/// A reservation that may be pruned.
#[derive(FromQueryResult)]
struct Unpaid {
    id: Uuid,
    token_id: Uuid,
    user_id: Uuid,
}

/// Deletes a limited number of reservations with their seats. Their tokens and users are checked again.
pub(super) async fn prune(db: &impl ConnectionTrait, before: OffsetDateTime, at_most: u32) -> Result<Pruned, DbErr> {
    let unpaid = find::<Unpaid>(db, reservation::SELECT_UNPAID, [micros(before).into(), at_most.into()]).await?;
    let ids: Vec<Uuid> = unpaid.iter().map(|reservation| reservation.id).collect();
    if ids.is_empty() {
        return Ok(Pruned::default());
    }
    // The number of their seats is not known, so the deletions aren't counted; likewise, not every token is marked as kept.
    db.execute_raw(statement(reserved_seat::DELETE, [array(&ids)?])).await?;
    write(db, reservation::DELETE, &ids).await?;
    let tokens: BTreeSet<Uuid> = unpaid.iter().map(|reservation| reservation.token_id).collect();
    db.execute_raw(statement(token::CHECK_AGAIN, [array(tokens)?])).await?;
    users::check_again(db, unpaid.iter().map(|reservation| reservation.user_id).collect()).await?;
    Ok(pruned(ids.len(), ids.len(), at_most))
}
