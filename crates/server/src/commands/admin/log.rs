//! `frontrow log`.

use serde_json::Value;

use crate::cli::Log;
use crate::client::Client;
use crate::output::{Column, Output, items, list, table};

const AUDIT_ENTRIES: &[Column] = &[
    ("at", "/at"),
    ("operator", "/operator_id"),
    ("action", "/action"),
    ("kind", "/subject/kind"),
    ("id", "/subject/id"),
    ("changes", "/changes"),
    ("reason", "/reason"),
];

pub(super) fn run(client: &Client, log: &Log, output: Output) -> anyhow::Result<()> {
    let filters = [("subject_id", log.subject), ("operator_id", log.operator)];
    let filters: Vec<_> = filters.into_iter().filter_map(|(name, id)| Some((name, id?.to_string()))).collect();
    let audit_entries = client.list("/v1/admin/log", &filters, log.limit)?;
    Ok(output
        .print(&audit_entries, || table(&items(&audit_entries).iter().map(with_changes_as_text).collect::<Vec<_>>(), AUDIT_ENTRIES))?)
}

/// Returns an audit entry with its changes as text: `capacity 100 -> 50`.
fn with_changes_as_text(audit_entry: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    let change = |change: &Value| format!("{} {} -> {}", text(&change["name"]), text(&change["before"]), text(&change["after"]));
    let mut audit_entry = audit_entry.clone();
    audit_entry["changes"] = list(&audit_entry["changes"]).iter().map(change).collect();
    audit_entry
}
