//! Purchases, stage by stage: a crowd registers, joins the queue, charges, holds; half of it pays, the other half releases its seats. Each
//! stage is measured separately, in turn with the baselines.

use anyhow::Context;
use sea_orm::ConnectionTrait;

use crate::baselines;
use crate::buyer::{Buyer, Stage};
use crate::crowd::{buyers, take, until_all_are_active};
use crate::deployment::Deployment;
use crate::flood::flood;
use crate::hall::{CONTENDED, DEFAULT_QUEUE, MAIN};
use crate::one_seat::{self, Contention};
use crate::plan::Plan;
use crate::row::{Rows, Store, What};
use crate::scratch::Scratch;
use crate::server::CapacityProfile;

/// The number of connections that the driver keeps busy.
const CONNECTIONS: [usize; 2] = [64, 256];
/// The maximum number of buyers of a round per second of its stages.
const BUYERS_A_SECOND: u32 = 10_000;

/// The baselines of a store.
pub(crate) enum Baselines<'a> {
    Postgres(baselines::postgres::Baselines<'a>),
    Sqlite(baselines::sqlite::Baselines),
}

impl Baselines<'_> {
    /// Measures a round of each baseline.
    pub(crate) async fn measure(&mut self, rows: &mut Rows) -> anyhow::Result<()> {
        match self {
            Self::Postgres(baselines) => baselines.measure(rows),
            Self::Sqlite(baselines) => baselines.measure(rows).await,
        }
    }
}

/// Measures the stages, then many requests for one seat, then a flood. The invariants must hold afterwards.
pub(crate) async fn measure(scratch: Scratch, mut baselines: Baselines<'_>, plan: Plan) -> anyhow::Result<(Rows, Contention)> {
    let deployment = Deployment::start(scratch, CapacityProfile::Narrow, 1).await?;
    deployment.create(&[MAIN, CONTENDED]).await?;
    let mut rows = Rows::default();
    let share = MAIN.seats() / (plan.rounds * u32::try_from(CONNECTIONS.len())?);
    let count = share.min(BUYERS_A_SECOND * plan.seconds);
    let mut before = 0;
    for round in 1..=plan.rounds {
        eprintln!("{}: round {round} of {}", deployment.target.store, plan.rounds);
        checkpoint(&deployment.scratch).await?;
        baselines.measure(&mut rows).await?;
        checkpoint(&deployment.scratch).await?;
        for connections in CONNECTIONS {
            measure_stages(&deployment, buyers(MAIN, before, count), connections, plan, &mut rows).await?;
            before += count;
        }
    }
    deployment.operator.set_policy(DEFAULT_QUEUE, "1000000", "10000").await?;
    let contention = one_seat::measure(&deployment.target, plan, &mut rows).await?;
    let scratch = deployment.stop().await?;
    flood(scratch, plan, &mut rows).await.context("the flood")?;
    Ok((rows, contention))
}

/// Users register and join a queue that grows, as in an on-sale; then all of them are admitted, so that all can buy at the same time.
async fn measure_stages(
    deployment: &Deployment,
    buyers: Vec<Buyer>,
    connections: usize,
    plan: Plan,
    rows: &mut Rows,
) -> anyhow::Result<()> {
    let Deployment { target, operator, .. } = deployment;
    let mut measure = async |what, stage, buyers| {
        let taken = take(target, stage, buyers, connections, plan.duration()).await?;
        rows.add(target.store, what, connections, taken.round);
        anyhow::Ok(taken.done)
    };
    operator.set_policy(DEFAULT_QUEUE, "null", "null").await?;
    let registered = measure(What::Register, Stage::Register, buyers).await?;
    let joined = measure(What::Join, Stage::Join, registered).await?;
    operator.set_policy(DEFAULT_QUEUE, "1000000", "10000").await?;
    until_all_are_active(target, &joined).await?;
    let charged = measure(What::Charge, Stage::Charge, joined).await?;
    let mut holders = measure(What::Hold, Stage::Hold, charged).await?;
    let releasing = holders.split_off(holders.len() / 2);
    measure(What::Pay, Stage::Pay, holders).await?;
    measure(What::Release, Stage::Release, releasing).await?;
    Ok(())
}

/// Has PostgreSQL write a checkpoint, after which the first change of each page logs the whole page: the same for all that is compared.
async fn checkpoint(scratch: &Scratch) -> anyhow::Result<()> {
    if scratch.store == Store::Postgres {
        let database = scratch.connect().await?;
        database.execute_unprepared("CHECKPOINT").await?;
        database.close().await?;
    }
    Ok(())
}
