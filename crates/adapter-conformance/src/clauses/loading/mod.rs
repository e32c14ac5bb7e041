//! Loads: each variant fills what its doc says, all of it, and nothing else.

mod line;
mod money;
mod offers;
mod orders;
mod seats;
mod snapshot;

pub use line::*;
pub use money::*;
pub use offers::*;
pub use orders::*;
pub use seats::*;
pub use snapshot::*;

use application::ports::Load;
use domain::Context;

use crate::world::{World, sorted};

/// `load` sees what is in `expected` and nothing else.
#[track_caller]
fn assert_same(seen: Context, expected: Context, what: &str) {
    assert_eq!(sorted(seen), sorted(expected), "{what}");
}

/// `load` sees nothing but the time.
async fn assert_sees_nothing(world: &World, load: Load) {
    let what = format!("{load:?}");
    assert_same(world.load(load).await, Context::at(world.now()), &what);
}
