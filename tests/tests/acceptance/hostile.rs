//! Hostile bytes on a real connection to the real binary: refused at once with a problem, and without any change of the database.
//!
//! Each is a charge that would succeed with damaged framing, or a malformed head.

use std::collections::BTreeSet;
use std::time::Duration;

use frontrow_tests::{Frontrow, Shopper, StoreKind, all_rows};
use rstest::rstest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// The minimum size of the table.
const MIN_REQUESTS: usize = 100;
/// The number of requests sent at once.
const CONCURRENCY: usize = 40;
/// The limit for a refusal, shorter than the timeouts of incomplete heads (5 s) and bodies (10 s).
const TIMEOUT: Duration = Duration::from_secs(4);

const BODY: &str = r#"{"amount":{"amount":1000,"currency":"KRW"}}"#;

/// Invalid framings of the body, each as headers and the bytes that follow them.
fn framings() -> Vec<(String, String)> {
    let chunk = |size: &str| format!("{size}\r\n{BODY}\r\n0\r\n\r\n");
    let (length, size) = (BODY.len(), format!("{:x}", BODY.len()));
    let lengths = ["-1", "+43", "0x2b", "43 43", "43, 43", "43;", "4e1", "43.0", "99999999999999999999999", "", "\t", "NaN", "４３"];
    let mut framings: Vec<_> = lengths.iter().map(|length| (format!("Content-Length: {length}"), BODY.to_owned())).collect();
    framings.extend([
        (format!("Content-Length: {length}\r\nContent-Length: {}", length + 1), BODY.to_owned()),
        (format!("Content-Length: {length}\r\nContent-Length: {length}"), BODY.to_owned()),
        (format!("Content-Length: {}", length + 1), BODY.to_owned()),
        (format!("Content-Length: {}", length - 1), BODY.to_owned()),
        (format!("Content-Length: {}", 1_u64 << 40), BODY.to_owned()),
        (format!("Content-Length : {length}"), BODY.to_owned()),
        (format!("Content-Length: {length}\r\nTransfer-Encoding: gzip"), BODY.to_owned()),
        ("Content-Length: 3\r\nTransfer-Encoding: chunked".to_owned(), chunk("xyz")),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked".to_owned(), chunk(&size)),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity".to_owned(), chunk(&size)),
        ("Upgrade: websocket\r\nConnection: Upgrade".to_owned(), BODY.to_owned()),
    ]);
    for coding in ["xchunked", "chunked, gzip", "gzip, chunked", "chunked;q=1", "chunked,", "\u{b}chunked", "gzip", "cow", "\"chunked\""] {
        framings.push((format!("Transfer-Encoding: {coding}"), chunk(&size)));
    }
    let bad_chunks =
        ["xyz", "-1", "", "+2b", "0x2b", "2b 2b", "fffffffffffffffff", "ffffffffffffffff", "2a", "2c", "2b\u{0}", "２ｂ", "\"2b\""];
    for size in bad_chunks {
        framings.push(("Transfer-Encoding: chunked".to_owned(), chunk(size)));
    }
    for body in [
        format!("{size}\r\n{BODY}0\r\n\r\n"),
        format!("{size}\r\n{BODY}\r\n"),
        format!("{size}\n{BODY}\n0\n\n"),
        format!("{size}\r\n{BODY}\r\n-0\r\n\r\n"),
        format!("{size}{BODY}\r\n0\r\n\r\n"),
        BODY.to_owned(),
        String::new(),
        "\r\n\r\n".to_owned(),
        format!("{size};{}\r\n", "x".repeat(200_000)),
    ] {
        framings.push(("Transfer-Encoding: chunked".to_owned(), body));
    }
    framings
}

/// Lines that are not valid headers, or too many or too long.
fn header_lines() -> Vec<String> {
    let mut lines: Vec<String> = [
        "no colon",
        ": no name",
        "X y: a name of two words",
        "X\u{0}: a NUL in the name",
        "X: a NUL \u{0} in the value",
        "X: a lone \r in the value",
        "X: a bell \u{7} in the value",
        "X\u{7f}: x",
        "Ü: x",
        "(X): x",
        "X: a\r\n folded line",
        " X: space before",
        "X : space after",
        "Host: y",
        "Authorization: Bearer x",
        "Idempotency-Key: another",
        "Content-Type: text/plain",
        "Content-Encoding: gzip",
        "Accept: text/html",
    ]
    .map(str::to_owned)
    .to_vec();
    lines.extend([97, 1_000, 20_000].map(|many| (0..many).map(|n| format!("X-{n}: x")).collect::<Vec<_>>().join("\r\n")));
    lines.extend([140_000, 1_000_000].map(|long| format!("X: {}", "x".repeat(long))));
    lines.push(format!("{}: x", "X".repeat(140_000)));
    lines
}

/// Bytes in the place of a whole head.
fn heads() -> Vec<Vec<u8>> {
    let first_lines: &[&[u8]] = &[
        b"GET /v1/wallet",
        b"GET",
        b"GET  HTTP/1.1",
        b"GET /v1/nothing HTTP/0.9",
        b"GET /v1/nothing HTTP/1.2",
        b"GET /v1/nothing HTTP/2.0",
        b"GET /v1/nothing HTTP/9.9",
        b"GET /v1/nothing HTTP/1.1 HTTP/1.1",
        b"GET /v1/nothing http/1.1",
        b"GET /v1/nothing HTTP/11",
        b"GET /v1/nothing XTTP/1.1",
        b"GET /v1/nothing\tHTTP/1.1",
        b"G\xc3\x89T /v1/nothing HTTP/1.1",
        b"G\0T /v1/nothing HTTP/1.1",
        b"(GET) /v1/nothing HTTP/1.1",
        b"CONNECT example.org:443 HTTP/1.1",
        b"CONNECT / HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"GET * HTTP/1.1",
        b"GET v1/concerts HTTP/1.1",
        b"GET example.org:80 HTTP/1.1",
        b"GET http://example.org/v1/nothing HTTP/1.1",
        b"GET http:///v1/concerts HTTP/1.1",
        b"GET ftp://x/../etc/passwd HTTP/1.1",
        b"GET javascript:alert(1) HTTP/1.1",
        b"GET //example.org/v1/concerts HTTP/1.1",
        b"GET /../../etc/passwd HTTP/1.1",
        b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1",
        b"GET /..%5c..%5cboot.ini HTTP/1.1",
        b"GET /\\..\\..\\boot.ini HTTP/1.1",
        b"GET /v1/\0 HTTP/1.1",
        b"GET /v1/%00 HTTP/1.1",
        b"GET /v1/\xff HTTP/1.1",
        b"GET /v1/\xc0\xaf HTTP/1.1",
        b"GET /v1/\xe0\x80\xaf HTTP/1.1",
        b"GET /v1/\xed\xa0\x80 HTTP/1.1",
        b"GET /v1/%c0%af HTTP/1.1",
        b"GET /v1/% HTTP/1.1",
        b"GET /v1/%zz HTTP/1.1",
        b"GET /v1/concerts/%0d%0aX:%20y HTTP/1.1",
        b"GET /v1/a b HTTP/1.1",
        b"GET /v1/a\x7f HTTP/1.1",
        b"GET /v1/nothing\rX: y HTTP/1.1",
        b"GET /v1/nothing\nX: y HTTP/1.1",
        b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM",
        b"SSH-2.0-OpenSSH_9.9",
        b"{\"jsonrpc\":\"2.0\"}",
        b"\0\0\0\0",
        b"\xff\xff\xff\xff",
    ];
    let mut heads: Vec<_> = first_lines.iter().map(|line| [*line, b"\r\nHost: x\r\nConnection: close\r\n\r\n"].concat()).collect();
    heads.push(b"GET /v1/wallet\r\n".to_vec());
    heads.push([b"GET /v1/".as_slice(), &vec![b'a'; 140_000], b" HTTP/1.1\r\nHost: x\r\n\r\n"].concat());
    heads.push([vec![b'G'; 140_000].as_slice(), b" / HTTP/1.1\r\nHost: x\r\n\r\n"].concat());
    heads.push([[b'\r', b'\n'].repeat(100_000).as_slice(), b"GET"].concat());
    heads.push(vec![0; 300_000]);
    heads.push(b"GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\nnonsense after it\r\n\r\n".to_vec());
    heads
}

fn table(jwt: &str) -> BTreeSet<Vec<u8>> {
    let charge = |line: &str, framing: &str, body: &str| {
        format!(
            "POST /v1/wallet/charges HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {jwt}\r\nIdempotency-Key: k\r\n\
             Content-Type: application/json\r\n{line}{framing}\r\n\r\n{body}"
        )
        .into_bytes()
    };
    let length = format!("Content-Length: {}", BODY.len());
    let mut table: BTreeSet<_> = framings().iter().map(|(framing, body)| charge("", framing, body)).collect();
    table.extend(header_lines().iter().map(|line| charge(&format!("{line}\r\n"), &length, BODY)));
    table.extend(heads());
    table
}

/// Sends `bytes` and nothing else, and returns the response.
async fn send(address: &str, bytes: &[u8]) -> Vec<u8> {
    let Ok(mut connection) = TcpStream::connect(address).await else { panic!("{address} accepts no connection") };
    // If the server closes the connection during the upload, the write fails, and the response is there nevertheless.
    if connection.write_all(bytes).await.is_ok() {
        connection.shutdown().await.ok();
    }
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.ok();
    answer
}

/// Checks that `bytes` are refused in time; the error is what came instead.
async fn check(address: String, bytes: Vec<u8>) -> Result<(), String> {
    let start = bytes[..bytes.len().min(700)].escape_ascii().to_string();
    let Ok(answer) = timeout(TIMEOUT, send(&address, &bytes)).await else { return Err(format!("no response in time: {start}")) };
    let answer = String::from_utf8_lossy(&answer);
    let refused = answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.0 4");
    let is_problem = answer.contains("application/problem+json") && answer.contains("request-id: ");
    if refused && is_problem { Ok(()) } else { Err(format!("{answer}: {start}")) }
}

#[rstest]
#[case::sqlite(StoreKind::Sqlite)]
#[case::postgres(StoreKind::Postgres)]
#[tokio::test]
async fn hostile_bytes_are_refused_at_once_and_change_no_row(#[case] store: StoreKind) {
    let server = Frontrow::start(store, &[]).await;
    let ada = Shopper::funded(&server, 5_000).await;
    let table = table(ada.jwt.as_deref().unwrap());
    assert!(table.len() >= MIN_REQUESTS, "{}", table.len());
    let (address, before) = (server.base.trim_start_matches("http://"), all_rows(&server).await);
    assert!(before.contains("5000"), "the dump contains the charge");
    println!("{} hostile requests", table.len());

    let mut surprises = Vec::new();
    let mut rest = table.into_iter();
    loop {
        let checks: JoinSet<_> = rest.by_ref().take(CONCURRENCY).map(|bytes| check(address.to_owned(), bytes)).collect();
        if checks.is_empty() {
            break;
        }
        surprises.extend(checks.join_all().await.into_iter().filter_map(Result::err));
    }
    assert!(surprises.is_empty(), "{} surprises:\n{}", surprises.len(), surprises.join("\n\n"));
    assert!(all_rows(&server).await == before, "the rows have changed");
    assert_eq!(ada.balance().await, 5_000);
    let _ = ada.charge(1, "next").await.expect(201);
}
