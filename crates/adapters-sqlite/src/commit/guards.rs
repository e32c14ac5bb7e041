//! The versions of the rows that a group relies on.

use std::collections::HashMap;

use domain::change::{Check, RowName};
use domain::{Change, ConcertId, KeyScope, PaymentId, QueueId, ReservationId, ScheduleId, SeatNumber, TokenId, UserId, Version};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Serialize;
use uuid::Uuid;

use crate::rows::key;
use crate::statement::{array, find};

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
        ON t.user_id = unhex(k.value ->> 0, '-') AND t.route = k.value ->> 1 AND t.request_key = k.value ->> 2";
const PLACES: &str = "
    SELECT k.key AS position, t.id AS token_id FROM jsonb_each(?1) k
    CROSS JOIN queue_tokens t
        ON t.queue_id = unhex(k.value ->> 0, '-') AND t.user_id = unhex(k.value ->> 1, '-') AND t.state <> 'EXPIRED'";

/// All of them, for the test of the plans.
#[cfg(test)]
pub(crate) const ALL: &[&str] =
    &[ADMISSIONS, QUEUES, CONCERTS, SCHEDULES, USERS, TOKENS, SEATS, RESERVATIONS, PAYMENTS, WALLETS, KEYS, PLACES];

/// The versions, at the moment of the commit, of what the changes of a group name; who isn't there has none.
#[derive(Debug, Default)]
pub(super) struct Guards {
    rows: HashMap<RowName, Version>,
    queues: HashMap<QueueId, Version>,
    concerts: HashMap<ConcertId, Version>,
    schedules: HashMap<ScheduleId, Version>,
    places: HashMap<(QueueId, UserId), TokenId>,
}

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

/// The names of the rows that a group relies on, table by table.
#[derive(Default)]
struct Names<'a> {
    admissions: Vec<QueueId>,
    queues: Vec<QueueId>,
    concerts: Vec<ConcertId>,
    schedules: Vec<ScheduleId>,
    users: Vec<UserId>,
    tokens: Vec<TokenId>,
    places: Vec<(QueueId, UserId)>,
    seats: Vec<(ScheduleId, SeatNumber)>,
    reservations: Vec<ReservationId>,
    payments: Vec<PaymentId>,
    wallets: Vec<UserId>,
    keys: Vec<&'a KeyScope>,
}

impl Guards {
    /// Reads what `changes` rely on; the transaction must have the write lock, so that it stays so.
    pub(super) async fn read(db: &impl ConnectionTrait, changes: &[Change]) -> Result<Self, DbErr> {
        let mut names = Names::default();
        for change in changes {
            names.add(change);
        }
        names.queues.sort_unstable();
        names.queues.dedup();
        names.concerts.sort_unstable();
        names.concerts.dedup();
        names.schedules.sort_unstable();
        names.schedules.dedup();

        let mut guards = Self::default();
        guards.queues.extend(versions(db, QUEUES, &names.queues, |id| id.0).await?);
        guards.concerts.extend(versions(db, CONCERTS, &names.concerts, |id| id.0).await?);
        guards.schedules.extend(versions(db, SCHEDULES, &names.schedules, |id| id.0).await?);
        guards.name(versions(db, ADMISSIONS, &names.admissions, |id| id.0).await?, RowName::Admission);
        guards.name(versions(db, USERS, &names.users, |id| id.0).await?, RowName::User);
        guards.name(versions(db, TOKENS, &names.tokens, |id| id.0).await?, RowName::Token);
        guards.name(versions(db, SEATS, &names.seats, |(schedule, number)| (schedule.0, number.get())).await?, |(schedule, number)| {
            RowName::Seat(schedule, number)
        });
        guards.name(versions(db, RESERVATIONS, &names.reservations, |id| id.0).await?, RowName::Reservation);
        guards.name(versions(db, PAYMENTS, &names.payments, |id| id.0).await?, RowName::Payment);
        guards.name(versions(db, WALLETS, &names.wallets, |id| id.0).await?, RowName::Wallet);
        guards.name(versions(db, KEYS, &names.keys, key::name).await?, |scope| RowName::Key(scope.clone()));
        guards.read_places(db, &names.places).await?;
        Ok(guards)
    }

    async fn read_places(&mut self, db: &impl ConnectionTrait, places: &[(QueueId, UserId)]) -> Result<(), DbErr> {
        if places.is_empty() {
            return Ok(());
        }
        let rows = find::<Occupied>(db, PLACES, [array(places.iter().map(|(queue, user)| (queue.0, user.0)))?]).await?;
        self.places.extend(rows.into_iter().filter_map(|row| Some((*at(places, row.position)?, TokenId(row.token_id)))));
        Ok(())
    }

    fn name<N>(&mut self, versions: impl IntoIterator<Item = (N, Version)>, name: impl Fn(N) -> RowName) {
        self.rows.extend(versions.into_iter().map(|(id, version)| (name(id), version)));
    }

    /// The version of a row that is written; none if there is no such row.
    pub(super) fn version(&self, row: &RowName) -> Option<Version> {
        self.rows.get(row).copied()
    }

    /// The user's live token in the queue.
    pub(super) fn occupant(&self, queue: QueueId, user: UserId) -> Option<TokenId> {
        self.places.get(&(queue, user)).copied()
    }

    /// Whether a row that isn't written still has its version.
    pub(super) fn holds(&self, check: &Check) -> bool {
        match check {
            Check::Queue(id, version) => self.queues.get(id) == Some(version),
            Check::Concert(id, version) => self.concerts.get(id) == Some(version),
            Check::Schedule(id, version) => self.schedules.get(id) == Some(version),
        }
    }
}

impl<'a> Names<'a> {
    fn add(&mut self, change: &'a Change) {
        for check in &change.checks {
            match check {
                Check::Queue(id, _) => self.queues.push(*id),
                Check::Concert(id, _) => self.concerts.push(*id),
                Check::Schedule(id, _) => self.schedules.push(*id),
            }
        }
        self.admissions.extend(change.admission.map(|(queue, _)| queue));
        self.users.extend(change.user.as_ref().map(|user| user.id));
        self.tokens.extend(change.tokens.iter().map(|token| token.row.id));
        self.tokens.extend(change.join.as_ref().map(|new| new.id));
        self.places.extend(change.join.as_ref().map(|new| (new.queue, new.user)));
        self.seats.extend(change.seats.iter().map(|seat| (seat.row.schedule, seat.row.number)));
        self.reservations.extend(change.reservations.iter().map(|reservation| reservation.row.id));
        self.payments.extend(change.payment.as_ref().map(|payment| payment.row.id));
        self.wallets.extend(change.wallet.as_ref().map(|wallet| wallet.row.user));
        self.keys.extend(change.key.as_ref().map(|key| &key.row.scope));
    }
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
