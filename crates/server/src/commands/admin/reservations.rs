//! `frontrow reservations`.

use super::body::Body;
use crate::cli::Reservations;
use crate::client::Client;
use crate::output::Output;

pub(super) fn run(client: &Client, verb: Reservations, output: Output) -> anyhow::Result<()> {
    let Reservations::Release { id, reason } = verb;
    Ok(output
        .object(&client.post(&format!("/v1/admin/reservations/{id}:release"), &Body::default().with("reason", reason).into_value())?)?)
}
