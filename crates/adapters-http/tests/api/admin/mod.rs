//! The operator's desk: one file a resource, and its whole story.

mod audit;
mod bodies;
mod concerts;
mod events;
mod log;
pub(crate) mod orders;
mod queues;
mod sale;
mod schedules;
mod seat_map;
mod seats;
mod story;
mod users;
