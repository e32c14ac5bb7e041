//! Where a request comes from.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{HeaderMap, X_FORWARDED_FOR};
use ipnet::IpNet;

/// A household has so much of the IPv6 address space that counting single addresses would count nothing.
const IPV6_PREFIX_BITS: u32 = 64;

/// The address of the client: of the nearest in the chain of proxies that isn't trusted.
pub(super) fn of(request: &ServiceRequest, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    Some(household(client(peer, request.headers(), trusted)))
}

fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    let lists: Vec<_> = headers.get_all(X_FORWARDED_FOR).filter_map(|value| value.to_str().ok()).collect();
    let mut chain = lists.iter().rev().flat_map(|list| list.rsplit(','));
    let mut client = peer;
    while is_trusted(client) {
        // Who writes nonsense is the last that is known.
        let Some(Ok(before)) = chain.next().map(|address| address.trim().parse::<IpAddr>()) else { break };
        client = before.to_canonical();
    }
    client
}

fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - IPV6_PREFIX_BITS))).into(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn client_of(peer: &str, forwarded: &[&'static str]) -> String {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|net| net.parse().unwrap());
        let mut headers = HeaderMap::new();
        for list in forwarded {
            headers.append(X_FORWARDED_FOR, HeaderValue::from_static(list));
        }
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
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
    fn an_ipv6_household_is_one_client() {
        let of = |address: &str| household(address.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("203.0.113.9").to_string(), "203.0.113.9");
    }

    proptest! {
        #[test]
        fn a_stranger_is_not_believed_whatever_they_write(forwarded in prop::collection::vec(any::<Vec<u8>>(), 0..4)) {
            let peer = IpAddr::from([203, 0, 113, 9]);
            prop_assert_eq!(client(peer, &forwarding(&forwarded), &["10.0.0.0/8".parse().unwrap()]), peer);
        }

        #[test]
        fn whoever_stands_before_trusted_proxies_is_the_client(
            made_up in "[ -~]{0,40}", address: u128, proxies in prop::collection::vec(any::<[u8; 3]>(), 0..5),
        ) {
            let (trusted, address) = (["10.0.0.0/8".parse().unwrap()], IpAddr::from(Ipv6Addr::from_bits(address | 1 << 127)));
            let mut list = format!("{made_up}, {address}");
            for [a, b, c] in proxies {
                list = format!("{list}, 10.{a}.{b}.{c}");
            }
            prop_assert_eq!(client(IpAddr::from([10, 0, 0, 1]), &forwarding(&[list.into_bytes()]), &trusted), address);
        }
    }

    /// What of `lists` a header can say.
    fn forwarding(lists: &[Vec<u8>]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for list in lists.iter().filter_map(|list| HeaderValue::from_bytes(list).ok()) {
            headers.append(X_FORWARDED_FOR, list);
        }
        headers
    }
}
