//! Crowds of buyers who go through the stages of a purchase together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::buyer::{Buyer, Stage};
use crate::client::{Answer, Client};
use crate::driver::{Next, Outcome, Script};
use crate::hall::Hall;
use crate::round::Round;
use crate::scripts::accept;
use crate::target::Target;

/// How long a preparation or the admission of all buyers may take.
const TIMEOUT: Duration = Duration::from_mins(2);
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// The number of connections over which stages are prepared.
const CONNECTIONS: usize = 128;

/// The results of a stage.
pub(crate) struct Taken {
    pub(crate) round: Round,
    /// The buyers who have completed it.
    pub(crate) done: Vec<Buyer>,
    /// Those who didn't begin before the time was up.
    pub(crate) rest: Vec<Buyer>,
}

/// Returns `count` buyers with a seat each, of the seats of `hall` that follow `before` others.
pub(crate) fn buyers(hall: Hall, before: u32, count: u32) -> Vec<Buyer> {
    (before..before + count).map(|before| Buyer::new(hall.seat(before))).collect()
}

/// Takes buyers through `stage` over `connections` until the time is up, and measures it.
pub(crate) async fn take(target: &Target, stage: Stage, buyers: Vec<Buyer>, connections: usize, time: Duration) -> anyhow::Result<Taken> {
    let (buyers, next) = (Arc::new(buyers), Arc::new(AtomicUsize::new(0)));
    let script = |_| OneStage { stage, buyers: buyers.clone(), next: next.clone(), current: None, done: Vec::new() };
    let measured = target.measure((0..connections).map(script).collect(), time).await;
    let (round, scripts) = measured.with_context(|| format!("{stage:?} on {}", target.store))?;
    let done = scripts.into_iter().flat_map(|script| script.done).collect();
    let begun = next.load(Ordering::Relaxed).min(buyers.len());
    Ok(Taken { round, done, rest: buyers[begun..].to_vec() })
}

/// Takes all buyers through `stages`, one after the other. Users who have joined are active afterwards.
pub(crate) async fn prepare(target: &Target, stages: &[Stage], mut buyers: Vec<Buyer>) -> anyhow::Result<Vec<Buyer>> {
    for stage in stages {
        let taken = take(target, *stage, buyers, CONNECTIONS, TIMEOUT).await?;
        ensure!(taken.rest.is_empty(), "{stage:?} is not completed within {TIMEOUT:?}");
        buyers = taken.done;
        if *stage == Stage::Join {
            until_all_are_active(target, &buyers).await?;
        }
    }
    Ok(buyers)
}

/// Waits until all buyers are active on all instances. Users are admitted by number, so it polls the last one's token.
pub(crate) async fn until_all_are_active(target: &Target, buyers: &[Buyer]) -> anyhow::Result<()> {
    let Some(last) = buyers.iter().max_by_key(|buyer| buyer.number) else { return Ok(()) };
    let (poll, start) = (last.poll(), Instant::now());
    for address in &target.addresses {
        let mut client = Client::connect(*address).await?;
        while !client.exchange(&poll).await?.body.contains(r#""status":"ACTIVE""#) {
            ensure!(start.elapsed() < TIMEOUT, "not all buyers are active within {TIMEOUT:?}");
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }
    Ok(())
}

/// A connection that takes buyers through a stage, of those whom no other connection has taken.
struct OneStage {
    stage: Stage,
    buyers: Arc<Vec<Buyer>>,
    next: Arc<AtomicUsize>,
    current: Option<Buyer>,
    done: Vec<Buyer>,
}

impl Script for OneStage {
    fn next(&mut self) -> Next {
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        self.current = self.buyers.get(place).cloned();
        self.current.as_ref().map_or(Next::End, |buyer| Next::Send(buyer.request(self.stage)))
    }

    fn receive(&mut self, answer: Answer<'_>) -> anyhow::Result<Outcome> {
        let outcome = accept(answer, self.stage.expects())?;
        if let Some(mut buyer) = self.current.take().filter(|_| outcome == Outcome::Done) {
            buyer.record(self.stage, answer.body)?;
            self.done.push(buyer);
        }
        Ok(outcome)
    }
}
