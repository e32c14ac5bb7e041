//! Idempotency records, users and wallets.

use domain::idempotency::IdempotentRequest;
use domain::loaded::LoadedAccount;
use domain::need::{Account, Key};
use domain::{IdempotencyKey, IdempotencyScope, Operation, Version};

use crate::Adapter;
use crate::world::{ADA, BEN, CYD, DAN, MOMENT, SCHEDULE, World};

/// [`Key`]: its record, also past its retention.
pub async fn a_key_finds_its_record_before_and_after_its_retention(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let (charge, hold) = (world.a_charge(ADA, 500), world.a_hold(world.admitted(BEN).await, SCHEDULE, &[1]));
    let keys = [&charge.idempotency, &hold.idempotency].map(|idempotency| Key(idempotency.scope.clone()));
    assert_eq!(world.find(Vec::from(keys.clone())).await, [None, None], "the keys are unused");

    let at = world.now();
    let (first, second) = (world.run(&charge).await.unwrap().outcome, world.run(&hold).await.unwrap().outcome);
    let records = [world.record(&charge.idempotency, first, at), world.record(&hold.idempotency, second, at)].map(Some);
    assert_eq!(world.find(Vec::from(keys.clone())).await, records, "fresh records");
    for (age, what) in
        [(world.rules.key_retention - MOMENT, "a moment before the end"), (MOMENT, "at the end"), (world.rules.key_retention, "long ago")]
    {
        world.clock.advance(age);
        assert_eq!(world.find(Vec::from(keys.clone())).await, records, "{what}");
    }
}

/// [`Key`]: a key is unique for its user and route: the same text of another user or route is another key.
pub async fn a_key_finds_no_record_of_another_user_or_route(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let command = world.a_hold(world.admitted(ADA).await, SCHEDULE, &[1]);
    let (answer, at) = (world.run(&command).await.unwrap().outcome, world.now());
    let scope = command.idempotency.scope.clone();
    let bens = IdempotencyScope { user: BEN, ..scope.clone() };
    let elsewhere = IdempotencyScope { operation: Operation::Charge, ..scope.clone() };
    let longer = IdempotencyScope { key: IdempotencyKey::new(&format!("{}A", scope.key.as_str())).unwrap(), ..scope.clone() };
    for other in [&bens, &elsewhere, &longer] {
        assert_eq!(world.find(Key(other.clone())).await, None, "{other:?}");
    }
    let record = world.record(&command.idempotency, answer, at);
    let all = world.find([bens, scope, elsewhere, longer].map(Key).to_vec()).await;
    assert_eq!(all, [None, Some(record), None, None], "all in one load");
}

/// [`Key`]: also a key without a user.
pub async fn an_anonymous_key_finds_its_record(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let scope = IdempotencyScope::anonymous(Operation::Register, IdempotencyKey::new("0123456789abcdef012345").unwrap());
    let idempotency = IdempotentRequest { scope: scope.clone(), ..world.new_key(ADA, Operation::Register) };
    assert_eq!(world.find(Key(scope.clone())).await, None);
    let (first, second) = (world.a_registration("Ada", Some(idempotency.clone())), world.a_registration("Ada", Some(idempotency.clone())));
    let (answer, at) = (world.run(&first).await.unwrap().outcome, world.now());
    assert_eq!(world.find(Key(scope)).await, Some(world.record(&idempotency, answer.clone(), at)));
    let again = world.run(&second).await.unwrap();
    assert_eq!((again.outcome, again.replayed), (answer, true), "the second request creates no user");
}

/// [`Account`]: the user and the wallet, if they exist, whichever user sends the request.
pub async fn an_account_has_the_user_and_the_wallet(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    assert_eq!(world.find(Account(ADA)).await, LoadedAccount::default(), "Ada doesn't exist");

    world.charged(ADA, 500).await;
    world.charged(BEN, 700).await;
    let user = world.ports.users.user(ADA).await.unwrap();
    assert!(user.is_some());
    let expected = LoadedAccount { user, wallet: Some(world.wallet(ADA, 1).await) };
    assert_eq!(world.find(Account(ADA)).await, expected, "a first charge");
    world.charged(ADA, 1).await;
    let expected = LoadedAccount { wallet: Some(world.wallet(ADA, 2).await), ..expected };
    assert_eq!(world.find(Account(ADA)).await, expected, "a second charge");

    let command = world.a_charge_for(CYD, ADA, 9);
    let (answer, at) = (world.run(&command).await.unwrap().outcome, world.now());
    let expected = LoadedAccount { wallet: Some(world.wallet(ADA, 3).await), ..expected };
    let found = world.find((Key(command.idempotency.scope.clone()), Account(ADA), Account(CYD))).await;
    assert_eq!(
        found,
        (Some(world.record(&command.idempotency, answer, at)), expected, LoadedAccount::default()),
        "with another user's key"
    );

    world.joined(DAN).await;
    let found = world.find(Account(DAN)).await;
    assert_eq!(found.user, world.ports.users.user(DAN).await.unwrap());
    let wallet = found.wallet.expect("a wallet exists with its user");
    assert_eq!((wallet.version, wallet.balance().minor()), (Version::FIRST, 0), "an empty wallet");
}
