//! The address of a request's client, as reported by trusted proxies.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName, HeaderValue, X_FORWARDED_FOR};
use ipnet::IpNet;

use super::forwarded;

/// The prefix by which IPv6 clients are counted: a network has so many addresses that counting single ones would be useless.
const IPV6_PREFIX_BITS: u32 = 64;

/// The header in which trusted proxies report the address of the client. Only one is read: a proxy that writes one forwards the other as
/// the client sent it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl ForwardedHeader {
    const fn name(self) -> HeaderName {
        match self {
            Self::XForwardedFor => X_FORWARDED_FOR,
            Self::Forwarded => FORWARDED,
        }
    }

    /// Returns the address in one element of the header's list.
    fn address(self, element: &[u8]) -> Option<IpAddr> {
        let node = match self {
            Self::XForwardedFor => element,
            Self::Forwarded => forwarded::node(element)?,
        };
        address(node)
    }
}

/// The trusted proxies, and the header that they write.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies {
    /// Their networks; if empty, all clients connect directly.
    pub networks: Vec<IpNet>,
    /// The header in which they report the address of the client.
    pub header: ForwardedHeader,
}

/// Returns the rate-limit key of the client's address: the nearest address in the chain of proxies that isn't trusted.
pub(super) fn of(request: &ServiceRequest, trusted: &TrustedProxies) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    Some(rate_limit_key(client(peer, request.headers(), trusted)))
}

fn client(peer: IpAddr, headers: &HeaderMap, trusted: &TrustedProxies) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.networks.iter().any(|network| network.contains(&address));
    let lists: Vec<_> = headers.get_all(trusted.header.name()).map(HeaderValue::as_bytes).collect();
    let mut chain = lists.iter().rev().flat_map(|list| forwarded::elements(list));
    let mut client = peer;
    while is_trusted(client) {
        // At an element without an address, the last known address is the client's.
        let Some(previous) = chain.next().and_then(|element| trusted.header.address(element)) else { break };
        client = previous.to_canonical();
    }
    client
}

/// Returns the address in `node`, with or without brackets, port and quotes.
fn address(node: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(node).ok()?.trim();
    let text = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(|inside| inside.contains(':'));
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare.unwrap_or(text).parse().ok().or_else(with_port)
}

fn rate_limit_key(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - IPV6_PREFIX_BITS))).into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn proxies(header: ForwardedHeader) -> TrustedProxies {
        TrustedProxies { networks: ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().unwrap()).into(), header }
    }

    /// Returns the client of a request from `peer` with these lines of `header`.
    fn client_by(header: ForwardedHeader, peer: &str, lines: &[&[u8]]) -> String {
        client(peer.parse().unwrap(), &headers(header, lines), &proxies(header)).to_string()
    }

    fn client_of(peer: &str, lines: &[&str]) -> String {
        let lines: Vec<_> = lines.iter().map(|line| line.as_bytes()).collect();
        client_by(ForwardedHeader::XForwardedFor, peer, &lines)
    }

    fn headers<L: AsRef<[u8]>>(header: ForwardedHeader, lines: &[L]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines.iter().filter_map(|line| HeaderValue::from_bytes(line.as_ref()).ok()) {
            headers.append(header.name(), line);
        }
        headers
    }

    #[test]
    fn headers_of_untrusted_peers_are_ignored() {
        assert_eq!(client_of("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client_of("10.0.0.1", &["198.51.100.1, 203.0.113.9"]), "203.0.113.9", "earlier elements may be forged");
    }

    #[test]
    fn the_chain_of_trusted_proxies_is_followed_back() {
        assert_eq!(client_of("10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(client_of("10.0.0.1", &["203.0.113.9, 10.0.0.2"]), "203.0.113.9");
        assert_eq!(client_of("10.0.0.1", &["203.0.113.9", "10.0.0.2,10.0.0.3"]), "203.0.113.9");
        assert_eq!(client_of("fd00::1", &["2001:db8::5"]), "2001:db8::5");
        assert_eq!(client_of("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client_of("10.0.0.1", &["203.0.113.9, nonsense"]), "10.0.0.1");
    }

    #[test]
    fn an_address_with_a_port_or_in_brackets_is_read() {
        for (element, client) in [
            ("198.51.100.1:4001", "198.51.100.1"),
            ("198.51.100.1:4001, 10.0.0.2:80", "198.51.100.1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("\"[2001:db8::1]:443\"", "2001:db8::1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
            ("[::ffff:198.51.100.1]:4001", "198.51.100.1"),
        ] {
            assert_eq!(client_of("10.0.0.1", &[element]), client, "{element}");
        }
        for element in ["198.51.100.1:", "198.51.100.1:65536", "[198.51.100.1]", "[2001:db8::1", "2001:db8::1]:443", "unknown", ""] {
            assert_eq!(client_of("10.0.0.1", &[element]), "10.0.0.1", "{element}");
        }
    }

    #[test]
    fn elements_written_by_a_client_do_not_hide_its_address() {
        for forged in [b"\xc3\xa9".as_slice(), b"\xff", b"\"", b"for=\"", b"unknown", b"198.51.100.1, \xe9"] {
            let line = [forged, b", 203.0.113.9"].concat();
            assert_eq!(client_by(ForwardedHeader::XForwardedFor, "10.0.0.1", &[&line]), "203.0.113.9", "{}", forged.escape_ascii());
            let line = [forged, b", for=203.0.113.9;proto=https"].concat();
            assert_eq!(client_by(ForwardedHeader::Forwarded, "10.0.0.1", &[&line]), "203.0.113.9", "{}", forged.escape_ascii());
        }
    }

    #[test]
    fn the_chain_in_forwarded_is_followed_back() {
        let client_of = |lines: &[&[u8]]| client_by(ForwardedHeader::Forwarded, "10.0.0.1", lines);
        assert_eq!(client_of(&[b"for=203.0.113.9"]), "203.0.113.9");
        assert_eq!(client_of(&[b"For=\"[2001:db8:cafe::17]:4711\""]), "2001:db8:cafe::17");
        assert_eq!(client_of(&[b"for=198.51.100.1, for=203.0.113.9;by=10.0.0.2;proto=http;host=\"a,b;for=1.2.3.4\""]), "203.0.113.9");
        assert_eq!(client_of(&[b"proto=https;for=203.0.113.9", b"for=10.0.0.3 , for=\"10.0.0.2:80\""]), "203.0.113.9");
        for unknown in [b"for=unknown".as_slice(), b"for=_hidden", b"proto=https", b"for=", b"for", b"203.0.113.9", b""] {
            assert_eq!(client_of(&[unknown]), "10.0.0.1", "{}", unknown.escape_ascii());
        }
    }

    #[test]
    fn only_the_configured_header_is_read() {
        let mut both = headers(ForwardedHeader::XForwardedFor, &["203.0.113.9"]);
        both.append(FORWARDED, HeaderValue::from_static("for=198.51.100.1"));
        let peer = IpAddr::from([10, 0, 0, 1]);
        assert_eq!(client(peer, &both, &proxies(ForwardedHeader::XForwardedFor)).to_string(), "203.0.113.9");
        assert_eq!(client(peer, &both, &proxies(ForwardedHeader::Forwarded)).to_string(), "198.51.100.1");
    }

    #[test]
    fn ipv6_addresses_of_one_network_share_a_rate_limit() {
        let of = |address: &str| rate_limit_key(address.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("203.0.113.9").to_string(), "203.0.113.9");
    }

    const HEADERS: [ForwardedHeader; 2] = [ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded];

    proptest! {
        #[test]
        fn arbitrary_headers_of_untrusted_peers_are_ignored(lines in prop::collection::vec(any::<Vec<u8>>(), 0..4)) {
            let peer = IpAddr::from([203, 0, 113, 9]);
            for header in HEADERS {
                prop_assert_eq!(client(peer, &headers(header, &lines), &proxies(header)), peer);
            }
        }

        #[test]
        fn the_client_is_the_peer_of_the_first_trusted_proxy(
            forged: Vec<u8>, address: u128, port: Option<u16>, chain in prop::collection::vec(any::<[u8; 3]>(), 0..5),
        ) {
            // Bytes that a header can't contain are removed.
            let forged: Vec<_> = forged.into_iter().filter(|byte| HeaderValue::from_bytes(&[*byte]).is_ok()).collect();
            let address = Ipv6Addr::from_bits(address | 1 << 127);
            prop_assume!(!proxies(ForwardedHeader::Forwarded).networks[1].contains(&IpAddr::from(address)));
            let node = port.map_or(format!("[{address}]"), |port| format!("[{address}]:{port}"));
            for header in HEADERS {
                let element = |node: &str| match header {
                    ForwardedHeader::XForwardedFor => node.to_owned(),
                    ForwardedHeader::Forwarded => format!("for=\"{node}\";proto=https"),
                };
                let mut line = [forged.as_slice(), b", ", element(&node).as_bytes()].concat();
                for [a, b, c] in &chain {
                    line.extend_from_slice(format!(", {}", element(&format!("10.{a}.{b}.{c}"))).as_bytes());
                }
                let headers = headers(header, &[line]);
                prop_assert_eq!(client(IpAddr::from([10, 0, 0, 1]), &headers, &proxies(header)), IpAddr::from(address));
            }
        }
    }
}
