//! `frontrow queues`.

use serde_json::{Value, json};
use uuid::Uuid;

use super::body::Body;
use super::key;
use super::paths;
use crate::cli::{Policy, Queues};
use crate::client::Client;
use crate::output::{Column, Output};

/// The columns of queues.
pub(super) const QUEUES: &[Column] = &[
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
        Queues::List => return Ok(output.list(&client.list_whole(paths::QUEUES, usize::MAX)?, QUEUES)?),
        Queues::Show { id } => client.get(&paths::queue(id))?,
        Queues::Create { id, name, policy, message } => {
            let body = Body::default().with("id", id).with("name", Some(name)).with_inner("policy", rules(policy)).with("message", message);
            client.post(paths::QUEUES, &body.into_value())?
        }
        Queues::Set { id, name, policy, message, no_message } => {
            let message = message.map(Value::from).or(no_message.then_some(Value::Null));
            let body = Body::default().with("name", name).with_inner("policy", rules(policy)).with("message", message);
            client.change(&paths::queue(id), &body.into_changes()?)?
        }
        Queues::Pause { id } => run_action(client, id, "pause")?,
        Queues::Resume { id } => run_action(client, id, "resume")?,
        Queues::Close { id } => run_action(client, id, "close")?,
        Queues::Open { id } => run_action(client, id, "open")?,
        Queues::Admit { id, count, key } => key::post(client, &format!("{}:admit", paths::queue(id)), key, &json!({"count": count}))?,
    };
    Ok(output.object(&answer)?)
}

fn run_action(client: &Client, id: Uuid, verb: &str) -> anyhow::Result<Value> {
    Ok(client.post(&format!("{}:{verb}", paths::queue(id)), &json!({}))?)
}

fn rules(policy: Policy) -> Body {
    let Policy { capacity, batch, active_seconds, claim_seconds, max_waiting } = policy;
    let body = Body::default().with("capacity", capacity).with("batch", batch).with("active_seconds", active_seconds);
    body.with("claim_seconds", claim_seconds).with("max_waiting", max_waiting)
}
