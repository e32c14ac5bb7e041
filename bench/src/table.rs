//! The tables of measurements and bars.

use std::fmt::Write;

use crate::bars::Bar;
use crate::grouped::Grouped;
use crate::machine::Machine;
use crate::room::{Answered, Asked, Opened, Room};
use crate::row::Row;

/// Returns the rows as a Markdown table; a rate is followed by its ratio to the baseline of its store.
pub(crate) fn of_rows(rows: &[Row]) -> String {
    let mut table = String::from(
        "| store | what | connections | a second | × bare hold (join: × bare join) | p50 ms | p99 ms | max ms | core µs each |\n\
         |---|---|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for row in rows {
        let ratio = row.ratio(rows).map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
        let core_micros = row.core_micros().map_or_else(|| "–".to_owned(), |micros| format!("{micros:.0}"));
        // Writing to a string can't fail.
        let _ = writeln!(
            table,
            "| {} | {} | {} | {:.0} | {ratio} | {:.1} | {:.1} | {:.1} | {core_micros} |",
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

/// Returns the bars as a Markdown table, each with its verdict.
pub(crate) fn of_bars(bars: &[Bar]) -> String {
    let mut table = String::from("| bar | wanted | measured | verdict |\n|---|---:|---:|---|\n");
    for bar in bars {
        let _ = writeln!(table, "| {} | {} | {} | {} |", bar.what, bar.wanted(), bar.measured(), bar.verdict());
    }
    table
}

/// Returns the waiting room as Markdown: the polls, and the costs of queues and event streams.
pub(crate) fn of_room(room: &Room) -> String {
    format!("{}\n{}\n{}", of_answers(room), of_queues(room), of_streams(&room.opened))
}

/// Shows the rate and the processor time per response, each followed by its ratio to the bare handler.
fn of_answers(room: &Room) -> String {
    let mut table = String::from(
        "| the waiting room | connections | a second | × bare | p50 ms | p99 ms | server's core µs each | × bare | driver's share of a core |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    let bare = room.find(Asked::Bare);
    for answered in &room.answered {
        let by_bare = |of: fn(&Answered) -> f64| bare.map_or_else(|| "–".to_owned(), |bare| format!("{:.2}", of(answered) / of(bare)));
        let _ = writeln!(
            table,
            "| {} | {} | {:.0} | {} | {:.1} | {:.1} | {:.1} | {} | {:.0} % |",
            answered.asked,
            answered.connections,
            answered.a_second,
            by_bare(|answered| answered.a_second),
            answered.quantile_ms(0.5),
            answered.quantile_ms(0.99),
            answered.core_micros,
            by_bare(|answered| answered.core_micros),
            answered.driver_share * 100.0,
        );
    }
    table
}

fn of_queues(room: &Room) -> String {
    let mut table = String::from(
        "| waiting | serving after, s | resident, MiB | bytes each | admission of 1,000, ms |\n\
         |---:|---:|---:|---:|---:|\n",
    );
    for filled in &room.filled {
        let each = room.bytes_each(filled).map_or_else(|| "–".to_owned(), |bytes| format!("{bytes:.0}"));
        let admission = filled.admission.map_or_else(|| "–".to_owned(), |took| format!("{:.1}", took.as_secs_f64() * 1_000.0));
        let _ = writeln!(
            table,
            "| {} | {:.2} | {:.0} | {each} | {admission} |",
            Grouped(filled.waiting),
            filled.after.as_secs_f64(),
            filled.resident_mebibytes(),
        );
    }
    table
}

fn of_streams(opened: &Opened) -> String {
    format!("{} event streams open at once take {:.1} KiB of the server's memory each.\n", Grouped(opened.streams), opened.kibibytes_each())
}

/// Returns everything: machine, rows, the waiting room, bars.
pub(crate) fn whole(machine: &Machine, rows: &[Row], room: &Room, bars: &[Bar]) -> String {
    format!("{machine}\n\n{}\n{}\n{}", of_rows(rows), of_room(room), of_bars(bars))
}
