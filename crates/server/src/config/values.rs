//! The configuration as it is written: all keys, with their types.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::hidden;

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Values {
    pub(super) http: Http,
    pub(super) web: Web,
    pub(super) limits: Limits,
    pub(super) database: Database,
    pub(super) demo: Demo,
    pub(super) reservation: Reservation,
    pub(super) queue: Queue,
    pub(super) wallet: Wallet,
    pub(super) auth: Auth,
    pub(super) sessions: Sessions,
    pub(super) retention: Retention,
    pub(super) memory: Memory,
    pub(super) commit: Commit,
    pub(super) operators: Operators,
    pub(super) log: Log,
    pub(super) telemetry: Telemetry,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Http {
    pub(super) bind: String,
    pub(super) workers: u32,
    pub(super) max_body_bytes: u32,
    pub(super) header_timeout_seconds: u32,
    pub(super) body_timeout_seconds: u32,
    pub(super) keep_alive_seconds: u32,
    pub(super) max_connections: u32,
    pub(super) notice_seconds: u32,
    pub(super) drain_seconds: u32,
    pub(super) max_event_streams: u32,
    pub(super) heartbeat_seconds: u32,
    pub(super) availability_milliseconds: u32,
    pub(super) availability_event_milliseconds: u32,
    pub(super) event_stream_seconds: u32,
    pub(super) stream_ticket_seconds: u32,
    pub(super) cors_origins: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Web {
    pub(super) shop: bool,
    pub(super) console: bool,
    pub(super) frame_ancestors: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) max_in_flight: u32,
    pub(super) overload_pause_milliseconds: u32,
    pub(super) address_per_minute: u32,
    pub(super) user_per_minute: u32,
    pub(super) address_burst: u32,
    pub(super) user_burst: u32,
    pub(super) trusted_proxies: String,
    pub(super) forwarded_header: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Database {
    #[serde(serialize_with = "hidden::url")]
    pub(super) url: String,
    #[serde(serialize_with = "hidden::url")]
    pub(super) audit_url: String,
    pub(super) command_connections: u32,
    pub(super) read_connections: u32,
    pub(super) follow_milliseconds: u32,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Demo {
    pub(super) enabled: bool,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reservation {
    pub(super) hold_seconds: u32,
    pub(super) max_seats_per_user: u32,
    pub(super) sweep_milliseconds: u32,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Queue {
    pub(super) capacity: u32,
    pub(super) batch: u32,
    pub(super) tick_milliseconds: u32,
    pub(super) active_seconds: u32,
    pub(super) claim_seconds: u32,
    pub(super) max_waiting: u32,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wallet {
    pub(super) currency: String,
    pub(super) charging: String,
    pub(super) allow_open_charges: bool,
    pub(super) max_charge: i64,
    pub(super) max_balance: i64,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Auth {
    pub(super) registration: bool,
    #[serde(serialize_with = "hidden::secret")]
    pub(super) issuer_secret: SecretString,
    pub(super) token_seconds: u32,
    pub(super) refresh_seconds: u32,
    /// Not in the defaults, so that a file can start the list with `[[auth.issuers]]`.
    #[serde(default)]
    pub(super) issuers: Vec<Issuer>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Issuer {
    pub(super) name: String,
    pub(super) audience: String,
    pub(super) algorithm: String,
    pub(super) pem_file: Option<String>,
    pub(super) jwks_file: Option<String>,
    pub(super) jwks_url: Option<String>,
    #[serde(default = "Issuer::default_leeway_seconds")]
    pub(super) leeway_seconds: u32,
    #[serde(default = "Issuer::default_roles_claim")]
    pub(super) roles_claim: String,
}

impl Issuer {
    const fn default_leeway_seconds() -> u32 {
        30
    }

    fn default_roles_claim() -> String {
        "roles".to_owned()
    }
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sessions {
    pub(super) max_per_user: u32,
    pub(super) access_token_seconds: u32,
    pub(super) idle_hours: u32,
    pub(super) lifetime_hours: u32,
    pub(super) privileged_lifetime_hours: u32,
    pub(super) grace_seconds: u32,
    pub(super) login_code_seconds: u32,
    pub(super) secure_cookies: bool,
}

#[derive(Debug, Deserialize, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the keys")]
#[serde(deny_unknown_fields)]
pub(super) struct Retention {
    pub(super) key_hours: u32,
    pub(super) event_hours: u32,
    pub(super) unread_event_hours: u32,
    pub(super) reservation_hours: u32,
    pub(super) token_hours: u32,
    pub(super) unused_user_hours: u32,
}

#[derive(Debug, Deserialize, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the keys")]
#[serde(deny_unknown_fields)]
pub(super) struct Memory {
    pub(super) seat_map_mebibytes: u32,
    pub(super) seat_page_mebibytes: u32,
    pub(super) layout_mebibytes: u32,
    pub(super) availability_mebibytes: u32,
    pub(super) catalogue_mebibytes: u32,
    pub(super) ended_token_mebibytes: u32,
    pub(super) unknown_token_mebibytes: u32,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Commit {
    pub(super) lanes: u32,
    pub(super) max_waiting: u32,
    pub(super) max_batch: u32,
    pub(super) deadline_milliseconds: u32,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operators {
    pub(super) max_body_bytes: u32,
    pub(super) max_waiting: u32,
    pub(super) deadline_milliseconds: u32,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Log {
    pub(super) format: String,
    pub(super) filter: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Telemetry {
    pub(super) ledger_check_seconds: u32,
    #[serde(serialize_with = "hidden::url")]
    pub(super) otlp_endpoint: String,
    pub(super) otlp_sample_ratio: f64,
}
