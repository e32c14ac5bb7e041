//! Support for tests of the rules, behind the feature `testing`: builders of valid rows, an in-memory store, and random sequences of
//! commands.
//!
//! A builder returns a row as a store would: [`a_seat(7)`](a_seat) is seat 7 of [`SCHEDULE`], [`a_hold(ADA, &[7])`](a_hold) is Ada's hold of
//! it. The defaults are consistent: Ada's hold was made under [`an_admitted_token(ADA)`](an_admitted_token), whose id is
//! [`token_of(ADA)`](token_of). Every row has a version of its own, so that tests detect a guard on the wrong row. A test adjusts rows by
//! [`Versioned::with`](crate::Versioned::with) and the `with_…` methods of a row, by the methods for the state of a row, or by struct
//! update: `Rules { max_seats_per_user: 1, ..rules() }`.
//!
//! ```
//! use domain::decide::hold;
//! use domain::testing::{
//!     ADA, BEN, SCHEDULE, a_hold, a_seat, an_admitted_token, idempotency, on_sale, pass, reservation_of, rules, seat_number, seats,
//! };
//! use domain::{Command, Operation, Refusal, SeatStatus};
//!
//! let bens = a_hold(BEN, &[7]);
//! let rows = on_sale().with(an_admitted_token(ADA)).with(a_seat(7).held_under(&bens)).with(bens);
//! let (pass, idempotency, id) = (pass(ADA), idempotency(ADA, Operation::Hold, "k-1"), reservation_of(ADA));
//! let command = hold::Command { pass, idempotency, id, schedule: SCHEDULE, seats: seats(&[7]).into() };
//!
//! let refused = command.decide_by(&rows, &rules()).unwrap().unwrap_err();
//!
//! assert_eq!(refused.refusal, Refusal::SeatsUnavailable(vec![(seat_number(7), SeatStatus::Held)]));
//! ```
//!
//! [`ModelStore`] commits changes and checks their guards as every store does. [`any_action`] generates random actions of users; an
//! [`Action`] becomes an [`AnyCommand`] depending on the state of a store.

mod concert;
mod ids;
mod key;
mod model;
mod money;
mod on_sale;
mod payment;
mod queue;
mod reservation;
mod rules;
mod schedule;
mod seat;
mod sequence;
mod token;
mod user;
mod versioned;
mod wallet;

pub use concert::a_concert;
pub use ids::{
    ADA, BEN, CONCERT, CYD, NOW, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, QUEUE, SCHEDULE, payment_of, reservation_of, schedule,
    token_of, user,
};
pub use key::{a_key_record, idempotency, key};
pub use model::{Conflict, ModelStore, QueueRows, Table};
pub use money::won;
pub use on_sale::on_sale;
pub use payment::a_payment;
pub use queue::a_queue;
pub use reservation::a_hold;
pub use rules::rules;
pub use schedule::a_schedule;
pub use seat::{PRICE, a_seat, seat_number, seats};
pub use sequence::{Action, Answer, AnyCommand, Decided, IdSequence, any_action, opening};
pub use token::{a_token, an_admitted_token, pass};
pub use user::a_user;
pub use wallet::a_wallet;
