//! The use cases of Frontrow over ports: load, decide, commit. Knows no HTTP and no SQL.
//!
//! A command travels through [`GroupCommit`]: a lane loads what the commands of a batch need, lets the domain decide
//! each, and commits their changes together. What is read comes from memory where a crowd reads it (the
//! [`WaitingRoom`], the [`SeatMaps`]) and from the reading ports elsewhere. The [`Scheduler`] admits and tidies.

mod clock;
mod error;
mod ids;
pub mod page;
pub mod ports;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use clock::SystemClock;
pub use error::Error;
pub use ids::RandomIds;
pub use page::{Page, PageRequest};
