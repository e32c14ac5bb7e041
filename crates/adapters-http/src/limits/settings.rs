//! Settings of the limits.

use std::time::Duration;

use super::address::TrustedProxies;
use super::rate::Rate;

/// Settings of the limits on requests.
#[derive(Debug, Clone)]
pub struct LimitSettings {
    /// The maximum number of requests in progress; further ones are refused as overloaded.
    pub in_flight: usize,
    /// How long the response to a request refused as overloaded is delayed: clients that retry immediately gain nothing, and leave the
    /// machine to admitted requests.
    pub overload_pause: Duration,
    /// The rate limit of an address; none: unlimited.
    pub per_address: Option<Rate>,
    /// The rate limit of a user; none: unlimited.
    pub per_user: Option<Rate>,
    /// The proxies that are trusted to report the address of the client.
    pub trusted_proxies: TrustedProxies,
}

impl Default for LimitSettings {
    fn default() -> Self {
        let overload_pause = Duration::from_millis(500);
        Self { in_flight: 10_000, overload_pause, per_address: None, per_user: None, trusted_proxies: TrustedProxies::default() }
    }
}
