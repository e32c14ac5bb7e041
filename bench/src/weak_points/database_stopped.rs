//! The database's processes are suspended: it accepts connections, and answers nothing. Seat maps and polls are answered from memory.

use std::sync::Arc;
use std::time::Duration;

use testbed::Cluster;

use super::comparison::{Comparison, Findings};
use crate::bars::Limit;
use crate::buyer::{Buyer, Stage};
use crate::crowd::prepare;
use crate::deployment::Deployment;
use crate::hall::Hall;
use crate::plan::Plan;
use crate::round::quantile_ms;
use crate::scratch::Scratch;
use crate::scripts::Repeat;
use crate::server::CapacityProfile;
use crate::statistics::float;
use crate::target::Target;

pub(super) const NAME: &str = "database stopped";

/// Each user reads the seat map of one of its schedules.
const HALL: Hall = Hall::new(0x0f20_7207_0000_7000_8000_0000_0be9_f200, 4, 1_000);
/// How long the database is suspended.
const STOP_TIME: Duration = Duration::from_secs(20);
/// How long the server may take to notice that the database is back.
const RECOVERY_TIME: Duration = Duration::from_secs(3);
const USERS: u32 = 64;

pub(super) async fn measure(cluster: &Cluster, plan: Plan) -> anyhow::Result<Findings> {
    let deployment = Deployment::start(Scratch::postgres(cluster), CapacityProfile::Wide, 1).await?;
    deployment.create(&[HALL]).await?;
    let target = &deployment.target;
    let users = prepare(target, &[Stage::Register, Stage::Join], users_of_all_schedules()).await?;
    let reads = [("polls", requests(&users, Buyer::poll)), ("seat maps", requests(&users, Buyer::seat_map))];
    let mut findings = Findings::default();
    for (what, requests) in reads {
        let figure = |of: &str, unit| Comparison::new(NAME, format!("{of}{what}"), unit);
        let (mut rate, mut p99, mut refused) = (figure("", "/s"), figure("p99 of ", " ms"), figure("refused ", ""));
        for _ in 0..plan.rounds {
            let calm = read(target, &requests, plan.duration()).await?;
            // Also resumes it after a failure.
            let suspended = cluster.suspend();
            let stopped = read(target, &requests, STOP_TIME).await?;
            drop(suspended);
            tokio::time::sleep(RECOVERY_TIME).await;
            rate.add(calm.a_second, stopped.a_second);
            p99.add(calm.p99_ms, stopped.p99_ms);
            refused.disturbed.push(stopped.refused);
        }
        findings.bars.push(refused.judge_sum(Limit::Exactly(0.0)));
        findings.comparisons.extend([rate, p99, refused]);
    }
    deployment.stop().await?;
    Ok(findings)
}

/// Returns users with seats of all schedules in turn.
fn users_of_all_schedules() -> Vec<Buyer> {
    (0..USERS).map(|user| Buyer::new(HALL.seat(user * (HALL.seats() / USERS)))).collect()
}

struct Read {
    a_second: f64,
    p99_ms: f64,
    refused: f64,
}

fn requests(users: &[Buyer], request: fn(&Buyer) -> String) -> Arc<Vec<String>> {
    Arc::new(users.iter().map(request).collect())
}

async fn read(target: &Target, requests: &Arc<Vec<String>>, time: Duration) -> anyhow::Result<Read> {
    let scripts = Repeat::over(USERS as usize, requests.clone(), 200);
    let driven = target.connect(scripts).await?.run(time).await?;
    Ok(Read { a_second: driven.a_second, p99_ms: quantile_ms(&driven.done, 0.99), refused: float(driven.refused.len()) })
}
