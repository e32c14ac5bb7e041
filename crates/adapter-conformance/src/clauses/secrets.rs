//! The secrets port.

use application::ports::SecretName;

use crate::Adapter;
use crate::world::World;

/// `secret`: the first call keeps `candidate`; every later call returns the secret that the first one kept.
pub async fn the_first_secret_is_kept(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let first: [u8; 32] = std::array::from_fn(|index| u8::try_from(index * 8).unwrap() ^ 0x80);
    for candidate in [first, [0; 32], [255; 32], first] {
        assert_eq!(world.ports.secrets.secret(SecretName::Issuer, candidate).await.unwrap(), first);
    }
}

/// `secret`: one of many concurrent first calls keeps its candidate, and all return it.
pub async fn one_of_many_concurrent_first_secrets_is_kept(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let tasks: Vec<_> = (1..=8)
        .map(|candidate| {
            let secrets = world.ports.secrets.clone();
            tokio::spawn(async move { secrets.secret(SecretName::Issuer, [candidate; 32]).await.unwrap() })
        })
        .collect();
    let mut kept = Vec::new();
    for task in tasks {
        kept.push(task.await.unwrap());
    }
    kept.dedup();
    assert_eq!(kept.len(), 1);
    assert!((1..=8).contains(&kept[0][0]));
}

/// `secret`: each name has a secret of its own.
pub async fn secrets_are_kept_by_name(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    for (name, first) in SecretName::ALL.into_iter().zip(1..) {
        assert_eq!(world.ports.secrets.secret(name, [first; 32]).await.unwrap(), [first; 32], "{name:?}");
    }
    for (name, first) in SecretName::ALL.into_iter().zip(1..) {
        assert_eq!(world.ports.secrets.secret(name, [9; 32]).await.unwrap(), [first; 32], "{name:?}");
    }
}
