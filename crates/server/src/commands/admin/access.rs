//! How the desk gets at a server: where it is, and an operator's token for it.

use std::net::IpAddr;

use adapters_http::Role;
use anyhow::Context;
use domain::UserId;
use secrecy::SecretString;
use ureq::http::Uri;
use uuid::uuid;

use super::super::issuer::{self, Missing};
use super::super::reach;
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
        None => reach::address(settings.http.bind).map_err(|Usage(why)| Usage(format!("{why}: --server says where it is")))?,
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
}
