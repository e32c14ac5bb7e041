//! The checked configuration, in the types that the program uses.

use std::time::Duration;

use adapters_http::SessionSettings;
use application::MemoryLimits;
use application::housekeeper::Retention;
use application::scheduler::Intervals;
use domain::queue::PolicyOverrides;
use domain::{Charging, Money, QueuePolicy, Rules};
use tracing_subscriber::EnvFilter;

use super::auth::{self, Auth};
use super::checks::{SECONDS_PER_DAY, milliseconds, size, within};
use super::error::{ConfigError, invalid};
use super::http::{self, Http};
use super::sessions;
use super::telemetry::{self, Telemetry};
use super::values::Values;
use crate::store::{ConfiguredStore, Drivers, POSTGRES_LANES, StoreOptions};

/// The largest integer that every JSON reader represents exactly.
const MAX_MINOR_UNITS: i64 = (1 << 53) - 1;
const CHARGING: &str = "wallet.charging";
const TEN_YEARS_IN_HOURS: u32 = 87_600;
/// The largest configurable size of a read model or cache: 1 TiB.
const MAX_MEBIBYTES: u32 = 1_048_576;

/// The settings of the program.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) http: Http,
    pub(crate) store: ConfiguredStore,
    /// The interval at which the changes of other instances are read.
    pub(crate) follow: Duration,
    pub(crate) demo: bool,
    pub(crate) rules: Rules,
    /// Whether users may charge their own wallets even in production.
    pub(crate) allow_open_charges: bool,
    pub(crate) intervals: Intervals,
    pub(crate) retention: Retention,
    pub(crate) memory: Memory,
    pub(crate) auth: Auth,
    pub(crate) sessions: SessionSettings,
    pub(crate) commit: Commit,
    pub(crate) operators: Operators,
    pub(crate) log: Log,
    pub(crate) telemetry: Telemetry,
}

/// The maximum sizes of read models and caches.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) limits: MemoryLimits,
    pub(crate) seat_page_bytes: usize,
    pub(crate) availability_bytes: usize,
}

#[derive(Debug)]
pub(crate) struct Commit {
    /// `None`: the default of the store.
    pub(crate) lanes: Option<usize>,
    pub(crate) max_waiting: usize,
    pub(crate) max_batch: usize,
    pub(crate) deadline: Duration,
}

/// The limits on operators' requests.
#[derive(Debug)]
pub(crate) struct Operators {
    pub(crate) max_body_bytes: usize,
    pub(crate) max_waiting: usize,
    pub(crate) deadline: Duration,
}

#[derive(Debug)]
pub(crate) struct Log {
    pub(crate) format: LogFormat,
    pub(crate) filter: EnvFilter,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Returns the number of connections of a PostgreSQL store for commands: at least one per lane, and one each for joins, the scheduler, the
/// follower and the housekeeper.
fn command_connections(values: &Values, lanes: Option<usize>) -> Result<u32, ConfigError> {
    const KEY: &str = "database.command_connections";
    let connections = within(KEY, values.database.command_connections, 1..=100)?;
    let needed = lanes.unwrap_or(POSTGRES_LANES) + 4;
    if usize::try_from(connections).is_ok_and(|connections| connections >= needed) {
        Ok(connections)
    } else {
        Err(invalid(KEY, format!("must be at least commit.lanes + 4 = {needed}, not {connections}")))
    }
}

fn charging(text: &str) -> Result<Charging, ConfigError> {
    match text {
        "open" => Ok(Charging::Open),
        "operator" => Ok(Charging::Operator),
        other => Err(invalid(CHARGING, format!("must be open or operator, not {other}"))),
    }
}

impl Settings {
    /// Checks `values` and converts them to settings, with a store of one of `drivers`.
    pub(super) fn read(values: &Values, drivers: &Drivers) -> Result<Self, ConfigError> {
        let (intervals, retention) = (intervals(values)?, retention(values)?);
        let rules = rules(values)?;
        let (commit, operators) = (commit(values)?, operators(values)?);
        let options = StoreOptions {
            command_connections: command_connections(values, commit.lanes)?,
            read_connections: within("database.read_connections", values.database.read_connections, 1..=100)?,
            operator_timeout: operators.deadline,
            ..StoreOptions::default()
        };
        Ok(Self {
            http: http::read(values)?,
            store: store(values, options, drivers)?,
            follow: milliseconds("database.follow_milliseconds", values.database.follow_milliseconds, 10..=900)?,
            demo: values.demo.enabled,
            rules,
            allow_open_charges: values.wallet.allow_open_charges,
            intervals,
            retention,
            memory: memory(values)?,
            auth: auth::read(&values.auth)?,
            sessions: sessions::settings(&values.sessions)?,
            commit,
            operators,
            log: log(values)?,
            telemetry: telemetry::read(&values.telemetry)?,
        })
    }

    /// Refuses open charges unless they are confirmed. They are for trials and demos: any user can create money with them.
    pub(super) fn check_for_production(self) -> Result<Self, ConfigError> {
        if self.rules.charging == Charging::Open && !self.allow_open_charges {
            let problem = "must be operator in production: with open, users can charge their own wallets without payment \
                           (to allow this, set wallet.allow_open_charges = true)";
            return Err(invalid(CHARGING, problem));
        }
        Ok(self)
    }
}

fn amount(key: &str, value: i64) -> Result<Money, ConfigError> {
    match Money::new(value) {
        Ok(amount) if (1..=MAX_MINOR_UNITS).contains(&value) => Ok(amount),
        Ok(_) | Err(_) => Err(invalid(key, format!("must be from 1 to {MAX_MINOR_UNITS}, not {value}"))),
    }
}

fn store(values: &Values, options: StoreOptions, drivers: &Drivers) -> Result<ConfiguredStore, ConfigError> {
    let store = ConfiguredStore::new(&values.database.url, options, drivers).map_err(|problem| invalid("database.url", problem))?;
    match values.database.audit_url.as_str() {
        "" => Ok(store),
        url => store.auditing(url).map_err(|problem| invalid("database.audit_url", problem)),
    }
}

fn rules(Values { reservation, queue, wallet, retention, sessions, .. }: &Values) -> Result<Rules, ConfigError> {
    let span = |key, value| Ok::<_, ConfigError>(time::Duration::seconds(within(key, value, 1..=SECONDS_PER_DAY)?.into()));
    let max_waiting = within("queue.max_waiting", queue.max_waiting, 0..=u32::MAX)?;
    let max_balance = amount("wallet.max_balance", wallet.max_balance)?;
    let max_charge = amount("wallet.max_charge", wallet.max_charge)?;
    if max_charge > max_balance {
        return Err(invalid(
            "wallet.max_charge",
            format!("must be at most wallet.max_balance, {}, not {}", wallet.max_balance, wallet.max_charge),
        ));
    }
    Ok(Rules {
        hold: span("reservation.hold_seconds", reservation.hold_seconds)?,
        max_seats_per_user: within("reservation.max_seats_per_user", reservation.max_seats_per_user, 1..=100)?,
        currency: wallet.currency.parse().map_err(|error| invalid("wallet.currency", format!("is invalid: {error}")))?,
        charging: charging(&wallet.charging)?,
        max_charge,
        max_balance,
        queue: QueuePolicy {
            capacity: within("queue.capacity", queue.capacity, 0..=PolicyOverrides::MAX_USERS)?,
            batch: within("queue.batch", queue.batch, 1..=PolicyOverrides::MAX_BATCH)?,
            active: span("queue.active_seconds", queue.active_seconds)?,
            claim: span("queue.claim_seconds", queue.claim_seconds)?,
            max_waiting: (max_waiting > 0).then_some(max_waiting),
        },
        key_retention: time::Duration::hours(within("retention.key_hours", retention.key_hours, 1..=TEN_YEARS_IN_HOURS)?.into()),
        sessions: sessions::rules(sessions)?,
    })
}

fn intervals(Values { reservation, queue, .. }: &Values) -> Result<Intervals, ConfigError> {
    let range = 10..=SECONDS_PER_DAY * 1_000;
    Ok(Intervals {
        tick: milliseconds("queue.tick_milliseconds", queue.tick_milliseconds, range.clone())?,
        sweep: milliseconds("reservation.sweep_milliseconds", reservation.sweep_milliseconds, range)?,
    })
}

/// How much longer a registration or a session is kept than its access tokens are valid: the tolerated deviation of clocks, and requests in progress.
const TOKEN_MARGIN: Duration = Duration::from_hours(1);

fn retention(Values { retention, auth, sessions, .. }: &Values) -> Result<Retention, ConfigError> {
    let hours = |key, value| Ok::<_, ConfigError>(Duration::from_secs(3_600 * u64::from(within(key, value, 1..=TEN_YEARS_IN_HOURS)?)));
    let (keys, access_tokens) =
        (hours("retention.key_hours", retention.key_hours)?, Duration::from_secs(auth.token_seconds.into()) + TOKEN_MARGIN);
    let events = hours("retention.event_hours", retention.event_hours)?;
    Ok(Retention {
        period: Duration::from_secs(5),
        events,
        unread_events: hours("retention.unread_event_hours", retention.unread_event_hours)?.max(events),
        // A stored response names its reservation or user.
        reservations: hours("retention.reservation_hours", retention.reservation_hours)?.max(keys),
        tokens: hours("retention.token_hours", retention.token_hours)?,
        sessions: Duration::from_secs(sessions.access_token_seconds.into()) + TOKEN_MARGIN,
        // A user with a valid access token may still send a first request.
        unused_users: hours("retention.unused_user_hours", retention.unused_user_hours)?.max(keys).max(access_tokens),
    })
}

fn memory(Values { memory, .. }: &Values) -> Result<Memory, ConfigError> {
    let bytes = |key, mebibytes, least| Ok::<_, ConfigError>(size(key, mebibytes, least..=MAX_MEBIBYTES)?.saturating_mul(1 << 20));
    Ok(Memory {
        limits: MemoryLimits {
            // The largest seat map and its largest page fit.
            seat_maps: bytes("memory.seat_map_mebibytes", memory.seat_map_mebibytes, 64)?,
            layouts: bytes("memory.layout_mebibytes", memory.layout_mebibytes, 16)?,
            catalogue: bytes("memory.catalogue_mebibytes", memory.catalogue_mebibytes, 1)?,
            ended_tokens: bytes("memory.ended_token_mebibytes", memory.ended_token_mebibytes, 1)?,
            unknown_tokens: bytes("memory.unknown_token_mebibytes", memory.unknown_token_mebibytes, 1)?,
        },
        seat_page_bytes: bytes("memory.seat_page_mebibytes", memory.seat_page_mebibytes, 16)?,
        availability_bytes: bytes("memory.availability_mebibytes", memory.availability_mebibytes, 16)?,
    })
}

fn commit(Values { commit, .. }: &Values) -> Result<Commit, ConfigError> {
    let lanes = size("commit.lanes", commit.lanes, 0..=64)?;
    Ok(Commit {
        lanes: (lanes > 0).then_some(lanes),
        max_waiting: size("commit.max_waiting", commit.max_waiting, 1..=1_000_000)?,
        max_batch: size("commit.max_batch", commit.max_batch, 1..=4_096)?,
        deadline: milliseconds("commit.deadline_milliseconds", commit.deadline_milliseconds, 10..=60_000)?,
    })
}

fn operators(Values { operators, .. }: &Values) -> Result<Operators, ConfigError> {
    Ok(Operators {
        max_body_bytes: size("operators.max_body_bytes", operators.max_body_bytes, 1_024..=64 * 1_024 * 1_024)?,
        max_waiting: size("operators.max_waiting", operators.max_waiting, 1..=1_000)?,
        deadline: milliseconds("operators.deadline_milliseconds", operators.deadline_milliseconds, 100..=300_000)?,
    })
}

fn log(Values { log, .. }: &Values) -> Result<Log, ConfigError> {
    let format = match log.format.as_str() {
        "text" => LogFormat::Text,
        "json" => LogFormat::Json,
        other => return Err(invalid("log.format", format!("must be text or json, not {other}"))),
    };
    let filter = EnvFilter::try_new(&log.filter).map_err(|error| invalid("log.filter", format!("is invalid: {error}")))?;
    Ok(Log { format, filter })
}
