//! The address at which a server is reached from this machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::usage::Usage;

/// Returns the URL of a server that listens on `bind`.
pub(super) fn address(bind: SocketAddr) -> Result<String, Usage> {
    let ip = match bind.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    match bind.port() {
        0 => Err(Usage("http.bind has port 0, so the server's port is unknown".to_owned())),
        port => Ok(format!("http://{}", SocketAddr::new(ip, port))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_on_all_addresses_is_reached_on_loopback() {
        for (bind, url) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::]:8080", "http://[::1]:8080"),
            ("10.1.2.3:9", "http://10.1.2.3:9"),
        ] {
            assert_eq!(address(bind.parse().unwrap()).unwrap(), url);
        }
        assert!(address("127.0.0.1:0".parse().unwrap()).unwrap_err().to_string().contains("http.bind"));
    }
}
