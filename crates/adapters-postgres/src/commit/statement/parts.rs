//! The parts of a statement under construction, and their parameters. A guarded part must have the expected number of rows.

use adapters_sql::commit::{Batch, Checks};
use domain::Version;
use sea_orm::sqlx::Arguments;
use sea_orm::sqlx::error::BoxDynError;
use sea_orm::sqlx::postgres::PgArguments;
use uuid::Uuid;

use super::super::table::{Parameters, Table};

/// The parts of a statement under construction.
pub(super) struct Parts {
    pub(super) parameters: Parameters,
    pub(super) named: Vec<String>,
    pub(super) guards: Vec<String>,
}

impl Parts {
    /// Adds a part whose rows aren't counted.
    pub(super) fn add(&mut self, name: &str, part: &str) {
        self.named.push(format!("{name} AS ({part})"));
    }

    /// Adds a part whose number of rows must equal the next parameter.
    pub(super) fn add_guarded(&mut self, name: &str, part: &str) {
        self.add(name, part);
        let expected = self.parameters.next();
        self.guards.push(format!("guard((SELECT count(*) FROM {name}) = ${expected}::bigint, '{name}')"));
    }

    /// Adds the check of the rows of the catalogue that the decisions relied on, which are locked, as are those that the group writes.
    pub(super) fn rely_on(&mut self) {
        let arrays = ["uuid[]", "bigint[]", "uuid[]", "bigint[]", "uuid[]", "bigint[]", "uuid[]"];
        let arguments: Vec<_> = arrays.iter().map(|array| format!("${}::{array}", self.parameters.next())).collect();
        self.guards.push(format!("guard(rely_on({}), 'catalogue')", arguments.join(", ")));
    }

    /// Adds an insert of new rows, all of which must be written.
    pub(super) fn insert<R>(&mut self, name: &str, table: &Table<R>, after: &str) {
        let part = table.insert(&mut self.parameters, after, |_| None);
        self.add_guarded(name, &part);
    }

    /// Adds an update of rows that must have the previous version.
    pub(super) fn update<R>(&mut self, name: &str, table: &Table<R>) {
        let part = table.update(&mut self.parameters, "1");
        self.add_guarded(name, &part);
    }
}

/// Makes an insert wait for another part, which may free its unique value.
pub(super) fn after(part: &str) -> String {
    format!("WHERE (SELECT count(*) FROM {part}) >= 0")
}

/// Binds the parameters of [`Parts::rely_on`].
pub(super) fn bind_reliance(batch: &Batch, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    let Checks { queues, concerts, schedules, unheld, unawaited } = &batch.checks;
    bind_versions(queues.iter().map(|(id, version)| (id.0, *version)), arguments)?;
    bind_versions(concerts.iter().map(|(id, version)| (id.0, *version)), arguments)?;
    bind_versions(schedules.iter().map(|(id, version)| (id.0, *version)), arguments)?;
    let rows = batch.queues.old.iter().map(|row| row.id);
    let rows = rows.chain(batch.concerts.old.iter().map(|row| row.id)).chain(batch.schedules.old.iter().map(|row| row.id));
    let guarded = unheld.iter().chain(unawaited.iter().map(|(_, concert)| concert)).map(|concert| concert.0);
    arguments.add(rows.chain(guarded).collect::<Vec<_>>())
}

fn bind_versions(rows: impl Iterator<Item = (Uuid, Version)>, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    let (ids, versions): (Vec<_>, Vec<_>) = rows.map(|(id, version)| (id, version.0)).unzip();
    arguments.add(ids)?;
    arguments.add(versions)
}

/// Binds the parameters of [`Parts::insert`].
pub(super) fn bind_insert<R>(table: &Table<R>, rows: &[R], arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    table.bind_insert(rows, arguments)?;
    arguments.add(count(rows.len()))
}

/// Binds the parameters of [`Parts::update`].
pub(super) fn bind_update<R>(table: &Table<R>, rows: &[R], arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    table.bind_update(rows, arguments)?;
    arguments.add(count(rows.len()))
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
