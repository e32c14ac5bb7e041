//! What the databases do bare, on Frontrow's own schema: the rates that Frontrow's are compared with.

mod pgbench;
pub(crate) mod postgres;
pub(crate) mod sqlite;
