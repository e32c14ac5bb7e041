//! A crowd that leaves nothing behind, for tests that count the rows of a store.

use std::sync::Arc;

use application::ports::{Ports, Prunable};
use application::testing::StoppedClock;
use domain::{Queue, Rules};
use time::Duration;

use crate::world::{ALL, SCHEDULE, World, a_catalogue};

/// The retention of all rows.
const RETENTION: Duration = Duration::MINUTE;
/// The number of users of a round.
const USERS: u32 = 12;

/// Users of one store who register, hold seats and don't buy.
pub struct Crowd(World);

impl Crowd {
    /// Creates a crowd, and the concerts that it visits, in an empty store.
    pub async fn new(ports: Ports, clock: Arc<StoppedClock>) -> Self {
        let mut world = World::over(ports, clock);
        world.rules = Rules { key_retention: RETENTION, ..world.rules };
        a_catalogue(USERS, world.now()).insert_into(&*world.ports.store).await;
        Self(world)
    }

    /// Registers new users, who join, hold seats twice, and release them, leave, or let them lapse; then lets the time pass.
    pub async fn hold_and_release(&self) {
        let world = &self.0;
        for number in 1..=USERS {
            let registration = world.a_registration("Ada", None);
            world.run(&registration).await.unwrap();
            let pass = world.admitted(registration.user).await;
            for _ in 0..2 {
                let hold = world.held(pass, SCHEDULE, &[number]).await;
                if number % 3 > 0 {
                    world.released(hold.user(), hold.id()).await;
                } else {
                    // The user's next hold takes over the lapsed one.
                    world.clock.advance(world.rules.hold);
                }
            }
            if number % 3 == 1 {
                world.left(registration.user, pass.token.unwrap()).await;
            }
        }
        world.clock.advance(world.rules.queue.active);
        world.sweep().await;
        world.tick(Queue::DEFAULT).await;
    }

    /// Lets a minute pass, the retention of all rows, and prunes all rows that are past it, as the housekeeper does.
    pub async fn prune(&self) {
        let world = &self.0;
        world.clock.advance(RETENTION + Duration::SECOND);
        let before = world.now() - RETENTION;
        for what in [
            Prunable::Keys,
            Prunable::Log { before, unread_before: before },
            Prunable::Reservations { before },
            Prunable::Tokens { before },
            Prunable::Users { before },
        ] {
            while world.prune_some(what, ALL).await.more {}
        }
        world.assert_audit_is_clean().await;
    }
}
