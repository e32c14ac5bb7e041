//! Bodies: strict JSON, in the domain's words.

use actix_web::http::header;
use actix_web::{HttpMessage as _, HttpRequest};
use serde::de::DeserializeOwned;

use super::RequestPart;
use super::json::Json;
use super::reader;
use crate::api::{Api, HttpSettings};
use crate::edge::ReceivedBody;
use crate::problem::{Code, FieldError, Problem};

/// What a body says, in the domain's words.
pub(crate) trait FromBody: Sized {
    /// The same on the wire.
    type Wire: DeserializeOwned;

    /// What `wire` says, or all that doesn't fit in it.
    fn read(wire: Self::Wire, settings: &HttpSettings) -> Result<Self, Vec<FieldError>>;
}

/// A body, understood.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: FromBody> RequestPart for Body<T> {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        understand(parse(request, &api.settings)?, &api.settings).map(Self)
    }
}

/// A body that may be left out: none says as much as `{}`.
pub(crate) struct MaybeBody<T>(pub(crate) T);

impl<T: FromBody> RequestPart for MaybeBody<T> {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        let is_left_out = match request.extensions().get::<ReceivedBody>() {
            Some(ReceivedBody::Whole(bytes)) => bytes.is_empty(),
            Some(ReceivedBody::TooLarge { .. } | ReceivedBody::TooSlow | ReceivedBody::Broken) => false,
            None => true,
        };
        let json = if is_left_out { Json::Object(Vec::new()) } else { parse(request, &api.settings)? };
        understand(json, &api.settings).map(Self)
    }
}

/// What the body says, and its canonical form.
pub(super) fn read<T: FromBody>(request: &HttpRequest, api: &Api) -> Result<(T, String), Problem> {
    let json = parse(request, &api.settings)?;
    let canonical = json.canonical();
    Ok((understand(json, &api.settings)?, canonical))
}

fn understand<T: FromBody>(json: Json, settings: &HttpSettings) -> Result<T, Problem> {
    let wire = reader::read(json).map_err(|field_error| Problem::invalid([field_error]))?;
    T::read(wire, settings).map_err(Problem::invalid)
}

fn parse(request: &HttpRequest, settings: &HttpSettings) -> Result<Json, Problem> {
    let extensions = request.extensions();
    let bytes = match extensions.get::<ReceivedBody>() {
        Some(ReceivedBody::Whole(bytes)) => bytes.as_ref(),
        Some(ReceivedBody::TooLarge { limit }) => {
            return Err(Problem::new(Code::PayloadTooLarge, format!("a body has at most {limit} bytes")).with("limit_bytes", *limit));
        }
        Some(ReceivedBody::TooSlow) => {
            return Err(Problem::new(Code::RequestTimeout, format!("a body arrives within {} s", settings.body_timeout.as_secs())));
        }
        Some(ReceivedBody::Broken) => return Err(Problem::new(Code::MalformedJson, "the body ended before its end")),
        None => &[],
    };
    check_type(request, bytes.is_empty())?;
    serde_json::from_slice(bytes).map_err(|error| {
        let detail = match bytes {
            [] => "the body is empty; send at least {}".to_owned(),
            // RFC 8259, 8.1: whoever writes JSON must not add one.
            [0xef, 0xbb, 0xbf, ..] | [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
                "the body begins with a byte order mark; send UTF-8 without one".to_owned()
            }
            _ => error.to_string(),
        };
        Problem::new(Code::MalformedJson, detail)
    })
}

/// A body that is there must say that it is JSON, and come as it is.
fn check_type(request: &HttpRequest, empty: bool) -> Result<(), Problem> {
    let headers = request.headers();
    let encoded = headers.get_all(header::CONTENT_ENCODING).any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    let mut types = headers.get_all(header::CONTENT_TYPE);
    let fits = match (types.next(), types.next()) {
        (None, _) => empty,
        (Some(given), None) => is_json(given.as_bytes()),
        (Some(_), Some(_)) => false,
    };
    if fits && !encoded {
        return Ok(());
    }
    Err(Problem::new(Code::UnsupportedMediaType, "send application/json, without a content coding")
        .with_header(header::ACCEPT, "application/json"))
}

fn is_json(media_type: &[u8]) -> bool {
    let mut parts = media_type.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case(b"application/json")) && parts.all(leaves_it_utf8)
}

/// JSON is UTF-8 (RFC 8259): a `charset` can only say so. Other parameters mean nothing.
fn leaves_it_utf8(parameter: &[u8]) -> bool {
    let mut sides = parameter.splitn(2, |byte| *byte == b'=').map(<[u8]>::trim_ascii);
    let (name, value) = (sides.next().unwrap_or_default(), sides.next().unwrap_or_default());
    !name.eq_ignore_ascii_case(b"charset") || value.eq_ignore_ascii_case(b"utf-8") || value.eq_ignore_ascii_case(b"\"utf-8\"")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_a_body_is_called_is_judged(bytes: Vec<u8>, charset in "[a-z0-9\"=-]{0,12}") {
            let _ = is_json(&bytes);
            let fits = ["utf-8", "\"utf-8\""].contains(&charset.as_str());
            prop_assert_eq!(is_json(format!("application/json; charset={charset}").as_bytes()), fits);
        }
    }
}
