//! What a request says: each part is taken out in order, and the first that doesn't fit is the problem.

mod accept;
mod body;
mod call;
mod caller;
mod guarded;
mod json;
mod keyed;
mod page;
mod path;
mod query;
mod reader;

pub(crate) use accept::Events;
pub(crate) use body::{Body, Said};
pub(crate) use call::{Call, Part, api};
pub(crate) use guarded::Guarded;
pub(crate) use keyed::KeyedBody;
pub(crate) use page::{List, Listing, invalid_cursor};
pub(crate) use path::{MaybePathId, PathId};
pub(crate) use query::{Query, misfit};
