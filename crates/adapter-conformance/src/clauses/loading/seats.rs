//! What decisions about seats see.

use std::collections::BTreeSet;

use application::ports::Load;
use domain::decide::desk::date;
use domain::key::Keyed;
use domain::{Context, Queue, ReservationId, Route, ScheduleId, TokenId, UserId};

use super::{assert_same, assert_sees_nothing};
use crate::Adapter;
use crate::world::{
    ADA, ALL, BEN, CONCERT, CYD, DATE, MOMENT, NEIGHBOUR_DATE, OTHER_CONCERT, OTHER_DATE, OTHER_QUEUE, SECOND_DATE, World, reservation_in,
    seat_number,
};

fn hold_load(keyed: &Keyed, token: Option<TokenId>, date: ScheduleId, seats: &[u32]) -> Load {
    Load::Hold { key: keyed.scope.clone(), token, schedule: date, seats: seats.iter().copied().map(seat_number).collect() }
}

/// What a hold load for seats of [`DATE`] sees when nobody has held anything.
async fn plain(world: &World, token: TokenId, seats: &[u32]) -> Context {
    Context {
        tokens: vec![world.token(token).await],
        queue: world.queue(Queue::DEFAULT).await,
        schedule: world.schedule(DATE).await,
        concert: world.concert(CONCERT).await,
        seats: world.seats(DATE, seats).await,
        ..Context::at(world.now())
    }
}

/// [`Load::Hold`]: `tokens`: the token, and `queue`: the token's; `schedule` and its `concert`; `seats`: those asked for.
pub async fn a_hold_load_sees_token_queue_date_concert_and_seats(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    let token = world.admitted(ADA).await.token.unwrap();
    let key = world.new_key(ADA, Route::Reservations);
    let seen = world.load(hold_load(&key, Some(token), DATE, &[4, 2])).await;
    assert_same(seen, plain(&world, token, &[2, 4]).await, "a first hold");

    let seen = world.load(hold_load(&key, Some(token), OTHER_DATE, &[1])).await;
    let expected = Context {
        schedule: world.schedule(OTHER_DATE).await,
        concert: world.concert(OTHER_CONCERT).await,
        seats: world.seats(OTHER_DATE, &[1]).await,
        ..plain(&world, token, &[]).await
    };
    assert_same(seen, expected, "the queue is the token's, not the concert's");
}

/// [`Load::Hold`]: a row that doesn't exist is left out, never an error.
pub async fn a_hold_load_leaves_out_what_does_not_exist(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let token = world.admitted(ADA).await.token.unwrap();
    let key = world.new_key(ADA, Route::Reservations);
    let no_token = Context { tokens: vec![], queue: None, ..plain(&world, token, &[1]).await };
    assert_same(world.load(hold_load(&key, None, DATE, &[1])).await, no_token.clone(), "no token came");
    assert_same(world.load(hold_load(&key, Some(world.new_id()), DATE, &[1])).await, no_token, "an unknown token");
    let seen = world.load(hold_load(&key, Some(token), DATE, &[1, 3])).await;
    assert_same(seen, plain(&world, token, &[1]).await, "an unknown seat");
    let no_date = Context { schedule: None, concert: None, ..plain(&world, token, &[]).await };
    assert_same(world.load(hold_load(&key, Some(token), world.new_id(), &[1])).await, no_date, "an unknown date");
    assert_sees_nothing(&world, hold_load(&key, None, world.new_id(), &[1])).await;
}

/// [`Load::Hold`]: `key`; one past its retention, too.
pub async fn a_hold_load_sees_the_keys_record(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let ada = world.admitted(ADA).await;
    let command = world.a_hold(ada, DATE, &[1]);
    let (answer, at) = (world.run(&command).await.unwrap().outcome, world.now());
    let record = world.record(&command.keyed, answer, at);
    let load = hold_load(&command.keyed, None, world.new_id(), &[1]);
    for what in ["a fresh record", "a record past its retention"] {
        assert_same(world.load(load.clone()).await, Context { key: Some(record.clone()), ..Context::at(world.now()) }, what);
        world.clock.advance(world.rules.key_retention);
    }
    let mut others = command.keyed.clone();
    others.scope.user = BEN;
    assert_sees_nothing(&world, hold_load(&others, None, world.new_id(), &[1])).await;
    let mut elsewhere = command.keyed.clone();
    elsewhere.scope.route = Route::Charges;
    assert_sees_nothing(&world, hold_load(&elsewhere, None, world.new_id(), &[1])).await;
}

/// [`Load::Hold`]: `reservations`: the HELD rows made under the token; `seats` also of all those, on whatever date; `schedules`: their
/// dates, but for `schedule`.
pub async fn a_hold_load_sees_the_tokens_holds_on_whatever_date(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    let ada = world.admitted(ADA).await;
    let token = ada.token.unwrap();
    let key = world.new_key(ADA, Route::Reservations);
    for date in [SECOND_DATE, NEIGHBOUR_DATE] {
        let hold = world.held(ada, date, &[1, 2]).await;
        let mut expected = plain(&world, token, &[1]).await;
        expected.reservations.push(world.reservation(hold.id, 1).await);
        expected.seats.extend(world.seats(date, &[1, 2]).await);
        expected.schedules = world.schedules(&[date]).await;
        assert_same(world.load(hold_load(&key, Some(token), DATE, &[1])).await, expected, "a live hold under the token");
        world.released(ADA, hold.id).await;
        let seen = world.load(hold_load(&key, Some(token), DATE, &[1])).await;
        assert_same(seen, plain(&world, token, &[1]).await, "an ended hold");
    }
}

/// [`Load::Hold`]: `reservations`: the HELD rows whose seats are asked for, whosever they are, lapsed or not; `seats` also of all those.
pub async fn a_hold_load_sees_the_holds_whose_seats_are_asked_for(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let (ada, ben, cyd) = (world.admitted(ADA).await, world.admitted(BEN).await, world.admitted(CYD).await);
    let (bens, cyds) = (world.held(ben, DATE, &[1, 2]).await, world.held(cyd, DATE, &[3]).await);
    world.claimed(ada).await;
    let token = ada.token.unwrap();
    let key = world.new_key(ADA, Route::Reservations);
    for what in ["live holds", "lapsed holds"] {
        let mut expected = plain(&world, token, &[1, 2, 4]).await;
        expected.reservations.push(world.reservation(bens.id, 1).await);
        let seen = world.load(hold_load(&key, Some(token), DATE, &[2, 4])).await;
        assert_same(seen, expected.clone(), &format!("{what}: seat 1 belongs to Ben's hold, too"));
        expected.seats = world.seats(DATE, &[1, 2, 3]).await;
        expected.reservations.push(world.reservation(cyds.id, 1).await);
        assert_same(world.load(hold_load(&key, Some(token), DATE, &[3, 2])).await, expected, what);
        let seen = world.load(hold_load(&key, Some(token), SECOND_DATE, &[1, 2])).await;
        assert_eq!(seen.reservations, [], "{what}: on another date nobody holds these seats");
        world.pass_seconds(300);
    }
}

/// [`Load::Hold`]: `reservations`: the user's HELD and CONFIRMED rows for the concert; `seats` only of those that are HELD.
pub async fn a_hold_load_sees_what_the_user_has_of_the_concert(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let (sold, _) = world.bought(ADA, SECOND_DATE, &[1, 2]).await;
    world.bought(ADA, NEIGHBOUR_DATE, &[1]).await;
    world.bought(BEN, DATE, &[6]).await;
    let (back, payment) = world.bought(ADA, DATE, &[1]).await;
    world.refunded(ADA, payment.id).await;

    let old = world.admitted(ADA).await;
    let lapsed = world.held(old, SECOND_DATE, &[3]).await;
    world.pass_seconds(600);
    let new = world.admitted(ADA).await;
    assert_ne!(old.token, new.token);
    let token = new.token.unwrap();
    let key = world.new_key(ADA, Route::Reservations);
    let expected = Context {
        reservations: vec![world.reservation(sold.id, 2).await, world.reservation(lapsed.id, 1).await],
        seats: [world.seats(DATE, &[1, 6]).await, world.seats(SECOND_DATE, &[3]).await].concat(),
        schedules: world.schedules(&[SECOND_DATE]).await,
        ..plain(&world, token, &[]).await
    };
    assert!(!expected.reservations.iter().any(|reservation| reservation.id == back.id));
    assert_same(world.load(hold_load(&key, Some(token), DATE, &[1, 6])).await, expected, "sold and lapsed, not refunded, not Ben's");
}

/// [`Load::Hold`]: what is wanted for more than one reason is there once.
pub async fn a_hold_load_holds_no_row_twice(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let ada = world.admitted(ADA).await;
    let hold = world.held(ada, DATE, &[1, 2]).await;
    let token = ada.token.unwrap();
    let mut expected = plain(&world, token, &[1, 2, 3]).await;
    expected.reservations.push(world.reservation(hold.id, 1).await);
    let key = world.new_key(ADA, Route::Reservations);
    assert_same(world.load(hold_load(&key, Some(token), DATE, &[1, 2, 3])).await, expected, "her own live hold on the same seats");
}

/// [`Load::Hold`]: the queue of the token is a queue of its own if the token's is.
pub async fn a_hold_load_sees_the_queue_of_its_token(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let token = world.admitted_to(ADA, OTHER_CONCERT).await.token.unwrap();
    let key = world.new_key(ADA, Route::Reservations);
    let expected = Context { queue: world.queue(OTHER_QUEUE).await, ..plain(&world, token, &[1]).await };
    assert_same(world.load(hold_load(&key, Some(token), DATE, &[1])).await, expected, "a token of another queue");
}

/// [`Load::Release`]: `reservations`: the reservation, with its `schedule`; `seats`: those whose rows name it.
pub async fn a_release_load_sees_the_reservation_and_the_seats_that_name_it(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let load = |reservation: ReservationId| Load::Release { reservation };
    let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
    let (hold, other) = (world.held(ada, DATE, &[2, 3]).await, world.held(ben, DATE, &[5]).await);
    let schedule = world.schedule(DATE).await;
    let of_the_date = |now| Context { schedule: schedule.clone(), ..Context::at(now) };
    for what in ["a live hold", "a lapsed hold"] {
        let (reservations, seats) = (vec![world.reservation(hold.id, 1).await], world.seats(DATE, &[2, 3]).await);
        assert_same(world.load(load(hold.id)).await, Context { reservations, seats, ..of_the_date(world.now()) }, what);
        world.pass_seconds(300);
    }
    let cyd = world.admitted(CYD).await;
    let taken_over = world.held(cyd, DATE, &[3]).await;
    let reservations = vec![world.reservation(hold.id, 2).await];
    assert_same(world.load(load(hold.id)).await, Context { reservations, ..of_the_date(world.now()) }, "taken over: no seat names it");
    let (reservations, seats) = (vec![world.reservation(taken_over.id, 1).await], world.seats(DATE, &[3]).await);
    assert_same(world.load(load(taken_over.id)).await, Context { reservations, seats, ..of_the_date(world.now()) }, "its successor");
    let (reservations, seats) = (vec![world.reservation(other.id, 1).await], world.seats(DATE, &[5]).await);
    assert_same(world.load(load(other.id)).await, Context { reservations, seats, ..of_the_date(world.now()) }, "another's");
    assert_sees_nothing(&world, load(world.new_id())).await;
}

/// [`Load::LapsedHolds`]: `reservations`: HELD rows whose deadline has passed, the earliest first, at most so many; `seats`: those
/// whose rows name them.
pub async fn a_lapsed_holds_load_sees_the_lapsed_the_earliest_first(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let mut passes = Vec::new();
    for user in [ADA, BEN, CYD] {
        passes.push(world.admitted(user).await);
        world.claimed(*passes.last().unwrap()).await;
    }
    let mut holds: Vec<UserHold> = Vec::new();
    // Made in the opposite order of their ids, so that time and not the id must make the order.
    for (pass, date, seats, id) in [(passes[2], DATE, [5, 6], 3_u32), (passes[1], SECOND_DATE, [3, 4], 2), (passes[0], DATE, [1, 2], 1)] {
        let mut command = world.a_hold(pass, date, &seats);
        command.id = ReservationId(uuid::Uuid::from_u128(u128::from(id)));
        let reservation = reservation_in(world.run(&command).await.unwrap().outcome);
        holds.push(UserHold { user: pass.user, id: reservation.id, date, seats });
        world.pass_seconds(10);
    }
    let load = |at_most| Load::LapsedHolds { at_most, hold: world.rules.hold };
    let first_deadline = world.ports.bookings.reservation(holds[0].id).await.unwrap().unwrap().expires_at;

    world.clock.advance(first_deadline - world.now() - MOMENT);
    assert_sees_nothing(&world, load(ALL)).await;
    world.clock.advance(MOMENT);
    assert_same(world.load(load(ALL)).await, lapsed(&world, &holds[..1]).await, "at its deadline a hold has lapsed");

    world.pass_seconds(60);
    let seen = world.load(load(ALL)).await;
    let order: Vec<_> = seen.reservations.iter().map(|hold| hold.id).collect();
    assert_eq!(order, holds.iter().map(|hold| hold.id).collect::<Vec<_>>(), "the earliest first");
    assert_same(seen, lapsed(&world, &holds).await, "all of them");
    assert_same(world.load(load(2)).await, lapsed(&world, &holds[..2]).await, "the two earliest");
    assert_sees_nothing(&world, load(0)).await;

    assert_eq!(world.sweep().await, 3);
    assert_sees_nothing(&world, load(ALL)).await;
    assert_eq!(holds.iter().map(|hold| hold.user).collect::<Vec<_>>(), [CYD, BEN, ADA]);
}

/// [`Load::LapsedHolds`]: after the lapsed, HELD rows of dates that were cancelled less than `hold` ago, each row once.
pub async fn a_lapsed_holds_load_sees_the_holds_of_cancelled_dates(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let [ada, ben, cyd] = [world.admitted(ADA).await, world.admitted(BEN).await, world.admitted(CYD).await];
    for pass in [ada, ben, cyd] {
        world.claimed(pass).await;
    }
    let first = UserHold { user: ADA, id: world.held(ada, DATE, &[1, 2]).await.id, date: DATE, seats: [1, 2] };
    world.pass_seconds(60);
    let second = UserHold { user: BEN, id: world.held(ben, DATE, &[3, 4]).await.id, date: DATE, seats: [3, 4] };
    world.held(cyd, SECOND_DATE, &[5]).await;
    world.bought(world.new_id(), DATE, &[6]).await;
    let load = |at_most, hold| Load::LapsedHolds { at_most, hold };
    let hold = world.rules.hold;
    assert_sees_nothing(&world, load(ALL, hold)).await;

    world.run(&date::Cancel { order: world.an_order(CYD), id: DATE }).await.unwrap();
    let all = [first, second];
    assert_same(world.load(load(ALL, hold)).await, lapsed(&world, &all).await, "both of the cancelled date, not the sold one");
    assert_eq!(world.load(load(1, hold)).await.reservations.len(), 1);
    assert_sees_nothing(&world, load(0, hold)).await;
    assert_sees_nothing(&world, load(ALL, time::Duration::ZERO)).await;

    world.pass_seconds(240);
    let seen = world.load(load(ALL, hold)).await;
    assert_eq!(seen.reservations.iter().map(|row| row.id).collect::<Vec<_>>(), all.each_ref().map(|hold| hold.id), "the lapsed one first");
    assert_same(world.load(load(1, hold)).await, lapsed(&world, &all[..1]).await, "the lapsed one first");
    assert_eq!(world.sweep().await, 2);
    assert_sees_nothing(&world, load(ALL, hold)).await;
}

/// [`Load::LapsedHolds`]: what is sold or given back never lapses.
pub async fn a_lapsed_holds_load_leaves_out_what_is_sold_or_given_back(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    world.bought(ADA, DATE, &[1]).await;
    let ben = world.admitted(BEN).await;
    let hold = world.held(ben, DATE, &[2]).await;
    world.released(BEN, hold.id).await;
    world.pass_seconds(3_600);
    assert_sees_nothing(&world, Load::LapsedHolds { at_most: ALL, hold: world.rules.hold }).await;
}

struct UserHold {
    user: UserId,
    id: ReservationId,
    date: ScheduleId,
    seats: [u32; 2],
}

async fn lapsed(world: &World, holds: &[UserHold]) -> Context {
    let mut context = Context::at(world.now());
    for hold in holds {
        context.reservations.push(world.reservation(hold.id, 1).await);
        context.seats.extend(world.seats(hold.date, &hold.seats).await);
    }
    let dates: BTreeSet<_> = holds.iter().map(|hold| hold.date).collect();
    context.schedules = world.schedules(&dates.into_iter().collect::<Vec<_>>()).await;
    context
}
