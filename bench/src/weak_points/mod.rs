//! Weak points: what a service of this kind is known to fail at. Each scenario compares calm rounds with disturbed ones, in turn, on
//! PostgreSQL.

mod comparison;
mod database_stopped;
mod full_store;
mod hot_wallet;
mod large_order;
mod locked_row;
mod operators;
mod unknown_tokens;

use anyhow::Context;
use testbed::Cluster;

use crate::bars::Bar;
use crate::buyer::{Buyer, Stage};
use crate::crowd::{buyers, prepare};
use crate::hall::Hall;
use crate::plan::Plan;
use crate::scripts::{Charges, Cycle};
use crate::target::Target;
pub(crate) use comparison::Comparison;

/// The results of scenarios.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) comparisons: Vec<Comparison>,
    pub(crate) bars: Vec<Bar>,
}

impl Findings {
    fn extend(&mut self, other: Self) {
        self.comparisons.extend(other.comparisons);
        self.bars.extend(other.bars);
    }
}

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
    anyhow::ensure!(ran, "there is no weak point of this name; there are {}", SCENARIOS.join(", "));
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

/// Returns scripts of active users who hold a seat each and release it, again and again.
async fn hold_cycles(target: &Target, hall: Hall, count: u32) -> anyhow::Result<Vec<Cycle>> {
    let active = prepare(target, &[Stage::Register, Stage::Join], buyers(hall, 0, count)).await?;
    Ok(active.into_iter().map(Cycle::hold).collect())
}

/// Returns registered users.
async fn users(target: &Target, hall: Hall, count: u32) -> anyhow::Result<Vec<Buyer>> {
    prepare(target, &[Stage::Register], buyers(hall, 0, count)).await
}

/// Returns scripts of users who charge their own wallets.
fn charges(users: &[Buyer], keys: &str) -> Vec<Charges> {
    users.iter().map(|user| Charges::new(&user.jwt, keys.to_owned())).collect()
}
