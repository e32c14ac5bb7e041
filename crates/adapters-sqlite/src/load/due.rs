//! What only a search finds.

use adapters_sql::load::{Due, Found, Row};
use adapters_sql::micros;
use adapters_sql::rows::token as token_row;
use application::ports::Load;
use domain::{ReservationId, TokenId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::statement::find;
use crate::statements::{reservation, token};

#[derive(FromQueryResult)]
struct Id {
    id: Uuid,
}

/// What each of `loads` searches for; a tick's tokens are added to `found`.
pub(super) async fn search(db: &impl ConnectionTrait, loads: &[Load], now: OffsetDateTime, found: &mut Found) -> Result<Vec<Due>, DbErr> {
    let mut due: Vec<Due> = loads.iter().map(Due::nothing).collect();
    for (load, due) in loads.iter().zip(&mut due) {
        if let Load::Tick { queue, at_most } = load {
            let (queue, at_most) = (queue.0, *at_most);
            let lapsed = [queue.into(), micros(now).into(), at_most.into()];
            let mut rows = find::<token_row::Model>(db, token::SELECT_LAPSED, lapsed).await?;
            rows.extend(find::<token_row::Model>(db, token::SELECT_FOREMOST, [queue.into(), at_most.into()]).await?);
            *due = Due::Tokens(rows.iter().map(|row| TokenId(row.id)).collect());
            for row in rows {
                found.add(Row::Token(row));
            }
        } else if let Load::LapsedHolds { at_most, hold } = load {
            let mut ids = find::<Id>(db, reservation::SELECT_LAPSED, [micros(now).into(), (*at_most).into()]).await?;
            let left = at_most.saturating_sub(u32::try_from(ids.len()).unwrap_or(u32::MAX));
            if left > 0 {
                let values = [micros(now - *hold).into(), micros(now).into(), left.into()];
                ids.extend(find::<Id>(db, reservation::SELECT_CANCELLED, values).await?);
            }
            *due = Due::Holds(ids.into_iter().map(|found| ReservationId(found.id)).collect());
        }
    }
    Ok(due)
}
