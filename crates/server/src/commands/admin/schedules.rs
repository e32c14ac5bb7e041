//! `frontrow schedules`.

use anyhow::bail;
use serde_json::{Value, json};
use uuid::Uuid;

use super::body::{Body, because};
use super::{concerts, document};
use crate::cli::{NewScheduleTimes, ScheduleTimes, Schedules};
use crate::client::Client;
use crate::output::{Column, Output};
use crate::progress;

pub(super) const PATH: &str = "/v1/admin/schedules";
/// The figures of a date.
pub(super) const SCHEDULES: &[Column] = &[
    ("date", "/id"),
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
        Schedules::Output { id } => client.get(&path(id))?,
        Schedules::Add { concert_id, id, schedules, seat_map } => {
            let NewScheduleTimes { starts_at, zone, sale_opens_at, sale_closes_at } = schedules;
            let body = Body::default().with("id", id).with("starts_at", Some(starts_at)).with("zone", Some(zone));
            let body = body.with("sale_opens_at", Some(sale_opens_at)).with("sale_closes_at", Some(sale_closes_at));
            let seat_map = seat_map.map(|file| document(&file)).transpose()?;
            client.post(&of(concert_id), &body.with("seat_map", seat_map).whole())?
        }
        Schedules::Set { id, schedules } => {
            let ScheduleTimes { starts_at, zone, sale_opens_at, sale_closes_at } = schedules;
            let body = Body::default().with("starts_at", starts_at).with("zone", zone);
            client.change(&path(id), &body.with("sale_opens_at", sale_opens_at).with("sale_closes_at", sale_closes_at).changes()?)?
        }
        Schedules::Cancel { id, reason } => client.post(&format!("{}:cancel", path(id)), &because(&reason))?,
        Schedules::RefundAll { id, at_most, reason } => refund_all(client, id, at_most, reason)?,
    };
    Ok(output.one(&answer)?)
}

/// The dates of a concert.
pub(super) fn of(concert: Uuid) -> String {
    format!("{}/schedules", concerts::path(concert))
}

/// Where a date is.
pub(super) fn path(id: Uuid) -> String {
    format!("{PATH}/{id}")
}

/// Bounded work a request, until nothing remains: what was done stays done, wherever it stops.
fn refund_all(client: &Client, id: Uuid, at_most: Option<u32>, reason: Option<String>) -> anyhow::Result<Value> {
    let (mut released, mut refunded) = (0, 0);
    let body = Body::default().with("at_most", at_most).with("reason", reason).whole();
    let bar = progress::bar(0, "refunding")?;
    loop {
        let done = client.post(&format!("{}:refund-all", path(id)), &body)?;
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
            bail!("{refunded} are refunded, and of {remaining} that remain none can be: the server's log says more");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::{Fake, Scripted};

    fn done(released: u32, refunded: u32, remaining: u32) -> Scripted {
        ("200 OK", "", json!({"released": released, "refunded": refunded, "remaining": remaining}).to_string())
    }

    #[test]
    fn refunds_go_on_until_nothing_remains() {
        let fake = Fake::with(vec![done(3, 97, 60), done(0, 60, 0)]);
        let all = refund_all(&fake.client(), Uuid::nil(), Some(100), None).unwrap();
        assert_eq!(all, json!({"released": 3, "refunded": 157, "remaining": 0}));
        let asked = fake.asked();
        assert_eq!(asked[1].line, format!("POST /v1/admin/schedules/{}:refund-all", Uuid::nil()));
        assert_eq!(asked[1].body, r#"{"at_most":100}"#);
    }

    #[test]
    fn refunds_that_come_no_further_end_with_an_error() {
        let fake = Fake::with(vec![done(0, 5, 2), done(0, 0, 2)]);
        let error = refund_all(&fake.client(), Uuid::nil(), None, None).unwrap_err().to_string();
        assert!(error.contains("5 are refunded") && error.contains("2 that remain"), "{error}");
        assert_eq!(fake.asked().len(), 2);
    }
}
