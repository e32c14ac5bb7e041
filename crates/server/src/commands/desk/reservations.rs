//! `frontrow reservations`.

use super::body::Body;
use crate::cli::Reservations;
use crate::client::Client;
use crate::show::Show;

pub(super) fn run(client: &Client, verb: Reservations, show: Show) -> anyhow::Result<()> {
    let Reservations::Release { id, reason } = verb;
    Ok(show.one(&client.post(&format!("/v1/admin/reservations/{id}:release"), &Body::default().with("reason", reason).whole())?)?)
}
