//! What decisions about money see.

use application::ports::Load;
use domain::{Context, Queue, Route};

use super::{assert_same, assert_sees_nothing};
use crate::Adapter;
use crate::world::{ADA, BEN, CONCERT, CYD, DATE, NEIGHBOUR, NEIGHBOUR_DATE, OTHER_CONCERT, OTHER_QUEUE, SECOND_DATE, World};

/// [`Load::Charge`]: `key`; `user`; `wallet`: the user's.
pub async fn a_charge_load_sees_key_user_and_wallet(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let command = world.a_charge(ADA, 500);
    let load = Load::Charge { key: command.keyed.scope.clone() };
    assert_sees_nothing(&world, load.clone()).await;

    let (answer, at) = (world.run(&command).await.unwrap().outcome, world.now());
    world.charged(BEN, 700).await;
    let user = world.ports.users.user(ADA).await.unwrap();
    assert!(user.is_some());
    let record = world.record(&command.keyed, answer, at);
    let expected = Context { user: user.clone(), wallet: Some(world.wallet(ADA, 1).await), key: Some(record), ..Context::at(at) };
    assert_same(world.load(load).await, expected, "a first charge");

    world.charged(ADA, 1).await;
    let load = Load::Charge { key: world.new_key(ADA, Route::Charges).scope };
    let expected = Context { user, wallet: Some(world.wallet(ADA, 2).await), ..Context::at(at) };
    assert_same(world.load(load).await, expected, "a new key");
}

/// [`Load::Charge`]: the record of a key, one past its retention, too.
pub async fn a_charge_load_sees_a_key_past_its_retention(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let command = world.a_charge(ADA, 500);
    let (answer, at) = (world.run(&command).await.unwrap().outcome, world.now());
    world.clock.advance(world.rules.key_retention * 2);
    let seen = world.load(Load::Charge { key: command.keyed.scope.clone() }).await;
    assert_eq!(seen.key, Some(world.record(&command.keyed, answer, at)));
}

/// [`Load::Pay`]: `key`; `tokens`: the token, and `queue`: the token's; `reservations`: the reservation, with its `schedule` and `concert`;
/// `seats`: those whose rows name it; `wallet`: that of the key's user.
pub async fn a_pay_load_sees_token_reservation_concert_seats_and_wallet(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
    let (hold, _) = (world.held(ada, NEIGHBOUR_DATE, &[2, 3]).await, world.held(ben, NEIGHBOUR_DATE, &[4]).await);
    let command = world.a_payment(ada, hold.id);
    let load = Load::Pay { key: command.keyed.scope.clone(), token: ada.token, reservation: hold.id };
    let expected = Context {
        tokens: vec![world.token(ada.token.unwrap()).await],
        queue: world.queue(Queue::DEFAULT).await,
        reservations: vec![world.reservation(hold.id, 1).await],
        schedule: world.schedule(NEIGHBOUR_DATE).await,
        concert: world.concert(NEIGHBOUR).await,
        seats: world.seats(NEIGHBOUR_DATE, &[2, 3]).await,
        wallet: Some(world.wallet(ADA, 1).await),
        ..Context::at(world.now())
    };
    assert_same(world.load(load.clone()).await, expected.clone(), "an empty wallet");

    world.charged(ADA, 100_000).await;
    world.charged(BEN, 1).await;
    let expected = Context { wallet: Some(world.wallet(ADA, 2).await), ..expected };
    assert_same(world.load(load.clone()).await, expected.clone(), "a live hold");
    world.pass_seconds(3_600);
    assert_same(world.load(load).await, Context { now: world.now(), ..expected }, "a lapsed hold");
}

/// [`Load::Pay`]: after the payment the record, the sold seats and the ended token are there.
pub async fn a_pay_load_sees_what_is_paid(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    let ada = world.admitted(ADA).await;
    let hold = world.held(ada, DATE, &[2, 3]).await;
    world.charged(ADA, 100_000).await;
    let command = world.a_payment(ada, hold.id);
    let (answer, at) = (world.run(&command).await.unwrap().outcome, world.now());
    let expected = Context {
        key: Some(world.record(&command.keyed, answer, at)),
        tokens: vec![world.token(ada.token.unwrap()).await],
        queue: world.queue(Queue::DEFAULT).await,
        reservations: vec![world.reservation(hold.id, 2).await],
        schedule: world.schedule(DATE).await,
        concert: world.concert(CONCERT).await,
        seats: world.seats(DATE, &[2, 3]).await,
        wallet: Some(world.wallet(ADA, 3).await),
        ..Context::at(at)
    };
    let load = Load::Pay { key: command.keyed.scope, token: ada.token, reservation: hold.id };
    assert_same(world.load(load).await, expected, "paid");
}

/// [`Load::Pay`]: the wallet is the key's user's, the queue the token's, the concert the reservation's, each whosever it is; what doesn't
/// exist is left out.
pub async fn a_pay_load_sees_each_thing_by_its_own_name(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    let (ada, ben) = (world.admitted(ADA).await, world.admitted_to(BEN, OTHER_CONCERT).await);
    let hold = world.held(ada, SECOND_DATE, &[1]).await;
    world.charged(BEN, 5).await;
    let key = world.new_key(BEN, Route::Payments).scope;
    let seen = world.load(Load::Pay { key: key.clone(), token: ben.token, reservation: hold.id }).await;
    let expected = Context {
        tokens: vec![world.token(ben.token.unwrap()).await],
        queue: world.queue(OTHER_QUEUE).await,
        reservations: vec![world.reservation(hold.id, 1).await],
        schedule: world.schedule(SECOND_DATE).await,
        concert: world.concert(CONCERT).await,
        seats: world.seats(SECOND_DATE, &[1]).await,
        wallet: Some(world.wallet(BEN, 2).await),
        ..Context::at(world.now())
    };
    assert_same(seen, expected.clone(), "Ben looks at Ada's hold");
    let seen = world.load(Load::Pay { key: key.clone(), token: None, reservation: hold.id }).await;
    assert_same(seen, Context { tokens: vec![], queue: None, ..expected.clone() }, "no token came");
    let seen = world.load(Load::Pay { key, token: ben.token, reservation: world.new_id() }).await;
    assert_same(seen, Context { reservations: vec![], schedule: None, concert: None, seats: vec![], ..expected }, "an unknown reservation");
    let nobody = Load::Pay { key: world.new_key(CYD, Route::Payments).scope, token: Some(world.new_id()), reservation: world.new_id() };
    assert_sees_nothing(&world, nobody).await;
}

/// [`Load::Refund`]: `key`; `payment`; `reservations`: the payment's, with its `schedule`; `seats`: those whose rows name it; `wallet`:
/// that of the payment's user.
pub async fn a_refund_load_sees_payment_reservation_schedule_seats_and_wallet(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    world.bought(BEN, DATE, &[5]).await;
    let (sold, payment) = world.bought(ADA, SECOND_DATE, &[2, 3]).await;
    let command = world.a_refund(ADA, payment.id);
    let bens = world.new_key(BEN, Route::Refunds).scope;
    for key in [command.keyed.scope.clone(), bens] {
        let expected = Context {
            payment: Some(world.payment(payment.id, 1).await),
            reservations: vec![world.reservation(sold.id, 2).await],
            schedule: world.schedule(SECOND_DATE).await,
            seats: world.seats(SECOND_DATE, &[2, 3]).await,
            wallet: Some(world.wallet(ADA, 3).await),
            ..Context::at(world.now())
        };
        let seen = world.load(Load::Refund { key, payment: payment.id }).await;
        assert_same(seen, expected, "whosever key it is, the wallet is the payer's");
    }

    let (answer, at) = (world.run(&command).await.unwrap().outcome, world.now());
    let expected = Context {
        key: Some(world.record(&command.keyed, answer, at)),
        payment: Some(world.payment(payment.id, 2).await),
        reservations: vec![world.reservation(sold.id, 3).await],
        schedule: world.schedule(SECOND_DATE).await,
        wallet: Some(world.wallet(ADA, 4).await),
        ..Context::at(at)
    };
    let key = command.keyed.scope.clone();
    assert_same(world.load(Load::Refund { key: key.clone(), payment: payment.id }).await, expected.clone(), "no seat names it any more");
    let seen = world.load(Load::Refund { key, payment: world.new_id() }).await;
    assert_same(seen, Context { key: expected.key, ..Context::at(at) }, "an unknown payment");
}
