//! Acknowledged commits are kept after the process has ended, by a stop or a crash.

use application::ports::{LogExtent, Position, ReaderName, SecretName};
use domain::Version;

use super::committing::about_to_pay;
use super::sales::sales_of;
use crate::Adapter;
use crate::world::{ADA, ALL, BEN, CONCERT, SCHEDULE, World, read};

/// `commit`: an acknowledged commit is durable: it is kept after the process has ended.
pub async fn a_commit_survives_a_restart_of_the_process(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let fixture = about_to_pay(&world).await;
    world.commit(&fixture.pay).await.unwrap();
    let before = world.everything().await;
    let world = world.reopened(adapter).await;
    assert_eq!(world.everything().await, before);
    world.assert_audit_is_clean().await;
    assert_eq!(world.join(BEN, None).await.number(), 4, "the queue's numbers continue");
    assert_eq!(world.token(fixture.ada.token.unwrap()).await.version, Version(4), "joined, admitted, held, paid");
}

/// `commit`: a change is durable before it is acknowledged, not only after the store is closed or has had time to write.
pub async fn a_commit_survives_a_crash(adapter: &dyn Adapter) {
    let world = World::to_crash(adapter, 4).await;
    let fixture = about_to_pay(&world).await;
    // Between this commit and the crash there is no call of the store: any call might make it write.
    world.commit(&fixture.pay).await.unwrap();
    let world = world.crashed(adapter).await;
    world.read_back(&fixture.pay).await;
    world.assert_audit_is_clean().await;
    assert_eq!(world.join(BEN, None).await.number(), 4, "the queue's numbers continue");

    let secret = world.ports.secrets.secret(SecretName::Issuer, [7; 32]).await.unwrap();
    let charged = world.charged(ADA, 500).await;
    let world = world.crashed(adapter).await;
    assert_eq!(world.ports.secrets.secret(SecretName::Issuer, [8; 32]).await.unwrap(), secret);
    assert_eq!(world.balance(ADA).await, charged.balance().minor());
    world.assert_audit_is_clean().await;
}

/// `events`: each event is returned once across pages, also after a crash, with the same position and id; readers keep their positions,
/// and positions of deleted events are not reused.
pub async fn a_log_reader_continues_after_a_crash(adapter: &dyn Adapter) {
    let world = World::to_crash(adapter, 4).await;
    about_to_pay(&world).await;
    let (log, extent) = (world.log().await, world.extent().await);
    let half = log.len() / 2;
    assert!(world.ports.log.keep_reader(&ReaderName::new("mailer").unwrap(), log[half].position).await.unwrap());
    let charge = world.change_of(&world.a_charge(ADA, 5)).await;
    world.commit(&charge).await.unwrap();
    let world = world.crashed(adapter).await;

    let readers = world.readers().await;
    let [mailer] = readers.as_slice() else { panic!("{readers:?}") };
    let (logged, end) = read(&*world.ports.log, mailer.position, 2).await;
    assert_eq!(logged[..logged.len() - 1], log[half + 1..]);
    assert_eq!(logged.last().map(|logged| &logged.event), charge.events.first());
    assert!(end > extent.end);
    world.pass_seconds(1);
    world.prune_log(world.now(), ALL).await;
    let world = world.crashed(adapter).await;
    assert_eq!(world.extent().await, LogExtent { start: end, end });
    world.charged(ADA, 5).await;
    let logged = read(&*world.ports.log, end, 2).await.0;
    assert_eq!(logged.len(), 1);
    assert_eq!(world.log().await, logged);
}

/// `advance`: the sales and the position are durable before true is returned.
pub async fn sales_and_their_position_survive_a_crash(adapter: &dyn Adapter) {
    let world = World::to_crash(adapter, 4).await;
    let sales = sales_of(SCHEDULE, CONCERT, 2, world.now(), true);
    assert!(world.ports.sales.advance(None, Position(7), std::slice::from_ref(&sales)).await.unwrap());
    let world = world.crashed(adapter).await;
    assert_eq!(world.ports.sales.folded_to().await.unwrap(), Some(Position(7)));
    assert_eq!(world.ports.sales.sales_of(&[SCHEDULE]).await.unwrap(), [sales]);
}

/// `secret`: a later process returns the secret that an earlier one kept.
pub async fn the_secret_survives_a_restart_of_the_process(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    world.ports.secrets.secret(SecretName::Issuer, [7; 32]).await.unwrap();
    let world = world.reopened(adapter).await;
    assert_eq!(world.ports.secrets.secret(SecretName::Issuer, [8; 32]).await.unwrap(), [7; 32]);
}
