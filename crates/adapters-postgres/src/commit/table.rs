//! Tables as the commit uses them: the columns of a row, and the conversion of rows to one array per column.
//!
//! Arrays and `unnest` cost a tenth of rows as JSON, and the text of the statement doesn't depend on the number of rows.

use sea_orm::sqlx::error::BoxDynError;
use sea_orm::sqlx::postgres::PgArguments;

/// A column of a row of the type `R`.
pub(super) struct Column<R: 'static> {
    pub(super) name: &'static str,
    /// Its type in the database.
    pub(super) sql_type: &'static str,
    /// Binds the values of all rows as one array.
    pub(super) bind: fn(&[R], &mut PgArguments) -> Result<(), BoxDynError>,
}

/// A table.
pub(super) struct Table<R: 'static> {
    pub(super) name: &'static str,
    /// The columns of the primary key.
    pub(super) key: &'static [Column<R>],
    /// The columns that an update writes; if the first is the version, it is guarded.
    pub(super) set: &'static [Column<R>],
    /// The columns that only an insert writes.
    pub(super) rest: &'static [Column<R>],
}

/// Columns of a row, each with its type in the database.
macro_rules! columns {
    ($row:ty; $($name:ident: $sql_type:literal),* $(,)?) => {
        &[$($crate::commit::table::Column::<$row> {
            name: stringify!($name),
            sql_type: $sql_type,
            bind: |rows, arguments| {
                use sea_orm::sqlx::Arguments;
                arguments.add(rows.iter().map(|row| &row.$name).collect::<Vec<_>>())
            },
        }),*]
    };
}
pub(super) use columns;

/// The number of parameters of a statement under construction.
#[derive(Default)]
pub(super) struct Parameters(usize);

impl Parameters {
    /// Returns the next parameter.
    pub(super) fn next(&mut self) -> usize {
        self.0 += 1;
        self.0
    }

    /// Returns `unnest(…) AS new (…)` over the next parameters, one for each of `columns`.
    fn unnest<'a, R: 'static>(&mut self, columns: impl Iterator<Item = &'a Column<R>>) -> String {
        let (mut arrays, mut names) = (Vec::new(), Vec::new());
        for column in columns {
            // JSON is passed as text, because there are no arrays of JSON.
            let sql_type = if column.sql_type == "json" { "text" } else { column.sql_type };
            arrays.push(format!("${}::{sql_type}[]", self.next()));
            names.push(column.name);
        }
        format!("unnest({}) AS new ({})", arrays.join(", "), names.join(", "))
    }
}

impl<R> Column<R> {
    fn value(&self) -> String {
        if self.sql_type == "json" { format!("new.{}::json", self.name) } else { format!("new.{}", self.name) }
    }
}

fn bind<'a, R: 'static>(columns: impl Iterator<Item = &'a Column<R>>, rows: &[R], arguments: &mut PgArguments) -> Result<(), BoxDynError> {
    for column in columns {
        (column.bind)(rows, arguments)?;
    }
    Ok(())
}

impl<R> Table<R> {
    fn all(&self) -> impl Iterator<Item = &Column<R>> {
        self.key.iter().chain(self.set).chain(self.rest)
    }

    /// Returns an insert of rows; `source` follows the arrays in the FROM clause, and `value` may replace the value of a column.
    pub(super) fn insert(&self, parameters: &mut Parameters, source: &str, value: impl Fn(&str) -> Option<&'static str>) -> String {
        let rows = parameters.unnest(self.all());
        let names: Vec<_> = self.all().map(|column| column.name).collect();
        let values: Vec<_> = self.all().map(|column| value(column.name).map_or_else(|| column.value(), str::to_owned)).collect();
        format!("INSERT INTO {} ({}) SELECT {} FROM {rows} {source} RETURNING 1", self.name, names.join(", "), values.join(", "))
    }

    /// Binds the parameters of [`Self::insert`].
    pub(super) fn bind_insert(&self, rows: &[R], arguments: &mut PgArguments) -> Result<(), BoxDynError> {
        bind(self.all(), rows, arguments)
    }

    /// Returns an update of rows that have the previous version; `new.was` is the previous state of a row. The rows are looked up by their
    /// keys first, behind an OFFSET as an optimization barrier: the planner would read the whole table if that was empty when the statement
    /// was planned.
    pub(super) fn update(&self, parameters: &mut Parameters, returning: &str) -> String {
        let rows = parameters.unnest(self.key.iter().chain(self.set));
        let set: Vec<_> = self.set.iter().map(|column| format!("{} = {}", column.name, column.value())).collect();
        let was = if self.set.iter().any(|column| column.name == "state") { "o.state" } else { "NULL" };
        let key: Vec<_> = self.key.iter().map(|Column { name, .. }| format!("o.{name} = new.{name}")).collect();
        let (table, set, key) = (self.name, set.join(", "), key.join(" AND "));
        format!(
            "UPDATE {table} t SET {set}
             FROM (SELECT new.*, old.* FROM {rows}
                   CROSS JOIN LATERAL (SELECT o.ctid AS place, {was} AS was FROM {table} o WHERE {key} OFFSET 0) old) new
             WHERE t.ctid = new.place AND t.version = new.version - 1 RETURNING {returning}"
        )
    }

    /// Binds the parameters of [`Self::update`].
    pub(super) fn bind_update(&self, rows: &[R], arguments: &mut PgArguments) -> Result<(), BoxDynError> {
        bind(self.key.iter().chain(self.set), rows, arguments)
    }
}
