//! An operator creates a schedule with a hundred thousand seats while users hold seats of other schedules.

use std::time::Instant;

use testbed::Cluster;
use uuid::Uuid;

use super::comparison::{Comparison, Findings};
use super::crowds::hold_cycles;
use crate::bars::Limit;
use crate::deployment::Deployment;
use crate::hall::{Hall, schedule_body, schedules_path};
use crate::plan::Plan;
use crate::round::quantile_ms;
use crate::scratch::Scratch;
use crate::server::CapacityProfile;

pub(super) const NAME: &str = "large order";

const HALL: Hall = Hall::new(0x0f20_7207_0000_7000_8000_0000_0be9_f000, 1, 1_000);
/// The ids of the large schedules.
const LARGE: u128 = 0x0f20_7207_0000_7000_8000_0000_0be9_f100;
const SEATS: u32 = 100_000;
const HOLDING: u32 = 128;
/// `operators.deadline_milliseconds`.
const DEADLINE_SECONDS: f64 = 30.0;

pub(super) async fn measure(cluster: &Cluster, plan: Plan) -> anyhow::Result<Findings> {
    let deployment = Deployment::start(Scratch::postgres(cluster), CapacityProfile::Wide, 1).await?;
    deployment.create(&[HALL]).await?;
    let Deployment { target, operator, .. } = &deployment;
    let mut holding = hold_cycles(target, HALL, HOLDING).await?;
    let figure = |what, unit| Comparison::new(NAME, what, unit);
    let (mut rate, mut p99, mut took) = (figure("holds", "/s"), figure("p99 of holds", " ms"), figure("duration of the order", " s"));
    for round in 0..plan.rounds {
        let calm = target.connect(holding).await?.run(plan.duration()).await?;
        let body = schedule_body(Uuid::from_u128(LARGE + u128::from(round)), SEATS);
        let order = async {
            let start = Instant::now();
            operator.post(&schedules_path(HALL.concert()), &body).await?;
            Ok(start.elapsed())
        };
        let (disturbed, order_took) = target.connect(calm.scripts).await?.run_during(order).await?;
        rate.add(calm.a_second, disturbed.a_second);
        p99.add(quantile_ms(&calm.done, 0.99), quantile_ms(&disturbed.done, 0.99));
        took.disturbed.push(order_took.as_secs_f64());
        holding = disturbed.scripts;
    }
    deployment.stop().await?;
    let bars = [took.judge_disturbed(Limit::AtMost(DEADLINE_SECONDS)), p99.judge_ratio(Limit::AtMost(1.5))];
    Ok(Findings { bars: bars.into_iter().flatten().collect(), comparisons: vec![rate, p99, took] })
}
