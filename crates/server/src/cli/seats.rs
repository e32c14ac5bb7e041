//! `frontrow seats`.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub(crate) enum Seats {
    /// Show the seat map of a schedule: sections, rows, ranges of numbers, prices.
    #[command(after_help = "Example:\n  frontrow seats map 0f207207-0000-7000-8000-0000000c1b01")]
    Map {
        /// ID of the schedule.
        schedule_id: Uuid,
    },
    /// Create the seats of a seat map; existing seats get its labels and prices, none is removed.
    #[command(after_help = "Example:\n  frontrow seats lay-out 0f207207-0000-7000-8000-0000000c1b01 map.json")]
    LayOut {
        /// ID of the schedule.
        schedule_id: Uuid,
        /// File with the seat map, or - for standard input.
        file: PathBuf,
    },
    /// Exclude available seats from sale.
    #[command(after_help = "Example:\n  frontrow seats block 0f207207-0000-7000-8000-0000000c1b01 1-10 25 --reason 'Camera stand'")]
    Block(SeatSelection),
    /// Put blocked seats back on sale.
    #[command(after_help = "Example:\n  frontrow seats unblock 0f207207-0000-7000-8000-0000000c1b01 1-10 --reason 'No camera'")]
    Unblock(SeatSelection),
}

#[derive(Debug, Args)]
pub(crate) struct SeatSelection {
    /// ID of the schedule.
    pub(crate) schedule_id: Uuid,
    /// Seat numbers and ranges, like 7 or 1-50.
    #[arg(required = true, value_name = "SEATS", value_parser = seat_range)]
    pub(crate) seats: Vec<RangeInclusive<u32>>,
    /// Reason, recorded in the audit log.
    #[arg(long)]
    pub(crate) reason: String,
}

/// Parses a seat number or a range of them.
fn seat_range(text: &str) -> Result<RangeInclusive<u32>, String> {
    const MAX_NUMBER: u32 = 1_000_000;
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    match (from.parse(), to.parse()) {
        (Ok(from), Ok(to)) if 1 <= from && from <= to && to <= MAX_NUMBER => Ok(from..=to),
        _ => Err(format!("must be a number or a range, like 7 or 1-50, up to {MAX_NUMBER}")),
    }
}
