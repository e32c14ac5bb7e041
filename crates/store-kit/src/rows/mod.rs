//! The rows of each table: what a row looks like, and how it becomes a thing of the domain and back. They are [`sea_orm`]
//! models, and go into and come out of JSON. Ids are UUIDs, instants microseconds since 1970, amounts minor units.
#![expect(missing_docs, reason = "a column is documented where it is made: in the migrations")]

mod cancellation;
pub mod concert;
pub mod deed;
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
