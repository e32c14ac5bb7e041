//! Weak points: what a service of this kind is known to fail at. Each scenario compares calm rounds with disturbed ones, in turn, on
//! PostgreSQL.

mod comparison;
mod crowds;
mod database_stopped;
mod full_store;
mod hot_wallet;
mod large_order;
mod locked_row;
mod operators;
mod unknown_tokens;

use anyhow::{Context, ensure};
use testbed::Cluster;

use crate::plan::Plan;
pub(crate) use comparison::{Comparison, Findings};

/// Runs the scenario of this name, or all.
pub(crate) async fn measure(cluster: &Cluster, scenario: Option<&str>, plan: Plan) -> anyhow::Result<Findings> {
    let mut findings = Findings::default();
    let is_wanted = |name: &str| scenario.is_none_or(|scenario| scenario == name);
    let mut ran = false;
    for name in SCENARIOS.into_iter().filter(|name| is_wanted(name)) {
        eprintln!("the weak point {name}");
        let found = match name {
            locked_row::NAME => locked_row::measure(cluster, plan).await,
            operators::NAME => operators::measure(cluster, plan).await,
            full_store::NAME => full_store::measure(cluster, plan).await,
            hot_wallet::NAME => hot_wallet::measure(cluster, plan).await,
            unknown_tokens::NAME => unknown_tokens::measure(cluster, plan).await,
            database_stopped::NAME => database_stopped::measure(cluster, plan).await,
            _ => large_order::measure(cluster, plan).await,
        };
        findings.extend(found.with_context(|| format!("the weak point {name}"))?);
        ran = true;
    }
    ensure!(ran, "there is no weak point of this name; there are {}", SCENARIOS.join(", "));
    Ok(findings)
}

const SCENARIOS: [&str; 7] = [
    locked_row::NAME,
    operators::NAME,
    full_store::NAME,
    hot_wallet::NAME,
    unknown_tokens::NAME,
    database_stopped::NAME,
    large_order::NAME,
];
