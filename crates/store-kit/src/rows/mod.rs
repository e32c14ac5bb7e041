//! The rows of each table: what a row looks like, and how it becomes a thing of the domain and back. They go into and come out of JSON; with
//! the feature `sea-orm` they are models of SeaORM, too. Ids are UUIDs, instants microseconds since 1970, amounts minor units.
#![expect(missing_docs, reason = "a column is documented where it is made: in the migrations")]

/// What SeaORM wants in a module with a `Model`.
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
pub mod log;
pub mod outcome;
pub mod payment;
pub mod queue;
pub mod reservation;
pub mod reserved_seat;
pub mod schedule;
pub mod seat;
pub mod token;
pub mod user;
pub mod user_search_key;
pub mod wallet;

pub use any::{Row, add};
