//! A round: one short measurement of one operation.

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::statistics::float;

/// The results of a round.
#[derive(Debug)]
pub(crate) struct Round {
    pub(crate) a_second: f64,
    /// Of the requests that succeeded, in microseconds.
    pub(crate) latencies: Histogram<u64>,
    pub(crate) busy: Busy,
}

/// The processor time that a round took, including background work; none where it isn't known.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Busy {
    pub(crate) server: Option<Duration>,
    pub(crate) database: Option<Duration>,
}

impl Busy {
    /// Returns the processor time since `before`.
    pub(crate) fn since(self, before: Self) -> Self {
        let since = |now: Option<Duration>, before: Option<Duration>| Some(now?.saturating_sub(before?));
        Self { server: since(self.server, before.server), database: since(self.database, before.database) }
    }
}

impl Round {
    pub(crate) fn p50_ms(&self) -> f64 {
        quantile_ms(&self.latencies, 0.5)
    }

    pub(crate) fn p99_ms(&self) -> f64 {
        quantile_ms(&self.latencies, 0.99)
    }

    pub(crate) fn max_ms(&self) -> f64 {
        quantile_ms(&self.latencies, 1.0)
    }

    /// Returns the server's processor time per request, in microseconds.
    pub(crate) fn server_micros(&self) -> Option<f64> {
        self.micros_each(self.busy.server)
    }

    /// Returns the database's processor time per request, in microseconds.
    pub(crate) fn database_micros(&self) -> Option<f64> {
        self.micros_each(self.busy.database)
    }

    fn micros_each(&self, busy: Option<Duration>) -> Option<f64> {
        let requests = Some(self.latencies.len()).filter(|requests| *requests > 0)?;
        Some(busy?.as_secs_f64() * 1e6 / float(requests))
    }
}

/// Returns a quantile of latencies in milliseconds.
pub(crate) fn quantile_ms(latencies: &Histogram<u64>, quantile: f64) -> f64 {
    Duration::from_micros(latencies.value_at_quantile(quantile)).as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(server: Option<u64>, database: Option<u64>) -> Round {
        let mut latencies = Histogram::new(3).unwrap();
        latencies.record_n(2_000, 100).unwrap();
        let busy = Busy { server: server.map(Duration::from_millis), database: database.map(Duration::from_millis) };
        Round { a_second: 50.0, latencies, busy }
    }

    #[test]
    fn core_time_per_request_is_reported_for_server_and_database() {
        let both = round(Some(10), Some(30));
        assert_eq!((both.server_micros(), both.database_micros()), (Some(100.0), Some(300.0)));
        assert_eq!(round(Some(10), None).database_micros(), None);
    }

    #[test]
    fn processor_time_of_a_round_is_the_difference() {
        let [before, after] = [round(Some(10), None).busy, round(Some(15), None).busy];
        assert_eq!(after.since(before), Busy { server: Some(Duration::from_millis(5)), database: None });
    }
}
