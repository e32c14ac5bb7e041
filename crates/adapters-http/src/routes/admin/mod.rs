//! The admin API: resources for operators only, one file each.

mod actor;
mod audit;
mod concerts;
mod csv_export;
mod event_readers;
mod events;
mod history;
mod log;
mod login_codes;
mod queues;
mod reservations;
mod sale;
mod schedules;
mod seat_map;
mod seats;
mod tickets;
mod users;

use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .configure(queues::configure)
        .configure(concerts::configure)
        .configure(history::configure)
        .configure(schedules::configure)
        .configure(seat_map::configure)
        .configure(seats::configure)
        .configure(users::configure)
        .configure(sale::configure)
        .configure(reservations::configure)
        .configure(tickets::configure)
        .configure(audit::configure)
        .configure(events::configure)
        .configure(event_readers::configure)
        .configure(log::configure)
        .configure(login_codes::configure);
}
