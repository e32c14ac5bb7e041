//! The rehearsal: plays an on-sale before it happens, from outside, and says what came of it.
//!
//! A [`Record`] is what is known of it at the end: the crowd writes it, the referee judges by it, and the [`report`] shows it, beside
//! [`what_if`] the queue had admitted otherwise.
//!
//! [`Scenario`] says who comes; a `Intent` is what one of them wants, drawn from the seed; a `Visitor` wants it from the server, over
//! connections that all share (`wire`). Every request and answer is in the history, and the referee judges by that and by what the API
//! says of each account afterwards.

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
pub use rehearsal::{Play, RehearsalError};
pub use scenario::Scenario;
pub use wire::UnknownServer;
