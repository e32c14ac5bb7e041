//! The measured operations: a row each, with its rounds.

use std::fmt;

use anyhow::Context;

use crate::round::Round;
use crate::statistics::{Quartiles, ratios};

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

/// An operation with its rounds.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) store: Store,
    pub(crate) what: What,
    pub(crate) connections: usize,
    pub(crate) rounds: Vec<Round>,
}

/// All operations, in the order in which they were first measured.
#[derive(Debug, Default)]
pub(crate) struct Rows(Vec<Row>);

impl Rows {
    /// Adds a round of an operation.
    pub(crate) fn add(&mut self, store: Store, what: What, connections: usize, round: Round) {
        eprintln!("{store} {what} over {connections}: {:.0} a second, {} in all", round.a_second, round.latencies.len());
        let same = |row: &&mut Row| (row.store, row.what, row.connections) == (store, what, connections);
        match self.0.iter_mut().find(same) {
            Some(row) => row.rounds.push(round),
            None => self.0.push(Row { store, what, connections, rounds: vec![round] }),
        }
    }

    pub(crate) fn extend(&mut self, rows: Self) {
        self.0.extend(rows.0);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Row> {
        self.0.iter()
    }

    /// Returns the row of `what` on `store`, with `connections` if specified.
    pub(crate) fn find(&self, store: Store, what: What, connections: Option<usize>) -> anyhow::Result<&Row> {
        let wanted =
            |row: &&Row| row.store == store && row.what == what && connections.is_none_or(|connections| connections == row.connections);
        self.iter().find(wanted).with_context(|| format!("{what} on {store} was not measured"))
    }

    /// Returns the ratio of the rates of `row` to those of its baseline.
    pub(crate) fn ratio(&self, row: &Row) -> Option<Quartiles> {
        row.ratio(self.find(row.store, row.what.baseline(), None).ok()?)
    }
}

impl Row {
    /// Returns a figure of each round.
    pub(crate) fn each(&self, figure: impl Fn(&Round) -> f64) -> Vec<f64> {
        self.rounds.iter().map(figure).collect()
    }

    /// Returns the quartiles of a figure.
    pub(crate) fn quartiles(&self, figure: impl Fn(&Round) -> f64) -> Option<Quartiles> {
        Quartiles::of(&self.each(figure))
    }

    /// Returns the quartiles of a figure that may be unknown.
    pub(crate) fn known(&self, figure: impl Fn(&Round) -> Option<f64>) -> Option<Quartiles> {
        Quartiles::of(&self.rounds.iter().filter_map(figure).collect::<Vec<_>>())
    }

    /// Returns the ratio of this row's rates to those of `other`, round by round.
    pub(crate) fn ratio(&self, other: &Self) -> Option<Quartiles> {
        let rates = |row: &Self| row.each(|round| round.a_second);
        Quartiles::of(&ratios(&rates(self), &rates(other)))
    }
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
