//! Load: the rows that a batch of needs refers to, by one statement and so from one snapshot. See `load.sql`.

use adapters_sql::load::WantedKeys;
use adapters_sql::rows::key;
use adapters_sql::rows::{Row, add};
use adapters_sql::{instant, micros, span_micros};
use application::ports::ReadError;
use domain::{Need, Rows};
use sea_orm::sqlx::postgres::PgRow;
use sea_orm::sqlx::{self, Row as _};
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::database::Connections;
use crate::error::read_error;

pub(crate) const LOAD: &str = include_str!("load.sql");

/// Loads all rows that `needs` refer to; `now` is given unless the database's clock is used.
pub(crate) async fn load(connections: &Connections, now: Option<OffsetDateTime>, needs: &[Need]) -> Result<Rows, ReadError> {
    let found = connections.within(query(now, needs).fetch_all(&connections.pool)).await.map_err(read_error)?;
    let (mut now, mut all) = (None, Vec::with_capacity(found.len()));
    for row in &found {
        match row.try_get::<&str, _>("kind").map_err(read_error)? {
            "now" => now = Some(content(row)?),
            kind => all.push(read(kind, row)?),
        }
    }
    let now = now.ok_or_else(|| ReadError::Corrupt("the clock reading is missing".to_owned()))?;
    let mut rows = Rows::at(instant(now, "clock", "now")?);
    for row in all {
        add(&mut rows, row);
    }
    Ok(rows)
}

fn read(kind: &str, row: &PgRow) -> Result<Row, ReadError> {
    Ok(match kind {
        "key" => Row::Key(content(row)?),
        "user" => Row::User(content(row)?),
        "wallet" => Row::Wallet(content(row)?),
        "payment" => Row::Payment(content(row)?),
        "concert" => Row::Concert(content(row)?),
        "schedule" => Row::Schedule(content(row)?),
        "queue" => Row::Queue(content(row)?),
        "standing" => Row::QueueCounts(content(row)?),
        "offered" => Row::Offered(content(row)?),
        "token" => Row::Token(content(row)?),
        "seat" => Row::Seat(content(row)?),
        "layout" => Row::Layout(content(row)?),
        "session" => Row::Session(content(row)?),
        "held" => Row::Held(content(row)?),
        "awaited" => Row::Awaited(content(row)?),
        "hold" => Row::Reservation(content(row)?),
        kind => return Err(ReadError::Corrupt(format!("a row of the unknown kind {kind}"))),
    })
}

/// Returns the row of a table from its JSON form.
pub(crate) fn content<T: DeserializeOwned>(row: &PgRow) -> Result<T, ReadError> {
    let text: &str = row.try_get("content").map_err(read_error)?;
    serde_json::from_str(text).map_err(|error| ReadError::Corrupt(error.to_string()))
}

type Query = sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments>;

/// Returns the statement with the keys in `needs`.
fn query(now: Option<OffsetDateTime>, needs: &[Need]) -> Query {
    let wanted = WantedKeys::by(needs);
    let (keys_users, keys_routes, keys) = unzip3(wanted.keys.iter().map(|scope| {
        let (user, route, key) = key::name(scope);
        (user, route, key.to_owned())
    }));
    let (seat_schedules, seat_numbers) = wanted.seats.iter().map(|(schedule, number)| (schedule.0, i64::from(number.get()))).unzip();
    let (owners, owned): (Vec<_>, Vec<_>) = wanted.owners.iter().map(|(user, schedule)| (user.0, schedule.0)).unzip();
    let (joining, joined): (Vec<_>, Vec<_>) = wanted.places.iter().map(|(user, concert)| (user.0, concert.map(|id| id.0))).unzip();
    let (lines, lines_most): (Vec<_>, Vec<_>) = wanted.lines.iter().map(|line| (line.queue.0, i64::from(line.at_most))).unzip();
    let lapsed = wanted.lapsed.iter().map(|need| (i64::from(need.at_most), span_micros(need.longest)));
    let (lapsed_most, longest): (Vec<_>, Vec<_>) = lapsed.unzip();
    let (label_schedules, labels) = wanted.labels.iter().map(|(schedule, label)| (schedule.0, (*label).to_owned())).unzip();
    sqlx::query(LOAD)
        .bind(now.map(micros))
        .bind(keys_users)
        .bind(keys_routes)
        .bind(keys)
        .bind(ids(wanted.users))
        .bind(ids(wanted.tokens))
        .bind(ids(wanted.concerts))
        .bind(ids(wanted.schedules))
        .bind(ids(wanted.payments))
        .bind(ids(wanted.reservations))
        .bind(ids(wanted.holders))
        .bind::<Vec<Uuid>>(seat_schedules)
        .bind::<Vec<i64>>(seat_numbers)
        .bind(owners)
        .bind(owned)
        .bind(joining)
        .bind(joined)
        .bind(lines)
        .bind(lines_most)
        .bind(lapsed_most)
        .bind(longest)
        .bind(ids(wanted.queues))
        .bind(ids(wanted.used))
        .bind::<Vec<Uuid>>(label_schedules)
        .bind::<Vec<String>>(labels)
        .bind(ids(wanted.layouts))
        .bind(ids(wanted.sessions))
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
