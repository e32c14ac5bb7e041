//! Ids in paths.

use actix_web::HttpRequest;
use uuid::Uuid;

use super::RequestPart;
use crate::api::Api;
use crate::problem::Problem;

/// How long a UUID is with its hyphens; the shorter ways of writing one are not taken.
const UUID_CHARS: usize = 36;

/// The id in the path; what can't be one isn't found.
pub(crate) struct PathId<I>(pub(crate) I);

/// The id in a guarded path: whether it can be one is told to the admitted only.
pub(crate) struct MaybePathId<I>(pub(crate) Option<I>);

impl<I: From<Uuid>> RequestPart for PathId<I> {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        MaybePathId::of(request, api)?.0.map(Self).ok_or_else(Problem::not_found)
    }
}

impl<I: From<Uuid>> RequestPart for MaybePathId<I> {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let first = request.match_info().iter().next();
        Ok(Self(first.and_then(|(_, text)| uuid(text)).map(I::from)))
    }
}

/// The UUID that `text` is.
pub(super) fn uuid(text: &str) -> Option<Uuid> {
    Some(text).filter(|text| text.len() == UUID_CHARS).and_then(|text| Uuid::try_parse(text).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_is_written_in_one_way(id: u128, text in "[0-9a-fA-F{}:urnid-]{30,46}|.{0,40}") {
            let id = Uuid::from_u128(id);
            prop_assert_eq!(uuid(&id.to_string()), Some(id));
            prop_assert_eq!(uuid(&id.simple().to_string()), None);
            prop_assert_eq!(uuid(&id.braced().to_string()), None);
            if let Some(id) = uuid(&text) {
                prop_assert_eq!(text.to_lowercase(), id.to_string());
            }
        }
    }
}
