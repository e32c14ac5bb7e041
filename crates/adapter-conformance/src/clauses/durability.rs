//! What was acknowledged is there after the process is gone, however it went.

use domain::Version;

use super::committing::about_to_pay;
use crate::Adapter;
use crate::world::{ADA, BEN, World};

/// `commit`: what was told to be committed is durable: it is there after the process has ended.
pub async fn what_is_committed_survives_the_process(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let scene = about_to_pay(&world).await;
    world.commit(&scene.pay).await.unwrap();
    let before = world.everything().await;
    let world = world.reopened(adapter).await;
    assert_eq!(world.everything().await, before);
    world.assert_audit_is_clean().await;
    assert_eq!(world.join(BEN, None).await.number, 4, "the line goes on where it was");
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
    assert_eq!(world.join(BEN, None).await.number, 4, "the line goes on where it was");

    let secret = world.ports.secrets.issuer_secret([7; 32]).await.unwrap();
    let charged = world.charged(ADA, 500).await;
    let world = world.crashed(adapter).await;
    assert_eq!(world.ports.secrets.issuer_secret([8; 32]).await.unwrap(), secret);
    assert_eq!(world.balance(ADA).await, charged.balance.minor());
    world.assert_audit_is_clean().await;
}

/// `issuer_secret`: of any process.
pub async fn another_process_finds_the_same_secret(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    world.ports.secrets.issuer_secret([7; 32]).await.unwrap();
    let world = world.reopened(adapter).await;
    assert_eq!(world.ports.secrets.issuer_secret([8; 32]).await.unwrap(), [7; 32]);
}
