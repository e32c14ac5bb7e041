//! The statement that commits a group: guards, writes and clock in one, atomically.
//!
//! ```text
//!   WITH updates     rows that have the previous version; inserts
//!   SELECT guard(the expected number of rows), … in the order in which rows are locked;
//!          guard(the rows of the catalogue that the decisions relied on have the expected versions), locked against change;
//!          guard(the clock is before not_after), last, when all rows are locked;
//!          the numbers of the joins
//! ```
//!
//! A guard that fails ends the statement with `FR001`, and nothing is written. Parts that occur together form a family, so that there are
//! few different texts, each prepared once per connection.

mod catalogue;
mod parts;

use std::sync::LazyLock;

use adapters_sql::commit::Batch;
use adapters_sql::rows::{log, reservation};
use sea_orm::sqlx::Arguments;
use sea_orm::sqlx::error::BoxDynError;
use sea_orm::sqlx::postgres::PgArguments;
use uuid::Uuid;

use super::families::Families;
use super::table::Parameters;
use super::tables::{
    ADMISSIONS, ENTRIES, KEYS, PAYMENTS, RESERVATIONS, RESERVED_SEATS, SEATS, SESSIONS, TOKENS, USER_SEARCH_KEYS, USERS, WALLETS,
};
use parts::{Parts, after, bind_insert, bind_reliance, bind_update};

/// The texts of the statements, by their families.
static TEXTS: LazyLock<[String; Families::ALL]> = LazyLock::new(|| std::array::from_fn(|families| text(Families(families))));

/// The parameters of a group's statement besides its rows.
pub(super) struct Terms {
    /// The clock's reading, unless the database's clock is used.
    pub(super) now: Option<i64>,
    /// The instant from which on nothing is committed.
    pub(super) not_after: Option<i64>,
    /// The joins, by queue.
    pub(super) joins: Vec<Joins>,
}

/// The joins of a group to one queue.
pub(super) struct Joins {
    pub(super) queue: Uuid,
    /// The number of joins.
    pub(super) numbers: i64,
    /// The maximum number of waiting users before the group is written; none: no limit.
    pub(super) room: Option<i64>,
}

/// Returns the statement for `batch`: its text and its arguments. It returns one row: `queues`, and the `last` number of each of them
/// before the group.
pub(super) fn statement(batch: &Batch, terms: &Terms) -> Result<(&'static str, PgArguments), BoxDynError> {
    let families = Families::of(batch);
    let mut arguments = PgArguments::default();
    bind(families, batch, terms, &mut arguments)?;
    Ok((&TEXTS[families.0], arguments))
}

/// Returns all texts, for the test of the plans.
#[cfg(test)]
pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
    TEXTS.iter().map(String::as_str)
}

fn text(families: Families) -> String {
    let mut all = Parts { parameters: Parameters::default(), named: Vec::new(), guards: Vec::new() };
    let (now, not_after) = (all.parameters.next(), all.parameters.next());
    all.add("clock", &format!("SELECT coalesce(${now}::bigint, clock_micros()) AS now"));
    if families.have(Families::CATALOGUE) {
        catalogue::add(&mut all);
    }
    if families.have(Families::JOINS) {
        all.update("admissions", &ADMISSIONS);
    }
    add_tokens(&mut all, families.have(Families::JOINS));
    if families.have(Families::RESERVATIONS) {
        add_reservations(&mut all);
    }
    if families.have(Families::MONEY) {
        add_money(&mut all);
    }
    if families.have(Families::RARE) {
        all.insert("seats_new", &SEATS, "");
        all.update("payments_again", &PAYMENTS);
        all.update("keys_again", &KEYS);
        use_tickets(&mut all);
    }
    if families.have(Families::SESSIONS) {
        all.update("sessions_again", &SESSIONS);
        all.insert("sessions_new", &SESSIONS, "");
    }
    all.insert("keys", &KEYS, "");
    add_log(&mut all, families.have(Families::JOINS));
    all.rely_on();
    if families.have(Families::CATALOGUE) {
        catalogue::add_uses(&mut all, now);
    }

    all.guards
        .push(format!("guard(${not_after}::bigint IS NULL OR coalesce(${now}::bigint, clock_micros()) < ${not_after}::bigint, 'time')"));
    let numbers = if families.have(Families::JOINS) {
        "(SELECT array_agg(queue_id) FROM counters) AS queues, (SELECT array_agg(last) FROM counters) AS last"
    } else {
        "NULL::uuid[] AS queues, NULL::bigint[] AS last"
    };
    format!("WITH {} SELECT {}, {numbers}", all.named.join(",\n"), all.guards.join(",\n"))
}

/// Adds tokens. Tokens that stop waiting are subtracted from the count of waiting users, and unclaimed ones are added to the no-shows; joins get the next numbers, if the limit of the
/// queue allows, which is checked under the lock of the counter's row.
fn add_tokens(all: &mut Parts, numbered: bool) {
    let update = TOKENS.update(&mut all.parameters, "t.queue_id, new.was = 'WAITING' AS waited, t.reason = 'UNCLAIMED' AS unclaimed");
    all.add_guarded("tokens_again", &update);
    let joined = if numbered {
        let (queues, joins, room) = (all.parameters.next(), all.parameters.next(), all.parameters.next());
        format!(
            "SELECT queue_id, joins, joins AS waiting, 0 AS no_shows, room
             FROM unnest(${queues}::uuid[], ${joins}::bigint[], ${room}::bigint[]) j (queue_id, joins, room) UNION ALL"
        )
    } else {
        String::new()
    };
    let left =
        "SELECT queue_id, 0, -waited::int, coalesce(unclaimed, false)::int, NULL::bigint FROM tokens_again WHERE waited OR unclaimed";
    all.add(
        "counters",
        &format!(
            "UPDATE queue_counters t SET last_number = t.last_number + moved.joins, waiting = t.waiting + moved.waiting,
                                        no_shows = t.no_shows + moved.no_shows
             FROM (SELECT queue_id, sum(joins)::bigint AS joins, sum(waiting)::bigint AS waiting, sum(no_shows)::bigint AS no_shows,
                          min(room) AS room
                   FROM ({joined} {left}) m (queue_id, joins, waiting, no_shows, room) GROUP BY queue_id ORDER BY queue_id) moved
             WHERE t.queue_id = moved.queue_id
             RETURNING t.queue_id, t.last_number - moved.joins AS last, t.waiting - moved.waiting > moved.room AS is_full"
        ),
    );
    // Aggregated, so that it is evaluated here and not at the end.
    all.guards.push("guard((SELECT count(*) FROM counters WHERE is_full) = 0, 'line')".to_owned());
    if numbered {
        let insert = TOKENS.insert(&mut all.parameters, "JOIN counters USING (queue_id)", |column| {
            (column == "number").then_some("counters.last + new.number")
        });
        all.add_guarded("tokens", &insert);
    }
}

fn add_reservations(all: &mut Parts) {
    all.update("seats_again", &SEATS);
    all.update("reservations_again", &RESERVATIONS);
    let ended = all.parameters.next();
    // The rows do not show how many seats these reservations have, so the updates aren't counted.
    let free = format!(
        "UPDATE reservation_seats t SET live = false
         FROM (SELECT o.* FROM unnest(${ended}::uuid[]) AS ended (id)
               CROSS JOIN LATERAL (SELECT o.ctid AS place FROM reservation_seats o WHERE o.reservation_id = ended.id OFFSET 0) o) o
         WHERE t.ctid = o.place RETURNING 1"
    );
    all.add("freed", &free);
    all.insert("reservations_new", &RESERVATIONS, &after("reservations_again"));
    all.insert("reserved", &RESERVED_SEATS, &after("freed"));
}

/// Adds the use of tickets. A group with a reservation that uses one doesn't end it, so it doesn't free the same row.
fn use_tickets(all: &mut Parts) {
    let (reservations, numbers, instants) = (all.parameters.next(), all.parameters.next(), all.parameters.next());
    let update = format!(
        "UPDATE reservation_seats t SET used_at = used.used_at
         FROM (SELECT used.used_at, o.place FROM unnest(${reservations}::uuid[], ${numbers}::bigint[], ${instants}::bigint[])
                   AS used (reservation_id, number, used_at)
               CROSS JOIN LATERAL (SELECT o.ctid AS place FROM reservation_seats o
                                   WHERE o.reservation_id = used.reservation_id AND o.number = used.number OFFSET 0) o) used
         WHERE t.ctid = used.place RETURNING 1"
    );
    all.add_guarded("tickets", &update);
}

fn add_money(all: &mut Parts) {
    all.insert("users_new", &USERS, "");
    all.insert("user_search_keys", &USER_SEARCH_KEYS, "");
    all.insert("payments_new", &PAYMENTS, "");
    all.update("wallets_again", &WALLETS);
    all.insert("wallets_new", &WALLETS, "");
    all.insert("entries", &ENTRIES, "");
}

/// Adds the log entry of the group, if it has one. It has no guard, so it is written last, when all rows are locked: of two groups that
/// write the same row, the later one has the higher id.
fn add_log(all: &mut Parts, numbered: bool) {
    let (positions, events, rows) = (all.parameters.next(), all.parameters.next(), all.parameters.next());
    let (queues, numbers) =
        if numbered { ("(SELECT array_agg(queue_id) FROM counters)", "(SELECT array_agg(last) FROM counters)") } else { ("NULL", "NULL") };
    all.add(
        "logged",
        &format!(
            "INSERT INTO event_log (positions, at, events, rows, queues, numbers)
             SELECT ${positions}::bigint, (SELECT now FROM clock), ${events}::text, ${rows}::text, {queues}, {numbers}
             WHERE ${positions}::bigint IS NOT NULL RETURNING 1"
        ),
    );
}

/// Binds the parameters of [`text`], in order.
fn bind(families: Families, batch: &Batch, terms: &Terms, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    arguments.add(terms.now)?;
    arguments.add(terms.not_after)?;
    if families.have(Families::CATALOGUE) {
        catalogue::bind(batch, arguments)?;
    }
    if families.have(Families::JOINS) {
        bind_update(&ADMISSIONS, &batch.admissions, arguments)?;
    }
    bind_update(&TOKENS, &batch.tokens.old, arguments)?;
    if families.have(Families::JOINS) {
        arguments.add(terms.joins.iter().map(|joins| joins.queue).collect::<Vec<_>>())?;
        arguments.add(terms.joins.iter().map(|joins| joins.numbers).collect::<Vec<_>>())?;
        arguments.add(terms.joins.iter().map(|joins| joins.room).collect::<Vec<_>>())?;
        bind_insert(&TOKENS, &batch.tokens.new, arguments)?;
    }
    if families.have(Families::RESERVATIONS) {
        bind_update(&SEATS, &batch.seats.old, arguments)?;
        bind_update(&RESERVATIONS, &batch.reservations.old, arguments)?;
        let ended = batch.reservations.old.iter().filter(|row| row.is_cancelled()).map(|row| row.id);
        arguments.add(ended.collect::<Vec<_>>())?;
        bind_insert(&RESERVATIONS, &batch.reservations.new, arguments)?;
        let reserved: Vec<_> = batch.reservations.new.iter().flat_map(reservation::Row::new_seats).collect();
        bind_insert(&RESERVED_SEATS, &reserved, arguments)?;
    }
    if families.have(Families::MONEY) {
        bind_insert(&USERS, &batch.users, arguments)?;
        bind_insert(&USER_SEARCH_KEYS, &batch.user_search_keys, arguments)?;
        bind_insert(&PAYMENTS, &batch.payments.new, arguments)?;
        bind_update(&WALLETS, &batch.wallets.old, arguments)?;
        bind_insert(&WALLETS, &batch.wallets.new, arguments)?;
        bind_insert(&ENTRIES, &batch.entries, arguments)?;
    }
    if families.have(Families::RARE) {
        bind_insert(&SEATS, &batch.seats.new, arguments)?;
        bind_update(&PAYMENTS, &batch.payments.old, arguments)?;
        bind_update(&KEYS, &batch.keys.old, arguments)?;
        let used: Vec<_> = batch.reservations.old.iter().flat_map(reservation::Row::used_seats).collect();
        arguments.add(used.iter().map(|seat| seat.reservation_id).collect::<Vec<_>>())?;
        arguments.add(used.iter().map(|seat| seat.number).collect::<Vec<_>>())?;
        arguments.add(used.iter().map(|seat| seat.used_at).collect::<Vec<_>>())?;
        arguments.add(i64::try_from(used.len()).unwrap_or(i64::MAX))?;
    }
    if families.have(Families::SESSIONS) {
        bind_update(&SESSIONS, &batch.sessions.old, arguments)?;
        bind_insert(&SESSIONS, &batch.sessions.new, arguments)?;
    }
    bind_insert(&KEYS, &batch.keys.new, arguments)?;
    bind_log(&batch.log, arguments)?;
    bind_reliance(batch, arguments)?;
    if families.have(Families::CATALOGUE) { catalogue::bind_uses(batch, arguments) } else { Ok(()) }
}

fn bind_log(entry: &log::Entry, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    let is_logged = !entry.is_empty();
    arguments.add(is_logged.then(|| entry.positions()))?;
    arguments.add(is_logged.then(|| entry.events()).transpose()?)?;
    arguments.add(is_logged.then(|| entry.rows()).transpose()?)
}
