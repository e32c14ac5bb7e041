//! Random sequences of commands: random actions are converted to commands depending on the state of a store, and decided there.

mod action;
mod command;
mod decided;
mod ids;

pub use action::{Action, any_action, opening};
pub use command::AnyCommand;
pub use decided::{Answer, Decided};
pub use ids::IdSequence;
