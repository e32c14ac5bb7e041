//! Receiving bodies. Each is read completely before the request is handled, whether or not a handler needs it, so that the client has
//! finished sending and reads the response.

use std::pin::pin;
use std::time::Duration;

use actix_web::HttpMessage as _;
use actix_web::body::{BodyStream, MessageBody as _};
use actix_web::dev::{Payload, RequestHead, ServiceRequest};
use actix_web::http::{Method, header};
use actix_web::web::{Bytes, BytesMut};

use crate::api::Api;
use crate::extract;

/// The path prefix of the admin API.
const ADMIN_PREFIX: &str = "/v1/admin/";
/// The number of bytes of a body beyond the limit that are read and discarded, so that the client reads its response.
const MAX_DRAINED_BYTES: usize = 1024 * 1024;
/// The maximum time for that.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// The result of reading a body.
pub(crate) enum ReceivedBody {
    /// The complete body.
    Whole(Bytes),
    /// The body exceeds the limit.
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The body did not arrive in time.
    TooSlow,
    /// The body is incomplete or badly encoded.
    Broken,
}

/// Reads the body, if there is one.
pub(super) async fn receive(request: &mut ServiceRequest, api: &Api) -> Option<ReceivedBody> {
    let endless = switches_protocol(request.head());
    match request.take_payload() {
        Payload::None => None,
        _ if endless => None,
        payload => {
            let reading = actix_web::rt::time::timeout(api.settings.body_timeout, read(payload, limit(request, api)));
            // Boxed, since requests without a body need no space for the future.
            Some(Box::pin(reading).await.unwrap_or(ReceivedBody::TooSlow))
        }
    }
}

/// Returns the limit of the body in bytes. Only operators may use the higher one.
fn limit(request: &ServiceRequest, api: &Api) -> usize {
    let is_admin_request = request.path().starts_with(ADMIN_PREFIX) && extract::is_operator(request.headers(), api);
    if is_admin_request { api.settings.operator_body_limit } else { api.settings.body_limit }
}

/// Returns whether the server treats the bytes after the head as another protocol, which ends when the client disconnects. No other
/// protocol is supported, so they are not read; the connection is closed after the response.
fn switches_protocol(head: &RequestHead) -> bool {
    let headers = head.headers();
    let upgrade = headers.get_all(header::UPGRADE).any(|protocol| protocol.as_bytes().trim_ascii().eq_ignore_ascii_case(b"websocket"));
    let tunnel = head.method == Method::CONNECT && !headers.contains_key(header::CONTENT_LENGTH);
    (upgrade || tunnel) && !headers.contains_key(header::TRANSFER_ENCODING)
}

async fn read(payload: Payload, limit: usize) -> ReceivedBody {
    let mut stream = pin!(BodyStream::new(payload));
    let mut body = BytesMut::new();
    while let Some(chunk) = std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await {
        let Ok(chunk) = chunk else { return ReceivedBody::Broken };
        if body.len() + chunk.len() > limit {
            let mut drained = chunk.len();
            let drain = async {
                while let Some(Ok(chunk)) = std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await {
                    drained += chunk.len();
                    if drained > MAX_DRAINED_BYTES {
                        break;
                    }
                }
            };
            // The body is too large, whether or not it was drained in time.
            actix_web::rt::time::timeout(DRAIN_TIMEOUT, drain).await.ok();
            return ReceivedBody::TooLarge { limit };
        }
        body.extend_from_slice(&chunk);
    }
    ReceivedBody::Whole(body.freeze())
}
