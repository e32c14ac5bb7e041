//! What actix-http's parser refuses by itself: a head that is no HTTP, that is too long, or that doesn't come to its end. It answers
//! with a status and nothing else, and the application never hears of it. The client gets a problem, as everywhere.

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
use crate::problem::{Code, Problem};

/// How long a client may take to read its last answer, and how much it may say meanwhile.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(2);
const HEARD_BYTES: u64 = 1024 * 1024;
/// The parser's answers are shorter.
const LONGEST: usize = 192;
/// How an answer begins, and how one without a body ends.
const START: &[u8] = b"HTTP/1.";
const END: &[u8] = b"\r\n\r\n";
/// What every answer has that passed the edge.
const ANSWERED: &str = "request-id:";

/// Where in `written` an answer of the parser's begins, and its status. It is the last one of its connection.
pub(super) fn in_the_end_of(written: &[u8]) -> Option<(usize, StatusCode)> {
    if !written.ends_with(END) {
        return None;
    }
    let tail = written.len().saturating_sub(LONGEST);
    let start = tail + written[tail..].windows(START.len()).rposition(|window| window == START)?;
    let head = std::str::from_utf8(&written[start..]).ok()?;
    let status: StatusCode = head.split(' ').nth(1)?.parse().ok()?;
    let refused = status.is_client_error() || status.is_server_error();
    (refused && !head.contains(ANSWERED)).then_some((start, status))
}

/// Says the problem instead, and closes the socket: a task of its own, so that nothing that the client still says wakes the connection.
pub(super) fn say(status: StatusCode, socket: TcpStream, api: &Api) -> JoinHandle<()> {
    let problem = as_problem(status, api);
    rt::spawn(async move {
        // In time or not: the client was told.
        let _ = timeout(REFUSAL_TIMEOUT, write_refusal(socket, &problem)).await;
    })
}

/// Sends `last` and hears the client out for a while: whoever is hung up on while talking may not read what came last.
async fn write_refusal(mut socket: TcpStream, last: &[u8]) -> io::Result<()> {
    socket.write_all(last).await?;
    socket.shutdown().await?;
    copy(&mut socket.take(HEARD_BYTES), &mut sink()).await.map(drop)
}

/// The answer that goes out instead.
fn as_problem(status: StatusCode, api: &Api) -> Bytes {
    let id = api.ids.ordered();
    tracing::info!(request_id = %id, status = status.as_u16(), "answered what is no request");
    let code = if status == StatusCode::BAD_REQUEST { Code::MalformedRequest } else { Code::of_status(status) };
    let problem = Problem::new(code, detail(status));
    let mut answer = problem.render("/", id);
    edge::mark(answer.headers_mut(), id);
    let mut text = format!("HTTP/1.1 {status}\r\n");
    for (name, value) in answer.headers() {
        let _ = write!(text, "{name}: {}\r\n", value.to_str().unwrap_or_default());
    }
    let date = HttpDate::from(SystemTime::from(api.clock.now()));
    let body = answer.into_body().try_into_bytes().unwrap_or_default();
    let _ = write!(text, "date: {date}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    [text.as_bytes(), &body].concat().into()
}

fn detail(status: StatusCode) -> &'static str {
    match status {
        StatusCode::REQUEST_TIMEOUT => "the head of the request did not come to its end in time",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "the head of the request is too long",
        status if status.is_client_error() => "this is no request that can be read",
        _ => "this is not your fault",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PARSERS: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\ndate: Sun, 22 Nov 2026 09:00:00 GMT\r\n\r\n";

    #[test]
    fn what_the_parser_answers_is_found_wherever_it_begins() {
        let answered = "HTTP/1.1 304 Not Modified\r\nrequest-id: x\r\n\r\n";
        assert_eq!(in_the_end_of(PARSERS.as_bytes()), Some((0, StatusCode::BAD_REQUEST)));
        assert_eq!(in_the_end_of([answered, PARSERS].concat().as_bytes()), Some((answered.len(), StatusCode::BAD_REQUEST)));
    }

    #[test]
    fn nothing_else_is_taken_for_it() {
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
            assert_eq!(in_the_end_of(other.as_bytes()), None, "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_much_for_it(bytes: Vec<u8>, status in 400_u16..600) {
            let _ = in_the_end_of(&bytes);
            let parsers = PARSERS.replace("400", &status.to_string());
            let found = in_the_end_of(&[&bytes, parsers.as_bytes()].concat());
            prop_assert_eq!(found, Some((bytes.len(), StatusCode::from_u16(status).expect("a status"))));
        }
    }
}
