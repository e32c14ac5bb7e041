//! A store with millions of old keys, tokens and reservations, in turn with an empty one on the same PostgreSQL server.

use anyhow::Context;
use sea_orm::ConnectionTrait;
use testbed::Cluster;

use super::comparison::{Comparison, Findings};
use crate::bars::Limit;
use crate::buyer::Stage;
use crate::crowd::{buyers, prepare, take, until_all_are_active};
use crate::deployment::Deployment;
use crate::hall::Hall;
use crate::plan::Plan;
use crate::scratch::Scratch;
use crate::server::CapacityProfile;

pub(super) const NAME: &str = "full store";

/// Also named in the statements.
const HALL: Hall = Hall::new(0x0f20_7207_0000_7000_8000_0000_0be9_f400, 5, 20_000);
const FILL: &str = include_str!("full_store.sql");
const MILLION: u32 = 1_000_000;
const CONNECTIONS: usize = 128;
/// The maximum number of buyers of a round per second of its stages.
const BUYERS_A_SECOND: u32 = 8_000;
const STAGES: [Stage; 4] = [Stage::Join, Stage::Charge, Stage::Hold, Stage::Pay];

pub(super) async fn measure(cluster: &Cluster, plan: Plan) -> anyhow::Result<Findings> {
    let empty = Deployment::start(Scratch::postgres(cluster), CapacityProfile::Wide, 1).await?;
    let full = Deployment::start(Scratch::postgres(cluster), CapacityProfile::Wide, 1).await?;
    for deployment in [&empty, &full] {
        deployment.create(&[HALL]).await?;
    }
    fill(&full, plan).await.context("the full store")?;
    let mut rates: Vec<Comparison> =
        STAGES.iter().map(|stage| Comparison::new(NAME, format!("{} (calm: empty store)", name(*stage)), "/s")).collect();
    // The first round warms both up.
    for round in 0..=plan.rounds {
        let calm = measure_round(&empty, round, plan).await?;
        let filled = measure_round(&full, round, plan).await?;
        if round > 0 {
            rates.iter_mut().zip(calm.into_iter().zip(filled)).for_each(|(rate, (calm, filled))| rate.add(calm, filled));
        }
    }
    for deployment in [empty, full] {
        deployment.stop().await?;
    }
    let bars = rates.iter().filter_map(|rate| rate.judge_ratio(Limit::AtLeast(0.9))).collect();
    Ok(Findings { bars, comparisons: rates })
}

async fn fill(deployment: &Deployment, plan: Plan) -> anyhow::Result<()> {
    let database = deployment.scratch.connect().await?;
    let fill = FILL.replace(":rows", &(u64::from(plan.millions) * u64::from(MILLION)).to_string());
    // One by one, so that each is a transaction of its own, and VACUUM is allowed.
    for statement in fill.split_inclusive(";\n") {
        database.execute_unprepared(statement).await?;
    }
    Ok(database.close().await?)
}

/// Returns the rate of each stage.
async fn measure_round(deployment: &Deployment, round: u32, plan: Plan) -> anyhow::Result<Vec<f64>> {
    let target = &deployment.target;
    let share = HALL.seats() / (plan.rounds + 1);
    let count = share.min(BUYERS_A_SECOND * plan.seconds);
    let mut crowd = prepare(target, &[Stage::Register], buyers(HALL, round * share, count)).await?;
    let mut rates = Vec::with_capacity(STAGES.len());
    for stage in STAGES {
        let taken = take(target, stage, crowd, CONNECTIONS, plan.duration()).await?;
        eprintln!("{stage:?}: {:.0} a second", taken.round.a_second);
        rates.push(taken.round.a_second);
        crowd = taken.done;
        if stage == Stage::Join {
            until_all_are_active(target, &crowd).await?;
        }
    }
    Ok(rates)
}

const fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::Register => "register",
        Stage::Join => "join",
        Stage::Charge => "charge",
        Stage::Hold => "hold",
        Stage::Release => "release",
        Stage::Pay => "pay",
        Stage::Leave => "leave",
    }
}
