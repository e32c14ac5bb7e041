//! The code that the SQL stores share: everything that does not depend on the database.
//!
//! ```text
//!   rows     one file per table: its columns and the conversion to and from domain types
//!   load     Wanted (the keys in the needs) ─► the store's statements ─► Row (of any table) ─► the domain's Rows
//!   commit   Guards (current versions) ─► Judge (each change on its own) ─► Batch (rows, table by table)
//!   Reads    the query ports
//!   Schema   the tables, indexes and triggers that a database must have
//! ```
//!
//! A store adds its connections, its statements, the meaning of its errors, and the order of its steps.

mod audit;
pub mod commit;
pub mod load;
mod reads;
mod schema;

pub use audit::{audit, drift};
pub use reads::{ReadStatements, Reads, is_fault, is_fault_code, read_error};
pub use schema::{Schema, SchemaError};
pub use store_kit::{Corrupt, Word, all, instant, micros, past, rows, span_micros};
