//! The closed loop: every connection sends its next request once it has received its response.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use hdrhistogram::Histogram;

use crate::client::{Answer, Client};

/// No request is sent after this time: a slow machine measures fewer requests, not longer.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// Requests that were built before the measurement starts.
pub(crate) struct Load {
    pub(crate) requests: Vec<String>,
    /// The expected status of every response.
    pub(crate) expects: u16,
    pub(crate) turns: Turns,
}

/// How often each request is sent.
#[derive(Clone, Copy)]
pub(crate) enum Turns {
    /// Once; this part of each response is kept.
    Once(fn(Answer<'_>) -> &str),
    /// Repeatedly, until the time is up; nothing is kept.
    Endless,
}

/// The results of a load.
pub(crate) struct Driven {
    /// The kept parts of the responses, each with the index of its request.
    pub(crate) kept: Vec<(usize, String)>,
    /// In microseconds.
    pub(crate) latencies: Histogram<u64>,
    /// Requests per second, from the first request to the last response.
    pub(crate) a_second: f64,
}

impl Load {
    /// Sends the requests, in their order, over `connections`, which are opened before the measurement starts.
    ///
    /// # Errors
    /// If a response has another status than expected.
    pub(crate) async fn drive(self, address: SocketAddr, connections: usize) -> anyhow::Result<Driven> {
        let mut clients = Vec::with_capacity(connections);
        for _ in 0..connections {
            clients.push(Client::connect(address).await?);
        }
        let (load, next, start) = (Arc::new(self), Arc::new(AtomicUsize::new(0)), Instant::now());
        let tasks: Vec<_> =
            clients.into_iter().map(|client| tokio::spawn(take_turns(client, load.clone(), next.clone(), start + TIME_LIMIT))).collect();
        let (mut kept, mut latencies) = (Vec::new(), Histogram::new(3)?);
        for task in tasks {
            let (mine, times) = task.await??;
            kept.extend(mine);
            latencies.add(times)?;
        }
        let a_second = f64::from(u32::try_from(latencies.len())?) / start.elapsed().as_secs_f64();
        Ok(Driven { kept, latencies, a_second })
    }

    /// Returns the request that follows `before` others.
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
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(request) = load.request(index).filter(|_| begin < deadline) else { break };
        let answer = client.exchange(request).await?;
        times.record(u64::try_from(begin.elapsed().as_micros())?)?;
        ensure!(
            answer.status == load.expects,
            "{} got the response {}: {}",
            request.lines().next().unwrap_or_default(),
            answer.status,
            answer.body
        );
        if let Turns::Once(keep) = load.turns {
            kept.push((index, keep(answer).to_owned()));
        }
    }
    Ok((kept, times))
}
