//! Deterministic simulation tests of the application with fault injection.
//!
//! A run executes the real application, with its lanes, committer, scheduler, waiting room, followers and use cases, as one or several
//! [`Service`](application::Service) instances over the memory store, on tokio's paused clock and a single thread. Each instance reaches
//! the store through a connection that adds latency and injects errors, panics and unknown outcomes. Instances crash and restart, the
//! store's clock jumps, readers of the event log restart at their last kept position, operators send orders, and users retry requests with
//! their idempotency keys.
//!
//! A naive model, which shares no rule with the domain, receives every commit and checks it against the promises (P1 to P8). A broken
//! promise is a [`Violation`]. Responses of instances, their read models, and liveness are compared with the model, too.
//!
//! A seed determines everything, so a run can be repeated: see [`Plan::of`] and [`run()`]. [`shrink()`] reduces a failing plan, and
//! [`Ended::story`] is the log of a run.

mod client;
mod clock;
mod connection;
mod ids;
mod instance;
mod lifecycle;
mod model;
mod monitor;
mod operator;
mod plan;
mod reader;
mod rng;
mod row_log;
mod run;
mod shrink;
mod statistics;
mod user;
mod violation;
mod world;

pub use plan::{ConcertPlan, Fault, FaultKind, Numbers, OrderKind, OrderPlan, Plan, ReaderPlan, SchedulePlan, UserPlan};
pub use run::{Ended, run};
pub use shrink::shrink;
pub use statistics::Statistics;
pub use violation::Violation;
