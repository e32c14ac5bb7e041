//! The resources, one file each: bodies, handlers, `configure`.

mod codes;
mod concerts;
pub(crate) mod docs;
mod health;
mod payments;
mod queue_tokens;
mod queues;
mod refunds;
mod reservations;
mod schedules;
pub(crate) mod seats;
mod users;
mod wallet;

use utoipa_actix_web::service_config::ServiceConfig;

/// Adds every resource.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .configure(users::configure)
        .configure(queue_tokens::configure)
        .configure(queues::configure)
        .configure(concerts::configure)
        .configure(schedules::configure)
        .configure(seats::configure)
        .configure(reservations::configure)
        .configure(wallet::configure)
        .configure(payments::configure)
        .configure(refunds::configure)
        .configure(health::configure);
}
