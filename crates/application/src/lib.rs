//! The use cases of Frontrow over ports: load, decide, commit. The crate contains no HTTP and no SQL.
//!
//! A command is executed by [`GroupCommit`]: a lane loads what the commands of a batch need, lets the domain decide each, and commits their
//! changes together. Reads with high traffic are served from memory (the [`WaitingRoom`], the [`CatalogueModel`], the [`SeatMaps`]), other reads by the reading
//! ports. The [`Scheduler`] admits waiting users and sweeps lapsed holds, the [`Housekeeper`] deletes old rows, and the [`Follower`]
//! updates the memory with the commits of other processes. The [`SalesFold`] folds the event log into the rows of rankings.
//!
//! A token or hold has *lapsed* when its deadline has passed while its row is not yet updated.

mod audit_jobs;
mod best_seats;
mod catalogue;
mod catch;
mod clock;
mod committer;
mod error;
mod follower;
pub mod group_commit;
pub mod housekeeper;
mod ids;
mod layouts;
mod ledger_monitor;
mod loads;
mod measure;
mod memory;
pub mod page;
pub mod ports;
mod read_model;
mod recency;
mod recent_sales;
mod reservation_details;
mod sales_fold;
pub mod sales_history;
mod sales_metrics;
pub mod scheduler;
mod seat_maps;
pub mod service;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod ticket_codes;
pub mod use_cases;
pub mod waiting_room;

pub use audit_jobs::{AuditJob, AuditJobId, AuditJobState, AuditJobs};
pub use best_seats::BestSeats;
pub use catalogue::CatalogueModel;
pub use clock::SystemClock;
pub use committer::Committer;
pub use error::Error;
pub use follower::Follower;
pub use group_commit::{Answer, GroupCommit};
pub use housekeeper::Housekeeper;
pub use ids::RandomIds;
pub use layouts::{HashedLayout, Layouts};
pub use ledger_monitor::LedgerMonitor;
pub use memory::{MemoryLimits, MemoryMetrics};
pub use page::{Page, PageRequest};
pub use read_model::ReadModel;
pub use recency::Recency;
pub use recent_sales::RecentSales;
pub use reservation_details::{DetailsReader, PaymentDetails, ReservationDetails, TicketDetails, WalletEntryDetails};
pub use sales_fold::SalesFold;
pub use sales_history::SalesHistory;
pub use sales_metrics::SalesMetrics;
pub use scheduler::Scheduler;
pub use seat_maps::{SeatMap, SeatMaps, SeatStatuses, SeatView};
pub use service::Service;
pub use ticket_codes::{TicketCode, TicketCodes};
pub use use_cases::UseCases;
pub use waiting_room::WaitingRoom;
