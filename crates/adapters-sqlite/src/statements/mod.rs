//! The statements on each table, over sets: see [`crate::statement`].

pub(crate) mod admin;
pub(crate) mod audit_entry;
pub(crate) mod concert;
pub(crate) mod entry;
pub(crate) mod key;
pub(crate) mod layout;
pub(crate) mod log;
pub(crate) mod payment;
pub(crate) mod queue;
pub(crate) mod reservation;
pub(crate) mod reserved_seat;
pub(crate) mod sales;
pub(crate) mod schedule;
pub(crate) mod seat;
pub(crate) mod session;
pub(crate) mod token;
pub(crate) mod user;
pub(crate) mod wallet;
