//! The tables of measurements and bars, as Markdown. A figure is the median of its rounds, with the quartiles in parentheses.

use std::fmt::Write;

use crate::bars::Bar;
use crate::grouped::Grouped;
use crate::room::{Asked, Opened, Polls, Room};
use crate::round::Round;
use crate::row::Rows;
use crate::rush::{PURCHASE_CONNECTIONS, Rush, rates};
use crate::statistics::Quartiles;
use crate::weak_points::Comparison;

/// Shows the median and the quartiles.
fn cell(figure: Option<Quartiles>, decimals: usize) -> String {
    figure.map_or_else(
        || "–".to_owned(),
        |Quartiles { lower, median, upper }| format!("{median:.decimals$} ({lower:.decimals$}–{upper:.decimals$})"),
    )
}

/// Shows the quartiles of a sample.
fn sample(sample: &[f64], decimals: usize) -> String {
    cell(Quartiles::of(sample), decimals)
}

/// Adds a row.
fn push(table: &mut String, cells: &[String]) {
    // Writing to a string can't fail.
    let _ = writeln!(table, "| {} |", cells.join(" | "));
}

/// Returns the operations; a rate is followed by its ratio to the baseline of its store.
pub(crate) fn of_rows(rows: &Rows) -> String {
    let mut table = String::from(
        "| store | what | connections | a second | × bare hold (join: × bare join) | p50 ms | p99 ms | max ms | server's core µs each | database's core µs each |\n\
         |---|---|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for row in rows.iter() {
        let max_ms = row.rounds.iter().map(Round::max_ms).fold(0.0, f64::max);
        let cells = [
            row.store.to_string(),
            row.what.to_string(),
            row.connections.to_string(),
            cell(row.quartiles(|round| round.a_second), 0),
            cell(rows.ratio(row), 2),
            cell(row.quartiles(Round::p50_ms), 1),
            cell(row.quartiles(Round::p99_ms), 1),
            format!("{max_ms:.1}"),
            cell(row.known(Round::server_micros), 0),
            cell(row.known(Round::database_micros), 0),
        ];
        push(&mut table, &cells);
    }
    table
}

/// Returns the bars, each with its verdict.
pub(crate) fn of_bars(bars: &[Bar]) -> String {
    let mut table = String::from("| bar | wanted | measured | verdict |\n|---|---:|---:|---|\n");
    for bar in bars {
        push(&mut table, &[bar.what.clone(), bar.wanted(), bar.measured(), bar.verdict()]);
    }
    table
}

/// Returns the rush on each store and number of instances.
pub(crate) fn of_rushes(rushes: &[Rush]) -> String {
    let mut table = String::from(
        "| the rush on | operation | connections | alone, a second | in the mixture, a second | × alone | p50 ms | p99 ms |\n\
         |---|---|---:|---:|---:|---:|---:|---:|\n",
    );
    for rush in rushes {
        for share in &rush.shares {
            let figure = |figure: fn(&Round) -> f64| share.mixed.iter().map(figure).collect::<Vec<_>>();
            let cells = [
                format!("{}, {}", rush.store, rush.title()),
                share.operation.to_string(),
                share.operation.connections().to_string(),
                sample(&rates(&share.alone), 0),
                sample(&rates(&share.mixed), 0),
                sample(&share.ratios(), 2),
                sample(&figure(Round::p50_ms), 1),
                sample(&figure(Round::p99_ms), 1),
            ];
            push(&mut table, &cells);
        }
    }
    format!("{table}\n{}", of_purchases(rushes))
}

fn of_purchases(rushes: &[Rush]) -> String {
    let mut table = String::from(
        "| whole purchases on | connections | a second | × bare hold | server's core µs each | database's core µs each |\n\
         |---|---:|---:|---:|---:|---:|\n",
    );
    for rush in rushes {
        let known = |figure: fn(&Round) -> Option<f64>| rush.purchases.iter().filter_map(figure).collect::<Vec<_>>();
        let cells = [
            format!("{}, {}", rush.store, rush.title()),
            PURCHASE_CONNECTIONS.to_string(),
            sample(&rates(&rush.purchases), 0),
            cell(rush.purchases_by_bare_hold(), 2),
            sample(&known(Round::server_micros), 0),
            sample(&known(Round::database_micros), 0),
        ];
        push(&mut table, &cells);
    }
    table
}

/// Returns the weak points: each figure in calm and in disturbed rounds.
pub(crate) fn of_comparisons(comparisons: &[Comparison]) -> String {
    let mut table = String::from("| weak point | figure | calm | disturbed | disturbed by calm |\n|---|---|---:|---:|---:|\n");
    for comparison in comparisons {
        let shown = |figures: &[f64]| format!("{}{}", sample(figures, 1), comparison.unit);
        let calm = if comparison.calm.is_empty() { "–".to_owned() } else { shown(&comparison.calm) };
        let cells = [
            comparison.scenario.to_owned(),
            comparison.figure.clone(),
            calm,
            shown(&comparison.disturbed),
            cell(comparison.ratio().filter(|ratio| ratio.median.is_finite()), 2),
        ];
        push(&mut table, &cells);
    }
    table
}

/// Returns the waiting room: the polls, and the costs of queues and event streams.
pub(crate) fn of_room(room: &Room) -> String {
    format!("{}\n{}\n{}", of_polls(room), of_queues(room), of_streams(&room.opened))
}

/// Shows the rate and the processor time per response, each followed by its ratio to the bare handler.
fn of_polls(room: &Room) -> String {
    let mut table = String::from(
        "| the waiting room | connections | a second | × bare | p50 ms | p99 ms | server's core µs each | × bare | driver's share of a core |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    let bare = room.find(Asked::Bare).ok();
    for polls in &room.polls {
        let figure = |figure: fn(&Round) -> f64| polls.rounds.iter().map(figure).collect::<Vec<_>>();
        let micros = polls.rounds.iter().filter_map(Round::server_micros).collect::<Vec<_>>();
        let cells = [
            polls.asked.to_string(),
            polls.connections.to_string(),
            sample(&rates(&polls.rounds), 0),
            cell(bare.and_then(|bare| polls.rate_ratio(bare)), 2),
            sample(&figure(Round::p50_ms), 1),
            sample(&figure(Round::p99_ms), 1),
            sample(&micros, 1),
            cell(bare.and_then(|bare: &Polls| polls.ratio(bare, Round::server_micros)), 2),
            format!("{} %", sample(&polls.driver_shares.iter().map(|share| share * 100.0).collect::<Vec<_>>(), 0)),
        ];
        push(&mut table, &cells);
    }
    table
}

fn of_queues(room: &Room) -> String {
    const MEBIBYTE: f64 = 1_048_576.0;
    let mut table = String::from(
        "| waiting | serving after, s | allocated, MiB | bytes each | admission of 1,000, ms |\n\
         |---:|---:|---:|---:|---:|\n",
    );
    for filled in &room.filled {
        let cells = [
            Grouped(filled.waiting).to_string(),
            sample(&filled.after_seconds, 2),
            sample(&filled.allocated.iter().map(|bytes| bytes / MEBIBYTE).collect::<Vec<_>>(), 1),
            cell(room.bytes_each(filled), 0),
            sample(&filled.admission_ms, 1),
        ];
        push(&mut table, &cells);
    }
    table
}

fn of_streams(opened: &Opened) -> String {
    format!(
        "{} event streams open at once take {} KiB of the server's memory each.\n",
        Grouped(opened.streams),
        cell(opened.kibibytes_each(), 1)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_shown_with_its_quartiles() {
        assert_eq!(sample(&[10.0, 20.0, 30.0], 0), "20 (15–25)");
        assert_eq!(sample(&[], 0), "–");
    }
}
