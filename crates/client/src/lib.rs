//! A client of Frontrow's REST API for shops in Rust, on tokio and hyper.
//!
//! ```no_run
//! use std::pin::pin;
//!
//! use frontrow_client::payments::{NewPayment, pay_reservation};
//! use frontrow_client::problem::ProblemMembers;
//! use frontrow_client::queue::{QueueTokenStatus, join_queue};
//! use frontrow_client::reservations::{BestAvailable, NewReservation, hold_seats};
//! use frontrow_client::users::register_user;
//! use frontrow_client::{ConcertId, Error, Frontrow, ScheduleId};
//! use futures_util::TryStreamExt as _;
//!
//! # fn show(text: impl std::fmt::Debug) {}
//! async fn buy_a_pair(concert: ConcertId, schedule: ScheduleId) -> Result<(), Box<dyn std::error::Error>> {
//!     let visitor = Frontrow::new("https://tickets.example")?;
//!     let ada = visitor.send(register_user("Ada")).await?;
//!     let shop = visitor.with_access_token(ada.access_token);
//!
//!     let token = shop.send(join_queue(concert)).await?.token.ok_or("the token is always returned to its user")?;
//!     let mut events = pin!(shop.follow(token));
//!     while let Some(event) = events.try_next().await? {
//!         if event.token.status != QueueTokenStatus::Waiting {
//!             break;
//!         }
//!         show(event.token.position);
//!     }
//!
//!     let pair = NewReservation::best_available(schedule, BestAvailable::of(2));
//!     let held = shop.send(hold_seats(&pair, token)).await?;
//!     match shop.send(pay_reservation(&NewPayment::of(held.id), token)).await {
//!         Ok(payment) => show(payment.balance),
//!         Err(Error::Problem(problem)) => match problem.members {
//!             ProblemMembers::InsufficientBalance { required, .. } => show(required),
//!             _ => show(problem.detail),
//!         },
//!         Err(error) => return Err(error.into()),
//!     }
//!     Ok(())
//! }
//! ```
//!
//! - Each operation is a function that returns a [`Call`], named as in the reference; a [`Frontrow`] sends it and returns the typed body of
//!   the response. [`Frontrow::items`] and [`Frontrow::list`] read lists over several pages. Requests of operators that have no function are
//!   calls by path, with any type that serde can read.
//! - Each POST has a new idempotency key, which it keeps while it is repeated. To repeat a request later, such as after a restart, choose the
//!   key yourself: [`Call::idempotency_key`].
//! - A request is repeated after 429 and 503 once `Retry-After` has passed, and after a broken connection unless it could take effect twice,
//!   up to [`retries`](Builder::retries) (5) times. A `Retry-After` of more than a minute is left to the caller.
//! - A refusal is an [`Error::Problem`]: [`Problem::members`] has the members of its code, and `detail` is written for people, in the
//!   [`language`](Builder::language) that is preferred. A code or another value that is newer than the client is `Unknown`; members that are
//!   newer are ignored.
//! - [`Frontrow::follow`] yields the state of a queue token and each change, and continues where it was interrupted. Each event has the
//!   current `token`, and `queue` with the operators' message.
//! - The access token may come from a source that returns the current one: [`AccessTokens`]. Redirects are not followed, so it is not sent to
//!   another server.
//!
//! A [`Transport`](transport::Transport) can replace the HTTP connections, in tests for example.

mod access_token;
pub mod audits;
pub mod availability;
mod call;
pub mod concerts;
mod error;
pub mod events;
mod follow;
mod frontrow;
mod ids;
pub mod layouts;
mod money;
mod page;
pub mod payments;
pub mod problem;
pub mod queue;
pub mod rankings;
mod reply;
pub mod reservations;
mod retry;
pub mod schedules;
pub mod seats;
mod sender;
mod text_enum;
pub mod tickets;
pub mod transport;
pub mod users;
pub mod wallet;

pub use access_token::AccessTokens;
pub use call::{Call, InvalidCall, Versioned, encode};
pub use error::Error;
pub use follow::TokenEvent;
pub use frontrow::{Builder, Frontrow, InvalidSettings};
pub use ids::{ConcertId, PaymentId, QueueId, QueueTokenId, ReservationId, ScheduleId, UserId};
pub use money::Money;
pub use page::Page;
pub use problem::{Problem, ProblemCode};
pub use reply::Reply;
