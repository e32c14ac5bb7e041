//! Access of the admin commands to a server: its URL, and an operator's token.

use std::net::IpAddr;

use adapters_http::Role;
use anyhow::Context;
use domain::UserId;
use secrecy::SecretString;
use ureq::http::Uri;
use uuid::uuid;

use super::super::issuer::{self, IfMissing};
use super::super::reach;
use crate::cli::ServerArgs;
use crate::client::{self, Client};
use crate::config::Settings;
use crate::usage::Usage;

/// The operator id in the audit log if the command line issues its own token.
const COMMAND_LINE: UserId = UserId(uuid!("0f207207-0000-7000-8000-00000000c11e"));

/// Creates a client of the specified server.
pub(super) async fn connect(server: &ServerArgs, settings: &Settings) -> anyhow::Result<Client> {
    let base = base(server, settings)?;
    let token = match &server.token {
        Some(token) => token.clone(),
        None if !is_loopback(&base) => {
            let why = format!("--token is required for {base}: tokens signed with this store's secret are only sent to this machine");
            return Err(Usage(why).into());
        }
        None => issue_token(settings).await.context("an operator's token can't be issued; specify one with --token")?,
    };
    Ok(Client::new(&base, token)?)
}

/// Returns the URL of the specified server.
pub(super) fn base(server: &ServerArgs, settings: &Settings) -> Result<String, Usage> {
    let base = match &server.server {
        Some(url) => url.clone(),
        None => reach::address(settings.http.bind).map_err(|Usage(why)| Usage(format!("{why}; specify the address with --server")))?,
    };
    client::check_server_url(&base)?;
    Ok(base)
}

/// Whether requests to `url` don't leave this machine.
fn is_loopback(url: &str) -> bool {
    let url: Option<Uri> = url.parse().ok();
    let host = url.as_ref().and_then(Uri::host).map(|host| host.trim_matches(['[', ']']));
    host.is_some_and(|host| host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()))
}

/// Issues a token of the built-in issuer, with the secret in the configuration or the store.
async fn issue_token(settings: &Settings) -> anyhow::Result<SecretString> {
    let (issuer, now) = issuer::load(settings, IfMissing::Fail).await?;
    Ok(issuer.issue(COMMAND_LINE, &[Role::User, Role::Operator], now)?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_urls_are_recognized() {
        for url in ["http://localhost:8080", "http://127.0.0.1", "https://127.3.2.1:1/x", "http://[::1]:8080"] {
            assert!(is_loopback(url), "{url}");
        }
        for url in
            ["http://localhost.example:8080", "http://127.0.0.1@10.0.0.1", "http://10.0.0.1", "https://[::2]", "http://0.0.0.0:1", "x", ""]
        {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
