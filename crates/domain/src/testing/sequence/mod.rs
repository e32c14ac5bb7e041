//! Random sequences of commands: actions are drawn, become commands in the state that a store is in, and are decided there.

mod action;
mod command;
mod decided;
mod ids;

pub use action::{Action, any_action, opening};
pub use command::AnyCommand;
pub use decided::{Answer, Decided};
pub use ids::IdSequence;
