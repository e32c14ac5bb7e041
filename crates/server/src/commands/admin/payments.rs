//! `frontrow payments`.

use super::body::Body;
use crate::cli::Payments;
use crate::client::Client;
use crate::output::Output;

pub(super) fn run(client: &Client, verb: Payments, output: Output) -> anyhow::Result<()> {
    let Payments::Refund { id, reason } = verb;
    // A payment has at most one refund, so a repeated command, for example after a broken connection, gets the first response.
    let key = format!("frontrow-refund-{id}");
    Ok(output.object(&client.post_idempotent(
        &format!("/v1/payments/{id}/refunds"),
        &key,
        &Body::default().with("reason", reason).into_value(),
    )?)?)
}
