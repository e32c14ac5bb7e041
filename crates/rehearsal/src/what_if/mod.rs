//! What would be if: a crowd comes to the same sale under several policies, in simulated time.
//!
//! The decisions are the domain's own; what is simulated is the store (rows in memory, one change after the other), the scheduler
//! (which ticks as the real one does), and the people. Hours of a sale take seconds, and the same seed gives the same sale.
//!
//! ```
//! use rehearsal::what_if::{Crowd, parse, play};
//!
//! let crowd = Crowd { users: 200, seats: 50, ..Crowd::default() };
//! let few = play(&crowd, &parse("capacity=5")?)?;
//! let many = play(&crowd, &parse("capacity=50,batch=50")?)?;
//! assert_eq!((few.sold, many.sold), (50, 50));
//! assert!(many.sold_out_after_seconds < few.sold_out_after_seconds);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod commit;
mod crowd;
mod diary;
mod event_queue;
mod hall;
mod line;
mod planned;
mod policy;
mod visit;
mod world;

#[cfg(test)]
mod tests;

pub use crowd::{Arrivals, Crowd, InvalidCrowd, Think};
pub use planned::policy_in;
pub use policy::{InvalidPolicy, Policy, parse};

use crate::record::WhatIf;

/// The sale of `crowd.seats` seats to `crowd` under `policy`, from the first second until everybody has bought, gone, or waits in vain.
///
/// # Errors
/// [`InvalidCrowd`] if there can't be such a crowd.
pub fn play(crowd: &Crowd, policy: &Policy) -> Result<WhatIf, InvalidCrowd> {
    crowd.check()?;
    let mut world = world::World::new(crowd, policy);
    while world.step() {}
    Ok(world.diary.told(policy, world.line.waiting.len()))
}
