//! Loading: contexts for a batch, by one statement and so from one snapshot. See `load.sql`.

use adapters_sql::load::{Due, Found, Row, Wanted, contexts};
use adapters_sql::rows::{key, token};
use adapters_sql::{instant, micros, span_micros};
use application::ports::{Load, ReadError};
use domain::{Context, ReservationId, TokenId};
use sea_orm::sqlx::postgres::PgRow;
use sea_orm::sqlx::{self, PgPool, Row as _};
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::database::within;
use crate::error::read_error;

pub(crate) const LOAD: &str = include_str!("load.sql");

/// A context for each of `loads`; `now` is given unless it is the database's clock that counts.
pub(crate) async fn load(
    pool: &PgPool,
    now: Option<OffsetDateTime>,
    loads: &[Load],
) -> Result<(OffsetDateTime, Vec<Result<Context, ReadError>>), ReadError> {
    let rows = within(query(now, loads).fetch_all(pool)).await.map_err(read_error)?;
    let mut now = None;
    let mut found = Found::default();
    let mut due: Vec<Due> = loads.iter().map(Due::nothing).collect();
    for row in &rows {
        match row.try_get::<&str, _>("kind").map_err(read_error)? {
            "now" => now = Some(row.try_get::<i64, _>("load").map_err(read_error)?),
            kind => add(kind, row, &mut found, &mut due)?,
        }
    }
    let now = instant(now.unwrap_or_default(), "clock", "now")?;
    Ok((now, contexts(loads, &due, now, &found)))
}

fn add(kind: &str, row: &PgRow, found: &mut Found, due: &mut [Due]) -> Result<(), ReadError> {
    match kind {
        "key" => found.add(Row::Key(content(row)?)),
        "user" => found.add(Row::User(content(row)?)),
        "wallet" => found.add(Row::Wallet(content(row)?)),
        "payment" => found.add(Row::Payment(content(row)?)),
        "concert" => found.add(Row::Concert(content(row)?)),
        "schedule" => found.add(Row::Schedule(content(row)?)),
        "queue" => found.add(Row::Queue(content(row)?)),
        "standing" => found.add(Row::Standing(content(row)?)),
        "offered" => found.add(Row::Offered(content(row)?)),
        "token" => found.add(Row::Token(content(row)?)),
        "seat" => found.add(Row::Seat(content(row)?)),
        "held" => found.add(Row::Held(content(row)?)),
        "awaited" => found.add(Row::Awaited(content(row)?)),
        "hold" => found.add(Row::Reservation(content(row)?)),
        "due_token" => {
            let token: token::Model = content(row)?;
            if let Some(Due::Tokens(tokens)) = due_of(row, due)? {
                tokens.push(TokenId(token.id));
            }
            found.add(Row::Token(token));
        }
        "due_hold" => {
            if let Some(Due::Holds(holds)) = due_of(row, due)? {
                holds.push(ReservationId(content(row)?));
            }
        }
        kind => return Err(ReadError::Corrupt(format!("a row of the kind {kind}"))),
    }
    Ok(())
}

/// What is due for the load that a row was searched for.
fn due_of<'a>(row: &PgRow, due: &'a mut [Due]) -> Result<Option<&'a mut Due>, ReadError> {
    let load: i64 = row.try_get("load").map_err(read_error)?;
    Ok(usize::try_from(load).ok().and_then(|load| due.get_mut(load)))
}

/// The row of a table that came as JSON.
pub(crate) fn content<T: DeserializeOwned>(row: &PgRow) -> Result<T, ReadError> {
    let text: &str = row.try_get("content").map_err(read_error)?;
    serde_json::from_str(text).map_err(|error| ReadError::Corrupt(error.to_string()))
}

type Query = sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments>;

/// The statement with the keys that `loads` name, each array sorted.
fn query(now: Option<OffsetDateTime>, loads: &[Load]) -> Query {
    let wanted = Wanted::by(loads);
    let (keys_users, keys_routes, keys) = unzip3(wanted.keys.iter().map(|scope| {
        let (user, route, key) = key::name(scope);
        (user, route, key.to_owned())
    }));
    let (seat_schedules, seat_numbers) = wanted.seats.iter().map(|(schedule, number)| (schedule.0, i64::from(number.get()))).unzip();
    let (owners, owned): (Vec<_>, Vec<_>) = wanted.owners.iter().map(|(user, schedule)| (user.0, schedule.0)).unzip();
    let (mut joining, mut joined) = (Vec::new(), Vec::new());
    let (mut ticks, mut ticked, mut ticks_most) = (Vec::new(), Vec::new(), Vec::new());
    let (mut sweeps, mut sweeps_most, mut sweeps_hold) = (Vec::new(), Vec::new(), Vec::new());
    for (load, position) in loads.iter().zip(0_i64..) {
        if let Load::Join { user, concert } = load {
            joining.push(user.0);
            joined.push(concert.map(|concert| concert.0));
        } else if let Load::Tick { queue, at_most } = load {
            ticks.push(position);
            ticked.push(queue.0);
            ticks_most.push(i64::from(*at_most));
        } else if let Load::LapsedHolds { at_most, hold } = load {
            sweeps.push(position);
            sweeps_most.push(i64::from(*at_most));
            sweeps_hold.push(span_micros(*hold));
        }
    }
    sqlx::query(LOAD)
        .bind(now.map(micros))
        .bind(keys_users)
        .bind(keys_routes)
        .bind(keys)
        .bind(ids(wanted.users))
        .bind(ids(wanted.tokens))
        .bind(ids(wanted.concerts))
        .bind(ids(wanted.schedules))
        .bind(ids(wanted.wallets))
        .bind(ids(wanted.payments))
        .bind(ids(wanted.reservations))
        .bind(ids(wanted.holders))
        .bind::<Vec<Uuid>>(seat_schedules)
        .bind::<Vec<i64>>(seat_numbers)
        .bind(owners)
        .bind(owned)
        .bind(joining)
        .bind(joined)
        .bind(ticks)
        .bind(ticked)
        .bind(ticks_most)
        .bind(sweeps)
        .bind(sweeps_most)
        .bind(sweeps_hold)
        .bind(ids(wanted.queues))
        .bind(ids(wanted.with_dates))
        .bind(ids(wanted.programmes))
        .bind(ids(wanted.moving))
}

fn ids<I: Into<Uuid>>(ids: impl IntoIterator<Item = I>) -> Vec<Uuid> {
    ids.into_iter().map(Into::into).collect()
}

fn unzip3<A, B, C>(items: impl Iterator<Item = (A, B, C)>) -> (Vec<A>, Vec<B>, Vec<C>) {
    let (mut first, mut second, mut third) = (Vec::new(), Vec::new(), Vec::new());
    for (a, b, c) in items {
        first.push(a);
        second.push(b);
        third.push(c);
    }
    (first, second, third)
}
