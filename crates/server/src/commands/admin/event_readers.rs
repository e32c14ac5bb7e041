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
        EventReaders::Move { name, position } => set_position(client, &name, position),
        EventReaders::Forget { name } => Ok(client.delete(&format!("{PATH}/{name}"))?),
    }
}

/// Sets the position of a reader.
pub(super) fn set_position(client: &Client, name: &str, position: u64) -> anyhow::Result<()> {
    Ok(client.put_no_content(&format!("{PATH}/{name}"), &json!({"position": position}))?)
}
