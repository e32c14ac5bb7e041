//! The rows of each table: their columns, and their conversion to and from domain types. They are serialized to and from JSON; with the
//! feature `sea-orm` they are SeaORM models, too. Ids are UUIDs, instants microseconds since 1970, amounts minor units.
#![expect(missing_docs, reason = "columns are documented in the migrations")]

/// Defines what SeaORM requires in a module with a `Model`.
macro_rules! entity {
    () => {
        #[cfg(feature = "sea-orm")]
        #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
        pub enum Relation {}

        #[cfg(feature = "sea-orm")]
        impl ActiveModelBehavior for ActiveModel {}
    };
}

mod any;
pub mod audit_entry;
mod cancellation;
pub mod concert;
pub mod entry;
pub mod fact;
mod hex;
pub mod key;
pub mod layout;
pub mod log;
pub mod outcome;
pub mod payment;
pub mod queue;
pub mod reservation;
pub mod reserved_seat;
pub mod sales;
pub mod schedule;
pub mod seat;
pub mod session;
pub mod token;
pub mod user;
pub mod user_search_key;
pub mod wallet;

pub use any::{Row, add};
