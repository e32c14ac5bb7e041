//! What a request says: each part is taken out in order, and the first that doesn't fit is the problem.

mod accept;
mod body;
mod call;
mod caller;
mod given;
mod guarded;
mod if_match;
mod json;
mod keyed;
mod operator;
mod order;
mod page;
mod path;
mod query;
mod reader;
mod words;

pub(crate) use accept::Events;
pub(crate) use body::{Body, MaybeBody, Said};
pub(crate) use call::{Call, Part, api};
pub(crate) use given::given;
pub(crate) use guarded::Guarded;
pub(crate) use if_match::IfMatch;
pub(crate) use keyed::{KeyedBody, SecretlyKeyedBody};
pub(crate) use operator::Operator;
pub(crate) use operator::is_operator;
pub(crate) use order::order;
pub(crate) use page::{List, Listing, invalid_cursor, page_size};
pub(crate) use path::{MaybePathId, PathId};
pub(crate) use query::{NoQuery, Query, misfit};
pub(crate) use words::{Line, Number, Price, ZoneName};
