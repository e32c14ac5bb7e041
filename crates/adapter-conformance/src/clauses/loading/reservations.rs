//! Reservations: by their ids, their tokens, their users and their payments.

use domain::loaded::{LoadedPayment, LoadedReservation, OwnedReservation};
use domain::need::{HoldsOfToken, Key, OwnedBy, Payment, Reservation, Token};
use domain::{ConcertId, ReservationId, ScheduleId};

use super::with_seats;
use crate::Adapter;
use crate::world::{ADA, BEN, CONCERT, CYD, NEIGHBOUR, NEIGHBOUR_SCHEDULE, OTHER_SCHEDULE, SCHEDULE, SECOND_SCHEDULE, World};

/// What [`Reservation`] finds of `id`, of which `expected` is known.
async fn assert_found(world: &World, id: ReservationId, expected: LoadedReservation, concert: ConcertId, what: &str) {
    let concert = world.concert(concert).await.unwrap();
    assert_eq!(world.find(Reservation(id)).await, Some((expected, concert)), "{what}");
}

/// [`Reservation`]: the reservation with its date and its seats, and the date's concert; lapsed or not, whosever it is.
pub async fn a_reservation_has_its_schedule_concert_and_seats_lapsed_or_not(adapter: &dyn Adapter) {
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

/// [`Reservation`]: the rows of its seats, whichever reservation they name by now.
pub async fn a_reservation_has_its_seats_whoever_has_them_by_now(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    let ada = world.admitted(ADA).await;
    let hold = world.held(ada, SCHEDULE, &[2, 3]).await;
    world.pass_seconds(300);
    let taken_over = world.held(world.admitted(BEN).await, SCHEDULE, &[3]).await;
    let found = with_seats(&world, hold.id(), 2, &[2, 3]).await;
    assert_eq!(found.seats.iter().map(|seat| seat.reservation()).collect::<Vec<_>>(), [None, Some(taken_over.id())]);
    assert_found(&world, hold.id(), found, CONCERT, "taken over: one seat names its successor, the other one nobody").await;
    assert_found(&world, taken_over.id(), with_seats(&world, taken_over.id(), 1, &[3]).await, CONCERT, "its successor").await;
    world.released(BEN, taken_over.id()).await;
    assert_found(&world, taken_over.id(), with_seats(&world, taken_over.id(), 2, &[3]).await, CONCERT, "given back").await;
}

/// [`HoldsOfToken`]: the reservations that were made under the token and are HELD by their rows, lapsed or not, each with its date and its
/// seats.
pub async fn a_token_has_its_holds_lapsed_or_not(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
    let token = ada.token.unwrap();
    world.held(ben, SCHEDULE, &[5]).await;
    for schedule in [SECOND_SCHEDULE, NEIGHBOUR_SCHEDULE, SCHEDULE] {
        assert_eq!(world.find(HoldsOfToken(token)).await, [], "nothing is held, or it was given back");
        let hold = world.held(ada, schedule, &[1, 2]).await;
        assert_eq!(world.find(HoldsOfToken(token)).await, [with_seats(&world, hold.id(), 1, &[1, 2]).await], "on whatever date");
        world.released(ADA, hold.id()).await;
    }
    let hold = world.held(ada, SCHEDULE, &[2, 3]).await;
    for what in ["a live hold", "a lapsed hold", "a hold that lapsed long ago"] {
        // As a leave asks for them.
        let (found, holds) = world.find((Token(token), HoldsOfToken(token))).await;
        assert_eq!(found.map(|found| found.token), Some(world.token(token).await), "{what}");
        assert_eq!(holds, [with_seats(&world, hold.id(), 1, &[2, 3]).await], "{what}");
        world.pass_seconds(300);
    }
    world.sweep().await;
    assert_eq!(world.find(HoldsOfToken(token)).await, [], "an ended hold");
    assert_eq!(world.find(HoldsOfToken(world.new_id())).await, []);
    assert_eq!(world.find(None::<HoldsOfToken>).await, None, "no token came");
}

/// [`HoldsOfToken`]: what is sold is no hold, refunded or not.
pub async fn a_token_has_no_holds_that_are_paid(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    let (sold, payment) = world.bought(ADA, SCHEDULE, &[1]).await;
    assert_eq!(world.find(HoldsOfToken(sold.token())).await, [], "sold");
    world.refunded(ADA, payment.id()).await;
    assert_eq!(world.find(HoldsOfToken(sold.token())).await, [], "refunded");
}

/// [`OwnedBy`]: the user's reservations for the concert of the date that are HELD or CONFIRMED by their rows, under whatever token, lapsed
/// or not, each with its own date.
pub async fn a_user_owns_what_they_hold_and_bought_of_the_concert(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 6).await;
    assert_eq!(world.find(OwnedBy { user: ADA, schedule: SCHEDULE }).await, [], "nobody knows her");
    let (sold, _) = world.bought(ADA, SECOND_SCHEDULE, &[1, 2]).await;
    let (neighbours, _) = world.bought(ADA, NEIGHBOUR_SCHEDULE, &[1]).await;
    let (bens, _) = world.bought(BEN, SCHEDULE, &[6]).await;
    let (_, payment) = world.bought(ADA, SCHEDULE, &[1]).await;
    world.refunded(ADA, payment.id()).await;
    let pass = world.admitted(ADA).await;
    let given_back = world.held(pass, SCHEDULE, &[5]).await;
    world.released(ADA, given_back.id()).await;
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
            assert_eq!(found, expected, "{what}: by whichever date of the concert; not refunded, given back, Ben's or the neighbour's");
        }
        world.pass_seconds(300);
    }
    let found = world.find(OwnedBy { user: ADA, schedule: NEIGHBOUR_SCHEDULE }).await;
    assert_eq!(found, [owned(neighbours.id(), 2, NEIGHBOUR_SCHEDULE).await], "of another concert");
    assert_eq!(world.find(OwnedBy { user: BEN, schedule: SECOND_SCHEDULE }).await, [owned(bens.id(), 2, SCHEDULE).await], "Ben's");
    assert_eq!(world.find(OwnedBy { user: ADA, schedule: OTHER_SCHEDULE }).await, [], "nothing of a third concert");
    assert_eq!(world.find(OwnedBy { user: CYD, schedule: SCHEDULE }).await, [], "one who has nothing");
    assert_eq!(world.find(OwnedBy { user: ADA, schedule: world.new_id() }).await, [], "an unknown date");
    world.sweep().await;
    assert_eq!(
        world.find(OwnedBy { user: ADA, schedule: SCHEDULE }).await,
        [owned(sold.id(), 2, SECOND_SCHEDULE).await],
        "its hold has ended"
    );
}

/// [`Reservation`], [`Payment`]: what is paid and what is refunded are found; the payment has the payer's wallet, whoever asks for it.
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
        assert_eq!(found, (None, Some(expected.clone())), "whosever key it is, the wallet is the payer's");
    }
    world.charged(ADA, 7).await;
    let wallet = world.wallet(ADA, 4).await;
    assert_eq!(world.find(Payment(payment.id())).await, Some(LoadedPayment { wallet, ..expected }), "as it is by now");

    let (answer, at) = (world.run(&command).await.unwrap().outcome, world.now());
    let reservation = with_seats(&world, sold.id(), 3, &[2, 3]).await;
    assert_eq!(reservation.seats.iter().map(|seat| seat.reservation()).collect::<Vec<_>>(), [None, None]);
    let expected = LoadedPayment {
        payment: world.payment(payment.id(), 2).await,
        reservation: reservation.clone(),
        wallet: world.wallet(ADA, 5).await,
    };
    let (key, record) = (Key(command.idempotency.scope.clone()), Some(world.record(&command.idempotency, answer, at)));
    assert_eq!(world.find((key.clone(), Payment(payment.id()))).await, (record.clone(), Some(expected)), "no seat names it any more");
    assert_found(&world, sold.id(), reservation, CONCERT, "refunded").await;
    assert_eq!(world.find((key, Payment(world.new_id()))).await, (record, None), "an unknown payment");
}
