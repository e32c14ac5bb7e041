//! The mixed rush: joins, polls, holds, payments, charges, an operator and seat-map readers at once, in turn with the same operations alone;
//! and whole purchases.

mod operation;
mod purchase;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use crate::bars::{Bar, Limit};
use crate::baselines::postgres::Baselines;
use crate::buyer::{Buyer, Stage};
use crate::crowd::{Taken, buyers, prepare, take, until_all_are_active};
use crate::deployment::Deployment;
use crate::driver::Script;
use crate::hall::{CLUBS, DEFAULT_QUEUE};
use crate::operator::ManageQueue;
use crate::plan::Plan;
use crate::round::{Busy, Round};
use crate::row::Store;
use crate::scratch::Scratch;
use crate::scripts::{Charges, Repeat};
use crate::server::CapacityProfile;
use crate::statistics::{Quartiles, ratios};
use crate::target::Target;
use operation::{CHARGING, Operation};
use purchase::Purchases;

/// The maximum number of buyers of each kind per second of a round.
const BUYERS_A_SECOND: u32 = 3_000;
/// The kinds of buyers that need a seat: those who hold and pay alone, who hold and who pay in the mixture, and who purchase.
const KINDS: u32 = 4;
/// A poll and a seat map of one in so many buyers.
const READING_STEP: usize = 50;
/// The number of connections of whole purchases.
pub(crate) const PURCHASE_CONNECTIONS: usize = 256;

/// An operation with its rounds.
#[derive(Debug)]
pub(crate) struct Share {
    pub(crate) operation: Operation,
    pub(crate) alone: Vec<Round>,
    pub(crate) mixed: Vec<Round>,
}

/// The rush on one store with a number of instances.
#[derive(Debug)]
pub(crate) struct Rush {
    pub(crate) store: Store,
    pub(crate) instances: usize,
    pub(crate) shares: Vec<Share>,
    /// Completed purchases.
    pub(crate) purchases: Vec<Round>,
    /// The bare holds of the same rounds, on PostgreSQL.
    pub(crate) bare_holds: Vec<Round>,
}

/// The buyers of a round.
struct Crowds {
    /// They join, hold and pay alone.
    alone: Vec<Buyer>,
    joining: Vec<Buyer>,
    holding: Vec<Buyer>,
    paying: Vec<Buyer>,
    charging: Vec<Buyer>,
}

/// Measures the rush. The invariants must hold afterwards.
pub(crate) async fn measure(scratch: Scratch, instances: usize, mut bare: Option<Baselines<'_>>, plan: Plan) -> anyhow::Result<Rush> {
    let deployment = Deployment::start(scratch, CapacityProfile::Wide, instances).await?;
    deployment.create(&[CLUBS]).await?;
    let Deployment { target, operator, .. } = &deployment;
    let shares = Operation::ALL.map(|operation| Share { operation, alone: Vec::new(), mixed: Vec::new() }).into();
    let mut rush = Rush { store: target.store, instances, shares, purchases: Vec::new(), bare_holds: Vec::new() };
    for round in 0..plan.rounds {
        eprintln!("the rush on {} with {}: round {} of {}", rush.store, rush.title(), round + 1, plan.rounds);
        if let Some(bare) = &mut bare {
            rush.bare_holds.push(bare.measure_hold()?);
        }
        let (crowds, purchasing) = register(target, round, plan).await?;
        rush.measure_round(target, crowds, &format!("round-{round}"), plan).await?;
        operator.resume(DEFAULT_QUEUE).await?;
        rush.purchases.push(run(target, Purchases::over(PURCHASE_CONNECTIONS, purchasing), plan).await?);
    }
    deployment.stop().await?;
    Ok(rush)
}

/// Returns the buyers of a round, and those of its whole purchases.
async fn register(target: &Target, round: u32, plan: Plan) -> anyhow::Result<(Crowds, Vec<Buyer>)> {
    let share = CLUBS.seats() / plan.rounds;
    let count = (share / KINDS).min(BUYERS_A_SECOND * plan.seconds);
    let mut before = round * share;
    let mut seated = || {
        before += count;
        buyers(CLUBS, before - count, count)
    };
    let registered = async |buyers| prepare(target, &[Stage::Register], buyers).await;
    let crowds = Crowds {
        alone: registered(seated()).await?,
        holding: registered(seated()).await?,
        paying: registered(seated()).await?,
        // They need no seats.
        joining: registered(buyers(CLUBS, 0, count)).await?,
        charging: registered(buyers(CLUBS, 0, CHARGING)).await?,
    };
    Ok((crowds, registered(seated()).await?))
}

impl Rush {
    /// Measures each operation alone, then the mixture.
    async fn measure_round(&mut self, target: &Target, crowds: Crowds, keys: &str, plan: Plan) -> anyhow::Result<()> {
        let Crowds { alone, joining, holding, paying, charging } = crowds;
        let time = plan.duration();
        let holding = prepare(target, &[Stage::Join], holding).await?;
        let paying = prepare(target, &[Stage::Join, Stage::Charge, Stage::Hold], paying).await?;
        let readers: Vec<&Buyer> = holding.iter().step_by(READING_STEP).collect();
        let polls: Arc<Vec<String>> = Arc::new(readers.iter().map(|buyer| buyer.poll()).collect());
        let seat_maps: Arc<Vec<String>> = Arc::new(readers.iter().map(|buyer| buyer.seat_map()).collect());
        let read = |operation: Operation, requests: &Arc<Vec<String>>| Repeat::over(operation.connections(), requests.clone(), 200);
        let charge = |keys: &str| charging.iter().map(|user| Charges::new(&user.jwt, keys.to_owned())).collect::<Vec<_>>();
        let manage = || anyhow::Ok(vec![ManageQueue::new(DEFAULT_QUEUE, Duration::ZERO)?]);

        let joined = self.alone(Operation::Join, take(target, Stage::Join, alone, Operation::Join.connections(), time).await?);
        let ready = prepare_joined(target, joined).await?;
        let held = self.alone(Operation::Hold, take(target, Stage::Hold, ready, Operation::Hold.connections(), time).await?);
        self.alone(Operation::Pay, take(target, Stage::Pay, held, Operation::Pay.connections(), time).await?);
        self.add(Operation::Charge, true, run(target, charge(&format!("{keys}-alone")), plan).await?);
        self.add(Operation::Poll, true, run(target, read(Operation::Poll, &polls), plan).await?);
        self.add(Operation::SeatMap, true, run(target, read(Operation::SeatMap, &seat_maps), plan).await?);
        self.add(Operation::Manage, true, run(target, manage()?, plan).await?);

        let (joins, holds, pays, charges, polled, mapped, managed) = tokio::try_join!(
            take(target, Stage::Join, joining, Operation::Join.connections(), time),
            take(target, Stage::Hold, holding, Operation::Hold.connections(), time),
            take(target, Stage::Pay, paying, Operation::Pay.connections(), time),
            run(target, charge(&format!("{keys}-mixed")), plan),
            run(target, read(Operation::Poll, &polls), plan),
            run(target, read(Operation::SeatMap, &seat_maps), plan),
            run(target, manage()?, plan),
        )?;
        let mixed = [joins.round, polled, holds.round, pays.round, charges, mapped, managed];
        for (operation, round) in Operation::ALL.into_iter().zip(mixed) {
            // The processor time during the mixture is that of all operations.
            self.add(operation, false, Round { busy: Busy::default(), ..round });
        }
        Ok(())
    }

    /// Adds a stage alone and returns the buyers who completed it.
    fn alone(&mut self, operation: Operation, taken: Taken) -> Vec<Buyer> {
        self.add(operation, true, taken.round);
        taken.done
    }

    fn add(&mut self, operation: Operation, is_alone: bool, round: Round) {
        let together = if is_alone { "alone" } else { "in the mixture" };
        eprintln!("{operation} {together}: {:.0} a second", round.a_second);
        if let Some(share) = self.shares.iter_mut().find(|share| share.operation == operation) {
            if is_alone { &mut share.alone } else { &mut share.mixed }.push(round);
        }
    }

    /// Returns the bars: the mixture as a whole, and its smallest share.
    pub(crate) fn judge(&self) -> anyhow::Result<Vec<Bar>> {
        let shares: Vec<Vec<f64>> = self.shares.iter().map(Share::ratios).collect();
        let rounds = shares.iter().map(Vec::len).min().unwrap_or_default();
        let of_round = |fold: fn(f64, f64) -> f64, start| -> Vec<f64> {
            (0..rounds).map(|round| shares.iter().map(|share| share[round]).fold(start, fold)).collect()
        };
        let (sum, least) = (of_round(|sum, share| sum + share, 0.0), of_round(f64::min, f64::INFINITY));
        let name = |what| format!("the rush on {} with {}: {what}", self.store, self.title());
        let quartiles = |sample: &[f64]| Quartiles::of(sample).context("no round was measured");
        Ok(vec![
            Bar::new(name("sum of the rates in the mixture by those alone"), quartiles(&sum)?, Limit::AtLeast(1.0), " ×"),
            Bar::new(name("smallest rate in the mixture by that alone"), quartiles(&least)?, Limit::AtLeast(0.1), " ×"),
        ])
    }

    /// Returns the ratio of the purchases to bare holds, on PostgreSQL.
    pub(crate) fn purchases_by_bare_hold(&self) -> Option<Quartiles> {
        Quartiles::of(&ratios(&rates(&self.purchases), &rates(&self.bare_holds)))
    }

    pub(crate) fn title(&self) -> String {
        match self.instances {
            1 => "1 instance".to_owned(),
            instances => format!("{instances} instances"),
        }
    }
}

impl Share {
    /// Returns the ratio of the rate in the mixture to the rate alone, of each round.
    pub(crate) fn ratios(&self) -> Vec<f64> {
        ratios(&rates(&self.mixed), &rates(&self.alone))
    }
}

/// Returns the rates of rounds.
pub(crate) fn rates(rounds: &[Round]) -> Vec<f64> {
    rounds.iter().map(|round| round.a_second).collect()
}

async fn run<S: Script>(target: &Target, scripts: Vec<S>, plan: Plan) -> anyhow::Result<Round> {
    Ok(target.measure(scripts, plan.duration()).await?.0)
}

/// Waits for the admission of users who have joined, and has them charge their wallets.
async fn prepare_joined(target: &Target, joined: Vec<Buyer>) -> anyhow::Result<Vec<Buyer>> {
    until_all_are_active(target, &joined).await?;
    prepare(target, &[Stage::Charge], joined).await
}

#[cfg(test)]
mod tests {
    use hdrhistogram::Histogram;

    use super::*;

    fn rounds(rates: &[f64]) -> Vec<Round> {
        let round = |rate: &f64| Round { a_second: *rate, latencies: Histogram::new(3).unwrap(), busy: Busy::default() };
        rates.iter().map(round).collect()
    }

    #[test]
    fn a_rush_is_judged_by_the_sum_and_the_smallest_of_its_shares() {
        let share = |operation, mixed: &[f64]| Share { operation, alone: rounds(&[100.0, 100.0, 100.0]), mixed: rounds(mixed) };
        let shares = vec![share(Operation::Join, &[60.0, 70.0, 80.0]), share(Operation::Hold, &[50.0, 5.0, 40.0])];
        let rush = Rush { store: Store::Postgres, instances: 3, shares, purchases: rounds(&[50.0]), bare_holds: rounds(&[25.0]) };
        let bars = rush.judge().unwrap();
        let (sum, least) = (bars[0].value, bars[1].value);
        assert!((sum.median - 1.1).abs() < 1e-9, "{sum:?}");
        assert!((least.median - 0.4).abs() < 1e-9, "{least:?}");
        assert!(!bars[0].is_met() && bars[1].is_met(), "{bars:?}");
        assert_eq!(rush.purchases_by_bare_hold(), Some(Quartiles::exactly(2.0)));
    }
}
