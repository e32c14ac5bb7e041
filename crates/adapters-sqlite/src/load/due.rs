//! What only a search finds.

use application::ports::Load;
use domain::{QueueToken, ReservationId, Versioned};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::instant::micros;
use crate::rows::{reservation, token};
use crate::statement::find;

/// What a load's search found, in its order.
pub(super) enum Due {
    /// It doesn't search.
    Nothing,
    /// A tick: the lapsed tokens, then those that wait.
    Tokens(Result<Vec<Versioned<QueueToken>>, Corrupt>),
    /// The lapsed holds.
    Holds(Vec<ReservationId>),
}

#[derive(FromQueryResult)]
struct Id {
    id: Uuid,
}

/// What each of `loads` searches for.
pub(super) async fn search(db: &impl ConnectionTrait, loads: &[Load], now: OffsetDateTime) -> Result<Vec<Due>, DbErr> {
    let mut due = Vec::with_capacity(loads.len());
    for load in loads {
        due.push(match load {
            Load::Tick { queue, at_most } => {
                let (queue, at_most) = (queue.0, *at_most);
                let lapsed = [queue.into(), micros(now).into(), at_most.into()];
                let mut rows = find::<token::Model>(db, token::SELECT_LAPSED, lapsed).await?;
                rows.extend(find::<token::Model>(db, token::SELECT_FOREMOST, [queue.into(), at_most.into()]).await?);
                Due::Tokens(rows.into_iter().map(Versioned::try_from).collect())
            }
            Load::LapsedHolds { at_most } => {
                let ids = find::<Id>(db, reservation::SELECT_LAPSED, [micros(now).into(), (*at_most).into()]).await?;
                Due::Holds(ids.into_iter().map(|found| ReservationId(found.id)).collect())
            }
            Load::Clock
            | Load::Join { .. }
            | Load::Token { .. }
            | Load::Leave { .. }
            | Load::Hold { .. }
            | Load::Release { .. }
            | Load::Charge { .. }
            | Load::Pay { .. }
            | Load::Refund { .. } => Due::Nothing,
        });
    }
    Ok(due)
}
