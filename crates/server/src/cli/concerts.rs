//! `frontrow concerts`.

use clap::Subcommand;
use serde_json::Value;
use uuid::Uuid;

use super::queues::number_or_default;

#[derive(Debug, Subcommand)]
pub(crate) enum Concerts {
    /// Lists the concerts.
    #[command(after_help = "Example:\n  frontrow concerts list --limit 500")]
    List {
        /// How many at most.
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Shows a concert and the figures of its dates.
    #[command(after_help = "Example:\n  frontrow concerts show 0f207207-0000-7000-8000-0000000c1b00")]
    Output {
        /// The concert's id.
        id: Uuid,
    },
    /// Makes a concert without dates; `schedules add` adds them, `import` makes all at once.
    #[command(after_help = "Example:\n  frontrow concerts create --name 'The Small Hours' --host 'Blue Door Club' --max-seats-per-user 2")]
    Create {
        /// The id it is to have; by default a new one.
        #[arg(long)]
        id: Option<Uuid>,
        /// What it is called.
        #[arg(long)]
        name: String,
        /// Who gives it.
        #[arg(long)]
        host: String,
        /// The line in front of it; by default the default queue.
        #[arg(long, value_name = "UUID")]
        queue_id: Option<Uuid>,
        /// How many seats a user may have; default: what the configuration says.
        #[arg(long, value_name = "N", value_parser = number_or_default)]
        max_seats_per_user: Option<Value>,
    },
    /// Changes what is said, and nothing else.
    #[command(after_help = "Example:\n  frontrow concerts set 0f207207-0000-7000-8000-0000000c1b00 --max-seats-per-user default")]
    Set {
        /// The concert's id.
        id: Uuid,
        /// What it is called.
        #[arg(long)]
        name: Option<String>,
        /// Who gives it.
        #[arg(long)]
        host: Option<String>,
        /// The line in front of it.
        #[arg(long, value_name = "UUID")]
        queue_id: Option<Uuid>,
        /// How many seats a user may have; default: what the configuration says.
        #[arg(long, value_name = "N", value_parser = number_or_default)]
        max_seats_per_user: Option<Value>,
    },
    /// Cancels all dates of a concert. `schedules refund-all` gives the money back.
    #[command(after_help = "Example:\n  frontrow concerts cancel 0f207207-0000-7000-8000-0000000c1b00 --reason 'The band is ill'")]
    Cancel {
        /// The concert's id.
        id: Uuid,
        /// Why; it is kept in the log.
        #[arg(long)]
        reason: String,
    },
}
