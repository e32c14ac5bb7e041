//! Reads the versions of the rows that a group relies on.

use adapters_sql::commit::{CurrentVersions, GuardedKeys};
use adapters_sql::rows::key;
use domain::change::RowKey;
use domain::{TokenId, Version};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Serialize;
use uuid::Uuid;

use crate::statement::{array, find};
use crate::statements::{reservation, token};

const ADMISSIONS: &str =
    "SELECT k.key AS position, t.version FROM jsonb_each(?1) k CROSS JOIN queue_admissions t ON t.queue_id = unhex(k.value, '-')";
const QUEUES: &str = "SELECT k.key AS position, t.version FROM jsonb_each(?1) k CROSS JOIN queues t ON t.id = unhex(k.value, '-')";
const CONCERTS: &str = "SELECT k.key AS position, t.version FROM jsonb_each(?1) k CROSS JOIN concerts t ON t.id = unhex(k.value, '-')";
const SCHEDULES: &str = "SELECT k.key AS position, t.version FROM jsonb_each(?1) k CROSS JOIN schedules t ON t.id = unhex(k.value, '-')";
/// Users are inserted and never changed: they have no version.
const USERS: &str = "SELECT k.key AS position, 1 AS version FROM jsonb_each(?1) k CROSS JOIN users t ON t.id = unhex(k.value, '-')";
const TOKENS: &str = "SELECT k.key AS position, t.version FROM jsonb_each(?1) k CROSS JOIN queue_tokens t ON t.id = unhex(k.value, '-')";
const SEATS: &str = "
    SELECT k.key AS position, t.version FROM jsonb_each(?1) k
    CROSS JOIN seats t ON t.schedule_id = unhex(k.value ->> 0, '-') AND t.number = k.value ->> 1";
const RESERVATIONS: &str =
    "SELECT k.key AS position, t.version FROM jsonb_each(?1) k CROSS JOIN reservations t ON t.id = unhex(k.value, '-')";
const PAYMENTS: &str = "SELECT k.key AS position, t.version FROM jsonb_each(?1) k CROSS JOIN payments t ON t.id = unhex(k.value, '-')";
const WALLETS: &str = "SELECT k.key AS position, t.version FROM jsonb_each(?1) k CROSS JOIN wallets t ON t.user_id = unhex(k.value, '-')";
const KEYS: &str = "
    SELECT k.key AS position, t.version FROM jsonb_each(?1) k
    CROSS JOIN idempotency_keys t
        ON t.user_id = unhex(k.value ->> 0, '-') AND t.route = k.value ->> 1 AND t.idempotency_key = k.value ->> 2";
const SESSIONS: &str = "
    SELECT k.key AS position, t.version FROM jsonb_each(?1) k
    CROSS JOIN sessions t ON t.user_id = unhex(k.value ->> 0, '-') AND t.slot = k.value ->> 1";
const PLACES: &str = "
    SELECT k.key AS position, t.id AS token_id FROM jsonb_each(?1) k
    CROSS JOIN queue_tokens t
        ON t.queue_id = unhex(k.value ->> 0, '-') AND t.user_id = unhex(k.value ->> 1, '-') AND t.state <> 'EXPIRED'";

/// All of these statements, for the test of the plans.
#[cfg(test)]
pub(crate) const ALL: &[&str] =
    &[ADMISSIONS, QUEUES, CONCERTS, SCHEDULES, USERS, TOKENS, SEATS, RESERVATIONS, PAYMENTS, WALLETS, KEYS, SESSIONS, PLACES];

#[derive(FromQueryResult)]
struct Found {
    position: i64,
    version: i64,
}

#[derive(FromQueryResult)]
struct Occupied {
    position: i64,
    token_id: Uuid,
}

#[derive(FromQueryResult)]
struct Until {
    position: i64,
    until: Option<i64>,
}

/// Reads the rows of `names`. The transaction must have the write lock, so that they do not change.
pub(super) async fn read(db: &impl ConnectionTrait, names: &GuardedKeys<'_>) -> Result<CurrentVersions, DbErr> {
    let mut guards = CurrentVersions::default();
    name(&mut guards, versions(db, QUEUES, &names.queues, |id| id.0).await?, RowKey::Queue);
    name(&mut guards, versions(db, CONCERTS, &names.concerts, |id| id.0).await?, RowKey::Concert);
    name(&mut guards, versions(db, SCHEDULES, &names.schedules, |id| id.0).await?, RowKey::Schedule);
    name(&mut guards, versions(db, ADMISSIONS, &names.admissions, |id| id.0).await?, RowKey::Admission);
    name(&mut guards, versions(db, USERS, &names.users, |id| id.0).await?, RowKey::User);
    name(&mut guards, versions(db, TOKENS, &names.tokens, |id| id.0).await?, RowKey::Token);
    let seats = versions(db, SEATS, &names.seats, |(schedule, number)| (schedule.0, number.get())).await?;
    name(&mut guards, seats, |(schedule, number)| RowKey::Seat(schedule, number));
    name(&mut guards, versions(db, RESERVATIONS, &names.reservations, |id| id.0).await?, RowKey::Reservation);
    name(&mut guards, versions(db, PAYMENTS, &names.payments, |id| id.0).await?, RowKey::Payment);
    name(&mut guards, versions(db, WALLETS, &names.wallets, |id| id.0).await?, RowKey::Wallet);
    name(&mut guards, versions(db, KEYS, &names.keys, key::name).await?, |scope| RowKey::Key(scope.clone()));
    let sessions = versions(db, SESSIONS, &names.sessions, |(user, slot)| (user.0, slot)).await?;
    name(&mut guards, sessions, |(user, slot)| RowKey::Session(user, slot));
    read_holds(db, names, &mut guards).await?;
    read_awaited(db, names, &mut guards).await?;
    read_places(db, names, &mut guards).await?;
    Ok(guards)
}

async fn read_holds(db: &impl ConnectionTrait, names: &GuardedKeys<'_>, guards: &mut CurrentVersions) -> Result<(), DbErr> {
    if names.unheld.is_empty() {
        return Ok(());
    }
    let concerts = &names.unheld;
    for row in find::<Until>(db, reservation::SELECT_HELD_UNTIL, [array(concerts.iter().map(|concert| concert.0))?]).await? {
        if let Some((concert, until)) = at(concerts, row.position).zip(row.until) {
            guards.add_held_until(*concert, until);
        }
    }
    Ok(())
}

async fn read_awaited(db: &impl ConnectionTrait, names: &GuardedKeys<'_>, guards: &mut CurrentVersions) -> Result<(), DbErr> {
    if names.unawaited.is_empty() {
        return Ok(());
    }
    let pairs = &names.unawaited;
    let values = [array(pairs.iter().map(|(queue, concert)| (queue.0, concert.0)))?];
    for row in find::<Until>(db, token::SELECT_AWAITED_UNTIL, values).await? {
        if let Some(((queue, concert), until)) = at(pairs, row.position).zip(row.until) {
            guards.add_awaited_until(*queue, *concert, until);
        }
    }
    Ok(())
}

async fn read_places(db: &impl ConnectionTrait, names: &GuardedKeys<'_>, guards: &mut CurrentVersions) -> Result<(), DbErr> {
    if names.places.is_empty() {
        return Ok(());
    }
    let places = &names.places;
    let rows = find::<Occupied>(db, PLACES, [array(places.iter().map(|(queue, user)| (queue.0, user.0)))?]).await?;
    for row in rows {
        if let Some((queue, user)) = at(places, row.position) {
            guards.add_live_token(*queue, *user, TokenId(row.token_id));
        }
    }
    Ok(())
}

fn name<N>(guards: &mut CurrentVersions, versions: impl IntoIterator<Item = (N, Version)>, name: impl Fn(N) -> RowKey) {
    versions.into_iter().for_each(|(id, version)| guards.add(name(id), version));
}

async fn versions<N: Copy, T: Serialize>(
    db: &impl ConnectionTrait,
    sql: &str,
    names: &[N],
    value: impl Fn(N) -> T,
) -> Result<Vec<(N, Version)>, DbErr> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let rows = find::<Found>(db, sql, [array(names.iter().map(|name| value(*name)))?]).await?;
    Ok(rows.into_iter().filter_map(|row| Some((*at(names, row.position)?, Version(row.version)))).collect())
}

fn at<N>(names: &[N], position: i64) -> Option<&N> {
    names.get(usize::try_from(position).ok()?)
}
