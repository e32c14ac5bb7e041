//! The measurements: rows, each with a rate and its latencies.

use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;

/// The database of a measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Store {
    Postgres,
    Sqlite,
}

/// The measured operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// The rows of one hold, written bare.
    BareHold,
    /// The rows of one hold, written by an interactive transaction.
    InteractiveHold,
    /// The row of one join, written bare.
    BareJoin,
    Register,
    Join,
    Charge,
    Hold,
    Release,
    Pay,
    /// Holds of the same seat, all at once.
    OneSeat,
    /// Repeated charges by as many clients as the server can handle.
    Carried,
    /// The same by ten times as many clients, which send the next request immediately after a refusal; counts completed charges.
    Flooded,
}

/// One measurement.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) store: Store,
    pub(crate) what: What,
    pub(crate) connections: usize,
    pub(crate) a_second: f64,
    /// In microseconds.
    pub(crate) latencies: Histogram<u64>,
    /// The processor time of server and database during it, where that was measured.
    pub(crate) busy: Option<Duration>,
}

impl Row {
    pub(crate) fn p50_ms(&self) -> f64 {
        self.quantile_ms(0.5)
    }

    pub(crate) fn p99_ms(&self) -> f64 {
        self.quantile_ms(0.99)
    }

    pub(crate) fn max_ms(&self) -> f64 {
        self.quantile_ms(1.0)
    }

    /// Returns the processor time per request of server and database in microseconds, including their background work.
    pub(crate) fn core_micros(&self) -> Option<f64> {
        let requests = u32::try_from(self.latencies.len()).ok().filter(|requests| *requests > 0)?;
        Some(self.busy?.as_secs_f64() * 1e6 / f64::from(requests))
    }

    /// Returns the ratio of this row's rate to that of its baseline among `rows`.
    pub(crate) fn ratio(&self, rows: &[Self]) -> Option<f64> {
        let baseline = find(rows, self.store, self.what.baseline(), None)?;
        Some(self.a_second / baseline.a_second)
    }

    fn quantile_ms(&self, quantile: f64) -> f64 {
        Duration::from_micros(self.latencies.value_at_quantile(quantile)).as_secs_f64() * 1_000.0
    }
}

/// Returns the row of `what` on `store`, with `connections` if specified.
pub(crate) fn find(rows: &[Row], store: Store, what: What, connections: Option<usize>) -> Option<&Row> {
    rows.iter().find(|row| row.store == store && row.what == what && connections.is_none_or(|connections| connections == row.connections))
}

impl What {
    /// The baseline of its rate.
    const fn baseline(self) -> Self {
        match self {
            Self::Join | Self::BareJoin => Self::BareJoin,
            Self::BareHold
            | Self::InteractiveHold
            | Self::Register
            | Self::Charge
            | Self::Hold
            | Self::Release
            | Self::Pay
            | Self::OneSeat
            | Self::Carried
            | Self::Flooded => Self::BareHold,
        }
    }
}

impl fmt::Display for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        })
    }
}

impl fmt::Display for What {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::BareHold => "bare hold",
            Self::InteractiveHold => "interactive hold",
            Self::BareJoin => "bare join",
            Self::Register => "register",
            Self::Join => "join",
            Self::Charge => "charge",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Pay => "pay",
            Self::OneSeat => "hold of one seat, all at once",
            Self::Carried => "charge, again and again",
            Self::Flooded => "charge, in a flood",
        })
    }
}
