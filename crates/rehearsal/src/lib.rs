//! Rehearsals: simulate an on-sale with virtual users against a server, and check it from outside through the HTTP API.
//!
//! A [`Scenario`] describes the virtual users; an `Intent` is the behaviour of one user, drawn from the seed; a `Visitor` carries it out
//! on the server, over connections that all users share (`wire`). Every request and response is in the history. The checker checks the
//! promises by the history and by the state of each account that the API returns afterwards.
//!
//! A [`Record`] contains the results, and the [`report`] shows it, together with the results of other queue policies ([`what_if`]).

mod account;
mod checker;
mod history;
mod inspection;
mod intent;
mod live;
mod reading;
pub mod record;
mod rehearsal;
pub mod report;
pub mod scenario;
mod shopping;
mod summary;
mod visitor;
pub mod what_if;
mod wire;
mod world;

pub use live::Progress;
pub use record::Record;
pub use rehearsal::{Rehearsal, RehearsalError};
pub use scenario::Scenario;
pub use wire::UnknownServer;
