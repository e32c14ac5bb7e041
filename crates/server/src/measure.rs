//! Metrics: the recorder, the buckets of histograms, and the metrics page.

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
/// Upper bounds of waiting times in queues, in seconds.
const WAITS: &[f64] = &[1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_200.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0];
/// Upper bounds of delays after a deadline, in seconds.
const LAGS: &[f64] = &[0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3_600.0];
/// Upper bounds of the sizes of batches and groups.
const SIZES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1_024.0, 2_048.0, 4_096.0];
/// The interval at which recorded values are sorted into their buckets; until then each uses memory.
const UPKEEP: Duration = Duration::from_secs(5);

/// The sources that are read when the page is requested.
pub(crate) struct Sources {
    pub(crate) lanes: [Arc<GroupCommit>; 3],
    pub(crate) room: Arc<WaitingRoom>,
    pub(crate) sales_metrics: Arc<SalesMetrics>,
    pub(crate) connections: Arc<dyn Connections>,
}

/// Installs the recorder of metrics. Handles that were created earlier record nothing.
pub(crate) fn install() -> anyhow::Result<PrometheusHandle> {
    let full = |name: &str| Matcher::Full(name.to_owned());
    let recorder = PrometheusBuilder::new()
        .set_buckets(DURATIONS)
        .and_then(|builder| builder.set_buckets_for_metric(full("frontrow_queue_wait_seconds"), WAITS))
        .and_then(|builder| builder.set_buckets_for_metric(full("frontrow_hold_release_lag_seconds"), LAGS))
        .and_then(|builder| builder.set_buckets_for_metric(full("frontrow_batch_commands"), SIZES))
        .and_then(|builder| builder.set_buckets_for_metric(full("frontrow_group_changes"), SIZES));
    recorder.and_then(PrometheusBuilder::install_recorder).context("the metrics recorder can't be installed")
}

/// Sorts recorded values into their buckets periodically, until `stop`.
pub(crate) async fn upkeep(metrics: PrometheusHandle, stop: CancellationToken) {
    let mut ticks = interval(UPKEEP);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        metrics.run_upkeep();
    }
}

/// Creates the metrics page. Gauges that nothing updates are read from `sources` at each request.
pub(crate) fn page(metrics: PrometheusHandle, sources: Sources) -> MetricsPage {
    #[cfg(feature = "process-metrics")]
    let process = {
        let process = metrics_process::Collector::default();
        process.describe();
        process
    };
    Arc::new(move || {
        sources.lanes.iter().for_each(|lanes| lanes.measure());
        for queue in sources.room.measure() {
            sources.sales_metrics.set_queue_figures(queue);
        }
        sources.connections.pools().iter().for_each(measure);
        #[cfg(feature = "process-metrics")]
        process.collect();
        metrics.render()
    })
}

fn measure(pool: &PoolState) {
    let gauges = [
        ("frontrow_pool_connections", "Open connections of the store.", pool.open),
        ("frontrow_pool_connections_idle", "Idle connections of the store.", pool.idle),
        ("frontrow_pool_connections_max", "Maximum number of open connections of the store.", pool.at_most),
    ];
    for (name, description, count) in gauges {
        metrics::describe_gauge!(name, description);
        metrics::gauge!(name, "pool" => pool.name).set(u32::try_from(count).unwrap_or(u32::MAX));
    }
}
