//! `frontrow reservations`.

use super::body::Body;
use super::paths;
use super::tickets::print_list;
use crate::cli::{ReservationStatus, Reservations};
use crate::client::Client;
use crate::output::{Column, Output};

const COLUMNS: &[Column] = &[
    ("id", "/id"),
    ("status", "/status"),
    ("seats", "/seat_labels"),
    ("amount", "/amount"),
    ("user", "/user_id"),
    ("name", "/user_name"),
    ("held at", "/held_at"),
];

pub(super) fn run(client: &Client, verb: Reservations, output: Output) -> anyhow::Result<()> {
    match verb {
        Reservations::List(reservations) => {
            let path = format!("{}/reservations", paths::schedule(reservations.list.schedule_id));
            print_list(client, &path, &reservations.list, reservations.status.map(ReservationStatus::name), COLUMNS, output)
        }
        Reservations::Release { id, reason } => {
            let body = Body::default().with("reason", reason).into_value();
            Ok(output.object(&client.post(&format!("/v1/admin/reservations/{id}:release"), &body)?)?)
        }
    }
}
