//! Finds the changes of a group that can be committed: reads the versions of all rows that it relies on, in one statement. See
//! `guards.sql`.

use adapters_sql::commit::{ChangeValidator, CurrentVersions, GuardedKeys, WaitingCounts};
use adapters_sql::rows::key;
use adapters_sql::{instant, micros};
use domain::change::RowKey;
use domain::{Change, TokenId, Version};
use sea_orm::sqlx::{self, Error, Row};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::database::Connections;

pub(crate) const GUARDS: &str = include_str!("guards.sql");

/// Returns the indices of `left` in `changes` that may still be committed as a group, according to the current rows.
pub(super) async fn sound(
    connections: &Connections,
    now: Option<OffsetDateTime>,
    changes: &[Change],
    left: Vec<usize>,
) -> Result<Vec<usize>, Error> {
    let names = GuardedKeys::of(left.iter().map(|index| &changes[*index]));
    let (seat_schedules, seat_numbers): (Vec<_>, Vec<_>) =
        names.seats.iter().map(|(schedule, number)| (schedule.0, i64::from(number.get()))).unzip();
    let (place_queues, place_users): (Vec<_>, Vec<_>) = names.places.iter().map(|(queue, user)| (queue.0, user.0)).unzip();
    let key_names: Vec<_> = names.keys.iter().map(|scope| key::name(scope)).collect();
    let query = sqlx::query(GUARDS)
        .bind(now.map(micros))
        .bind(ids(&names.queues))
        .bind(ids(&names.concerts))
        .bind(ids(&names.schedules))
        .bind(ids(&names.admissions))
        .bind(ids(&names.users))
        .bind(ids(&names.tokens))
        .bind(place_queues)
        .bind(place_users)
        .bind(seat_schedules)
        .bind(seat_numbers)
        .bind(ids(&names.reservations))
        .bind(ids(&names.payments))
        .bind(ids(&names.wallets))
        .bind(key_names.iter().map(|(user, ..)| *user).collect::<Vec<_>>())
        .bind(key_names.iter().map(|(_, route, _)| *route).collect::<Vec<_>>())
        .bind(key_names.iter().map(|(.., key)| *key).collect::<Vec<_>>())
        .bind(ids(&names.joined))
        .bind(ids(&names.unheld))
        .bind(names.unawaited.iter().map(|(queue, _)| queue.0).collect::<Vec<_>>())
        .bind(names.unawaited.iter().map(|(_, concert)| concert.0).collect::<Vec<_>>())
        .bind(names.sessions.iter().map(|(user, _)| user.0).collect::<Vec<_>>())
        .bind(names.sessions.iter().map(|(_, slot)| i64::from(*slot)).collect::<Vec<_>>());

    let (mut guards, mut waiting, mut read_at) = (CurrentVersions::default(), Vec::new(), 0);
    for row in connections.within(query.fetch_all(&connections.pool)).await? {
        let position: i64 = row.try_get("position")?;
        let Some(version) = row.try_get::<Option<i64>, _>("version")? else { continue };
        match row.try_get("kind")? {
            "now" => read_at = version,
            "line" => waiting.extend(at(&names.joined, position).map(|queue| (queue, version))),
            "held" => {
                if let Some(concert) = at(&names.unheld, position) {
                    guards.add_held_until(concert, version);
                }
            }
            "awaited" => {
                if let Some((queue, concert)) = at(&names.unawaited, position) {
                    guards.add_awaited_until(queue, concert, version);
                }
            }
            "place" => {
                let token = TokenId(row.try_get("token")?);
                if let Some((queue, user)) = at(&names.places, position) {
                    guards.add_live_token(queue, user, token);
                }
            }
            kind => {
                if let Some(row) = row_of(&names, kind, position) {
                    guards.add(row, Version(version));
                }
            }
        }
    }
    let now = instant(read_at, "clock", "now").map_err(|error| Error::Decode(Box::new(error)))?;
    let mut judge = ChangeValidator::new(&guards, WaitingCounts::of(waiting), now);
    Ok(left.into_iter().filter(|index| judge.accept(&changes[*index])).collect())
}

/// Returns the row at a position, which counts from 1, among the names of its kind.
pub(super) fn row_of(names: &GuardedKeys<'_>, kind: &str, position: i64) -> Option<RowKey> {
    match kind {
        "queue" => at(&names.queues, position).map(RowKey::Queue),
        "concert" => at(&names.concerts, position).map(RowKey::Concert),
        "schedule" => at(&names.schedules, position).map(RowKey::Schedule),
        "admission" => at(&names.admissions, position).map(RowKey::Admission),
        "user" => at(&names.users, position).map(RowKey::User),
        "token" => at(&names.tokens, position).map(RowKey::Token),
        "seat" => at(&names.seats, position).map(|(schedule, number)| RowKey::Seat(schedule, number)),
        "reservation" => at(&names.reservations, position).map(RowKey::Reservation),
        "payment" => at(&names.payments, position).map(RowKey::Payment),
        "wallet" => at(&names.wallets, position).map(RowKey::Wallet),
        "session" => at(&names.sessions, position).map(|(user, slot)| RowKey::Session(user, slot)),
        "key" => at(&names.keys, position).map(|scope| RowKey::Key(scope.clone())),
        _ => None,
    }
}

/// Converts a position, which counts from 1, to an index.
fn index(position: i64) -> usize {
    usize::try_from(position - 1).unwrap_or(usize::MAX)
}

pub(super) fn at<N: Copy>(names: &[N], position: i64) -> Option<N> {
    names.get(index(position)).copied()
}

pub(super) fn ids<I: Copy + Into<Uuid>>(ids: &[I]) -> Vec<Uuid> {
    ids.iter().map(|id| (*id).into()).collect()
}
