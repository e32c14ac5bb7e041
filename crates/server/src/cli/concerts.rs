//! `frontrow concerts`.

use clap::{Args, Subcommand};
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
    #[command(
        after_help = "Examples:\n  frontrow concerts create --name 'The Small Hours' --host 'Blue Door Club' --max-seats-per-user 2\n  \
        frontrow concerts create --name 'The Small Hours' --host 'Blue Door Club' --publishes-at 2027-01-15T03:00:00Z \
        --venue-name 'Blue Door' --venue-city Seoul --venue-zone Asia/Seoul"
    )]
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
        #[command(flatten)]
        listing: Listing,
    },
    /// Change the specified properties.
    #[command(after_help = "Examples:\n  frontrow concerts set 0f207207-0000-7000-8000-0000000c1b00 --max-seats-per-user default\n  \
        frontrow concerts set 0f207207-0000-7000-8000-0000000c1b00 --image-url none --publishes-at none")]
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
        #[command(flatten)]
        listing: Listing,
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

/// What the public catalogue shows of a concert.
#[derive(Debug, Args)]
pub(crate) struct Listing {
    /// Description, or `none`.
    #[arg(long, value_name = "TEXT", value_parser = text_or_none)]
    pub(crate) description: Option<Value>,
    /// https or http URL of an image, or `none`.
    #[arg(long, value_name = "URL", value_parser = text_or_none)]
    pub(crate) image_url: Option<Value>,
    /// Name of the venue.
    #[arg(long, value_name = "NAME", requires_all = ["venue_city", "venue_zone"])]
    pub(crate) venue_name: Option<String>,
    /// City of the venue.
    #[arg(long, value_name = "CITY", requires = "venue_name")]
    pub(crate) venue_city: Option<String>,
    /// Time zone of the venue, like Asia/Seoul.
    #[arg(long, value_name = "ZONE", requires = "venue_name")]
    pub(crate) venue_zone: Option<String>,
    /// Remove the venue.
    #[arg(long, conflicts_with = "venue_name")]
    pub(crate) no_venue: bool,
    /// First instant at which the concert is public, or `none`: at once.
    #[arg(long, value_name = "INSTANT", value_parser = text_or_none)]
    pub(crate) publishes_at: Option<Value>,
}

/// Returns a text; the word `none` becomes null.
#[expect(clippy::unnecessary_wraps, reason = "a value parser returns a result")]
fn text_or_none(text: &str) -> Result<Value, std::convert::Infallible> {
    Ok(if text == "none" { Value::Null } else { text.into() })
}
