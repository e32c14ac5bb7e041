//! What was acknowledged is there after the process is gone, however it went.

use application::ports::{LogExtent, ReaderName};
use domain::Version;

use super::committing::about_to_pay;
use crate::Adapter;
use crate::world::{ADA, ALL, BEN, World, read};

/// `commit`: what was told to be committed is durable: it is there after the process has ended.
pub async fn what_is_committed_survives_the_process(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let scene = about_to_pay(&world).await;
    world.commit(&scene.pay).await.unwrap();
    let before = world.everything().await;
    let world = world.reopened(adapter).await;
    assert_eq!(world.everything().await, before);
    world.assert_audit_is_clean().await;
    assert_eq!(world.join(BEN, None).await.number(), 4, "the line goes on where it was");
    assert_eq!(world.token(scene.ada.token.unwrap()).await.version, Version(4), "joined, admitted, held, paid");
}

/// `commit`: a change is durable before it is told to be committed, not once the store is closed or has had time to write.
pub async fn what_is_committed_survives_a_crash(adapter: &dyn Adapter) {
    let world = World::to_crash(adapter, 4).await;
    let scene = about_to_pay(&world).await;
    // From here to the crash nothing is asked of the store: whatever is asked might make it write.
    world.commit(&scene.pay).await.unwrap();
    let world = world.crashed(adapter).await;
    world.read_back(&scene.pay).await;
    world.assert_audit_is_clean().await;
    assert_eq!(world.join(BEN, None).await.number(), 4, "the line goes on where it was");

    let secret = world.ports.secrets.issuer_secret([7; 32]).await.unwrap();
    let charged = world.charged(ADA, 500).await;
    let world = world.crashed(adapter).await;
    assert_eq!(world.ports.secrets.issuer_secret([8; 32]).await.unwrap(), secret);
    assert_eq!(world.balance(ADA).await, charged.balance().minor());
    world.assert_audit_is_clean().await;
}

/// `events`: each event comes once from page to page, also after a crash, by the place and the id that it had; readers stand where they
/// stood, and positions of what was deleted are not given again.
pub async fn a_reader_of_the_log_goes_on_after_a_crash(adapter: &dyn Adapter) {
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
    let (told, end) = read(&*world.ports.log, mailer.position, 2).await;
    assert_eq!(told[..told.len() - 1], log[half + 1..]);
    assert_eq!(told.last().map(|told| &told.event), charge.events.first());
    assert!(end > extent.end);
    world.pass_seconds(1);
    world.prune_log(world.now(), ALL).await;
    let world = world.crashed(adapter).await;
    assert_eq!(world.extent().await, LogExtent { start: end, end });
    world.charged(ADA, 5).await;
    let told = read(&*world.ports.log, end, 2).await.0;
    assert_eq!(told.len(), 1);
    assert_eq!(world.log().await, told);
}

/// `issuer_secret`: of any process.
pub async fn another_process_finds_the_same_secret(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    world.ports.secrets.issuer_secret([7; 32]).await.unwrap();
    let world = world.reopened(adapter).await;
    assert_eq!(world.ports.secrets.issuer_secret([8; 32]).await.unwrap(), [7; 32]);
}
