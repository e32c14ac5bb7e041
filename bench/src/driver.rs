//! The closed loop: every connection sends its next request when it has its answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use hdrhistogram::Histogram;

use crate::client::{Answer, Client};

/// After this nobody sends any more: a slow machine measures fewer requests, not longer.
const ENOUGH: Duration = Duration::from_secs(5);

/// Requests that were made before the clock starts.
pub(crate) struct Load {
    pub(crate) requests: Vec<String>,
    /// The status of every answer.
    pub(crate) expects: u16,
    pub(crate) turns: Turns,
}

/// How often each is sent.
#[derive(Clone, Copy)]
pub(crate) enum Turns {
    /// Once; of the answer this is kept.
    Once(fn(Answer<'_>) -> &str),
    /// Again and again, until it is enough; nothing is kept.
    Endless,
}

/// What came of them.
pub(crate) struct Driven {
    /// What was kept of the answers, each with the place of its request.
    pub(crate) kept: Vec<(usize, String)>,
    /// In microseconds.
    pub(crate) latencies: Histogram<u64>,
    /// Between the first request and the last answer.
    pub(crate) a_second: f64,
}

impl Load {
    /// Sends the requests, in their order, over `connections`, which are open when the clock starts.
    ///
    /// # Errors
    /// If one is answered with another status than expected.
    pub(crate) async fn drive(self, address: SocketAddr, connections: usize) -> anyhow::Result<Driven> {
        let mut clients = Vec::with_capacity(connections);
        for _ in 0..connections {
            clients.push(Client::connect(address).await?);
        }
        let (load, next, start) = (Arc::new(self), Arc::new(AtomicUsize::new(0)), Instant::now());
        let tasks: Vec<_> =
            clients.into_iter().map(|client| tokio::spawn(take_turns(client, load.clone(), next.clone(), start + ENOUGH))).collect();
        let (mut kept, mut latencies) = (Vec::new(), Histogram::new(3)?);
        for task in tasks {
            let (mine, times) = task.await??;
            kept.extend(mine);
            latencies.add(times)?;
        }
        let a_second = f64::from(u32::try_from(latencies.len())?) / start.elapsed().as_secs_f64();
        Ok(Driven { kept, latencies, a_second })
    }

    /// The one whose turn it is after `before` others.
    fn request(&self, before: usize) -> Option<&String> {
        match self.turns {
            Turns::Once(_) => self.requests.get(before),
            Turns::Endless => self.requests.get(before % self.requests.len()),
        }
    }
}

async fn take_turns(
    mut client: Client,
    load: Arc<Load>,
    next: Arc<AtomicUsize>,
    deadline: Instant,
) -> anyhow::Result<(Vec<(usize, String)>, Histogram<u64>)> {
    let (mut kept, mut times) = (Vec::new(), Histogram::new(3)?);
    loop {
        let begin = Instant::now();
        let place = next.fetch_add(1, Ordering::Relaxed);
        let Some(request) = load.request(place).filter(|_| begin < deadline) else { break };
        let answer = client.exchange(request).await?;
        times.record(u64::try_from(begin.elapsed().as_micros())?)?;
        ensure!(
            answer.status == load.expects,
            "{} is answered {}: {}",
            request.lines().next().unwrap_or_default(),
            answer.status,
            answer.body
        );
        if let Turns::Once(keep) = load.turns {
            kept.push((place, keep(answer).to_owned()));
        }
    }
    Ok((kept, times))
}
