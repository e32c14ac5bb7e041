//! Request bodies: strict JSON, read into domain types.

use actix_web::http::header;
use actix_web::{HttpMessage as _, HttpRequest};
use serde::de::DeserializeOwned;

use super::json::Json;
use super::part::RequestPart;
use super::reader;
use crate::api::Api;
use crate::edge::ReceivedBody;
use crate::problem::{Code, FieldError, Problem};
use crate::settings::HttpSettings;

/// A value that is read from a request body.
pub(crate) trait FromBody: Sized {
    /// The body on the wire.
    type Wire: DeserializeOwned;

    /// Converts `wire`, or returns all its errors.
    fn read(wire: Self::Wire, settings: &HttpSettings) -> Result<Self, Vec<FieldError>>;
}

/// A parsed and validated body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: FromBody> RequestPart for Body<T> {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        convert(parse(request, &api.settings)?, &api.settings).map(Self)
    }
}

/// An optional body: without one, it is read as `{}`.
pub(crate) struct MaybeBody<T>(pub(crate) T);

impl<T: FromBody> RequestPart for MaybeBody<T> {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        let is_empty = match request.extensions().get::<ReceivedBody>() {
            Some(ReceivedBody::Whole(bytes)) => bytes.is_empty(),
            Some(ReceivedBody::TooLarge { .. } | ReceivedBody::TooSlow | ReceivedBody::Broken) => false,
            None => true,
        };
        let json = if is_empty { Json::Object(Vec::new()) } else { parse(request, &api.settings)? };
        convert(json, &api.settings).map(Self)
    }
}

/// Returns the value of the body and its canonical form.
pub(super) fn read<T: FromBody>(request: &HttpRequest, api: &Api) -> Result<(T, String), Problem> {
    let json = parse(request, &api.settings)?;
    let canonical = json.canonical();
    Ok((convert(json, &api.settings)?, canonical))
}

fn convert<T: FromBody>(json: Json, settings: &HttpSettings) -> Result<T, Problem> {
    let wire = reader::read(json).map_err(|field_error| Problem::invalid([field_error]))?;
    T::read(wire, settings).map_err(Problem::invalid)
}

fn parse(request: &HttpRequest, settings: &HttpSettings) -> Result<Json, Problem> {
    let extensions = request.extensions();
    let bytes = match extensions.get::<ReceivedBody>() {
        Some(ReceivedBody::Whole(bytes)) => bytes.as_ref(),
        Some(ReceivedBody::TooLarge { limit }) => {
            return Err(
                Problem::new(Code::PayloadTooLarge, format!("the body must have at most {limit} bytes")).with("limit_bytes", *limit)
            );
        }
        Some(ReceivedBody::TooSlow) => {
            let detail = format!("the body did not arrive within {} s", settings.body_timeout.as_secs());
            return Err(Problem::new(Code::RequestTimeout, detail));
        }
        Some(ReceivedBody::Broken) => return Err(Problem::new(Code::MalformedJson, "the body is incomplete or badly encoded")),
        None => &[],
    };
    check_type(request, bytes.is_empty())?;
    serde_json::from_slice(bytes).map_err(|error| {
        let detail = match bytes {
            [] => "the body is empty; send at least {}".to_owned(),
            // RFC 8259, 8.1: implementations must not add a byte order mark.
            [0xef, 0xbb, 0xbf, ..] | [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
                "the body begins with a byte order mark; send UTF-8 without one".to_owned()
            }
            _ => error.to_string(),
        };
        Problem::new(Code::MalformedJson, detail)
    })
}

/// Refuses a body that isn't declared as JSON or has a content coding.
fn check_type(request: &HttpRequest, empty: bool) -> Result<(), Problem> {
    let headers = request.headers();
    let encoded = headers.get_all(header::CONTENT_ENCODING).any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    let mut types = headers.get_all(header::CONTENT_TYPE);
    let is_supported = match (types.next(), types.next()) {
        (None, _) => empty,
        (Some(media_type), None) => is_json(media_type.as_bytes()),
        (Some(_), Some(_)) => false,
    };
    if is_supported && !encoded {
        return Ok(());
    }
    Err(Problem::new(Code::UnsupportedMediaType, "send application/json, without a content coding")
        .with_header(header::ACCEPT, "application/json"))
}

fn is_json(media_type: &[u8]) -> bool {
    let mut parts = media_type.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case(b"application/json")) && parts.all(allows_utf8)
}

/// Returns whether a parameter is compatible with UTF-8, the encoding of JSON (RFC 8259): a `charset` must be utf-8; other parameters are
/// ignored.
fn allows_utf8(parameter: &[u8]) -> bool {
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
        fn only_json_in_utf8_is_supported(bytes: Vec<u8>, charset in "[a-z0-9\"=-]{0,12}") {
            let _ = is_json(&bytes);
            let is_utf8 = ["utf-8", "\"utf-8\""].contains(&charset.as_str());
            prop_assert_eq!(is_json(format!("application/json; charset={charset}").as_bytes()), is_utf8);
        }
    }
}
