//! `frontrow queues`.

use serde_json::{Value, json};
use uuid::Uuid;

use super::body::Body;
use super::key;
use crate::cli::{Policy, Queues};
use crate::client::Client;
use crate::output::{Column, Output};

pub(super) const PATH: &str = "/v1/admin/queues";
/// The figures of a line.
pub(super) const LINES: &[Column] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("state", "/state"),
    ("waiting", "/figures/waiting"),
    ("active", "/figures/active"),
    ("capacity", "/policy/capacity"),
    ("admitted", "/figures/admitted"),
    ("no-shows", "/figures/no_shows"),
    ("rate", "/figures/rate"),
];

pub(super) fn run(client: &Client, verb: Queues, output: Output) -> anyhow::Result<()> {
    let answer = match verb {
        Queues::List => return Ok(output.list(&client.list_whole(PATH, usize::MAX)?, LINES)?),
        Queues::Output { id } => client.get(&path(id))?,
        Queues::Create { id, name, policy, message } => {
            let body = Body::default().with("id", id).with("name", Some(name)).with_inner("policy", rules(policy)).with("message", message);
            client.post(PATH, &body.whole())?
        }
        Queues::Set { id, name, policy, message, no_message } => {
            let message = message.map(Value::from).or(no_message.then_some(Value::Null));
            let body = Body::default().with("name", name).with_inner("policy", rules(policy)).with("message", message);
            client.change(&path(id), &body.changes()?)?
        }
        Queues::Pause { id } => steer(client, id, "pause")?,
        Queues::Resume { id } => steer(client, id, "resume")?,
        Queues::Close { id } => steer(client, id, "close")?,
        Queues::Open { id } => steer(client, id, "open")?,
        Queues::Admit { id, count, key } => key::post(client, &format!("{}:admit", path(id)), key, &json!({"count": count}))?,
    };
    Ok(output.one(&answer)?)
}

/// Where a queue is.
pub(super) fn path(id: Uuid) -> String {
    format!("{PATH}/{id}")
}

fn steer(client: &Client, id: Uuid, verb: &str) -> anyhow::Result<Value> {
    client.post(&format!("{}:{verb}", path(id)), &json!({}))
}

fn rules(policy: Policy) -> Body {
    let Policy { capacity, batch, active_seconds, claim_seconds, max_waiting } = policy;
    let body = Body::default().with("capacity", capacity).with("batch", batch).with("active_seconds", active_seconds);
    body.with("claim_seconds", claim_seconds).with("max_waiting", max_waiting)
}
