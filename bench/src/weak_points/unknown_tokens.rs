//! Clients poll queue tokens that don't exist, each time another one, so that no answer can be remembered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use testbed::Cluster;
use uuid::Uuid;

use super::comparison::{Comparison, Findings};
use crate::buyer::{Buyer, Stage};
use crate::client::{Answer, Headers, request};
use crate::crowd::{buyers, prepare};
use crate::deployment::Deployment;
use crate::driver::{Next, Outcome, Script};
use crate::hall::Hall;
use crate::plan::Plan;
use crate::round::quantile_ms;
use crate::scratch::Scratch;
use crate::scripts::{Repeat, accept};
use crate::server::CapacityProfile;
use crate::statistics::float;

pub(super) const NAME: &str = "unknown tokens";

const HALL: Hall = Hall::new(0x0f20_7207_0000_7000_8000_0000_0be9_f300, 1, 100);
const CONNECTIONS: usize = 128;
/// The users who read their wallets beside the polls.
const READERS: u32 = 8;
/// PostgreSQL's sessions report their transactions at most once per second, and an idle one after that time.
const REPORT_TIME: Duration = Duration::from_millis(1_500);

/// A user who polls random tokens.
struct RandomPolls {
    jwt: String,
}

impl Script for RandomPolls {
    fn next(&mut self) -> Next {
        let headers = Headers { jwt: &self.jwt, ..Headers::default() };
        Next::Send(request(&format!("GET /v1/queue-tokens/{}", Uuid::from_u128(fastrand::u128(..))), headers, ""))
    }

    fn receive(&mut self, answer: Answer<'_>) -> anyhow::Result<Outcome> {
        accept(answer, 404)
    }
}

pub(super) async fn measure(cluster: &Cluster, plan: Plan) -> anyhow::Result<Findings> {
    let scratch = Scratch::postgres(cluster);
    let database = scratch.url.rsplit('/').next().context("the URL names no database")?.to_owned();
    let deployment = Deployment::start(scratch, CapacityProfile::Wide, 1).await?;
    deployment.create(&[HALL]).await?;
    let target = &deployment.target;
    let users = prepare(target, &[Stage::Register, Stage::Join], buyers(HALL, 0, READERS)).await?;
    let wallets: Arc<Vec<String>> = Arc::new(users.iter().map(Buyer::wallet).collect());
    let known: Arc<Vec<String>> = Arc::new(users.iter().map(Buyer::poll).collect());
    let readers = || Repeat::over(READERS as usize, wallets.clone(), 200);
    let random = || (0..CONNECTIONS).map(|_| RandomPolls { jwt: users[0].jwt.clone() }).collect::<Vec<_>>();

    let figure = |what, unit| Comparison::new(NAME, what, unit);
    let mut transactions = figure("database transactions (calm: no requests)", "/s");
    let mut rate = figure("polls of unknown tokens (calm: of known ones)", "/s");
    let mut p99 = figure("p99 of wallet reads beside the polls", " ms");
    for _ in 0..plan.rounds {
        let idle = transactions_a_second(cluster, &database, async {
            tokio::time::sleep(plan.duration()).await;
            Ok(())
        })
        .await?;
        let polls = target.connect(random()).await?;
        let polling = transactions_a_second(cluster, &database, async { polls.run(plan.duration()).await.map(drop) }).await?;
        transactions.add(idle, polling);

        let (polls, reads) = (target.connect(Repeat::over(CONNECTIONS, known.clone(), 200)).await?, target.connect(readers()).await?);
        let (calm_polls, calm_reads) = tokio::try_join!(polls.run(plan.duration()), reads.run(plan.duration()))?;
        let (polls, reads) = (target.connect(random()).await?, target.connect(readers()).await?);
        let (polls, reads) = tokio::try_join!(polls.run(plan.duration()), reads.run(plan.duration()))?;
        rate.add(calm_polls.a_second, polls.a_second);
        p99.add(quantile_ms(&calm_reads.done, 0.99), quantile_ms(&reads.done, 0.99));
    }
    deployment.stop().await?;
    Ok(Findings { bars: Vec::new(), comparisons: vec![transactions, rate, p99] })
}

/// Returns how many transactions per second `database` completes during `load`.
async fn transactions_a_second(cluster: &Cluster, database: &str, load: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<f64> {
    let count = || -> anyhow::Result<u64> {
        let statement = format!("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = '{database}'");
        Ok(cluster.sql("postgres", &statement).parse()?)
    };
    // Both counts are as late.
    tokio::time::sleep(REPORT_TIME).await;
    let (before, start) = (count()?, Instant::now());
    load.await?;
    tokio::time::sleep(REPORT_TIME).await;
    Ok(float(count()?.saturating_sub(before)) / start.elapsed().as_secs_f64())
}
