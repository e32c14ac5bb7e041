//! Orders: what operators make and change, and what of it is kept.

mod cancellation;
mod catalogue;
mod deeds;
mod desk;

pub use cancellation::*;
pub use catalogue::*;
pub use deeds::*;
pub use desk::*;
