//! The flood: ten times as many clients as the server can handle send requests concurrently, each the next one right after any response.
//! The excess is refused; the rest must be served as before.

use anyhow::{Context, ensure};

use crate::buyer::{Buyer, Stage};
use crate::crowd::{buyers, prepare};
use crate::deployment::Deployment;
use crate::hall::MAIN;
use crate::plan::Plan;
use crate::round::{Busy, Round};
use crate::row::{Rows, What};
use crate::scratch::Scratch;
use crate::scripts::Charges;
use crate::server::CapacityProfile;
use crate::target::Target;

/// The number of clients that the server can handle.
const CARRIED: usize = 256;
/// Ten times as many.
const FLOOD: u32 = 2_560;

/// Has as many clients as the server can handle charge their wallets repeatedly, in turn with ten times as many. Adds the rows of completed
/// charges.
pub(crate) async fn flood(scratch: Scratch, plan: Plan, rows: &mut Rows) -> anyhow::Result<()> {
    let deployment = Deployment::start(scratch, CapacityProfile::Guarded, 1).await?;
    let target = &deployment.target;
    let users = prepare(target, &[Stage::Register], buyers(MAIN, 0, FLOOD)).await.context("the users of the flood")?;
    for round in 0..plan.rounds {
        for (what, users, keys) in [(What::Carried, &users[..CARRIED], "carried"), (What::Flooded, &users[..], "flood")] {
            let (measured, refused) = charge(target, users, &format!("{keys}-{round}"), plan).await?;
            ensure!(what == What::Flooded || refused == 0, "{refused} requests were refused without a flood");
            eprintln!("{refused} refused");
            rows.add(target.store, what, users.len(), measured);
        }
    }
    deployment.stop().await?;
    Ok(())
}

/// Returns a round of completed charges, and how many were refused.
async fn charge(target: &Target, users: &[Buyer], keys: &str, plan: Plan) -> anyhow::Result<(Round, u64)> {
    let scripts = users.iter().map(|user| Charges::new(&user.jwt, keys.to_owned())).collect();
    let driven = target.connect(scripts).await?.run(plan.duration()).await?;
    // The processor time of a flood is also that of its refusals.
    Ok((Round { a_second: driven.a_second, latencies: driven.done, busy: Busy::default() }, driven.refused.len()))
}
