//! The closed loop: every connection sends its next request once it has received its response. Several loads can run at the same time,
//! each over its own connections to one or more servers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::task::JoinHandle;

use crate::client::{Answer, Client};
use crate::statistics::float;

/// What one connection sends.
pub(crate) trait Script: Send + 'static {
    /// Returns what to do next.
    fn next(&mut self) -> Next;

    /// Processes the response to the last request.
    ///
    /// # Errors
    /// If the response is not one that the measurement allows.
    fn receive(&mut self, answer: Answer<'_>) -> anyhow::Result<Outcome>;
}

/// A step of a connection.
pub(crate) enum Next {
    Send(String),
    Pause(Duration),
    /// The script has ended.
    End,
}

/// What a response means for the measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The measured operation is completed.
    Done,
    /// The operation was refused because of load or a fault of the store: 503.
    Refused,
    /// A step on the way to the measured operation, which is not recorded.
    Step,
}

/// Connected scripts.
pub(crate) struct Load<S> {
    lanes: Vec<(Client, S)>,
}

/// The results of a load.
pub(crate) struct Driven<S> {
    /// The scripts at their ends.
    pub(crate) scripts: Vec<S>,
    /// Latencies of completed operations, in microseconds.
    pub(crate) done: Histogram<u64>,
    /// Latencies of refusals, in microseconds.
    pub(crate) refused: Histogram<u64>,
    /// Completed operations per second, from the first request to the last response.
    pub(crate) a_second: f64,
}

impl<S: Script> Load<S> {
    /// Opens a connection for each of `scripts`, to the servers at `addresses` in turn.
    pub(crate) async fn connect(addresses: &[SocketAddr], scripts: Vec<S>) -> anyhow::Result<Self> {
        let mut lanes = Vec::with_capacity(scripts.len());
        for (script, address) in scripts.into_iter().zip(addresses.iter().cycle()) {
            lanes.push((Client::connect(*address).await?, script));
        }
        Ok(Self { lanes })
    }

    /// Runs the scripts for `duration`, or until all have ended.
    pub(crate) async fn run(self, duration: Duration) -> anyhow::Result<Driven<S>> {
        let (stop, start, tasks) = self.start();
        let timer = tokio::spawn(async move {
            tokio::time::sleep(duration).await;
            stop.store(true, Ordering::Relaxed);
        });
        let driven = collect(start, tasks).await;
        timer.abort();
        driven
    }

    /// Runs the scripts as long as `disturbance` does.
    pub(crate) async fn run_during<T>(self, disturbance: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<(Driven<S>, T)> {
        let (stop, start, tasks) = self.start();
        let disturbed = disturbance.await;
        stop.store(true, Ordering::Relaxed);
        let driven = collect(start, tasks).await?;
        Ok((driven, disturbed?))
    }

    fn start(self) -> (Arc<AtomicBool>, Instant, Vec<Task<S>>) {
        let stop = Arc::new(AtomicBool::new(false));
        let tasks = self.lanes.into_iter().map(|(client, script)| tokio::spawn(follow(client, script, stop.clone()))).collect();
        (stop, Instant::now(), tasks)
    }
}

type Task<S> = JoinHandle<anyhow::Result<(S, Latencies)>>;

struct Latencies {
    done: Histogram<u64>,
    refused: Histogram<u64>,
}

async fn follow<S: Script>(mut client: Client, mut script: S, stop: Arc<AtomicBool>) -> anyhow::Result<(S, Latencies)> {
    let mut latencies = Latencies { done: Histogram::new(3)?, refused: Histogram::new(3)? };
    while !stop.load(Ordering::Relaxed) {
        let request = match script.next() {
            Next::Send(request) => request,
            Next::Pause(pause) => {
                tokio::time::sleep(pause).await;
                continue;
            }
            Next::End => break,
        };
        let begin = Instant::now();
        let outcome = script.receive(client.exchange(&request).await?)?;
        let micros = u64::try_from(begin.elapsed().as_micros())?;
        match outcome {
            Outcome::Done => latencies.done.record(micros)?,
            Outcome::Refused => latencies.refused.record(micros)?,
            Outcome::Step => {}
        }
    }
    Ok((script, latencies))
}

async fn collect<S>(start: Instant, tasks: Vec<Task<S>>) -> anyhow::Result<Driven<S>> {
    let (mut done, mut refused, mut scripts) = (Histogram::new(3)?, Histogram::new(3)?, Vec::with_capacity(tasks.len()));
    for task in tasks {
        let (script, latencies) = task.await??;
        done.add(latencies.done)?;
        refused.add(latencies.refused)?;
        scripts.push(script);
    }
    let a_second = float(done.len()) / start.elapsed().as_secs_f64();
    Ok(Driven { scripts, done, refused, a_second })
}
