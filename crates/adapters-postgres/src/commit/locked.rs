//! Finds the changes of a group whose rows other transactions have locked: tries to lock all of them in one statement, and waits for none.

use std::collections::HashSet;
use std::sync::LazyLock;

use adapters_sql::commit::{GuardedKeys, counters_written};
use adapters_sql::rows::key;
use domain::change::RowKey;
use domain::{Change, QueueId};
use sea_orm::sqlx::{self, AssertSqlSafe, Error, Row};

use super::guards::{at, ids, row_of};
use crate::database::Connections;
use crate::locked_rows::{Found, Lockable, lockable};

/// The tables with a key of one column: the kind of their rows, the table, the column.
const TABLES: [(&str, &str, &str); 6] = [
    ("counter", "queue_counters", "queue_id"),
    ("admission", "queue_admissions", "queue_id"),
    ("token", "queue_tokens", "id"),
    ("reservation", "reservations", "id"),
    ("payment", "payments", "id"),
    ("wallet", "wallets", "user_id"),
];

/// Selects the rows of a group that can't be locked at once: for each, its kind and its position in the array that contains its key.
static LOCKED: LazyLock<String> = LazyLock::new(|| {
    let with_id = TABLES.iter().enumerate().map(|(index, (kind, table, column))| {
        part(kind, &format!("${}::uuid[]", index + 1), column, table, &format!("t.{column} = k.{column}"))
    });
    let seat =
        part("seat", "$7::uuid[], $8::bigint[]", "schedule_id, number", "seats", "t.schedule_id = k.schedule_id AND t.number = k.number");
    let key = part(
        "key",
        "$9::uuid[], $10::text[], $11::text[]",
        "user_id, route, idempotency_key",
        "idempotency_keys",
        "t.user_id = k.user_id AND t.route = k.route AND t.idempotency_key = k.idempotency_key",
    );
    let session = part("session", "$18::uuid[], $19::bigint[]", "user_id, slot", "sessions", "t.user_id = k.user_id AND t.slot = k.slot");
    let catalogue = [("queue", 12), ("concert", 13), ("schedule", 14)].map(|(kind, parameter)| {
        format!(
            "SELECT '{kind}', position FROM unnest(${parameter}::uuid[]) WITH ORDINALITY k (id, position)
             WHERE NOT pg_try_advisory_xact_lock_shared(7020720, catalogue_lock(k.id))"
        )
    });
    let written = [("queue_row", "queues", 15), ("concert_row", "concerts", 16), ("schedule_row", "schedules", 17)]
        .map(|(kind, table, parameter)| part(kind, &format!("${parameter}::uuid[]"), "id", table, "t.id = k.id"));
    with_id.chain([seat, key, session]).chain(catalogue).chain(written).collect::<Vec<_>>().join("\nUNION ALL\n")
});

/// Returns the part of [`LOCKED`] for the rows of a table: those that are found but can't be locked.
fn part(kind: &str, arrays: &str, columns: &str, table: &str, condition: &str) -> String {
    let wanted = format!("unnest({arrays}) WITH ORDINALITY k ({columns}, position)");
    let found = format!("SELECT k.position FROM {wanted} CROSS JOIN LATERAL (SELECT 1 FROM {table} t WHERE {condition} OFFSET 0) t");
    let lockable = format!(
        "SELECT k.position FROM {wanted} CROSS JOIN LATERAL (SELECT 1 FROM {table} t WHERE {condition} FOR NO KEY UPDATE SKIP LOCKED) t"
    );
    format!("SELECT '{kind}' AS kind, position FROM ({found} EXCEPT ALL {lockable}) locked")
}

/// Returns the indices of `left` in `changes` of which no row is locked, and remembers the locked rows: after a timeout, all of them; before
/// the group was tried, only those that are remembered already, since others may be locked for a moment by other commits.
pub(super) async fn free(connections: &Connections, changes: &[Change], left: Vec<usize>, found: Found) -> Result<Vec<usize>, Error> {
    let locked = locked(connections, left.iter().map(|index| &changes[*index])).await?;
    connections.locked_rows.remember(left.iter().flat_map(|index| lockable(&changes[*index])), &locked, found);
    Ok(left.into_iter().filter(|index| !lockable(&changes[*index]).any(|row| locked.contains(&row))).collect())
}

/// Returns the rows of `changes` that other transactions have locked.
async fn locked(connections: &Connections, changes: impl Iterator<Item = &Change> + Clone) -> Result<HashSet<Lockable>, Error> {
    let names = GuardedKeys::of(changes.clone());
    let (mut queues, mut concerts, mut schedules) = (Vec::new(), Vec::new(), Vec::new());
    for write in changes.clone().flat_map(|change| &change.writes).filter(|write| write.expected().is_some()) {
        match write.key() {
            RowKey::Queue(id) => queues.push(id),
            RowKey::Concert(id) => concerts.push(id),
            RowKey::Schedule(id) => schedules.push(id),
            _ => {}
        }
    }
    let mut counters: Vec<QueueId> = changes.flat_map(counters_written).collect();
    counters.sort_unstable();
    counters.dedup();
    let (seat_schedules, seat_numbers): (Vec<_>, Vec<_>) =
        names.seats.iter().map(|(schedule, number)| (schedule.0, i64::from(number.get()))).unzip();
    let key_names: Vec<_> = names.keys.iter().map(|scope| key::name(scope)).collect();
    let query = sqlx::query(AssertSqlSafe(LOCKED.as_str()))
        .bind(ids(&counters))
        .bind(ids(&names.admissions))
        .bind(ids(&names.tokens))
        .bind(ids(&names.reservations))
        .bind(ids(&names.payments))
        .bind(ids(&names.wallets))
        .bind(seat_schedules)
        .bind(seat_numbers)
        .bind(key_names.iter().map(|(user, ..)| *user).collect::<Vec<_>>())
        .bind(key_names.iter().map(|(_, route, _)| *route).collect::<Vec<_>>())
        .bind(key_names.iter().map(|(.., key)| *key).collect::<Vec<_>>())
        .bind(ids(&names.queues))
        .bind(ids(&names.concerts))
        .bind(ids(&names.schedules))
        .bind(ids(&queues))
        .bind(ids(&concerts))
        .bind(ids(&schedules))
        .bind(names.sessions.iter().map(|(user, _)| user.0).collect::<Vec<_>>())
        .bind(names.sessions.iter().map(|(_, slot)| i64::from(*slot)).collect::<Vec<_>>());
    let mut locked = HashSet::new();
    for row in connections.within(query.fetch_all(&connections.pool)).await? {
        let position: i64 = row.try_get("position")?;
        let key = match row.try_get("kind")? {
            "counter" => at(&counters, position).map(Lockable::Counter),
            "queue_row" => at(&queues, position).map(RowKey::Queue).map(Lockable::Row),
            "concert_row" => at(&concerts, position).map(RowKey::Concert).map(Lockable::Row),
            "schedule_row" => at(&schedules, position).map(RowKey::Schedule).map(Lockable::Row),
            kind => row_of(&names, kind, position).map(Lockable::Row),
        };
        locked.extend(key);
    }
    Ok(locked)
}

/// Returns the statement, for the test of the plans.
#[cfg(test)]
pub(crate) fn text() -> &'static str {
    &LOCKED
}
