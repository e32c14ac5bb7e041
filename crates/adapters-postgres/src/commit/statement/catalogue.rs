//! The rows that operators create and change.

use adapters_sql::commit::Batch;
use sea_orm::sqlx::Arguments;
use sea_orm::sqlx::error::BoxDynError;
use sea_orm::sqlx::postgres::PgArguments;

use super::super::tables::{AUDIT_ENTRIES, CONCERTS, LAYOUTS, QUEUES, SCHEDULES};
use super::parts::{Parts, bind_insert, bind_update};

/// Adds the rows that operators write.
pub(super) fn add(all: &mut Parts) {
    all.update("queues_again", &QUEUES);
    all.insert("queues_new", &QUEUES, "");
    let ids = all.parameters.next();
    all.add(
        "admissions_new",
        &format!("INSERT INTO queue_admissions (queue_id, version) SELECT id, 1 FROM unnest(${ids}::uuid[]) AS new (id)"),
    );
    all.add("counters_new", &format!("INSERT INTO queue_counters (queue_id) SELECT id FROM unnest(${ids}::uuid[]) AS new (id)"));
    all.update("concerts_again", &CONCERTS);
    all.insert("concerts_new", &CONCERTS, "");
    // A layout that exists already has the same content.
    let layouts = LAYOUTS.insert(&mut all.parameters, "ON CONFLICT DO NOTHING", |_| None);
    all.add("layouts_new", &layouts);
    all.update("schedules_again", &SCHEDULES);
    all.insert("schedules_new", &SCHEDULES, "");
    all.insert("audit_entries", &AUDIT_ENTRIES, "");
}

/// Adds the guards on the uses of concerts. Holds of a concert, and tokens that name it, are looked up once the concert is locked: a hold or
/// a join that was decided earlier has locked it, too.
pub(super) fn add_uses(all: &mut Parts, now: usize) {
    let unheld = all.parameters.next();
    all.guards.push(format!("guard(NOT is_held(${unheld}::uuid[], coalesce(${now}::bigint, clock_micros())), 'holds')"));
    let (queues, concerts) = (all.parameters.next(), all.parameters.next());
    all.guards
        .push(format!("guard(NOT is_awaited(${queues}::uuid[], ${concerts}::uuid[], coalesce(${now}::bigint, clock_micros())), 'tokens')"));
}

/// Binds the parameters of [`add`], in order.
pub(super) fn bind(batch: &Batch, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    bind_update(&QUEUES, &batch.queues.old, arguments)?;
    bind_insert(&QUEUES, &batch.queues.new, arguments)?;
    arguments.add(batch.queues.new.iter().map(|row| row.id).collect::<Vec<_>>())?;
    bind_update(&CONCERTS, &batch.concerts.old, arguments)?;
    bind_insert(&CONCERTS, &batch.concerts.new, arguments)?;
    LAYOUTS.bind_insert(&batch.layouts, arguments)?;
    bind_update(&SCHEDULES, &batch.schedules.old, arguments)?;
    bind_insert(&SCHEDULES, &batch.schedules.new, arguments)?;
    bind_insert(&AUDIT_ENTRIES, &batch.audit_entries, arguments)
}

/// Binds the parameters of [`add_uses`], in order.
pub(super) fn bind_uses(batch: &Batch, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    arguments.add(batch.checks.unheld.iter().map(|concert| concert.0).collect::<Vec<_>>())?;
    arguments.add(batch.checks.unawaited.iter().map(|(queue, _)| queue.0).collect::<Vec<_>>())?;
    arguments.add(batch.checks.unawaited.iter().map(|(_, concert)| concert.0).collect::<Vec<_>>())
}
