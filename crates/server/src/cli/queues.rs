//! `frontrow queues`.

use clap::{Args, Subcommand};
use serde_json::Value;
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub(crate) enum Queues {
    /// Lists all queues with their figures.
    #[command(after_help = "Example:\n  frontrow queues list")]
    List,
    /// Shows a queue: its policy in force, what it overrides, its figures.
    #[command(after_help = "Example:\n  frontrow queues show 0f207207-0000-7000-8000-000000a2e0aa")]
    Output {
        /// The queue's id.
        id: Uuid,
    },
    /// Makes a queue.
    #[command(after_help = "Example:\n  frontrow queues create --name Arena --capacity 500 --message 'The doors open at eight.'")]
    Create {
        /// The id it is to have; by default a new one.
        #[arg(long)]
        id: Option<Uuid>,
        /// What it is called.
        #[arg(long)]
        name: String,
        /// What those who wait are told.
        #[arg(long)]
        message: Option<String>,
        #[command(flatten)]
        policy: Policy,
    },
    /// Changes what is said, and nothing else.
    #[command(after_help = "Examples:\n  frontrow queues set 0f207207-0000-7000-8000-000000a2e0aa --capacity 50\n  \
        frontrow queues set 0f207207-0000-7000-8000-000000a2e0aa --capacity default --no-message")]
    Set {
        /// The queue's id.
        id: Uuid,
        /// What it is called.
        #[arg(long)]
        name: Option<String>,
        /// What those who wait are told.
        #[arg(long)]
        message: Option<String>,
        /// Nothing is told any more.
        #[arg(long, conflicts_with = "message")]
        no_message: bool,
        #[command(flatten)]
        policy: Policy,
    },
    /// Stops the admission; joining goes on.
    #[command(after_help = "Example:\n  frontrow queues pause 0f207207-0000-7000-8000-000000a2e0aa")]
    Pause {
        /// The queue's id.
        id: Uuid,
    },
    /// Admits again.
    #[command(after_help = "Example:\n  frontrow queues resume 0f207207-0000-7000-8000-000000a2e0aa")]
    Resume {
        /// The queue's id.
        id: Uuid,
    },
    /// Lets nobody join any more; the line drains.
    #[command(after_help = "Example:\n  frontrow queues close 0f207207-0000-7000-8000-000000a2e0aa")]
    Close {
        /// The queue's id.
        id: Uuid,
    },
    /// Lets users join again.
    #[command(after_help = "Example:\n  frontrow queues open 0f207207-0000-7000-8000-000000a2e0aa")]
    Open {
        /// The queue's id.
        id: Uuid,
    },
    /// Admits the next users at once, whatever the batch, never above the capacity.
    #[command(after_help = "Examples:\n  frontrow queues admit 0f207207-0000-7000-8000-000000a2e0aa 200\n  \
        frontrow queues admit 0f207207-0000-7000-8000-000000a2e0aa 200 --key after-the-support-act")]
    Admit {
        /// The queue's id.
        id: Uuid,
        /// How many at most.
        #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000))]
        count: u32,
        /// The idempotency key; by default a new one. The same command with the same key admits once.
        #[arg(long)]
        key: Option<String>,
    },
}

/// Of each rule a number, or `default`: what the configuration says.
#[derive(Debug, Args)]
#[command(next_help_heading = "Policy (a number, or default: what the configuration says)")]
pub(crate) struct Policy {
    /// How many may be in at once.
    #[arg(long, value_name = "N", value_parser = number_or_default)]
    pub(crate) capacity: Option<Value>,
    /// How many are admitted at most in a tick.
    #[arg(long, value_name = "N", value_parser = number_or_default)]
    pub(crate) batch: Option<Value>,
    /// How long a user may stay in.
    #[arg(long, value_name = "N", value_parser = number_or_default)]
    pub(crate) active_seconds: Option<Value>,
    /// How long for the first guarded call.
    #[arg(long, value_name = "N", value_parser = number_or_default)]
    pub(crate) claim_seconds: Option<Value>,
    /// How many may wait.
    #[arg(long, value_name = "N", value_parser = number_or_default)]
    pub(crate) max_waiting: Option<Value>,
}

/// A number, or null for the word `default`.
pub(super) fn number_or_default(text: &str) -> Result<Value, String> {
    match text.parse::<u32>() {
        Ok(number) => Ok(number.into()),
        Err(_) if text == "default" => Ok(Value::Null),
        Err(_) => Err("must be a number, or default".to_owned()),
    }
}
