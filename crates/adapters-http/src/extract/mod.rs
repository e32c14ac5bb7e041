//! Extractors: the parts of a request are read in order, and the first invalid one is reported as a problem.

mod accept;
mod accept_encoding;
mod body;
mod call;
mod caller;
mod cursor;
mod device;
mod fields;
mod guarded;
mod idempotency;
mod if_match;
mod if_none_match;
mod json;
mod operator;
mod page;
mod part;
mod patch;
mod path;
mod position;
mod privileged;
mod query;
mod reader;
mod same_origin;
mod stream_ticket;
mod uuid;

pub(crate) use accept::{Events, JsonOrCsv, Preferred, QrImage};
pub(crate) use accept_encoding::AcceptsGzip;
pub(crate) use body::{Body, FromBody, MaybeBody};
pub(crate) use call::{ApiRequest, api};
pub(crate) use cursor::invalid_cursor;
pub(crate) use device::Device;
pub(crate) use fields::{
    BoundedText, CategoryField, ColourField, DescriptionField, ImageUrlField, PointField, PriceField, SeatNumberField, ZoneField,
};
pub(crate) use guarded::{Guard, GuardedRequest, GuardedStream};
pub(crate) use idempotency::{AnonymousIdempotentBody, IdempotentBody};
pub(crate) use if_match::IfMatch;
pub(crate) use if_none_match::KnownTags;
pub(crate) use operator::is_operator;
pub(crate) use operator::{Operator, OperatorCaller, Scanner};
pub(crate) use page::{List, PageQuery, page_size};
pub(crate) use part::RequestPart;
pub(crate) use patch::deserialize_some;
pub(crate) use path::{MaybePathId, PathId, PathTicketId};
pub(crate) use position::{read_position, write_position};
pub(crate) use privileged::privileged_actor;
pub(crate) use query::{NoQuery, Query, invalid_parameter};
pub(crate) use same_origin::SameOrigin;
pub(crate) use stream_ticket::{AvailabilityTicket, QueueTokenTicket};
