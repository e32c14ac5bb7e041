//! Refusals of actix-http's parser: a head that is not HTTP, too large or incomplete. The parser responds with a bare status, and the
//! application isn't involved. Its response is replaced by a problem.

use std::fmt::Write as _;
use std::io;
use std::time::{Duration, SystemTime};

use actix_web::body::MessageBody as _;
use actix_web::http::StatusCode;
use actix_web::http::header::HttpDate;
use actix_web::rt;
use actix_web::rt::net::TcpStream;
use actix_web::rt::task::JoinHandle;
use actix_web::web::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy, sink};
use tokio::time::timeout;

use crate::api::Api;
use crate::edge;
use crate::problem::{Code, Language, Problem};

/// How long a client may take to read its last response, and how many bytes it may send meanwhile.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(2);
const MAX_DRAINED_BYTES: u64 = 1024 * 1024;
/// The maximum length of the parser's responses.
const MAX_LENGTH: usize = 192;
/// The start of a response, and the end of one without a body.
const START: &[u8] = b"HTTP/1.";
const END: &[u8] = b"\r\n\r\n";
/// The header of every response that passed the edge.
const EDGE_HEADER: &str = "request-id:";

/// Returns where a response of the parser begins in `written`, and its status. It is the last response of its connection.
pub(super) fn find(written: &[u8]) -> Option<(usize, StatusCode)> {
    if !written.ends_with(END) {
        return None;
    }
    let tail = written.len().saturating_sub(MAX_LENGTH);
    let start = tail + written[tail..].windows(START.len()).rposition(|window| window == START)?;
    let head = std::str::from_utf8(&written[start..]).ok()?;
    let status: StatusCode = head.split(' ').nth(1)?.parse().ok()?;
    let refused = status.is_client_error() || status.is_server_error();
    (refused && !head.contains(EDGE_HEADER)).then_some((start, status))
}

/// Sends the problem instead, and closes the socket. It is a separate task, so that data that the client still sends doesn't wake the
/// connection.
pub(super) fn send(status: StatusCode, socket: TcpStream, api: &Api) -> JoinHandle<()> {
    let problem = as_problem(status, api);
    rt::spawn(async move {
        // A timeout is ignored: the problem was sent.
        let _ = timeout(REFUSAL_TIMEOUT, write_refusal(socket, &problem)).await;
    })
}

/// Writes `response`, and drains the client's data: a client whose connection is closed while it is sending may not read the response.
async fn write_refusal(mut socket: TcpStream, response: &[u8]) -> io::Result<()> {
    socket.write_all(response).await?;
    socket.shutdown().await?;
    copy(&mut socket.take(MAX_DRAINED_BYTES), &mut sink()).await.map(drop)
}

/// Renders the response that is sent instead.
fn as_problem(status: StatusCode, api: &Api) -> Bytes {
    let id = api.ids.ordered();
    tracing::info!(request_id = %id, status = status.as_u16(), "refused a malformed request");
    let code = if status == StatusCode::BAD_REQUEST { Code::MalformedRequest } else { Code::of_status(status) };
    let problem = Problem::new(code, detail(status));
    let mut response = problem.render("/", id, Language::English);
    edge::mark(response.headers_mut(), id);
    let mut text = format!("HTTP/1.1 {status}\r\n");
    for (name, value) in response.headers() {
        let _ = write!(text, "{name}: {}\r\n", value.to_str().unwrap_or_default());
    }
    let date = HttpDate::from(SystemTime::from(api.clock.now()));
    let body = response.into_body().try_into_bytes().unwrap_or_default();
    let _ = write!(text, "date: {date}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    [text.as_bytes(), &body].concat().into()
}

fn detail(status: StatusCode) -> &'static str {
    match status {
        StatusCode::REQUEST_TIMEOUT => "the head of the request did not arrive in time",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "the head of the request is too large",
        status if status.is_client_error() => "the request can't be parsed",
        _ => "an internal error",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PARSER_RESPONSE: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\ndate: Sun, 22 Nov 2026 09:00:00 GMT\r\n\r\n";

    #[test]
    fn responses_of_the_parser_are_found_at_any_offset() {
        let previous = "HTTP/1.1 304 Not Modified\r\nrequest-id: x\r\n\r\n";
        assert_eq!(find(PARSER_RESPONSE.as_bytes()), Some((0, StatusCode::BAD_REQUEST)));
        assert_eq!(find([previous, PARSER_RESPONSE].concat().as_bytes()), Some((previous.len(), StatusCode::BAD_REQUEST)));
    }

    #[test]
    fn other_responses_are_not_replaced() {
        for other in [
            "",
            "\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nrequest-id: x\r\n\r\n",
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\nrequest-id: x\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 4",
        ] {
            assert_eq!(find(other.as_bytes()), None, "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn responses_of_the_parser_are_found_after_arbitrary_bytes(bytes: Vec<u8>, status in 400_u16..600) {
            let _ = find(&bytes);
            let response = PARSER_RESPONSE.replace("400", &status.to_string());
            let found = find(&[&bytes, response.as_bytes()].concat());
            prop_assert_eq!(found, Some((bytes.len(), StatusCode::from_u16(status).expect("a status"))));
        }
    }
}
