//! The HTTP/1.1 connections of the virtual users, over which they send the calls of [`frontrow_client`].
//!
//! A virtual user disconnects in the middle of a request, shares a limited number of connections with the others, and each attempt is an
//! entry of the history. So these connections, and the repetition of requests, are not the client's; requests, responses and events are.

mod pool;
mod server;
mod stream;

pub(crate) use pool::Pool;
pub(crate) use server::Server;
pub use server::UnknownServer;
pub(crate) use stream::Stream;
