//! The tables: what was measured, and the bars.

use std::fmt::Write;

use crate::bars::Bar;
use crate::machine::Machine;
use crate::row::Row;

/// The rows as a Markdown table; a rate stands beside that of its store's baseline.
pub(crate) fn of_rows(rows: &[Row]) -> String {
    let mut table = String::from(
        "| store | what | connections | a second | × bare hold (join: × bare join) | p50 ms | p99 ms | max ms |\n\
         |---|---|---:|---:|---:|---:|---:|---:|\n",
    );
    for row in rows {
        let ratio = row.ratio(rows).map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
        // Writing to a string can't fail.
        let _ = writeln!(
            table,
            "| {} | {} | {} | {:.0} | {ratio} | {:.1} | {:.1} | {:.1} |",
            row.store,
            row.what,
            row.connections,
            row.a_second,
            row.p50_ms(),
            row.p99_ms(),
            row.max_ms(),
        );
    }
    table
}

/// The bars as a Markdown table, each with its verdict.
pub(crate) fn of_bars(bars: &[Bar]) -> String {
    let mut table = String::from("| bar | wanted | measured | verdict |\n|---|---:|---:|---|\n");
    for bar in bars {
        let _ = writeln!(table, "| {} | {} | {} | {} |", bar.what, bar.wanted(), bar.measured(), bar.verdict());
    }
    table
}

/// The whole: machine, rows, bars.
pub(crate) fn whole(machine: &Machine, rows: &[Row], bars: &[Bar]) -> String {
    format!("{machine}\n\n{}\n{}", of_rows(rows), of_bars(bars))
}
