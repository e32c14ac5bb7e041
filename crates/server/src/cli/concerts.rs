//! `frontrow concerts`.

use clap::Subcommand;
use serde_json::Value;
use uuid::Uuid;

use super::queues::number_or_default;

#[derive(Debug, Subcommand)]
pub(crate) enum Concerts {
    /// List the concerts.
    #[command(after_help = "Example:\n  frontrow concerts list --limit 500")]
    List {
        /// Maximum number of items.
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Show a concert and the figures of its schedules.
    #[command(after_help = "Example:\n  frontrow concerts show 0f207207-0000-7000-8000-0000000c1b00")]
    Show {
        /// ID of the concert.
        id: Uuid,
    },
    /// Create a concert without schedules; add them with `schedules add`, or create everything with `import`.
    #[command(after_help = "Example:\n  frontrow concerts create --name 'The Small Hours' --host 'Blue Door Club' --max-seats-per-user 2")]
    Create {
        /// ID of the new concert (default: generated).
        #[arg(long)]
        id: Option<Uuid>,
        /// Name of the concert.
        #[arg(long)]
        name: String,
        /// Organiser of the concert.
        #[arg(long)]
        host: String,
        /// Queue of the concert (default: the default queue).
        #[arg(long, value_name = "UUID")]
        queue_id: Option<Uuid>,
        /// Maximum number of seats per user, or `default` for the configured value.
        #[arg(long, value_name = "N", value_parser = number_or_default)]
        max_seats_per_user: Option<Value>,
    },
    /// Change the specified properties.
    #[command(after_help = "Example:\n  frontrow concerts set 0f207207-0000-7000-8000-0000000c1b00 --max-seats-per-user default")]
    Set {
        /// ID of the concert.
        id: Uuid,
        /// Name of the concert.
        #[arg(long)]
        name: Option<String>,
        /// Organiser of the concert.
        #[arg(long)]
        host: Option<String>,
        /// Queue of the concert.
        #[arg(long, value_name = "UUID")]
        queue_id: Option<Uuid>,
        /// Maximum number of seats per user, or `default` for the configured value.
        #[arg(long, value_name = "N", value_parser = number_or_default)]
        max_seats_per_user: Option<Value>,
    },
    /// Cancel all schedules of a concert. Refund their payments with `schedules refund-all`.
    #[command(after_help = "Example:\n  frontrow concerts cancel 0f207207-0000-7000-8000-0000000c1b00 --reason 'The band is ill'")]
    Cancel {
        /// ID of the concert.
        id: Uuid,
        /// Reason, recorded in the audit log.
        #[arg(long)]
        reason: String,
    },
}
