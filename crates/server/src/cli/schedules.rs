//! `frontrow schedules`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub(crate) enum Schedules {
    /// Shows a date and its figures.
    #[command(after_help = "Example:\n  frontrow schedules show 0f207207-0000-7000-8000-0000000c1b01")]
    Output {
        /// The date's id.
        id: Uuid,
    },
    /// Adds a date to a concert.
    #[command(
        after_help = "Example:\n  frontrow schedules add 0f207207-0000-7000-8000-0000000c1b00 --starts-at 2027-03-06T11:00:00Z --zone Asia/Seoul \
        --sale-opens-at 2027-02-01T03:00:00Z --sale-closes-at 2027-03-06T11:00:00Z --seat-map map.json"
    )]
    Add {
        /// The concert's id.
        concert_id: Uuid,
        /// The id it is to have; by default a new one.
        #[arg(long)]
        id: Option<Uuid>,
        #[command(flatten)]
        schedules: NewScheduleTimes,
        /// A file with the seat map; - is the standard input. `seats lay-out` can do so later.
        #[arg(long, value_name = "FILE")]
        seat_map: Option<PathBuf>,
    },
    /// Changes what is said, and nothing else.
    #[command(after_help = "Example:\n  frontrow schedules set 0f207207-0000-7000-8000-0000000c1b01 --sale-opens-at 2027-02-02T03:00:00Z")]
    Set {
        /// The date's id.
        id: Uuid,
        #[command(flatten)]
        schedules: ScheduleTimes,
    },
    /// Cancels a date: no more holds, and its payments can be refunded at any time.
    #[command(after_help = "Example:\n  frontrow schedules cancel 0f207207-0000-7000-8000-0000000c1b01 --reason 'The hall is flooded'")]
    Cancel {
        /// The date's id.
        id: Uuid,
        /// Why; it is kept in the log.
        #[arg(long)]
        reason: String,
    },
    /// Refunds every payment of a cancelled date. Stopped half-way, it can be started again.
    #[command(after_help = "Examples:\n  frontrow schedules refund-all 0f207207-0000-7000-8000-0000000c1b01\n  \
        frontrow schedules refund-all 0f207207-0000-7000-8000-0000000c1b01 --reason 'The singer has a cold'")]
    RefundAll {
        /// The date's id.
        id: Uuid,
        /// How many in one request.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=500))]
        at_most: Option<u32>,
        /// Why, for the audit log.
        #[arg(long)]
        reason: Option<String>,
    },
}

/// When; instants like `2027-03-06T11:00:00Z`.
#[derive(Debug, Args)]
pub(crate) struct ScheduleTimes {
    /// When it starts.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) starts_at: Option<String>,
    /// The time zone of the hall, like Asia/Seoul.
    #[arg(long)]
    pub(crate) zone: Option<String>,
    /// From when on seats are sold.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) sale_opens_at: Option<String>,
    /// Until when seats are sold.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) sale_closes_at: Option<String>,
}

/// When a new date is; instants like `2027-03-06T11:00:00Z`.
#[derive(Debug, Args)]
pub(crate) struct NewScheduleTimes {
    /// When it starts.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) starts_at: String,
    /// The time zone of the hall, like Asia/Seoul.
    #[arg(long)]
    pub(crate) zone: String,
    /// From when on seats are sold.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) sale_opens_at: String,
    /// Until when seats are sold.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) sale_closes_at: String,
}
