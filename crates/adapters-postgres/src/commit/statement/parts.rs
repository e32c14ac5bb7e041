//! The parts of a statement under construction, and their parameters. A guarded part must have the expected number of rows.

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

    /// Adds a check of rows that must have the versions that the decisions relied on.
    pub(super) fn check(&mut self, table: &str) {
        let (ids, versions) = (self.parameters.next(), self.parameters.next());
        let part = format!(
            "SELECT 1 FROM unnest(${ids}::uuid[], ${versions}::bigint[]) AS expected (id, version)
             CROSS JOIN LATERAL (SELECT 1 FROM {table} t WHERE t.id = expected.id AND t.version = expected.version FOR SHARE) locked"
        );
        self.add_guarded(&format!("checked_{table}"), &part);
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

/// Binds the parameters of [`Parts::check`].
pub(super) fn bind_check(checks: impl Iterator<Item = (Uuid, Version)>, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    let (ids, versions): (Vec<_>, Vec<_>) = checks.map(|(id, version)| (id, version.0)).unzip();
    let expected = count(ids.len());
    arguments.add(ids)?;
    arguments.add(versions)?;
    arguments.add(expected)
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
