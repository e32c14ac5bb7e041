//! Races for payments and wallets.

use domain::decide::admission::Pass;
use domain::reservation::ReservationStatus;
use domain::{CancelReason, Change, Operation, PaymentState, Refusal, Reservation, ReservationState};

use crate::Adapter;
use crate::world::{ADA, BEN, CommitOrder, SCHEDULE, Winner, World, assert_committed, assert_conflict, idempotency, payment_in};

/// Creates a world in which Ada holds seat 1 and can pay for it.
async fn about_to_pay(adapter: &dyn Adapter) -> (World, Pass, Reservation) {
    let world = World::with_halls(adapter, 3).await;
    let ada = world.admitted(ADA).await;
    world.charged(ADA, 100_000).await;
    let hold = world.held(ada, SCHEDULE, &[1]).await;
    (world, ada, hold)
}

/// P3: a payment and a release: one wins; the seats are sold or available.
pub async fn a_payment_and_a_release_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let (world, ada, hold) = about_to_pay(adapter).await;
        let (pay, release) = (world.a_payment(ada, hold.id()), world.a_release(ADA, hold.id()));
        match world.race(commit_order, &pay, &release).await {
            Winner::First => {
                assert_eq!(world.run(&release).await.unwrap_err(), Refusal::NotReleasable(ReservationStatus::Confirmed));
            }
            Winner::Second => {
                let released = ReservationStatus::Cancelled(CancelReason::Released);
                assert_eq!(world.run(&pay).await.unwrap_err(), Refusal::ReservationNotPayable(released));
                assert_eq!(world.balance(ADA).await, 100_000);
            }
        }
        world.assert_audit_is_clean().await;
    }
}

/// P3: two payments of one hold with different keys: one wins, the other is refused because the hold is paid.
pub async fn two_payments_of_one_hold_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let (world, ada, hold) = about_to_pay(adapter).await;
        let (first, second) = (world.a_payment(ada, hold.id()), world.a_payment(ada, hold.id()));
        let outcome = world.race(commit_order, &first, &second).await;
        let (winner, loser) = outcome.winner_and_loser(first, second);
        assert!(world.run(&loser).await.is_err());
        assert!(world.run(&winner).await.unwrap().replayed);
        assert_eq!(world.ports.reservations.payment(loser.id).await.unwrap(), None);
        assert_eq!(world.balance(ADA).await, 100_000 - hold.amount().minor());
        world.assert_audit_is_clean().await;
    }
}

/// P3: one payment sent twice with one key: it has one effect, and the second request gets the first outcome.
pub async fn a_payment_sent_twice_has_one_effect(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let (world, ada, hold) = about_to_pay(adapter).await;
        let key = world.new_key(ADA, Operation::Pay);
        let (first, second) = (world.a_payment_with(key.clone(), ada, hold.id()), world.a_payment_with(key, ada, hold.id()));
        let outcome = world.race(commit_order, &first, &second).await;
        let (winner, loser) = outcome.winner_and_loser(first, second);
        let replay = world.run(&loser).await.unwrap();
        assert!(replay.replayed);
        assert_eq!(payment_in(replay.outcome).0.id(), winner.id);
        world.assert_audit_is_clean().await;
    }
}

/// P4: a payment decided in time and a sweep decided at the deadline: the sweep wins in every commit order.
pub async fn a_late_payment_loses_to_a_sweep(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let (world, ada, hold) = about_to_pay(adapter).await;
        let pay = world.change_of(&world.a_payment(ada, hold.id())).await;
        world.pass_seconds(300);
        let sweep = world.changes_of_sweep().await.remove(0);
        let [paid, swept] = world.commit_both(commit_order, &pay, &sweep).await;
        assert_conflict(&paid, "a payment at the deadline");
        assert_committed(&swept, "the sweep");
        let ended = world.ports.reservations.reservation(hold.id()).await.unwrap().unwrap();
        assert_eq!(ended.state(), ReservationState::Cancelled { reason: CancelReason::Expired, payment: None });
        assert_eq!(world.run(&world.a_payment(ada, hold.id())).await.unwrap_err(), Refusal::ReservationExpired);
        world.assert_audit_is_clean().await;
    }
}

/// P3: a payment and a sweep by a clock that runs ahead: one wins, by version.
pub async fn a_payment_and_a_sweep_by_a_fast_clock_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let (world, ada, hold) = about_to_pay(adapter).await;
        let pay = world.change_of(&world.a_payment(ada, hold.id())).await;
        world.pass_seconds(300);
        let sweep = world.changes_of_sweep().await.remove(0);
        world.pass_seconds(-300);
        world.assert_one_wins(commit_order, &pay, &sweep).await;
        world.assert_audit_is_clean().await;
    }
}

/// P2: two charges of one wallet: one wins, the other is added to the new balance.
pub async fn two_charges_of_one_wallet_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        world.charged(ADA, 1).await;
        let (first, second) = (world.a_charge(ADA, 20), world.a_charge(ADA, 300));
        let outcome = world.race(commit_order, &first, &second).await;
        world.run(&outcome.winner_and_loser(&first, &second).1.clone()).await.unwrap();
        assert_eq!(world.balance(ADA).await, 321);
        world.assert_audit_is_clean().await;
    }
}

/// P2: a charge and a payment of one wallet: one wins.
pub async fn a_charge_and_a_payment_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let (world, ada, hold) = about_to_pay(adapter).await;
        let (charge, pay) = (world.a_charge(ADA, 5), world.a_payment(ada, hold.id()));
        match world.race(commit_order, &charge, &pay).await {
            Winner::First => world.run(&pay).await.map(|_| ()).unwrap(),
            Winner::Second => world.run(&charge).await.map(|_| ()).unwrap(),
        }
        assert_eq!(world.balance(ADA).await, 100_005 - hold.amount().minor());
        world.assert_audit_is_clean().await;
    }
}

/// P3: a payment refunded twice with different keys: one wins, the other is refused because the payment is refunded.
pub async fn two_refunds_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let (_, payment) = world.bought(ADA, SCHEDULE, &[1, 2]).await;
        let (first, second) = (world.a_refund(ADA, payment.id()), world.a_refund(ADA, payment.id()));
        let outcome = world.race(commit_order, &first, &second).await;
        let (_, loser) = outcome.winner_and_loser(first, second);
        let refusal = world.run(&loser).await.unwrap_err();
        assert_eq!(refusal, Refusal::NotRefundable { state: PaymentState::Cancelled { refunded_at: world.now() }, started: false });
        assert_eq!(world.balance(ADA).await, payment.amount().minor());
        world.assert_audit_is_clean().await;
    }
}

/// P6: two first writes of one user of an external issuer: one wins, and one user and one wallet are created.
pub async fn two_first_writes_of_one_user_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let (charge, join) = (world.a_charge(ADA, 7), world.a_join(ADA, None));
        match world.race(commit_order, &charge, &join).await {
            Winner::First => world.run(&join).await.map(|_| ()).unwrap(),
            Winner::Second => world.run(&charge).await.map(|_| ()).unwrap(),
        }
        assert_eq!(world.balance(ADA).await, 7);
        assert_eq!(world.join(ADA, None).await.number(), 1);

        let (first, second) = (world.a_charge(BEN, 1), world.a_charge(BEN, 2));
        let outcome = world.race(commit_order, &first, &second).await;
        world.run(&outcome.winner_and_loser(first, second).1).await.unwrap();
        assert_eq!(world.balance(BEN).await, 3);
        world.assert_audit_is_clean().await;
    }
}

/// Two concurrent uses of a key past its retention: one wins, the other gets its outcome.
pub async fn two_uses_of_an_expired_key_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let key = idempotency(ADA, Operation::Charge, "once");
        world.run(&world.a_charge_with(key.clone(), 1)).await.unwrap();
        world.clock.advance(world.rules.key_retention);
        let (first, second) = (world.a_charge_with(key.clone(), 1), world.a_charge_with(key.clone(), 1));
        let (first, second) = (world.change_of(&first).await, world.change_of(&second).await);
        // The wallet would also cause a conflict, so the changes contain only the record.
        let alone = |change: &Change| Change::default().writing(change.row::<domain::IdempotencyRecord>().unwrap().clone());
        world.assert_one_wins(commit_order, &alone(&first), &alone(&second)).await;
        assert!(world.run(&world.a_charge_with(key, 1)).await.unwrap().replayed);
    }
}
