//! The use cases of Frontrow over ports: load, decide, commit. Knows no HTTP and no SQL.
//!
//! A command travels through [`GroupCommit`]: a lane loads what the commands of a batch need, lets the domain decide
//! each, and commits their changes together. What is read comes from memory where a crowd reads it (the
//! [`WaitingRoom`], the [`SeatMaps`]) and from the reading ports elsewhere. The [`Scheduler`] admits and sweeps, the
//! [`Housekeeper`] deletes what is old, the [`Follower`] keeps memory up to date with other processes.

mod catch;
mod clock;
mod committer;
mod error;
mod follower;
pub mod group_commit;
pub mod housekeeper;
mod ids;
mod ledger_monitor;
mod measure;
pub mod page;
pub mod ports;
mod read_model;
mod reservation_details;
mod sales_metrics;
pub mod scheduler;
mod seat_maps;
pub mod service;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod use_cases;
pub mod waiting_room;

pub use clock::SystemClock;
pub use committer::Committer;
pub use error::Error;
pub use follower::Follower;
pub use group_commit::{Answer, GroupCommit};
pub use housekeeper::Housekeeper;
pub use ids::RandomIds;
pub use ledger_monitor::LedgerMonitor;
pub use page::{Page, PageRequest};
pub use read_model::ReadModel;
pub use reservation_details::ReservationDetails;
pub use sales_metrics::SalesMetrics;
pub use scheduler::Scheduler;
pub use seat_maps::{SeatMap, SeatMaps, SeatView};
pub use service::Service;
pub use use_cases::UseCases;
pub use waiting_room::WaitingRoom;
