//! The rows of each table: what a row looks like, how it becomes a thing of the domain and back, and the statements that
//! write many at once. Rows go in as JSON objects and come out as [`SeaORM`](sea_orm) models.

pub(crate) mod concert;
pub(crate) mod entry;
pub(crate) mod event;
pub(crate) mod key;
pub(crate) mod outcome;
pub(crate) mod payment;
pub(crate) mod queue;
pub(crate) mod reservation;
pub(crate) mod reserved_seat;
pub(crate) mod schedule;
pub(crate) mod seat;
pub(crate) mod token;
pub(crate) mod user;
pub(crate) mod wallet;
