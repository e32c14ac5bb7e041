//! The configuration of the HTTP server: `[http]`, `[web]` and `[limits]`.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use adapters_http::{AvailabilitySettings, ForwardedHeader, LimitSettings, Rate, StreamSettings, TrustedProxies};
use adapters_web::WebSettings;

use super::checks::{SECONDS_PER_DAY, milliseconds, seconds, size, within};
use super::error::{ConfigError, invalid};
use super::values::Values;

#[derive(Debug)]
pub(crate) struct Http {
    pub(crate) bind: SocketAddr,
    /// `None`: one per core.
    pub(crate) workers: Option<usize>,
    pub(crate) max_body_bytes: usize,
    pub(crate) header_timeout: Duration,
    pub(crate) body_timeout: Duration,
    pub(crate) keep_alive: Duration,
    pub(crate) max_connections: usize,
    pub(crate) notice: Duration,
    pub(crate) drain: Duration,
    pub(crate) streams: StreamSettings,
    /// Without its size, which is among those of the memory.
    pub(crate) availability: AvailabilitySettings,
    pub(crate) cors_origins: Vec<String>,
    pub(crate) web: WebSettings,
    pub(crate) limits: LimitSettings,
}

pub(super) fn read(Values { http, web, limits, .. }: &Values) -> Result<Http, ConfigError> {
    let workers = size("http.workers", http.workers, 0..=1_024)?;
    Ok(Http {
        bind: http.bind.parse().map_err(|_| invalid("http.bind", "must be an address and a port, like 127.0.0.1:8080"))?,
        workers: (workers > 0).then_some(workers),
        max_body_bytes: size("http.max_body_bytes", http.max_body_bytes, 1_024..=16_777_216)?,
        header_timeout: seconds("http.header_timeout_seconds", http.header_timeout_seconds, 1..=600)?,
        body_timeout: seconds("http.body_timeout_seconds", http.body_timeout_seconds, 1..=600)?,
        keep_alive: seconds("http.keep_alive_seconds", http.keep_alive_seconds, 1..=600)?,
        max_connections: size("http.max_connections", http.max_connections, 1..=1_000_000)?,
        notice: seconds("http.notice_seconds", http.notice_seconds, 0..=600)?,
        drain: seconds("http.drain_seconds", http.drain_seconds, 0..=600)?,
        streams: StreamSettings {
            at_most: size("http.max_event_streams", http.max_event_streams, 0..=1_000_000)?,
            heartbeat: seconds("http.heartbeat_seconds", http.heartbeat_seconds, 1..=600)?,
            lifetime: seconds("http.event_stream_seconds", http.event_stream_seconds, 1..=SECONDS_PER_DAY)?,
            ticket_lifetime: seconds("http.stream_ticket_seconds", http.stream_ticket_seconds, 60..=30 * SECONDS_PER_DAY)?,
        },
        availability: AvailabilitySettings {
            render_interval: milliseconds("http.availability_milliseconds", http.availability_milliseconds, 1..=10_000)?,
            event_interval: milliseconds("http.availability_event_milliseconds", http.availability_event_milliseconds, 100..=60_000)?,
            ..AvailabilitySettings::default()
        },
        cors_origins: list("http.cors_origins", &http.cors_origins, origin)?,
        web: WebSettings {
            shop: web.shop,
            console: web.console,
            frame_ancestors: list("web.frame_ancestors", &web.frame_ancestors, origin)?,
        },
        limits: LimitSettings {
            in_flight: size("limits.max_in_flight", limits.max_in_flight, 1..=1_000_000)?,
            overload_pause: milliseconds("limits.overload_pause_milliseconds", limits.overload_pause_milliseconds, 0..=10_000)?,
            per_address: rate(("limits.address_per_minute", limits.address_per_minute), ("limits.address_burst", limits.address_burst))?,
            per_user: rate(("limits.user_per_minute", limits.user_per_minute), ("limits.user_burst", limits.user_burst))?,
            trusted_proxies: TrustedProxies {
                networks: list("limits.trusted_proxies", &limits.trusted_proxies, |net| {
                    net.parse().map_err(|_| format!("must list networks like 10.0.0.0/8, not {net}"))
                })?,
                header: match limits.forwarded_header.to_ascii_lowercase().as_str() {
                    "x-forwarded-for" => ForwardedHeader::XForwardedFor,
                    "forwarded" => ForwardedHeader::Forwarded,
                    other => return Err(invalid("limits.forwarded_header", format!("must be x-forwarded-for or forwarded, not {other}"))),
                },
            },
        },
    })
}

/// Parses a comma-separated list.
fn list<T>(key: &'static str, text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, ConfigError> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    items.map(|item| read(item).map_err(|problem| invalid(key, problem))).collect()
}

fn origin(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = |host: &str| {
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.:".contains(&byte))
    };
    // As browsers send it: in lower case, without the scheme's default port.
    let has_default_port = text.starts_with("https:") && text.ends_with(":443") || text.starts_with("http:") && text.ends_with(":80");
    if host.is_some_and(plain) && !has_default_port {
        Ok(text.to_owned())
    } else {
        Err(format!("must list origins like https://shop.example, not {text}"))
    }
}

/// Returns a rate limit, of requests per minute and of a burst; `None`, for 0 per minute: no limit.
fn rate((key, per_minute): (&'static str, u32), (burst_key, burst): (&'static str, u32)) -> Result<Option<Rate>, ConfigError> {
    let per_minute = NonZeroU32::new(within(key, per_minute, 0..=1_000_000)?);
    let burst = NonZeroU32::new(within(burst_key, burst, 1..=1_000_000)?);
    Ok(per_minute.zip(burst).map(|(per_minute, burst)| Rate { per_minute, burst }))
}
