//! The environment of the acceptance tests: the real binary on a real store, and shoppers that use it over HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test's environment: a panic is how a test fails"
)]

mod browser;
mod checksum;
mod collector;
mod empty_page;
mod event_stream;
mod faulty_server;
mod hang_up;
mod history;
mod log;
mod mixed_load;
mod nginx;
mod page;
mod reply;
mod restored;
mod served_folder;
mod server;
mod shopper;
mod stay;
mod tamper;
mod transcript;
mod visitor;

pub use browser::{Browser, Traffic};
pub use checksum::all_rows;
pub use collector::Collector;
pub use empty_page::serve_empty_page;
pub use event_stream::{Event, EventStream};
pub use faulty_server::{FaultyServer, Misbehaviour};
pub use history::{History, Operation, Request, Response};
pub use mixed_load::MixedLoad;
pub use nginx::Nginx;
pub use page::MetricsPage;
pub use reply::Reply;
pub use restored::Restored;
pub use served_folder::serve_folder;
pub use server::{Frontrow, StoreKind, run, shell};
pub use shopper::{ARENA_QUEUE, CLUB, CLUB_QUEUE, CLUB_SCHEDULE, Shopper, money};
pub use stay::Stay;
pub use tamper::{tamper, tamper_at};
pub use transcript::Transcript;
pub use visitor::{Key, Visitor};
