//! Pruning of ended tokens that no reservation names.

use std::collections::{BTreeMap, BTreeSet};

use adapters_sql::micros;
use application::ports::Pruned;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::round::pruned;
use super::users;
use crate::statement::{find, write};
use crate::statements::{queue, token};

/// An ended token that may be pruned unless a reservation names it.
#[derive(FromQueryResult)]
struct Ended {
    id: Uuid,
    queue_id: Uuid,
    user_id: Uuid,
    is_named: bool,
}

/// The number of pruned tokens of a queue.
#[derive(Serialize)]
struct PrunedCount {
    queue_id: Uuid,
    pruned: u32,
}

/// Checks a limited number of ended tokens: deletes those that no reservation names, and adds them to the counts of their queues; the
/// others are marked as kept and not checked again until one of their reservations is deleted.
pub(super) async fn prune(db: &impl ConnectionTrait, before: OffsetDateTime, at_most: u32) -> Result<Pruned, DbErr> {
    let ended = find::<Ended>(db, token::SELECT_ENDED, [micros(before).into(), at_most.into()]).await?;
    let kept: Vec<Uuid> = ended.iter().filter(|token| token.is_named).map(|token| token.id).collect();
    let (mut gone, mut counts, mut owners) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
    for token in ended.iter().filter(|token| !token.is_named) {
        gone.push(token.id);
        owners.insert(token.user_id);
        *counts.entry(token.queue_id).or_insert(0) += 1;
    }
    let counts: Vec<PrunedCount> = counts.into_iter().map(|(queue_id, pruned)| PrunedCount { queue_id, pruned }).collect();
    write(db, token::KEEP, &kept).await?;
    write(db, token::DELETE, &gone).await?;
    write(db, queue::COUNT_PRUNED, &counts).await?;
    users::check_again(db, owners).await?;
    Ok(pruned(gone.len(), ended.len(), at_most))
}
