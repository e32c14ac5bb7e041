//! `frontrow queues`.

use clap::{Args, Subcommand};
use serde_json::Value;
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub(crate) enum Queues {
    /// List all queues with their figures.
    #[command(after_help = "Example:\n  frontrow queues list")]
    List,
    /// Show a queue: its effective policy, its overrides, its figures.
    #[command(after_help = "Example:\n  frontrow queues show 0f207207-0000-7000-8000-000000a2e0aa")]
    Show {
        /// ID of the queue.
        id: Uuid,
    },
    /// Create a queue.
    #[command(after_help = "Example:\n  frontrow queues create --name Arena --capacity 500 --message 'The doors open at eight.'")]
    Create {
        /// ID of the new queue (default: generated).
        #[arg(long)]
        id: Option<Uuid>,
        /// Name of the queue.
        #[arg(long)]
        name: String,
        /// Message for waiting users.
        #[arg(long)]
        message: Option<String>,
        #[command(flatten)]
        policy: Policy,
    },
    /// Change the specified properties.
    #[command(after_help = "Examples:\n  frontrow queues set 0f207207-0000-7000-8000-000000a2e0aa --capacity 50\n  \
        frontrow queues set 0f207207-0000-7000-8000-000000a2e0aa --capacity default --no-message")]
    Set {
        /// ID of the queue.
        id: Uuid,
        /// Name of the queue.
        #[arg(long)]
        name: Option<String>,
        /// Message for waiting users.
        #[arg(long)]
        message: Option<String>,
        /// Remove the message.
        #[arg(long, conflicts_with = "message")]
        no_message: bool,
        #[command(flatten)]
        policy: Policy,
    },
    /// Stop admission; users can still join.
    #[command(after_help = "Example:\n  frontrow queues pause 0f207207-0000-7000-8000-000000a2e0aa")]
    Pause {
        /// ID of the queue.
        id: Uuid,
    },
    /// Resume admission.
    #[command(after_help = "Example:\n  frontrow queues resume 0f207207-0000-7000-8000-000000a2e0aa")]
    Resume {
        /// ID of the queue.
        id: Uuid,
    },
    /// Stop users from joining; waiting users are still admitted.
    #[command(after_help = "Example:\n  frontrow queues close 0f207207-0000-7000-8000-000000a2e0aa")]
    Close {
        /// ID of the queue.
        id: Uuid,
    },
    /// Let users join again.
    #[command(after_help = "Example:\n  frontrow queues open 0f207207-0000-7000-8000-000000a2e0aa")]
    Open {
        /// ID of the queue.
        id: Uuid,
    },
    /// Admit the next users immediately, regardless of the batch size, but never above the capacity.
    #[command(after_help = "Examples:\n  frontrow queues admit 0f207207-0000-7000-8000-000000a2e0aa 200\n  \
        frontrow queues admit 0f207207-0000-7000-8000-000000a2e0aa 200 --key after-the-support-act")]
    Admit {
        /// ID of the queue.
        id: Uuid,
        /// Maximum number of users.
        #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000))]
        count: u32,
        /// Idempotency key (default: generated). Repeating the command with the same key admits users only once.
        #[arg(long)]
        key: Option<String>,
    },
}

/// The rules of a policy: each is a number, or `default` for the configured value.
#[derive(Debug, Args)]
#[command(next_help_heading = "Policy (each a number, or \"default\" for the configured value)")]
pub(crate) struct Policy {
    /// Maximum number of active users.
    #[arg(long, value_name = "N", value_parser = number_or_default)]
    pub(crate) capacity: Option<Value>,
    /// Maximum number of users admitted per tick.
    #[arg(long, value_name = "N", value_parser = number_or_default)]
    pub(crate) batch: Option<Value>,
    /// Lifetime of an active token, in seconds.
    #[arg(long, value_name = "N", value_parser = number_or_default)]
    pub(crate) active_seconds: Option<Value>,
    /// Time for the first guarded request after the activation, in seconds.
    #[arg(long, value_name = "N", value_parser = number_or_default)]
    pub(crate) claim_seconds: Option<Value>,
    /// Maximum number of waiting users; 0: all joins are refused.
    #[arg(long, value_name = "N", value_parser = number_or_default)]
    pub(crate) max_waiting: Option<Value>,
}

/// Parses a number; the word `default` becomes null.
pub(super) fn number_or_default(text: &str) -> Result<Value, String> {
    match text.parse::<u32>() {
        Ok(number) => Ok(number.into()),
        Err(_) if text == "default" => Ok(Value::Null),
        Err(_) => Err("must be a number or \"default\"".to_owned()),
    }
}
