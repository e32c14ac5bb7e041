//! An operator changes, pauses and resumes a queue while three instances are fully loaded with holds and joins.

use std::time::Duration;

use testbed::Cluster;

use super::comparison::{Comparison, Findings};
use super::crowds::{hold_cycles, users};
use crate::bars::Limit;
use crate::deployment::Deployment;
use crate::hall::{DEFAULT_QUEUE, Hall};
use crate::operator::ManageQueue;
use crate::plan::Plan;
use crate::round::quantile_ms;
use crate::scratch::Scratch;
use crate::scripts::Cycle;
use crate::server::CapacityProfile;
use crate::statistics::float;

pub(super) const NAME: &str = "operators under load";

const INSTANCES: usize = 3;
const HALL: Hall = Hall::new(0x0f20_7207_0000_7000_8000_0000_0be9_e000, 1, 1_000);
const HOLDING: u32 = 192;
const JOINING: u32 = 96;
/// The pause between two of the operator's requests.
const PAUSE: Duration = Duration::from_millis(10);
const P99_MS: f64 = 250.0;

pub(super) async fn measure(cluster: &Cluster, plan: Plan) -> anyhow::Result<Findings> {
    let deployment = Deployment::start(Scratch::postgres(cluster), CapacityProfile::Wide, INSTANCES).await?;
    deployment.create(&[HALL]).await?;
    let Deployment { target, operator, .. } = &deployment;
    let mut holding = hold_cycles(target, HALL, HOLDING).await?;
    let mut joining: Vec<Cycle> = users(target, HALL, JOINING).await?.into_iter().map(Cycle::join).collect();
    let figure = |what, unit| Comparison::new(NAME, what, unit);
    let (mut holds, mut joins) = (figure("holds", "/s"), figure("joins", "/s"));
    let (mut p99, mut refused) = (figure("p99 of the operator's requests", " ms"), figure("operator's requests refused", ""));
    for _ in 0..plan.rounds {
        let (hold, join) = (target.connect(holding).await?, target.connect(joining).await?);
        let (calm_holds, calm_joins) = tokio::try_join!(hold.run(plan.duration()), join.run(plan.duration()))?;
        let (hold, join) = (target.connect(calm_holds.scripts).await?, target.connect(calm_joins.scripts).await?);
        let manage = target.connect(vec![ManageQueue::new(DEFAULT_QUEUE, PAUSE)?]).await?;
        let (disturbed_holds, disturbed_joins, managed) =
            tokio::try_join!(hold.run(plan.duration()), join.run(plan.duration()), manage.run(plan.duration()))?;
        operator.resume(DEFAULT_QUEUE).await?;
        holds.add(calm_holds.a_second, disturbed_holds.a_second);
        joins.add(calm_joins.a_second, disturbed_joins.a_second);
        p99.disturbed.push(quantile_ms(&managed.done, 0.99));
        refused.disturbed.push(float(managed.refused.len()));
        (holding, joining) = (disturbed_holds.scripts, disturbed_joins.scripts);
    }
    deployment.stop().await?;
    let bars = p99.judge_disturbed(Limit::AtMost(P99_MS)).into_iter().chain([refused.judge_sum(Limit::Exactly(0.0))]).collect();
    Ok(Findings { bars, comparisons: vec![holds, joins, p99, refused] })
}
