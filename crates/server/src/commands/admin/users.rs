//! `frontrow users`.

use serde_json::json;

use super::body::Body;
use super::key;
use crate::cli::{UserList, Users};
use crate::client::Client;
use crate::output::{Column, Output};

const PATH: &str = "/v1/admin/users";
const USERS: &[Column] = &[("id", "/id"), ("name", "/name"), ("created at", "/created_at")];
const TOKENS: &[Column] = &[
    ("queue", "/queue_id"),
    ("number", "/number"),
    ("status", "/status"),
    ("reason", "/expired_reason"),
    ("position", "/position"),
    ("joined at", "/joined_at"),
    ("activated at", "/activated_at"),
    ("expires at", "/expires_at"),
];
const RESERVATIONS: &[Column] = &[
    ("id", "/id"),
    ("schedule", "/schedule_id"),
    ("status", "/status"),
    ("reason", "/cancelled_reason"),
    ("amount", "/amount"),
    ("held at", "/held_at"),
    ("expires at", "/expires_at"),
    ("payment", "/payment_id"),
];
const PAYMENTS: &[Column] = &[
    ("id", "/id"),
    ("reservation", "/reservation_id"),
    ("amount", "/amount"),
    ("status", "/status"),
    ("paid at", "/paid_at"),
    ("refunded at", "/refunded_at"),
];
const ENTRIES: &[Column] =
    &[("at", "/created_at"), ("kind", "/kind"), ("amount", "/amount"), ("balance", "/balance"), ("payment", "/payment_id")];

pub(super) fn run(client: &Client, verb: Users, output: Output) -> anyhow::Result<()> {
    let list = |UserList { id, limit }, collection: &str, columns| {
        Ok(output.list(&client.list(&format!("{PATH}/{id}/{collection}"), &[], limit)?, columns)?)
    };
    match verb {
        Users::Search { name, limit } => {
            let filters: Vec<_> = name.into_iter().map(|name| ("name", name)).collect();
            Ok(output.list(&client.list(PATH, &filters, limit)?, USERS)?)
        }
        Users::Show { id } => Ok(output.object(&client.get(&format!("{PATH}/{id}"))?)?),
        Users::Charge { id, amount, reason, key } => {
            // The user's balance contains the currency.
            let user = client.get(&format!("{PATH}/{id}"))?;
            let amount = json!({"amount": amount, "currency": user["balance"]["currency"]});
            let body = Body::default().with("user_id", Some(id)).with("amount", Some(amount)).with("reason", reason);
            Ok(output.object(&key::post(client, "/v1/wallet/charges", key, &body.into_value())?)?)
        }
        Users::Tokens(UserList { id, limit }) => Ok(output.list(&client.list_whole(&format!("{PATH}/{id}/queue-tokens"), limit)?, TOKENS)?),
        Users::Reservations(arguments) => list(arguments, "reservations", RESERVATIONS),
        Users::Payments(arguments) => list(arguments, "payments", PAYMENTS),
        Users::Entries(arguments) => list(arguments, "wallet-entries", ENTRIES),
    }
}
