//! How the desk gets at a server: where it is, and an operator's token for it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use adapters_http::Role;
use anyhow::Context;
use domain::UserId;
use secrecy::SecretString;
use ureq::http::Uri;
use uuid::uuid;

use super::super::issuer::{self, Missing};
use crate::cli::ServerArgs;
use crate::client::{self, Client};
use crate::config::Settings;
use crate::failure::Usage;

/// Who the log says it was when the command line made its token itself.
const COMMAND_LINE: UserId = UserId(uuid!("0f207207-0000-7000-8000-00000000c11e"));

/// A client of the server that is meant.
pub(super) async fn to(server: &ServerArgs, settings: &Settings) -> anyhow::Result<Client> {
    let base = match &server.server {
        Some(url) => url.clone(),
        None => at(settings.http.bind)?,
    };
    client::must_be_a_server(&base)?;
    let token = match &server.token {
        Some(token) => token.clone(),
        None if !is_here(&base) => {
            let why = format!("--token says as whom {base} is asked: what this store's secret signs goes to this machine alone");
            return Err(Usage(why).into());
        }
        None => minted(settings).await.context("no operator's token can be made (--token gives one)")?,
    };
    Ok(Client::new(&base, token)?)
}

/// Whether nobody but this machine hears what is sent to `url`.
fn is_here(url: &str) -> bool {
    let url: Option<Uri> = url.parse().ok();
    let host = url.as_ref().and_then(Uri::host).map(|host| host.trim_matches(['[', ']']));
    host.is_some_and(|host| host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()))
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
    let (issuer, now) = issuer::at_hand(settings, Missing::Refused).await?;
    Ok(issuer.issue(COMMAND_LINE, &[Role::User, Role::Operator], now)?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_this_machine_is_known() {
        for url in ["http://localhost:8080", "http://127.0.0.1", "https://127.3.2.1:1/x", "http://[::1]:8080"] {
            assert!(is_here(url), "{url}");
        }
        for url in
            ["http://localhost.example:8080", "http://127.0.0.1@10.0.0.1", "http://10.0.0.1", "https://[::2]", "http://0.0.0.0:1", "x", ""]
        {
            assert!(!is_here(url), "{url}");
        }
    }

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
