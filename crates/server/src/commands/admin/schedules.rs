//! `frontrow schedules`.

use anyhow::bail;
use serde_json::{Value, json};
use uuid::Uuid;

use super::body::{Body, reason_body};
use super::document;
use super::paths;
use crate::cli::{NewScheduleTimes, ScheduleTimes, Schedules};
use crate::client::Client;
use crate::output::{Column, Output};
use crate::progress;

/// The columns of schedules.
pub(super) const SCHEDULES: &[Column] = &[
    ("schedule", "/id"),
    ("starts at", "/starts_at"),
    ("cancelled at", "/cancelled_at"),
    ("seats", "/figures/seats"),
    ("available", "/figures/available"),
    ("held", "/figures/held"),
    ("reserved", "/figures/reserved"),
    ("blocked", "/figures/blocked"),
    ("revenue", "/figures/revenue"),
];

pub(super) fn run(client: &Client, verb: Schedules, output: Output) -> anyhow::Result<()> {
    let answer = match verb {
        Schedules::Show { id } => client.get(&paths::schedule(id))?,
        Schedules::Add { concert_id, id, times, seat_map } => {
            let NewScheduleTimes { starts_at, zone, sale_opens_at, sale_closes_at } = times;
            let body = Body::default().with("id", id).with("starts_at", Some(starts_at)).with("zone", Some(zone));
            let body = body.with("sale_opens_at", Some(sale_opens_at)).with("sale_closes_at", Some(sale_closes_at));
            let seat_map = seat_map.map(|file| document::read(&file)).transpose()?;
            client.post(&paths::schedules_of(concert_id), &body.with("seat_map", seat_map).into_value())?
        }
        Schedules::Set { id, times } => {
            let ScheduleTimes { starts_at, zone, sale_opens_at, sale_closes_at } = times;
            let body = Body::default().with("starts_at", starts_at).with("zone", zone);
            client.change(
                &paths::schedule(id),
                &body.with("sale_opens_at", sale_opens_at).with("sale_closes_at", sale_closes_at).into_changes()?,
            )?
        }
        Schedules::Cancel { id, reason } => client.post(&format!("{}:cancel", paths::schedule(id)), &reason_body(&reason))?,
        Schedules::RefundAll { id, at_most, reason } => refund_all(client, id, at_most, reason)?,
    };
    Ok(output.object(&answer)?)
}

/// Refunds in limited steps, one per request, until nothing remains. Completed steps are kept if it is interrupted.
fn refund_all(client: &Client, id: Uuid, at_most: Option<u32>, reason: Option<String>) -> anyhow::Result<Value> {
    let (mut released, mut refunded) = (0, 0);
    let body = Body::default().with("at_most", at_most).with("reason", reason).into_value();
    let bar = progress::bar(0, "refunding")?;
    loop {
        let done = client.post(&format!("{}:refund-all", paths::schedule(id)), &body)?;
        let figure = |name: &str| done[name].as_u64().unwrap_or_default();
        let remaining = figure("remaining");
        released += figure("released");
        refunded += figure("refunded");
        bar.set_length(released + refunded + remaining);
        bar.set_position(released + refunded);
        if remaining == 0 {
            bar.finish_and_clear();
            return Ok(json!({"released": released, "refunded": refunded, "remaining": 0}));
        }
        if figure("released") + figure("refunded") == 0 {
            bail!("{refunded} payments are refunded, but none of the {remaining} remaining ones can be; see the server's log");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::{FakeServer, ScriptedResponse};

    fn done(released: u32, refunded: u32, remaining: u32) -> ScriptedResponse {
        ("200 OK", "", json!({"released": released, "refunded": refunded, "remaining": remaining}).to_string())
    }

    #[test]
    fn refund_all_continues_until_nothing_remains() {
        let fake = FakeServer::with(vec![done(3, 97, 60), done(0, 60, 0)]);
        let all = refund_all(&fake.client(), Uuid::nil(), Some(100), None).unwrap();
        assert_eq!(all, json!({"released": 3, "refunded": 157, "remaining": 0}));
        let requests = fake.requests();
        assert_eq!(requests[1].line, format!("POST /v1/admin/schedules/{}:refund-all", Uuid::nil()));
        assert_eq!(requests[1].body, r#"{"at_most":100}"#);
    }

    #[test]
    fn refund_all_without_progress_ends_with_an_error() {
        let fake = FakeServer::with(vec![done(0, 5, 2), done(0, 0, 2)]);
        let error = refund_all(&fake.client(), Uuid::nil(), None, None).unwrap_err().to_string();
        assert!(error.contains("5 payments are refunded") && error.contains("2 remaining"), "{error}");
        assert_eq!(fake.requests().len(), 2);
    }
}
