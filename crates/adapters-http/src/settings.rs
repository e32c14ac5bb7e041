//! Settings of the API.

use std::time::Duration;

use domain::Currency;

use crate::limits::LimitSettings;

/// Settings of the HTTP API.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// The service's one currency: amounts in any other are refused.
    pub currency: Currency,
    /// Whether new users can register with the built-in issuer.
    pub registration: bool,
    /// The maximum size of a request body, in bytes.
    pub body_limit: usize,
    /// The maximum size of the body of an operator's request to the admin API, in bytes.
    pub operator_body_limit: usize,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
    /// The settings of event streams.
    pub streams: StreamSettings,
    /// The limits on requests.
    pub limits: LimitSettings,
    /// The origins whose pages may send requests, like `https://shop.example`.
    pub cors_origins: Vec<String>,
    /// The maximum size of the rendered seat maps in memory, in bytes.
    pub seat_page_bytes: usize,
    /// The maximum size of the rendered layouts in memory, in bytes.
    pub layout_page_bytes: usize,
    /// The settings of availabilities.
    pub availability: AvailabilitySettings,
    /// The settings of sessions.
    pub sessions: SessionSettings,
}

/// Settings of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionSettings {
    /// How long the access tokens of sessions are valid.
    pub access_token: Duration,
    /// Whether browsers send the session cookie over encrypted connections only.
    pub secure_cookies: bool,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self { access_token: Duration::from_mins(10), secure_cookies: false }
    }
}

/// Settings of availabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AvailabilitySettings {
    /// The maximum size of the rendered availabilities in memory, in bytes.
    pub bytes: usize,
    /// The minimum time between two renderings of one schedule, and so the maximum age of a response.
    pub render_interval: Duration,
    /// The interval between events of a stream.
    pub event_interval: Duration,
}

impl Default for AvailabilitySettings {
    fn default() -> Self {
        Self { bytes: 64 * 1024 * 1024, render_interval: Duration::from_millis(100), event_interval: Duration::from_secs(1) }
    }
}

/// Settings of event streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamSettings {
    /// The maximum number of open streams; further ones are refused as overloaded.
    pub at_most: usize,
    /// The interval between heartbeats of a stream without events.
    pub heartbeat: Duration,
    /// The maximum lifetime of a stream; then it ends, and its client reconnects.
    pub lifetime: Duration,
    /// How long a stream ticket is valid.
    pub ticket_lifetime: Duration,
}

impl Default for StreamSettings {
    fn default() -> Self {
        Self {
            at_most: 20_000,
            heartbeat: Duration::from_secs(15),
            lifetime: Duration::from_hours(1),
            ticket_lifetime: Duration::from_hours(24),
        }
    }
}

impl HttpSettings {
    /// Creates the default settings: open registration, and bodies of at most 16 KiB within 10 s.
    pub fn new(currency: Currency) -> Self {
        let body_timeout = Duration::from_secs(10);
        let (streams, limits) = (StreamSettings::default(), LimitSettings::default());
        Self {
            currency,
            registration: true,
            body_limit: 16 * 1024,
            operator_body_limit: 4 * 1024 * 1024,
            body_timeout,
            streams,
            limits,
            cors_origins: Vec::new(),
            seat_page_bytes: 64 * 1024 * 1024,
            layout_page_bytes: 64 * 1024 * 1024,
            availability: AvailabilitySettings::default(),
            sessions: SessionSettings::default(),
        }
    }
}
