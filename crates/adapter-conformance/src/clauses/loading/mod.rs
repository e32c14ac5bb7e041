//! Loads: each need finds exactly the rows that its documentation states, alone and with other needs.

mod catalogue;
mod keys_and_users;
mod lapsed;
mod lines;
mod offers;
mod reservations;
mod seats;
mod snapshot;
mod together;
mod tokens;

pub use catalogue::*;
pub use keys_and_users::*;
pub use lapsed::*;
pub use lines::*;
pub use offers::*;
pub use reservations::*;
pub use seats::*;
pub use snapshot::*;
pub use together::*;
pub use tokens::*;

use domain::loaded::{LoadedConcert, LoadedReservation, LoadedToken};
use domain::{ConcertId, ReservationId, ScheduleId, TokenId, need};

use crate::world::{World, seat_number};

/// Returns the token and its queue.
async fn with_queue(world: &World, id: TokenId) -> LoadedToken {
    let token = world.token(id).await;
    let queue = world.queue(token.queue()).await.unwrap();
    LoadedToken { token, queue }
}

/// Returns the concert and its schedules.
async fn with_schedules(world: &World, id: ConcertId, schedules: &[ScheduleId]) -> LoadedConcert {
    LoadedConcert { concert: world.concert(id).await.unwrap(), schedules: world.schedules(schedules).await }
}

/// Returns the reservation, which was written `writes` times, its schedule, and its seats, which have these numbers.
async fn with_seats(world: &World, id: ReservationId, writes: i64, numbers: &[u32]) -> LoadedReservation {
    let reservation = world.reservation(id, writes).await;
    let schedule = world.schedule(reservation.schedule()).await.unwrap();
    let seats = world.seats(schedule.id(), numbers).await;
    LoadedReservation { reservation, schedule, seats }
}

/// Returns the need of the seats of `schedule` with these numbers.
fn numbered(schedule: ScheduleId, numbers: &[u32]) -> need::Seats {
    need::Seats { schedule, numbers: numbers.iter().copied().map(seat_number).collect() }
}
