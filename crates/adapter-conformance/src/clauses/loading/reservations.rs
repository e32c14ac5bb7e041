//! Reservations, by their ids, tokens, users and payments.

use domain::loaded::{LoadedPayment, LoadedReservation, OwnedReservation};
use domain::need::{HoldsOfToken, Key, OwnedBy, Payment, Reservation, Token};
use domain::{ConcertId, ReservationId, ScheduleId};

use super::with_seats;
use crate::Adapter;
use crate::world::{ADA, BEN, CONCERT, CYD, NEIGHBOUR, NEIGHBOUR_SCHEDULE, OTHER_SCHEDULE, SCHEDULE, SECOND_SCHEDULE, World};

/// Asserts that [`Reservation`] finds `expected` and `concert` for `id`.
async fn assert_found(world: &World, id: ReservationId, expected: LoadedReservation, concert: ConcertId, what: &str) {
    let concert = world.concert(concert).await.unwrap();
    assert_eq!(world.find(Reservation(id)).await, Some((expected, concert)), "{what}");
}

/// [`Reservation`]: the reservation with its schedule and its seats, and the schedule's concert; lapsed or not, of any user.
pub async fn a_live_or_lapsed_reservation_has_its_schedule_concert_and_seats(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    let (ada, ben, cyd) = (world.admitted(ADA).await, world.admitted(BEN).await, world.admitted(CYD).await);
    let (hold, other) = (world.held(ada, NEIGHBOUR_SCHEDULE, &[2, 3]).await, world.held(ben, NEIGHBOUR_SCHEDULE, &[4]).await);
    let elsewhere = world.held(cyd, SECOND_SCHEDULE, &[3]).await;
    for what in ["a live hold", "a lapsed hold", "a hold that lapsed long ago"] {
        assert_found(&world, hold.id(), with_seats(&world, hold.id(), 1, &[2, 3]).await, NEIGHBOUR, what).await;
        assert_found(&world, other.id(), with_seats(&world, other.id(), 1, &[4]).await, NEIGHBOUR, what).await;
        assert_found(&world, elsewhere.id(), with_seats(&world, elsewhere.id(), 1, &[3]).await, CONCERT, what).await;
        world.pass_seconds(300);
    }
    assert_eq!(world.find(Reservation(world.new_id())).await, None);
}

/// [`Reservation`]: the rows of its seats, whichever reservation they refer to now.
pub async fn a_reservation_has_its_seats_after_they_are_taken_over(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let ada = world.admitted(ADA).await;
    let hold = world.held(ada, SCHEDULE, &[2, 3]).await;
    world.pass_seconds(300);
    let taken_over = world.held(world.admitted(BEN).await, SCHEDULE, &[3]).await;
    let found = with_seats(&world, hold.id(), 2, &[2, 3]).await;
    assert_eq!(found.seats.iter().map(|seat| seat.reservation()).collect::<Vec<_>>(), [None, Some(taken_over.id())]);
    assert_found(&world, hold.id(), found, CONCERT, "taken over: one seat refers to the new hold, the other one to none").await;
    assert_found(&world, taken_over.id(), with_seats(&world, taken_over.id(), 1, &[3]).await, CONCERT, "the new hold").await;
    world.released(BEN, taken_over.id()).await;
    assert_found(&world, taken_over.id(), with_seats(&world, taken_over.id(), 2, &[3]).await, CONCERT, "released").await;
}

/// [`HoldsOfToken`]: the reservations that were made under the token and are HELD by their rows, lapsed or not, each with its schedule and
/// its seats.
pub async fn a_token_has_its_live_and_lapsed_holds(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
    let token = ada.token.unwrap();
    world.held(ben, SCHEDULE, &[5]).await;
    for schedule in [SECOND_SCHEDULE, NEIGHBOUR_SCHEDULE, SCHEDULE] {
        assert_eq!(world.find(HoldsOfToken(token)).await, [], "there is no hold, or it was released");
        let hold = world.held(ada, schedule, &[1, 2]).await;
        assert_eq!(world.find(HoldsOfToken(token)).await, [with_seats(&world, hold.id(), 1, &[1, 2]).await], "of any schedule");
        world.released(ADA, hold.id()).await;
    }
    let hold = world.held(ada, SCHEDULE, &[2, 3]).await;
    for what in ["a live hold", "a lapsed hold", "a hold that lapsed long ago"] {
        // The needs of a leave.
        let (found, holds) = world.find((Token(token), HoldsOfToken(token))).await;
        assert_eq!(found.map(|found| found.token), Some(world.token(token).await), "{what}");
        assert_eq!(holds, [with_seats(&world, hold.id(), 1, &[2, 3]).await], "{what}");
        world.pass_seconds(300);
    }
    world.sweep().await;
    assert_eq!(world.find(HoldsOfToken(token)).await, [], "an ended hold");
    assert_eq!(world.find(HoldsOfToken(world.new_id())).await, []);
    assert_eq!(world.find(None::<HoldsOfToken>).await, None, "no token was sent");
}

/// [`HoldsOfToken`]: a paid reservation is not a hold, refunded or not.
pub async fn a_token_has_no_paid_holds(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    let (sold, payment) = world.bought(ADA, SCHEDULE, &[1]).await;
    assert_eq!(world.find(HoldsOfToken(sold.token())).await, [], "sold");
    world.refunded(ADA, payment.id()).await;
    assert_eq!(world.find(HoldsOfToken(sold.token())).await, [], "refunded");
}

/// [`OwnedBy`]: the user's reservations for the concert of the schedule that are HELD or CONFIRMED by their rows, under any token, lapsed
/// or not, each with its own schedule.
pub async fn a_user_owns_the_held_and_confirmed_reservations_of_the_concert(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    assert_eq!(world.find(OwnedBy { user: ADA, schedule: SCHEDULE }).await, [], "Ada doesn't exist");
    let (sold, _) = world.bought(ADA, SECOND_SCHEDULE, &[1, 2]).await;
    let (neighbours, _) = world.bought(ADA, NEIGHBOUR_SCHEDULE, &[1]).await;
    let (bens, _) = world.bought(BEN, SCHEDULE, &[6]).await;
    let (_, payment) = world.bought(ADA, SCHEDULE, &[1]).await;
    world.refunded(ADA, payment.id()).await;
    let pass = world.admitted(ADA).await;
    let released = world.held(pass, SCHEDULE, &[5]).await;
    world.released(ADA, released.id()).await;
    let held = world.held(pass, SCHEDULE, &[3]).await;
    let owned = async |id: ReservationId, writes, schedule: ScheduleId| OwnedReservation {
        reservation: world.reservation(id, writes).await,
        schedule: world.schedule(schedule).await.unwrap(),
    };
    for what in ["a live hold", "a lapsed hold", "a hold under a token that has lapsed, too"] {
        let mut expected = vec![owned(sold.id(), 2, SECOND_SCHEDULE).await, owned(held.id(), 1, SCHEDULE).await];
        expected.sort_by_key(|owned| owned.reservation.id());
        for schedule in [SCHEDULE, SECOND_SCHEDULE] {
            let mut found = world.find(OwnedBy { user: ADA, schedule }).await;
            found.sort_by_key(|owned| owned.reservation.id());
            assert_eq!(found, expected, "{what}: by any schedule of the concert, without refunded, released, Ben's or the neighbour's");
        }
        world.pass_seconds(300);
    }
    let found = world.find(OwnedBy { user: ADA, schedule: NEIGHBOUR_SCHEDULE }).await;
    assert_eq!(found, [owned(neighbours.id(), 2, NEIGHBOUR_SCHEDULE).await], "a reservation for another concert");
    assert_eq!(
        world.find(OwnedBy { user: BEN, schedule: SECOND_SCHEDULE }).await,
        [owned(bens.id(), 2, SCHEDULE).await],
        "Ben's reservation"
    );
    assert_eq!(world.find(OwnedBy { user: ADA, schedule: OTHER_SCHEDULE }).await, [], "no reservation for a third concert");
    assert_eq!(world.find(OwnedBy { user: CYD, schedule: SCHEDULE }).await, [], "a user without reservations");
    assert_eq!(world.find(OwnedBy { user: ADA, schedule: world.new_id() }).await, [], "an unknown schedule");
    world.sweep().await;
    assert_eq!(
        world.find(OwnedBy { user: ADA, schedule: SCHEDULE }).await,
        [owned(sold.id(), 2, SECOND_SCHEDULE).await],
        "the hold has ended"
    );
}

/// [`Reservation`], [`Payment`]: paid and refunded reservations are found; the payment has the payer's wallet, whichever user sends the
/// request.
pub async fn a_payment_has_its_reservation_and_the_payers_wallet(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    world.bought(BEN, SCHEDULE, &[5]).await;
    let (sold, payment) = world.bought(ADA, SECOND_SCHEDULE, &[2, 3]).await;
    let command = world.a_refund(ADA, payment.id());
    let bens = world.a_refund(BEN, payment.id());
    let reservation = with_seats(&world, sold.id(), 2, &[2, 3]).await;
    assert_eq!(reservation.seats.iter().map(|seat| seat.reservation()).collect::<Vec<_>>(), [Some(sold.id()), Some(sold.id())]);
    assert_found(&world, sold.id(), reservation.clone(), CONCERT, "paid").await;
    let expected = LoadedPayment { payment: world.payment(payment.id(), 1).await, reservation, wallet: world.wallet(ADA, 3).await };
    for idempotency in [&command.idempotency, &bens.idempotency] {
        let found = world.find((Key(idempotency.scope.clone()), Payment(payment.id()))).await;
        assert_eq!(found, (None, Some(expected.clone())), "the wallet must be the payer's for any user's key");
    }
    world.charged(ADA, 7).await;
    let wallet = world.wallet(ADA, 4).await;
    assert_eq!(world.find(Payment(payment.id())).await, Some(LoadedPayment { wallet, ..expected }), "the current wallet");

    let (answer, at) = (world.run(&command).await.unwrap().outcome, world.now());
    let reservation = with_seats(&world, sold.id(), 3, &[2, 3]).await;
    assert_eq!(reservation.seats.iter().map(|seat| seat.reservation()).collect::<Vec<_>>(), [None, None]);
    let expected = LoadedPayment {
        payment: world.payment(payment.id(), 2).await,
        reservation: reservation.clone(),
        wallet: world.wallet(ADA, 5).await,
    };
    let (key, record) = (Key(command.idempotency.scope.clone()), Some(world.record(&command.idempotency, answer, at)));
    assert_eq!(
        world.find((key.clone(), Payment(payment.id()))).await,
        (record.clone(), Some(expected)),
        "no seat refers to the reservation any more"
    );
    assert_found(&world, sold.id(), reservation, CONCERT, "refunded").await;
    assert_eq!(world.find((key, Payment(world.new_id()))).await, (record, None), "an unknown payment");
}
