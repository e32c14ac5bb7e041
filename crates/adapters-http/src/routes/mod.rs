//! The resources, one file each: bodies, handlers, `configure`.

mod admin;
pub(crate) mod availability;
pub(crate) mod board;
mod codes;
mod concerts;
pub(crate) mod docs;
mod health;
pub(crate) mod layouts;
mod metrics;
mod payments;
pub(crate) mod problems;
mod public_schedule;
pub(crate) mod queue_token_events;
mod queue_tokens;
mod queues;
mod rankings;
mod refunds;
mod reservations;
mod reserved_schedule;
mod schedules;
pub(crate) mod seats;
mod sessions;
mod stream_tickets;
mod tickets;
mod users;
mod venue;
mod wallet;

use utoipa_actix_web::service_config::ServiceConfig;

/// Adds every resource. Routes are matched in this order: the most frequently requested ones come first.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .configure(queue_tokens::configure)
        .configure(users::configure)
        .configure(queue_token_events::configure)
        .configure(availability::configure)
        .configure(availability::tickets::configure)
        .configure(queues::configure)
        .configure(board::configure)
        .configure(concerts::configure)
        .configure(rankings::configure)
        .configure(schedules::configure)
        .configure(public_schedule::configure)
        .configure(seats::configure)
        .configure(layouts::configure)
        .configure(reservations::configure)
        .configure(wallet::configure)
        .configure(payments::configure)
        .configure(refunds::configure)
        .configure(tickets::configure)
        .configure(sessions::configure)
        .configure(admin::configure)
        .configure(health::configure)
        .configure(metrics::configure);
}
