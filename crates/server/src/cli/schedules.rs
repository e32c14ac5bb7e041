//! `frontrow schedules`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub(crate) enum Schedules {
    /// Show a schedule and its figures.
    #[command(after_help = "Example:\n  frontrow schedules show 0f207207-0000-7000-8000-0000000c1b01")]
    Show {
        /// ID of the schedule.
        id: Uuid,
    },
    /// Add a schedule to a concert.
    #[command(
        after_help = "Example:\n  frontrow schedules add 0f207207-0000-7000-8000-0000000c1b00 --starts-at 2027-03-06T11:00:00Z --zone Asia/Seoul \
        --sale-opens-at 2027-02-01T03:00:00Z --sale-closes-at 2027-03-06T11:00:00Z --seat-map map.json"
    )]
    Add {
        /// ID of the concert.
        concert_id: Uuid,
        /// ID of the new schedule (default: generated).
        #[arg(long)]
        id: Option<Uuid>,
        #[command(flatten)]
        times: NewScheduleTimes,
        /// File with the seat map, or - for standard input. It can also be set later with `seats lay-out`.
        #[arg(long, value_name = "FILE")]
        seat_map: Option<PathBuf>,
    },
    /// Change the specified properties.
    #[command(after_help = "Example:\n  frontrow schedules set 0f207207-0000-7000-8000-0000000c1b01 --sale-opens-at 2027-02-02T03:00:00Z")]
    Set {
        /// ID of the schedule.
        id: Uuid,
        #[command(flatten)]
        times: ScheduleTimes,
    },
    /// Cancel a schedule: seats can no longer be held, and its payments can be refunded at any time.
    #[command(after_help = "Example:\n  frontrow schedules cancel 0f207207-0000-7000-8000-0000000c1b01 --reason 'The hall is flooded'")]
    Cancel {
        /// ID of the schedule.
        id: Uuid,
        /// Reason, recorded in the audit log.
        #[arg(long)]
        reason: String,
    },
    /// Refund all payments of a cancelled schedule. If interrupted, it can be run again.
    #[command(after_help = "Examples:\n  frontrow schedules refund-all 0f207207-0000-7000-8000-0000000c1b01\n  \
        frontrow schedules refund-all 0f207207-0000-7000-8000-0000000c1b01 --reason 'The singer has a cold'")]
    RefundAll {
        /// ID of the schedule.
        id: Uuid,
        /// Maximum number of refunds per request.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=500))]
        at_most: Option<u32>,
        /// Reason, recorded in the audit log.
        #[arg(long)]
        reason: Option<String>,
    },
}

/// Changes to the times of a schedule; instants like `2027-03-06T11:00:00Z`.
#[derive(Debug, Args)]
pub(crate) struct ScheduleTimes {
    /// Start of the performance.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) starts_at: Option<String>,
    /// Time zone of the venue, like Asia/Seoul.
    #[arg(long)]
    pub(crate) zone: Option<String>,
    /// Start of the sale.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) sale_opens_at: Option<String>,
    /// End of the sale.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) sale_closes_at: Option<String>,
}

/// The times of a new schedule; instants like `2027-03-06T11:00:00Z`.
#[derive(Debug, Args)]
pub(crate) struct NewScheduleTimes {
    /// Start of the performance.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) starts_at: String,
    /// Time zone of the venue, like Asia/Seoul.
    #[arg(long)]
    pub(crate) zone: String,
    /// Start of the sale.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) sale_opens_at: String,
    /// End of the sale.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) sale_closes_at: String,
}
