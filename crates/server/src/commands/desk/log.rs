//! `frontrow log`.

use serde_json::Value;

use crate::cli::Log;
use crate::client::Client;
use crate::show::{Column, Show, items, list, table};

const DEEDS: &[Column] = &[
    ("at", "/at"),
    ("operator", "/operator_id"),
    ("action", "/action"),
    ("what", "/subject/kind"),
    ("id", "/subject/id"),
    ("changes", "/changes"),
    ("reason", "/reason"),
];

pub(super) fn run(client: &Client, log: &Log, show: Show) -> anyhow::Result<()> {
    let filters = [("subject_id", log.subject), ("operator_id", log.operator)];
    let filters: Vec<_> = filters.into_iter().filter_map(|(name, id)| Some((name, id?.to_string()))).collect();
    let deeds = client.list("/v1/admin/log", &filters, log.limit)?;
    Ok(show.tell(&deeds, || table(&items(&deeds).iter().map(in_a_line).collect::<Vec<_>>(), DEEDS))?)
}

/// A deed whose changes are words: `capacity 100 -> 50`.
fn in_a_line(deed: &Value) -> Value {
    let said = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    let change = |change: &Value| format!("{} {} -> {}", said(&change["name"]), said(&change["before"]), said(&change["after"]));
    let mut deed = deed.clone();
    deed["changes"] = list(&deed["changes"]).iter().map(change).collect();
    deed
}
