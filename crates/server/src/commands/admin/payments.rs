//! `frontrow payments`.

use super::body::Body;
use crate::cli::Payments;
use crate::client::Client;
use crate::output::Output;

pub(super) fn run(client: &Client, verb: Payments, output: Output) -> anyhow::Result<()> {
    let Payments::Refund { id, reason } = verb;
    // One payment has one refund: said twice, after a broken connection perhaps, it has the first answer.
    let key = format!("frontrow-refund-{id}");
    Ok(output.one(&client.post_once(&format!("/v1/payments/{id}/refunds"), &key, &Body::default().with("reason", reason).whole())?)?)
}
