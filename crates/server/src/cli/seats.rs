//! `frontrow seats`.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub(crate) enum Seats {
    /// Shows the seat map of a date: sections, rows, ranges of numbers, prices.
    #[command(after_help = "Example:\n  frontrow seats map 0f207207-0000-7000-8000-0000000c1b01")]
    Map {
        /// The date's id.
        schedule_id: Uuid,
    },
    /// Makes the seats of a map, or gives those that are there its labels and prices; none is removed.
    #[command(after_help = "Example:\n  frontrow seats lay-out 0f207207-0000-7000-8000-0000000c1b01 map.json")]
    LayOut {
        /// The date's id.
        schedule_id: Uuid,
        /// The seat map; - is the standard input.
        file: PathBuf,
    },
    /// Keeps free seats from sale.
    #[command(after_help = "Example:\n  frontrow seats block 0f207207-0000-7000-8000-0000000c1b01 1-10 25 --reason 'Camera stand'")]
    Block(Which),
    /// Puts blocked seats back on sale.
    #[command(after_help = "Example:\n  frontrow seats unblock 0f207207-0000-7000-8000-0000000c1b01 1-10 --reason 'No camera'")]
    Unblock(Which),
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The date's id.
    pub(crate) schedule_id: Uuid,
    /// Numbers and ranges, like 7 or 1-50.
    #[arg(required = true, value_name = "SEATS", value_parser = numbers)]
    pub(crate) seats: Vec<RangeInclusive<u32>>,
    /// Why; it is kept in the log.
    #[arg(long)]
    pub(crate) reason: String,
}

/// A number, or a range of them.
fn numbers(text: &str) -> Result<RangeInclusive<u32>, String> {
    const MOST: u32 = 1_000_000;
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    match (from.parse(), to.parse()) {
        (Ok(from), Ok(to)) if 1 <= from && from <= to && to <= MOST => Ok(from..=to),
        _ => Err(format!("must be a number or a range, like 7 or 1-50, up to {MOST}")),
    }
}
