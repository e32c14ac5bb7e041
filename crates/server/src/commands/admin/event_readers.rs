//! `frontrow event-readers`.

use serde_json::json;

use crate::cli::EventReaders;
use crate::client::Client;
use crate::output::{Column, Output};

const READERS: &[Column] = &[("name", "/name"), ("position", "/position"), ("behind", "/behind"), ("moved at", "/moved_at")];
pub(super) const PATH: &str = "/v1/admin/event-readers";

pub(super) fn run(client: &Client, verb: EventReaders, output: Output) -> anyhow::Result<()> {
    match verb {
        EventReaders::List => Ok(output.list(&client.get(PATH)?, READERS)?),
        EventReaders::Move { name, position } => move_to(client, &name, position),
        EventReaders::Forget { name } => client.delete(&format!("{PATH}/{name}")),
    }
}

/// Keeps up to where a reader has read.
pub(super) fn move_to(client: &Client, name: &str, position: u64) -> anyhow::Result<()> {
    client.put_quietly(&format!("{PATH}/{name}"), &json!({"position": position}))
}
