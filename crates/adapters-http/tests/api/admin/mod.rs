//! The admin API: one file per resource, and an on-sale from start to end.

mod audit;
mod bodies;
mod concerts;
mod events;
mod history;
mod log;
mod queues;
mod sale;
mod schedules;
mod seat_map;
mod seats;
mod story;
mod users;
pub(crate) mod valid_requests;
