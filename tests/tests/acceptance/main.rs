//! Acceptance tests of the service over HTTP, on each store.

mod event_streams;
mod expiry;
mod hang_ups;
mod hostile;
mod metrics;
mod process;
mod proxy;
mod races;
mod shop_page;
mod story;
mod tracing;
mod upgrade;
