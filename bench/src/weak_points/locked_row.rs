//! A stranger's session locks a row of one concert for several seconds, as a forgotten `psql` does. Requests that don't need the row go on;
//! those that need it end within their deadline.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::ensure;
use sea_orm::{ConnectionTrait, DatabaseConnection, TransactionTrait};
use testbed::Cluster;
use uuid::Uuid;

use super::comparison::{Comparison, Findings};
use super::crowds::{charges, hold_cycles, users};
use crate::bars::Limit;
use crate::buyer::{Buyer, Stage};
use crate::client::Client;
use crate::crowd::{buyers, prepare};
use crate::deployment::Deployment;
use crate::hall::Hall;
use crate::plan::Plan;
use crate::scratch::Scratch;
use crate::scripts::{Charges, Cycle};
use crate::server::CapacityProfile;
use crate::statistics::float;
use crate::target::Target;

pub(super) const NAME: &str = "locked row";

const QUEUE: Uuid = Uuid::from_u128(0x0f20_7207_0000_7000_8000_0000_0be9_d001);
const OTHER_QUEUE: Uuid = Uuid::from_u128(0x0f20_7207_0000_7000_8000_0000_0be9_d002);
/// The concert whose rows are locked, and one that has none of them.
const LOCKED: Hall = Hall::new(0x0f20_7207_0000_7000_8000_0000_0be9_d100, 1, 1_000).behind(QUEUE);
const OTHER: Hall = Hall::new(0x0f20_7207_0000_7000_8000_0000_0be9_d200, 1, 1_000).behind(OTHER_QUEUE);
/// How long the row stays locked.
const LOCK_TIME: Duration = Duration::from_secs(8);
/// How long after the lock the request is sent that needs the row.
const PROBE_DELAY: Duration = Duration::from_millis(200);
/// The users of the other concert, and those who charge.
const USERS: u32 = 64;
/// A command's deadline is two seconds, and 503 OVERLOADED is sent after a pause of half a second; the rest is for the response.
const DEADLINE_MS: f64 = 3_000.0;

/// A row that is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Locked {
    Concert,
    Queue,
    Counter,
    Wallet,
}

impl Locked {
    const ALL: [Self; 4] = [Self::Concert, Self::Queue, Self::Counter, Self::Wallet];

    /// Returns the statement that locks the row, or the wallet of `user`.
    fn statement(self, user: &Buyer) -> String {
        match self {
            Self::Concert => format!("SELECT 1 FROM concerts WHERE id = '{}' FOR UPDATE", LOCKED.concert()),
            Self::Queue => format!("SELECT 1 FROM queues WHERE id = '{QUEUE}' FOR UPDATE"),
            Self::Counter => format!("SELECT 1 FROM queue_counters WHERE queue_id = '{QUEUE}' FOR UPDATE"),
            Self::Wallet => format!("SELECT 1 FROM wallets WHERE user_id = '{}' FOR UPDATE", user.user),
        }
    }

    /// The request that needs the row.
    const fn probe(self) -> Stage {
        match self {
            Self::Concert => Stage::Hold,
            Self::Queue | Self::Counter => Stage::Join,
            Self::Wallet => Stage::Charge,
        }
    }
}

/// The users of the scenario.
struct Cast {
    holding: Vec<Cycle>,
    charging: Vec<Buyer>,
    probing: Vec<Buyer>,
}

pub(super) async fn measure(cluster: &Cluster, plan: Plan) -> anyhow::Result<Findings> {
    let deployment = Deployment::start(Scratch::postgres(cluster), CapacityProfile::Wide, 1).await?;
    deployment.create(&[LOCKED, OTHER]).await?;
    let database = deployment.scratch.connect().await?;
    let target = &deployment.target;
    let mut cast =
        Cast { holding: hold_cycles(target, OTHER, USERS).await?, charging: users(target, OTHER, USERS).await?, probing: Vec::new() };
    let mut findings = Findings::default();
    for locked in Locked::ALL {
        cast.probing = probing(target, locked, plan).await?;
        findings.extend(measure_one(target, &database, locked, &mut cast, plan).await?);
    }
    database.close().await?;
    deployment.stop().await?;
    Ok(findings)
}

/// Returns a user for each round, ready for the request that needs the row.
async fn probing(target: &Target, locked: Locked, plan: Plan) -> anyhow::Result<Vec<Buyer>> {
    let stages: &[Stage] = match locked.probe() {
        Stage::Hold => &[Stage::Register, Stage::Join],
        _ => &[Stage::Register],
    };
    prepare(target, stages, buyers(LOCKED, 0, plan.rounds)).await
}

async fn measure_one(
    target: &Target,
    database: &DatabaseConnection,
    locked: Locked,
    cast: &mut Cast,
    plan: Plan,
) -> anyhow::Result<Findings> {
    let figure = |what: &str, unit| Comparison::new(NAME, format!("{what}, {locked}"), unit);
    let (mut holds, mut charged) = (figure("holds of another concert", "/s"), figure("charges of other wallets", "/s"));
    let (mut refused, mut probes) = (figure("other requests refused", ""), figure("response to a request that needs the row", " ms"));
    for (round, user) in cast.probing.iter().enumerate() {
        let mut run = async |when: &str, time| {
            let (holding, charging) = (std::mem::take(&mut cast.holding), charges(&cast.charging, &format!("{locked:?}-{when}-{round}")));
            let (rates, holding) = run(target, holding, charging, time).await?;
            cast.holding = holding;
            anyhow::Ok(rates)
        };
        let calm = run("calm", plan.duration()).await?;
        let (disturbed, (), probe_ms) =
            tokio::try_join!(run("locked", LOCK_TIME), lock(database, locked.statement(user)), probe(target, user, locked.probe()),)?;
        holds.add(calm.holds, disturbed.holds);
        charged.add(calm.charges, disturbed.charges);
        refused.disturbed.push(disturbed.refused);
        probes.disturbed.push(probe_ms);
    }
    let bars = [
        holds.judge_ratio(Limit::AtLeast(0.8)),
        charged.judge_ratio(Limit::AtLeast(0.8)),
        probes.judge_disturbed(Limit::AtMost(DEADLINE_MS)),
    ];
    Ok(Findings { bars: bars.into_iter().flatten().collect(), comparisons: vec![holds, charged, refused, probes] })
}

/// The rates of holds and of charges, and how many of both were refused.
struct Rates {
    holds: f64,
    charges: f64,
    refused: f64,
}

async fn run(target: &Target, holding: Vec<Cycle>, charging: Vec<Charges>, time: Duration) -> anyhow::Result<(Rates, Vec<Cycle>)> {
    let (holds, charges) = (target.connect(holding).await?, target.connect(charging).await?);
    let (holds, charges) = tokio::try_join!(holds.run(time), charges.run(time))?;
    let refused = float(holds.refused.len() + charges.refused.len());
    Ok((Rates { holds: holds.a_second, charges: charges.a_second, refused }, holds.scripts))
}

async fn lock(database: &DatabaseConnection, statement: String) -> anyhow::Result<()> {
    let transaction = database.begin().await?;
    transaction.execute_unprepared(&statement).await?;
    tokio::time::sleep(LOCK_TIME).await;
    Ok(transaction.rollback().await?)
}

/// Returns after how many milliseconds the request is answered: it may succeed, since not every command needs the lock of every row that it
/// reads, or be refused with 503.
async fn probe(target: &Target, user: &Buyer, stage: Stage) -> anyhow::Result<f64> {
    let mut client = Client::connect(target.addresses[0]).await?;
    tokio::time::sleep(PROBE_DELAY).await;
    let start = Instant::now();
    let answer = client.exchange(&user.request(stage)).await?;
    ensure!([stage.expects(), 503].contains(&answer.status), "{stage:?} got {}: {}", answer.status, answer.body);
    Ok(start.elapsed().as_secs_f64() * 1_000.0)
}

impl fmt::Display for Locked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Concert => "concert locked",
            Self::Queue => "queue locked",
            Self::Counter => "queue's counter locked",
            Self::Wallet => "wallet locked",
        })
    }
}
