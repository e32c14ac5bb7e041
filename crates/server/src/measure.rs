//! Metrics: where they are kept, in which buckets, and the page that shows them.

use std::sync::Arc;
use std::time::Duration;

use adapters_http::MetricsPage;
use anyhow::Context;
use application::ports::PoolState;
use application::{GroupCommit, SalesMetrics, WaitingRoom};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

use crate::store::Connections;

/// Upper bounds of durations, in seconds.
const DURATIONS: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Of waits in line.
const WAITS: &[f64] = &[1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_200.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0];
/// Of what lags behind a deadline.
const LAGS: &[f64] = &[0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3_600.0];
/// Of batches and groups.
const SIZES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1_024.0, 2_048.0, 4_096.0];
/// Between two rounds in which what was recorded goes into its buckets: until then it takes memory.
const UPKEEP: Duration = Duration::from_secs(5);

/// What the page looks at when somebody asks for it.
pub(crate) struct Watched {
    pub(crate) lanes: [Arc<GroupCommit>; 3],
    pub(crate) room: Arc<WaitingRoom>,
    pub(crate) sales_metrics: Arc<SalesMetrics>,
    pub(crate) connections: Arc<dyn Connections>,
}

/// Keeps metrics from now on: whoever makes a handle before this counts into nothing.
pub(crate) fn keep() -> anyhow::Result<PrometheusHandle> {
    let full = |name: &str| Matcher::Full(name.to_owned());
    let recorder = PrometheusBuilder::new()
        .set_buckets(DURATIONS)
        .and_then(|builder| builder.set_buckets_for_metric(full("frontrow_queue_wait_seconds"), WAITS))
        .and_then(|builder| builder.set_buckets_for_metric(full("frontrow_hold_release_lag_seconds"), LAGS))
        .and_then(|builder| builder.set_buckets_for_metric(full("frontrow_batch_commands"), SIZES))
        .and_then(|builder| builder.set_buckets_for_metric(full("frontrow_group_changes"), SIZES));
    recorder.and_then(PrometheusBuilder::install_recorder).context("the metrics can't be kept")
}

/// Sorts what was recorded into its buckets, now and then, until it is told to stop.
pub(crate) async fn upkeep(metrics: PrometheusHandle, stop: CancellationToken) {
    let mut ticks = interval(UPKEEP);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        metrics.run_upkeep();
    }
}

/// The page. What nobody counts is looked at when somebody asks.
pub(crate) fn page(metrics: PrometheusHandle, watched: Watched) -> MetricsPage {
    #[cfg(feature = "process-metrics")]
    let process = {
        let process = metrics_process::Collector::default();
        process.describe();
        process
    };
    Arc::new(move || {
        watched.lanes.iter().for_each(|lanes| lanes.measure());
        for queue in watched.room.measure() {
            watched.sales_metrics.know(queue);
        }
        watched.connections.pools().iter().for_each(measure);
        #[cfg(feature = "process-metrics")]
        process.collect();
        metrics.render()
    })
}

fn measure(pool: &PoolState) {
    let gauges = [
        ("frontrow_pool_connections", "The store's connections that are open.", pool.open),
        ("frontrow_pool_connections_idle", "The store's connections that nobody uses.", pool.idle),
        ("frontrow_pool_connections_max", "The store's connections that may be open.", pool.at_most),
    ];
    for (name, what, count) in gauges {
        metrics::describe_gauge!(name, what);
        metrics::gauge!(name, "pool" => pool.name).set(u32::try_from(count).unwrap_or(u32::MAX));
    }
}
