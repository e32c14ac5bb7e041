//! How far rows are past their retention.

use application::ports::{Position, Prunable, ReaderName};
use time::{Duration, OffsetDateTime};

use crate::Adapter;
use crate::world::{ADA, ALL, BEN, MOMENT, SCHEDULE, World};

/// Returns the backlog of `what`.
async fn backlog(world: &World, what: Prunable) -> Duration {
    world.ports.housekeeping.backlog(what).await.unwrap().try_into().unwrap()
}

/// `backlog`: is the time since the end of the retention of the oldest row; zero within the retention, and after the row was pruned.
pub async fn the_backlog_is_measured_by_the_oldest_row(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let start = world.now();
    let key = world.new_key(ADA, domain::Operation::Charge);
    world.run(&world.a_charge_with(key, 5)).await.unwrap();
    world.run(&world.a_registration("Ada", None)).await.unwrap();
    for user in [ADA, BEN] {
        let hold = world.held(world.admitted(user).await, SCHEDULE, &[1]).await;
        world.released(user, hold.id()).await;
        world.left(user, hold.token()).await;
        world.pass_seconds(5);
    }
    let token = world.joined(BEN).await;
    world.left(BEN, token).await;
    let (left, deadline) = (world.now(), start + world.rules.hold);
    world.clock.advance(world.rules.key_retention);

    let reservations = |before| Prunable::Reservations { before };
    let users = |before| Prunable::Users { before };
    for (what, at) in [(&reservations as &dyn Fn(OffsetDateTime) -> Prunable, deadline), (&users, start)] {
        assert_eq!(backlog(&world, what(at - MOMENT)).await, Duration::ZERO, "{:?}", what(at));
        assert_eq!(backlog(&world, what(at)).await, Duration::ZERO);
        assert_eq!(backlog(&world, what(at + MOMENT)).await, MOMENT);
        assert_eq!(backlog(&world, what(at + Duration::hours(1))).await, Duration::hours(1));
    }
    // The tokens with reservations are checked and kept: the first that may be pruned is the one that was left without a hold.
    assert_eq!(world.prune_some(Prunable::Tokens { before: left }, ALL).await.rows, 0);
    assert_eq!(backlog(&world, Prunable::Tokens { before: left + Duration::SECOND }).await, Duration::SECOND);
    assert_eq!(backlog(&world, Prunable::Keys).await, left - start, "the record of the first charge");
    let end = world.now();
    for what in [
        Prunable::Keys,
        Prunable::Reservations { before: end },
        Prunable::Tokens { before: end },
        Prunable::Users { before: end },
        Prunable::Log { before: end, unread_before: end },
    ] {
        assert!(backlog(&world, what).await > Duration::ZERO, "{what:?}");
        world.prune_some(what, ALL).await;
        assert_eq!(backlog(&world, what).await, Duration::ZERO, "{what:?}");
    }
}

/// `backlog`: events that a reader hasn't passed have their own retention.
pub async fn the_backlog_of_the_log_depends_on_its_readers(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    world.pass_seconds(10);
    world.prune_log(world.now(), ALL).await;
    let committed_at = world.now();
    world.charged(ADA, 5).await;
    world.pass_seconds(10);
    // A store may log the events of a commit together: they have been passed with the last one.
    let log = world.log().await;
    let (first, last) = (log[0].position, log[log.len() - 1].position);
    let what = Prunable::Log { before: committed_at + Duration::minutes(3), unread_before: committed_at + Duration::MINUTE };
    assert_eq!(backlog(&world, what).await, Duration::minutes(3), "without readers");
    let reader = ReaderName::new("mailer").unwrap();
    for (at, expected) in [(last, Duration::minutes(3)), (Position(first.0 - 1), Duration::MINUTE)] {
        assert!(world.ports.log.keep_reader(&reader, at).await.unwrap());
        assert_eq!(backlog(&world, what).await, expected, "{at:?}");
    }
    let kept = Prunable::Log { before: committed_at + Duration::minutes(3), unread_before: committed_at };
    assert_eq!(backlog(&world, kept).await, Duration::ZERO, "kept for the reader");
}
