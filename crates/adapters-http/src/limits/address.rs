//! Where a request comes from: the address of its client, as trusted proxies report it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName, HeaderValue, X_FORWARDED_FOR};
use ipnet::IpNet;

use super::forwarded;

/// A household has so much of the IPv6 address space that counting single addresses would count nothing.
const IPV6_PREFIX_BITS: u32 = 64;

/// The header in which trusted proxies say for whom they ask. Only one is read: a proxy that writes one passes the other on as the client
/// wrote it.
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

    /// The address in one element of the header's list.
    fn address(self, element: &[u8]) -> Option<IpAddr> {
        let node = match self {
            Self::XForwardedFor => element,
            Self::Forwarded => forwarded::node(element)?,
        };
        address(node)
    }
}

/// Which proxies are believed, and where they write.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies {
    /// Their networks; none: all clients connect by themselves.
    pub networks: Vec<IpNet>,
    /// Where they say for whom they ask.
    pub header: ForwardedHeader,
}

/// The address of the client: of the nearest in the chain of proxies that isn't trusted.
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
        // Before an element that is no address, the last one that is known counts.
        let Some(before) = chain.next().and_then(|element| trusted.header.address(element)) else { break };
        client = before.to_canonical();
    }
    client
}

/// The address that `node` begins with: alone, in brackets, with or without a port, with or without quotes.
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

    /// The client of a request from `peer` with these lines of `header`.
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
    fn a_stranger_is_not_believed() {
        assert_eq!(client_of("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client_of("10.0.0.1", &["198.51.100.1, 203.0.113.9"]), "203.0.113.9", "what comes before may be made up");
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
    fn what_a_client_wrote_before_its_address_does_not_hide_it() {
        for made_up in [b"\xc3\xa9".as_slice(), b"\xff", b"\"", b"for=\"", b"unknown", b"198.51.100.1, \xe9"] {
            let line = [made_up, b", 203.0.113.9"].concat();
            assert_eq!(client_by(ForwardedHeader::XForwardedFor, "10.0.0.1", &[&line]), "203.0.113.9", "{}", made_up.escape_ascii());
            let line = [made_up, b", for=203.0.113.9;proto=https"].concat();
            assert_eq!(client_by(ForwardedHeader::Forwarded, "10.0.0.1", &[&line]), "203.0.113.9", "{}", made_up.escape_ascii());
        }
    }

    #[test]
    fn forwarded_is_followed_back_as_well() {
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
        fn a_stranger_is_not_believed_whatever_they_write(lines in prop::collection::vec(any::<Vec<u8>>(), 0..4)) {
            let peer = IpAddr::from([203, 0, 113, 9]);
            for header in HEADERS {
                prop_assert_eq!(client(peer, &headers(header, &lines), &proxies(header)), peer);
            }
        }

        #[test]
        fn the_client_is_whoever_asked_the_first_trusted_proxy(
            made_up: Vec<u8>, address: u128, port: Option<u16>, chain in prop::collection::vec(any::<[u8; 3]>(), 0..5),
        ) {
            // What a header can't say isn't sent.
            let made_up: Vec<_> = made_up.into_iter().filter(|byte| HeaderValue::from_bytes(&[*byte]).is_ok()).collect();
            let address = Ipv6Addr::from_bits(address | 1 << 127);
            prop_assume!(!proxies(ForwardedHeader::Forwarded).networks[1].contains(&IpAddr::from(address)));
            let node = port.map_or(format!("[{address}]"), |port| format!("[{address}]:{port}"));
            for header in HEADERS {
                let element = |node: &str| match header {
                    ForwardedHeader::XForwardedFor => node.to_owned(),
                    ForwardedHeader::Forwarded => format!("for=\"{node}\";proto=https"),
                };
                let mut line = [made_up.as_slice(), b", ", element(&node).as_bytes()].concat();
                for [a, b, c] in &chain {
                    line.extend_from_slice(format!(", {}", element(&format!("10.{a}.{b}.{c}"))).as_bytes());
                }
                let headers = headers(header, &[line]);
                prop_assert_eq!(client(IpAddr::from([10, 0, 0, 1]), &headers, &proxies(header)), IpAddr::from(address));
            }
        }
    }
}
