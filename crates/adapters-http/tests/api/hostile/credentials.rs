//! Credentials: forged, stolen, expired, truncated.

use std::time::Duration;

use adapters_http::{Issuer, Role};
use application::ports::Clock as _;
use uuid::Uuid;

use super::Group;
use super::fixture::{Fixture, ValidRequest};
use crate::plan::SECRET;

/// `{"alg":"none"}`, `{"alg":"HS512"}`, `{"alg":"RS256","jwk":{}}`, and text that is not JSON, in base64.
const HEADERS: &[&str] = &["eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzUxMiJ9", "eyJhbGciOiJSUzI1NiIsImp3ayI6e319", "eyJ", "", "%00"];

/// Values of `Authorization` that were never issued.
const INVALID_CREDENTIALS: &[&[u8]] = &[
    b"",
    b" ",
    b"Bearer",
    b"Bearer ",
    b"Bearer null",
    b"Bearer ..",
    b"Bearer a.b.c",
    b"Bearer \xff\xfe",
    b"\xff",
    b"Basic YWRhOmFkYQ==",
    b"Digest username=\"ada\"",
    b"Bearer\teyJ",
    b"Bearer,",
];

/// Values of `Queue-Token` that were never issued.
const INVALID_TOKENS: &[&[u8]] = &[
    b"",
    b" ",
    b"x",
    b"null",
    b"00000000-0000-0000-0000-000000000000",
    b"ffffffff-ffff-ffff-ffff-ffffffffffff",
    b"0f207207-0000-4000-8000-00000000dead",
    b"{0f207207-0000-4000-8000-00000000dead}",
    b"urn:uuid:0f207207-0000-4000-8000-00000000dead",
    b"0f207207000040008000000000000dead",
    b"0f207207-0000-4000-8000-00000000dea\xc3",
    b"../../etc/passwd",
    b"' OR '1'='1",
    b"\xff\xff\xff\xff-\xff\xff\xff\xff",
];

pub(super) fn groups(fixture: &Fixture) -> Vec<Group> {
    let (mut unknown, mut tokens, mut none) = (Vec::new(), Vec::new(), Vec::new());
    let forged = forged(fixture);
    for request in fixture.requests_where(|valid| valid.is_authenticated) {
        let valid = request.header("Authorization");
        unknown.push(request.without("Authorization"));
        unknown.push(request.with_added("Authorization", &valid));
        unknown.push(request.with_added("Authorization", "Basic eA=="));
        unknown.push(request.with("Authorization", valid.strip_prefix(b"Bearer ").unwrap_or_default()));
        unknown.push(request.with("Authorization", [b"Basic ", valid.as_slice()].concat()));
        unknown.extend(INVALID_CREDENTIALS.iter().map(|credentials| request.with("Authorization", credentials)));
        unknown.extend(forged.iter().map(|token| request.with("Authorization", format!("Bearer {token}"))));
    }
    let mut forbidden = Vec::new();
    for request in fixture.requests_where(ValidRequest::is_admin) {
        for visitor in [&fixture.ada, &fixture.bob] {
            let stolen = request.with("Authorization", format!("Bearer {}", visitor.access_token));
            forbidden.push(stolen.with("Queue-Token", visitor.queue_token.as_deref().expect("a token")));
            forbidden.push(stolen);
        }
        let token = &fixture.operator.access_token;
        unknown.push(request.with("Authorization", format!("Bearer {}", &token[..token.len() - 1])));
    }
    let token = fixture.ada.queue_token.clone().expect("a token");
    for request in fixture.requests_where(|valid| valid.is_guarded) {
        none.push(request.without("Queue-Token"));
        tokens.push(request.with_added("Queue-Token", &token));
        tokens.push(request.with("Queue-Token", fixture.bob.queue_token.as_deref().expect("a token")));
        tokens.push(request.with("Queue-Token", format!("{token}{token}")));
        tokens.push(request.with("Queue-Token", format!("Bearer {token}")));
        tokens.push(request.with("Queue-Token", "0".repeat(50_000)));
        tokens.extend(INVALID_TOKENS.iter().map(|nonsense| request.with("Queue-Token", nonsense)));
    }
    vec![
        (&[(401, "UNAUTHENTICATED")], unknown),
        (&[(403, "FORBIDDEN")], forbidden),
        (&[(403, "QUEUE_TOKEN_MISMATCH")], tokens),
        (&[(403, "QUEUE_TOKEN_REQUIRED")], none),
    ]
}

/// Returns forged access tokens that resemble the valid one.
fn forged(fixture: &Fixture) -> Vec<String> {
    let (now, valid) = (fixture.shop.clock.now(), &fixture.ada.access_token);
    let issue =
        |secret: &[u8], user, roles: &[Role], at| Issuer::new(secret, Duration::from_mins(1)).issue(user, roles, at).expect("a token");
    let operator = [Role::User, Role::Operator];
    let mut parts = valid.split('.');
    let (header, claims, signature) =
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let bob = fixture.bob.access_token.split('.').nth(1).unwrap_or_default();
    let mut forged = vec![
        issue(&[8; 32], fixture.ada.id, &operator, now),
        issue(b"", fixture.ada.id, &operator, now),
        issue(&SECRET, fixture.ada.id, &operator, now - Duration::from_hours(24)),
        issue(&SECRET, fixture.ada.id, &operator, now - Duration::from_secs(91)),
        format!("{header}.{bob}.{signature}"),
        format!("{header}.{claims}."),
        format!("{header}.{claims}.{}", "A".repeat(43)),
        format!("{header}.{claims}.{signature}.{signature}"),
        format!("{header}.{claims}.{signature}="),
        format!("{claims}.{header}.{signature}"),
        format!("{valid},{valid}"),
        Uuid::nil().to_string(),
        fixture.ada.queue_token.clone().unwrap_or_default(),
        "A".repeat(60_000),
        ".".repeat(10_000),
    ];
    forged.extend(HEADERS.iter().flat_map(|header| [format!("{header}.{claims}.{signature}"), format!("{header}.{claims}.")]));
    forged
}
