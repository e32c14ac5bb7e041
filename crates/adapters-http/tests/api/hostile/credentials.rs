//! Credentials: forged, stolen, stale, torn.

use std::time::Duration;

use adapters_http::{Issuer, Role};
use application::ports::Clock as _;
use uuid::Uuid;

use super::Sort;
use super::stage::{Good, Stage};
use crate::plan::SECRET;

/// `{"alg":"none"}`, `{"alg":"HS512"}`, `{"alg":"RS256","jwk":{}}`, and what is no JSON, in base64.
const HEADERS: &[&str] = &["eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzUxMiJ9", "eyJhbGciOiJSUzI1NiIsImp3ayI6e319", "eyJ", "", "%00"];

/// What was never given to anybody in the place of an `Authorization`.
const NO_CREDENTIALS: &[&[u8]] = &[
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

/// What was never given to anybody in the place of a `Queue-Token`.
const NO_TOKENS: &[&[u8]] = &[
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

pub(super) fn sorts(stage: &Stage) -> Vec<Sort> {
    let (mut unknown, mut tokens, mut none) = (Vec::new(), Vec::new(), Vec::new());
    let forged = forged(stage);
    for request in stage.those(|good| good.signed_in) {
        let good = request.header("Authorization");
        unknown.push(request.without("Authorization"));
        unknown.push(request.and("Authorization", &good));
        unknown.push(request.and("Authorization", "Basic eA=="));
        unknown.push(request.with("Authorization", good.strip_prefix(b"Bearer ").unwrap_or_default()));
        unknown.push(request.with("Authorization", [b"Basic ", good.as_slice()].concat()));
        unknown.extend(NO_CREDENTIALS.iter().map(|credentials| request.with("Authorization", credentials)));
        unknown.extend(forged.iter().map(|token| request.with("Authorization", format!("Bearer {token}"))));
    }
    let mut forbidden = Vec::new();
    for request in stage.those(Good::ordered) {
        for visitor in [&stage.ada, &stage.bob] {
            let stolen = request.with("Authorization", format!("Bearer {}", visitor.access_token));
            forbidden.push(stolen.with("Queue-Token", visitor.queue_token.as_deref().expect("a token")));
            forbidden.push(stolen);
        }
        let token = &stage.operator.access_token;
        unknown.push(request.with("Authorization", format!("Bearer {}", &token[..token.len() - 1])));
    }
    let token = stage.ada.queue_token.clone().expect("a token");
    for request in stage.those(|good| good.guarded) {
        none.push(request.without("Queue-Token"));
        tokens.push(request.and("Queue-Token", &token));
        tokens.push(request.with("Queue-Token", stage.bob.queue_token.as_deref().expect("a token")));
        tokens.push(request.with("Queue-Token", format!("{token}{token}")));
        tokens.push(request.with("Queue-Token", format!("Bearer {token}")));
        tokens.push(request.with("Queue-Token", "0".repeat(50_000)));
        tokens.extend(NO_TOKENS.iter().map(|nonsense| request.with("Queue-Token", nonsense)));
    }
    vec![
        (&[(401, "UNAUTHENTICATED")], unknown),
        (&[(403, "FORBIDDEN")], forbidden),
        (&[(403, "QUEUE_TOKEN_MISMATCH")], tokens),
        (&[(403, "QUEUE_TOKEN_REQUIRED")], none),
    ]
}

/// Access tokens that look like the good one.
fn forged(stage: &Stage) -> Vec<String> {
    let (now, good) = (stage.shop.clock.now(), &stage.ada.access_token);
    let issue =
        |secret: &[u8], user, roles: &[Role], at| Issuer::new(secret, Duration::from_mins(1)).issue(user, roles, at).expect("a token");
    let operator = [Role::User, Role::Operator];
    let mut parts = good.split('.');
    let (header, claims, signature) =
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let bob = stage.bob.access_token.split('.').nth(1).unwrap_or_default();
    let mut forged = vec![
        issue(&[8; 32], stage.ada.id, &operator, now),
        issue(b"", stage.ada.id, &operator, now),
        issue(&SECRET, stage.ada.id, &operator, now - Duration::from_hours(24)),
        issue(&SECRET, stage.ada.id, &operator, now - Duration::from_secs(91)),
        format!("{header}.{bob}.{signature}"),
        format!("{header}.{claims}."),
        format!("{header}.{claims}.{}", "A".repeat(43)),
        format!("{header}.{claims}.{signature}.{signature}"),
        format!("{header}.{claims}.{signature}="),
        format!("{claims}.{header}.{signature}"),
        format!("{good},{good}"),
        Uuid::nil().to_string(),
        stage.ada.queue_token.clone().unwrap_or_default(),
        "A".repeat(60_000),
        ".".repeat(10_000),
    ];
    forged.extend(HEADERS.iter().flat_map(|header| [format!("{header}.{claims}.{signature}"), format!("{header}.{claims}.")]));
    forged
}
