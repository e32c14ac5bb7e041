//! What the SQL stores share: everything that is not the database's own.
//!
//! ```text
//!   rows     a file a table: what a row looks like, and how it becomes a thing of the domain and back
//!   load     Wanted (the keys that needs name) ─► the store's statements ─► Row (of any table) ─► the domain's Rows
//!   commit   Guards (versions as they are) ─► Judge (each change alone) ─► Batch (rows, table by table)
//!   Reads    the reading ports
//!   Schema   what a database must have in it
//! ```
//!
//! A store adds its connections, its statements, what its errors mean, and the order of its steps.

mod audit;
pub mod commit;
pub mod load;
mod reads;
mod schema;

pub use audit::{audit, drift};
pub use reads::{ReadStatements, Reads, is_fault, is_fault_code, read_error};
pub use schema::{Schema, SchemaError};
pub use store_kit::{Corrupt, Word, all, instant, micros, rows, span_micros};
