//! One user's wallet is charged over hundreds of connections at once, each time with a new key.

use testbed::Cluster;

use super::comparison::{Comparison, Findings};
use super::crowds::{charges, users};
use crate::bars::Limit;
use crate::deployment::Deployment;
use crate::hall::MAIN;
use crate::plan::Plan;
use crate::round::quantile_ms;
use crate::scratch::Scratch;
use crate::scripts::Charges;
use crate::server::CapacityProfile;

pub(super) const NAME: &str = "hot wallet";

const CONNECTIONS: u32 = 256;
/// The users beside them, who charge wallets of their own.
const OTHERS: u32 = 32;

pub(super) async fn measure(cluster: &Cluster, plan: Plan) -> anyhow::Result<Findings> {
    let deployment = Deployment::start(Scratch::postgres(cluster), CapacityProfile::Wide, 1).await?;
    let target = &deployment.target;
    let (many, others) = (users(target, MAIN, CONNECTIONS).await?, users(target, MAIN, OTHERS).await?);
    let mut rate = Comparison::new(NAME, "charges of one wallet (calm: of many wallets)", "/s");
    let mut p99 = Comparison::new(NAME, "p99 of other users' charges", " ms");
    for round in 0..plan.rounds {
        let run = async |charging: Vec<Charges>, keys: &str| {
            let beside = target.connect(charges(&others, keys)).await?;
            let charging = target.connect(charging).await?;
            let (charging, beside) = tokio::try_join!(charging.run(plan.duration()), beside.run(plan.duration()))?;
            anyhow::Ok((charging.a_second, quantile_ms(&beside.done, 0.99)))
        };
        let (calm, calm_p99) = run(charges(&many, &format!("calm-{round}")), &format!("beside-calm-{round}")).await?;
        let hot = (0..CONNECTIONS).map(|connection| Charges::new(&many[0].jwt, format!("hot-{round}-{connection}"))).collect();
        let (disturbed, disturbed_p99) = run(hot, &format!("beside-hot-{round}")).await?;
        rate.add(calm, disturbed);
        p99.add(calm_p99, disturbed_p99);
    }
    deployment.stop().await?;
    let bars = [rate.judge_ratio(Limit::AtLeast(0.5)), p99.judge_ratio(Limit::AtMost(1.2))];
    Ok(Findings { bars: bars.into_iter().flatten().collect(), comparisons: vec![rate, p99] })
}
