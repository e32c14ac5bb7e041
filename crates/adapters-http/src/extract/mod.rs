//! What a request says: each part is taken out in order, and the first that doesn't fit is the problem.

mod accept;
mod body;
mod call;
mod caller;
mod fields;
mod given;
mod guarded;
mod idempotency;
mod if_match;
mod json;
mod operator;
mod order;
mod page;
mod path;
mod query;
mod reader;

pub(crate) use accept::Events;
pub(crate) use body::{Body, FromBody, MaybeBody};
pub(crate) use call::{ApiRequest, RequestPart, api};
pub(crate) use fields::{BoundedText, PriceField, SeatNumberField, ZoneField};
pub(crate) use given::given;
pub(crate) use guarded::GuardedRequest;
pub(crate) use idempotency::{AnonymousIdempotentBody, IdempotentBody};
pub(crate) use if_match::IfMatch;
pub(crate) use operator::Operator;
pub(crate) use operator::is_operator;
pub(crate) use order::order;
pub(crate) use page::{List, PageQuery, invalid_cursor, page_size};
pub(crate) use path::{MaybePathId, PathId};
pub(crate) use query::{NoQuery, Query, invalid_parameter};
