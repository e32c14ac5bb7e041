//! The service over HTTP, as its users meet it, on each store.

mod event_streams;
mod expiry;
mod hang_ups;
mod hostile;
mod metrics;
mod process;
mod races;
mod story;
mod tracing;
mod upgrade;
