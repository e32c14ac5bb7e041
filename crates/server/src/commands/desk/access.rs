//! How the desk gets at a server: where it is, and an operator's token for it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use adapters_http::{Issuer, Role};
use anyhow::Context;
use application::SystemClock;
use application::ports::Clock as _;
use domain::UserId;
use secrecy::SecretString;
use uuid::uuid;

use super::super::issuer;
use crate::cli::ServerArgs;
use crate::client::Client;
use crate::config::Settings;
use crate::failure::Usage;
use crate::store;

/// Who the log says it was when the command line made its token itself.
const COMMAND_LINE: UserId = UserId(uuid!("0f207207-0000-7000-8000-00000000c11e"));

/// A client of the server that is meant.
pub(super) async fn to(server: &ServerArgs, settings: &Settings) -> anyhow::Result<Client> {
    let base = match &server.server {
        Some(url) => url.clone(),
        None => at(settings.http.bind)?,
    };
    let token = match &server.token {
        Some(token) => token.clone(),
        None => minted(settings).await.context("no operator's token can be made (--token gives one)")?,
    };
    Ok(Client::new(&base, token)?)
}

/// Where a server that listens on `bind` is reached from this machine.
fn at(bind: SocketAddr) -> Result<String, Usage> {
    let ip = match bind.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    match bind.port() {
        0 => Err(Usage("http.bind names no port: --server says where the server is".to_owned())),
        port => Ok(format!("http://{}", SocketAddr::new(ip, port))),
    }
}

/// A token of the built-in issuer, with the secret that is configured or kept in the store.
async fn minted(settings: &Settings) -> anyhow::Result<SecretString> {
    if let Some(issuer) = issuer::configured(settings) {
        return token(&issuer, SystemClock.now());
    }
    store::must_exist(&settings.database).await?;
    let store = store::open(settings).await?;
    let token = token(&issuer::of(settings, &*store.ports.secrets).await?, store.clock.now());
    store.connections.close().await;
    token
}

fn token(issuer: &Issuer, now: time::OffsetDateTime) -> anyhow::Result<SecretString> {
    Ok(issuer.issue(COMMAND_LINE, &[Role::User, Role::Operator], now)?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_reached_here() {
        for (bind, url) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::]:8080", "http://[::1]:8080"),
            ("10.1.2.3:9", "http://10.1.2.3:9"),
        ] {
            assert_eq!(at(bind.parse().unwrap()).unwrap(), url);
        }
        assert!(at("127.0.0.1:0".parse().unwrap()).unwrap_err().to_string().contains("--server"));
    }
}
