//! The operator's desk: what only operators may ask for, one file a resource.

mod audit;
mod concerts;
mod events;
mod log;
mod queues;
mod sale;
mod schedules;
mod seat_map;
mod seats;
mod users;

use application::use_cases::admin::Actor;
use domain::{Note, UserId};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .configure(queues::configure)
        .configure(concerts::configure)
        .configure(schedules::configure)
        .configure(seat_map::configure)
        .configure(seats::configure)
        .configure(users::configure)
        .configure(sale::configure)
        .configure(audit::configure)
        .configure(events::configure)
        .configure(log::configure);
}

/// The operator, who gives no reason.
const fn by(operator: UserId) -> Actor {
    Actor { operator, reason: None }
}

/// The operator, and why if they say so.
const fn perhaps_because(operator: UserId, reason: Option<Note>) -> Actor {
    Actor { operator, reason }
}

/// The operator, and why.
const fn because(operator: UserId, reason: Note) -> Actor {
    Actor { operator, reason: Some(reason) }
}
