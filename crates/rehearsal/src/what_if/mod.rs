//! What-if comparisons: run the same sale with the same crowd under several policies, in simulated time.
//!
//! The decisions are the domain's own. The store (rows in memory, one change after the other), the scheduler (which ticks like the real
//! one), and the users are simulated. Hours of a sale take seconds, and the same seed gives the same sale.
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
mod event_queue;
mod planned;
mod policy;
mod queue_state;
mod seat_map;
mod statistics;
mod visit;
mod world;

#[cfg(test)]
mod tests;

pub use crowd::{Arrivals, Crowd, InvalidCrowd, Think};
pub use planned::policy_in;
pub use policy::{InvalidPolicy, Policy, parse};

use crate::record::WhatIf;

/// Simulates the sale of `crowd.seats` seats to `crowd` under `policy`, until no user can buy any more: each has bought, left, or waits in
/// vain.
///
/// # Errors
/// [`InvalidCrowd`] if the crowd is invalid.
pub fn play(crowd: &Crowd, policy: &Policy) -> Result<WhatIf, InvalidCrowd> {
    crowd.check()?;
    let mut world = world::World::new(crowd, policy);
    while world.step() {}
    Ok(world.statistics.into_result(policy, world.queue_state.waiting.len()))
}
