//! Seats and the holds on them.

use domain::decide::admin::block;
use domain::loaded::LoadedSeats;
use domain::need::{LabelledSeats, Schedule};
use domain::{Seat, SeatState, Versioned};

use super::{numbered, with_seats};
use crate::Adapter;
use crate::world::{ADA, BEN, CYD, NEIGHBOUR_SCHEDULE, SCHEDULE, SECOND_SCHEDULE, World, seat_number};

fn unheld(seats: Vec<Versioned<Seat>>) -> LoadedSeats {
    LoadedSeats { seats, holds: vec![] }
}

/// [`domain::need::Seats`]: the existing seats with these numbers, each once.
pub async fn seats_are_found_by_their_numbers(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    let block = block::Command { order: world.an_order(CYD), schedule: SECOND_SCHEDULE, seats: vec![seat_number(4)], blocked: true };
    world.run(&block).await.unwrap();
    for schedule in [SCHEDULE, SECOND_SCHEDULE] {
        let two = unheld(world.seats(schedule, &[2, 4]).await);
        assert_eq!(world.find(numbered(schedule, &[4, 2])).await, two, "in any order of the numbers");
        assert_eq!(world.find(numbered(schedule, &[2, 4, 2, 2])).await, two, "with repeated numbers");
        assert_eq!(world.find(numbered(schedule, &[6, 4, 2, 99])).await, two, "without seats that don't exist");
        let all = unheld(world.seats(schedule, &[1, 2, 3, 4, 5]).await);
        assert_eq!(world.find(numbered(schedule, &[1, 2, 3, 4, 5])).await, all, "the whole hall");
        assert_eq!(world.find(numbered(schedule, &[])).await, LoadedSeats::default(), "no numbers");
        assert_eq!(world.find(numbered(schedule, &[99])).await, LoadedSeats::default(), "an unknown seat");
    }
    assert_eq!(world.find(numbered(world.new_id(), &[1, 2])).await, LoadedSeats::default(), "an unknown schedule");
}

/// [`domain::need::Seats`]: the reservations that are HELD by their rows and that these seats refer to, of any user, lapsed or not, each
/// with all of its seats.
pub async fn seats_have_their_live_and_lapsed_holds(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let (ada, ben, cyd) = (world.admitted(ADA).await, world.admitted(BEN).await, world.admitted(CYD).await);
    let (bens, cyds) = (world.held(ben, SCHEDULE, &[1, 2]).await, world.held(cyd, SCHEDULE, &[3]).await);
    let elsewhere = world.held(ada, SECOND_SCHEDULE, &[1, 4]).await;
    for what in ["live holds", "lapsed holds"] {
        let (bens, cyds) = (with_seats(&world, bens.id(), 1, &[1, 2]).await, with_seats(&world, cyds.id(), 1, &[3]).await);
        let elsewhere = with_seats(&world, elsewhere.id(), 1, &[1, 4]).await;
        let expected = LoadedSeats { seats: world.seats(SCHEDULE, &[2, 4]).await, holds: vec![bens.clone()] };
        assert_eq!(world.find(numbered(SCHEDULE, &[2, 4])).await, expected, "{what}: Ben's hold includes seat 1");
        let expected = LoadedSeats { seats: world.seats(SCHEDULE, &[1, 2]).await, holds: vec![bens.clone()] };
        assert_eq!(world.find(numbered(SCHEDULE, &[1, 2])).await, expected, "{what}: two seats of one hold");
        let mut both = vec![bens, cyds];
        both.sort_by_key(|hold| hold.reservation.id());
        let expected = LoadedSeats { seats: world.seats(SCHEDULE, &[2, 3]).await, holds: both };
        assert_eq!(world.find(numbered(SCHEDULE, &[3, 2])).await, expected, "{what}");
        let expected = LoadedSeats { seats: world.seats(SECOND_SCHEDULE, &[1, 2, 3]).await, holds: vec![elsewhere] };
        assert_eq!(world.find(numbered(SECOND_SCHEDULE, &[1, 2, 3])).await, expected, "{what} of another schedule");
        assert_eq!(world.find(numbered(NEIGHBOUR_SCHEDULE, &[1, 2, 3])).await.holds, [], "{what}: no seat of this schedule is held");
        world.pass_seconds(300);
    }
    world.sweep().await;
    assert_eq!(world.find(numbered(SCHEDULE, &[1, 2, 3])).await, unheld(world.seats(SCHEDULE, &[1, 2, 3]).await), "ended holds");
}

/// [`domain::need::Seats`]: a seat that is sold, blocked, released or refunded has no hold.
pub async fn seats_have_no_paid_or_released_holds(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let ada = world.admitted(ADA).await;
    let released = world.held(ada, SCHEDULE, &[5]).await;
    world.released(ADA, released.id()).await;
    let hold = world.held(ada, SCHEDULE, &[2, 3]).await;
    let (sold, _) = world.bought(world.new_id(), SCHEDULE, &[4]).await;
    let (refunded, payment) = world.bought(BEN, SCHEDULE, &[6]).await;
    world.refunded(BEN, payment.id()).await;
    let found = world.find(numbered(SCHEDULE, &[1, 2, 4, 5, 6])).await;
    let expected =
        LoadedSeats { seats: world.seats(SCHEDULE, &[1, 2, 4, 5, 6]).await, holds: vec![with_seats(&world, hold.id(), 1, &[2, 3]).await] };
    assert_eq!(found, expected, "1 is available, 2 is held with 3, 4 is sold, 5 was released, 6 was refunded");
    let states: Vec<_> = found.seats.iter().map(|seat| seat.reservation()).collect();
    assert_eq!(states, [None, Some(hold.id()), Some(sold.id()), None, None]);
    assert!(matches!(found.seats[4].state(), SeatState::Available), "{refunded:?}");
}

/// [`LabelledSeats`]: the seats of the schedule with exactly one of the labels.
pub async fn seats_are_found_by_their_exact_labels(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    let hold = world.held(world.admitted(ADA).await, SCHEDULE, &[2, 3]).await;
    let labels = async |numbers: &[u32]| {
        let seats = world.seats(SCHEDULE, numbers).await;
        seats.iter().map(|seat| seat.label().to_owned()).collect::<Vec<_>>()
    };
    let labelled = |labels| LabelledSeats { schedule: SCHEDULE, labels };

    let found = world.find((Schedule(SCHEDULE), numbered(SCHEDULE, &[1, 2]), labelled(labels(&[5, 1]).await))).await;
    let two = LoadedSeats { seats: world.seats(SCHEDULE, &[1, 2]).await, holds: vec![with_seats(&world, hold.id(), 1, &[2, 3]).await] };
    let schedule = found.0.expect("a schedule");
    assert_eq!(schedule.schedule, world.schedule(SCHEDULE).await.unwrap());
    assert_eq!(
        (found.1, found.2),
        (two, world.seats(SCHEDULE, &[1, 5]).await),
        "1 and 2, which is held with 3, and 1 and 5 by their labels"
    );

    assert_eq!(world.find(labelled(labels(&[3]).await)).await, world.seats(SCHEDULE, &[3]).await, "a held seat");
    let twice = [labels(&[4]).await, labels(&[4]).await, vec!["nowhere".into()]].concat();
    assert_eq!(world.find(labelled(twice)).await, world.seats(SCHEDULE, &[4]).await, "the existing seats, each once");
    let almost = labels(&[4]).await.iter().flat_map(|label| [label.to_lowercase(), label.to_uppercase(), format!("{label} ")]).collect();
    assert_eq!(world.find(labelled(almost)).await, [], "labels must match exactly");
    assert_eq!(world.find(labelled(vec![])).await, [], "no label");
    let elsewhere = LabelledSeats { schedule: SECOND_SCHEDULE, labels: labels(&[1]).await };
    assert_eq!(world.find(elsewhere).await, world.seats(SECOND_SCHEDULE, &[1]).await, "a seat of another schedule");
    assert_eq!(world.find(LabelledSeats { schedule: world.new_id(), labels: labels(&[1]).await }).await, [], "an unknown schedule");
}
