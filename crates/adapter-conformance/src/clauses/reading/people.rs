//! The user, wallet and token ports.

use application::PageRequest;
use domain::decide::register;
use domain::{Outcome, Queue, User, UserName, Wallet, WalletEntry, WalletEntryKind};

use crate::Adapter;
use crate::world::{ADA, ALL, BEN, CYD, OTHER_CONCERT, OTHER_QUEUE, SCHEDULE, World, guest, won};

/// `user`: exists after a registration or another write.
pub async fn a_user_exists_after_registration_or_the_first_write(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    assert_eq!(world.ports.users.user(ADA).await.unwrap(), None);
    let name = UserName::new("Ada Lovelace").unwrap();
    let registered = world.run(&register::Command { user: ADA, name: name.clone(), idempotency: None }).await.unwrap().outcome;
    assert_eq!(registered, Outcome::Registered(world.ports.users.user(ADA).await.unwrap().expect("a user")));
    assert_eq!(world.ports.users.user(ADA).await.unwrap(), Some(User { id: ADA, name: Some(name), created_at: world.now() }));
    world.charged(BEN, 5).await;
    world.joined(CYD).await;
    for user in [BEN, CYD] {
        assert_eq!(world.ports.users.user(user).await.unwrap(), Some(User { id: user, name: None, created_at: world.now() }));
    }
    let created_at = world.now();
    world.pass_seconds(10);
    world.charged(BEN, 5).await;
    assert_eq!(world.ports.users.user(BEN).await.unwrap().unwrap().created_at, created_at, "a later write must not change it");
}

/// `wallet`: the user's wallet, if it exists.
pub async fn a_wallet_exists_with_its_user(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    assert_eq!(world.ports.wallets.wallet(ADA).await.unwrap(), None);
    world.joined(ADA).await;
    assert_eq!(world.ports.wallets.wallet(ADA).await.unwrap(), Some(Wallet::new(ADA)), "the first write creates it");
    world.charged(ADA, 5).await;
    assert_eq!(world.ports.wallets.wallet(ADA).await.unwrap(), Some(Wallet::restore(ADA, won(5), 1)));
}

/// `entries`: the user's wallet entries with a sequence below the page's cursor, the newest first, up to the page's size.
pub async fn wallet_entries_are_paged_newest_first(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let mut charges = Vec::new();
    for amount in 1..=4 {
        charges.push(world.charged(ADA, amount).await);
        world.charged(BEN, 9).await;
        world.pass_seconds(1);
    }
    let (_, payment) = world.bought(ADA, SCHEDULE, &[1]).await;
    world.refunded(ADA, payment.id()).await;
    let all = world.ports.wallets.entries(ADA, PageRequest { after: None, size: ALL }).await.unwrap();
    assert_eq!(all.iter().map(WalletEntry::sequence).collect::<Vec<_>>(), [7, 6, 5, 4, 3, 2, 1]);
    let kinds = [WalletEntryKind::Refund(payment.id()), WalletEntryKind::Payment(payment.id()), WalletEntryKind::Charge];
    assert_eq!(all.iter().map(WalletEntry::kind).take(3).collect::<Vec<_>>(), kinds);
    charges.reverse();
    assert_eq!(all[3..], charges);
    for size in 1..=8 {
        let mut seen = Vec::new();
        loop {
            let after = seen.last().map(|entry: &WalletEntry| entry.sequence());
            let page = world.ports.wallets.entries(ADA, PageRequest { after, size }).await.unwrap();
            assert!(page.len() <= usize::try_from(size).unwrap());
            if page.is_empty() {
                break;
            }
            seen.extend(page);
            assert!(seen.len() <= all.len(), "pages of {size} don't end");
        }
        assert_eq!(seen, all, "pages of {size}");
    }
    assert_eq!(world.ports.wallets.entries(CYD, PageRequest { after: None, size: ALL }).await.unwrap(), []);
}

/// `tokens`: the tokens that exist, ended or not, each once.
pub async fn live_and_ended_tokens_are_found(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let token = world.join(ADA, Some(OTHER_CONCERT)).await;
    assert_eq!(world.token(token.id()).await.row, token);
    world.left(ADA, token.id()).await;
    let ended = world.token(token.id()).await;
    assert_eq!(ended.row, token.clone().leave(world.now()).unwrap());
    let (other, unknown) = (world.join(BEN, None).await, world.new_id());
    let mut found = world.ports.tokens.tokens(&[other.id(), unknown, token.id(), other.id()]).await.unwrap();
    found.sort_by_key(|found| found.id() == other.id());
    assert_eq!(found, [ended, world.token(other.id()).await]);
    for none in [&[][..], &[unknown]] {
        assert_eq!(world.ports.tokens.tokens(none).await.unwrap(), []);
    }
}

/// `live`: the tokens of a queue whose rows are WAITING or ACTIVE and whose number is above `after`, ordered by number, up to `at_most`.
pub async fn live_tokens_are_ordered_by_number(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let (first, _) = (world.admitted(guest(1)).await, world.admitted(guest(2)).await);
    let mut waiting = Vec::new();
    for user in 3..=12 {
        waiting.push(world.joined(guest(user)).await);
        world.join(guest(user), Some(OTHER_CONCERT)).await;
    }
    world.left(guest(1), first.token.unwrap()).await;
    world.left(guest(5), waiting[2]).await;
    world.pass_seconds(3_600);
    let numbers = |after, at_most| {
        let tokens = world.ports.tokens.clone();
        async move { tokens.live(Queue::DEFAULT, after, at_most).await.unwrap().iter().map(|token| token.number()).collect::<Vec<_>>() }
    };
    assert_eq!(numbers(0, ALL).await, [2, 3, 4, 6, 7, 8, 9, 10, 11, 12], "number 2 has lapsed and is live by its row");
    assert_eq!(numbers(3, 3).await, [4, 6, 7]);
    assert_eq!(numbers(4, 1).await, [6]);
    assert_eq!(numbers(12, ALL).await, [] as [u64; 0]);
    assert_eq!(numbers(0, 0).await, [] as [u64; 0]);
    let seen = world.ports.tokens.live(Queue::DEFAULT, 2, 1).await.unwrap();
    assert_eq!(seen, [world.token(waiting[0]).await], "tokens must have their versions");
    let others = world.ports.tokens.live(OTHER_QUEUE, 0, ALL).await.unwrap();
    assert!(others.iter().map(|token| token.number()).eq(1..=10));
    assert_eq!(world.ports.tokens.live(world.new_id(), 0, ALL).await.unwrap(), []);
}
