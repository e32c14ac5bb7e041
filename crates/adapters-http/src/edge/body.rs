//! Bodies on their way in. Each is read whole before anything is answered, whoever asks for it later: so the client is done
//! sending, and is there to read its answer.

use std::pin::pin;
use std::time::Duration;

use actix_web::HttpMessage as _;
use actix_web::body::{BodyStream, MessageBody as _};
use actix_web::dev::{Payload, RequestHead, ServiceRequest};
use actix_web::http::{Method, header};
use actix_web::web::{Bytes, BytesMut};

use crate::api::Api;
use crate::extract;

/// Where operators order.
const ORDERS: &str = "/v1/admin/";
/// A body past the limit is read on and thrown away up to so many bytes, so that the client reads its answer.
const DRAINED_BYTES: usize = 1024 * 1024;
/// So long that takes at most.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// What came of reading a body.
pub(crate) enum ReceivedBody {
    /// All of it.
    Whole(Bytes),
    /// More than may come.
    TooLarge {
        /// How many bytes may.
        limit: usize,
    },
    /// Not all of it in time.
    TooSlow,
    /// It ended before its end, or made no sense.
    Broken,
}

/// Reads the body, if there is one.
pub(super) async fn receive(request: &mut ServiceRequest, api: &Api) -> Option<ReceivedBody> {
    let endless = wants_to_talk_otherwise(request.head());
    match request.take_payload() {
        Payload::None => None,
        _ if endless => None,
        payload => {
            let reading = actix_web::rt::time::timeout(api.settings.body_timeout, read(payload, limit(request, api)));
            // Boxed, since whoever sends no body needs no room for this.
            Some(Box::pin(reading).await.unwrap_or(ReceivedBody::TooSlow))
        }
    }
}

/// How many bytes may come. Strangers can't make us take in as much as operators do.
fn limit(request: &ServiceRequest, api: &Api) -> usize {
    let order = request.path().starts_with(ORDERS) && extract::is_operator(request.headers(), api);
    if order { api.settings.operator_body_limit } else { api.settings.body_limit }
}

/// Whether whatever follows the head is no body but another protocol, as the server takes it: it ends when the client hangs up. Nobody
/// here speaks one, so nobody waits for its end; the connection is closed after the answer.
fn wants_to_talk_otherwise(head: &RequestHead) -> bool {
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
                    if drained > DRAINED_BYTES {
                        break;
                    }
                }
            };
            // In time or not: the body is too large.
            actix_web::rt::time::timeout(DRAIN_TIME, drain).await.ok();
            return ReceivedBody::TooLarge { limit };
        }
        body.extend_from_slice(&chunk);
    }
    ReceivedBody::Whole(body.freeze())
}
