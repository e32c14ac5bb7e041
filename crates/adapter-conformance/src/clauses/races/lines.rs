//! Races in queues.

use domain::decide::admission::Pass;
use domain::decide::join::Joined;
use domain::need::QueueHead;
use domain::{Change, Queue, QueueToken, Refusal, TokenStatus, Write};

use crate::Adapter;
use crate::world::{ADA, BEN, CommitOrder, OTHER_CONCERT, OTHER_QUEUE, SCHEDULE, Winner, World, assert_committed, assert_conflict, guest};

/// P6: two joins of one user: one wins, the other gets the same token; one number is taken.
pub async fn two_joins_of_one_user_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        world.charged(ADA, 1).await;
        let (first, second) = (world.a_join(ADA, None), world.a_join(ADA, None));
        let outcome = world.race(commit_order, &first, &second).await;
        let (winner, loser) = outcome.winner_and_loser(first, second);
        match world.run(&loser).await.unwrap().outcome {
            Joined::Live(token) => assert_eq!((token.id(), token.number()), (winner.token, 1)),
            Joined::New(_) => panic!("a second token"),
        }
        assert_eq!(world.join(BEN, None).await.number(), 2);
        world.assert_audit_is_clean().await;
    }
}

/// P6: two joins that both end the user's lapsed token: one wins.
pub async fn two_joins_that_end_one_lapsed_token_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        world.admitted(ADA).await;
        world.pass_seconds(120);
        let (first, second) = (world.a_join(ADA, None), world.a_join(ADA, None));
        let outcome = world.race(commit_order, &first, &second).await;
        let (winner, loser) = outcome.winner_and_loser(first, second);
        assert!(matches!(world.run(&loser).await.unwrap().outcome, Joined::Live(token) if token.id() == winner.token));
        assert_eq!(world.join(BEN, None).await.number(), 3);
        world.assert_audit_is_clean().await;
    }
}

/// A join that ends the user's lapsed token, and a tick that ends it: one wins.
pub async fn a_join_and_a_tick_that_end_one_token_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let old = world.admitted(ADA).await.token.unwrap();
        world.pass_seconds(120);
        let join = world.a_join(ADA, None);
        let (joining, (tick, _)) = (world.change_of(&join).await, world.change_of_tick(Queue::DEFAULT).await.unwrap());
        if world.assert_one_wins(commit_order, &joining, &tick).await == Winner::Second {
            world.run(&join).await.unwrap();
        }
        assert!(!world.token(old).await.is_live());
        assert_eq!(world.token(join.token).await.number(), 2);
        world.assert_audit_is_clean().await;
    }
}

/// P5: two ticks that share only the queue: one wins, and no more users are admitted than the capacity allows.
pub async fn two_ticks_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        for user in 0..8 {
            world.join(guest(10 + user), Some(OTHER_CONCERT)).await;
        }
        assert_eq!(world.tick(OTHER_QUEUE).await.admitted, 2);
        world.pass_seconds(120);
        let (tick, ticked) = world.change_of_tick(OTHER_QUEUE).await.unwrap();
        assert_eq!((ticked.lapsed, ticked.admitted), (2, 2));
        let head = world.find(QueueHead { queue: OTHER_QUEUE, at_most: 0 }).await.unwrap();
        // Each part ends one of the two lapsed tokens, so only the admission version can cause the conflict.
        let part = |index: usize| {
            let token = tick.rows::<QueueToken>().nth(index).unwrap().clone();
            let admission = Write::update(&head.admission, head.admission.row);
            Change { events: vec![], writes: vec![admission.into(), token.into()], ..tick.clone() }
        };
        world.assert_one_wins(commit_order, &part(0), &part(1)).await;

        let (first, second) = (world.change_of_tick(OTHER_QUEUE).await.unwrap().0, world.change_of_tick(OTHER_QUEUE).await.unwrap().0);
        world.assert_one_wins(commit_order, &first, &second).await;
        world.tick(OTHER_QUEUE).await;
        let tokens = world.ports.tokens.live(OTHER_QUEUE, 0, 100).await.unwrap();
        let active = tokens.iter().filter(|token| token.status(world.now()) == TokenStatus::Active).count();
        assert_eq!(active, 3, "the capacity is filled");
        assert_eq!(world.tick(OTHER_QUEUE).await.admitted, 0);
        world.assert_audit_is_clean().await;
    }
}

/// P5: ticks of different queues don't conflict.
pub async fn ticks_of_different_queues_are_both_committed(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        world.join(ADA, None).await;
        world.join(BEN, Some(OTHER_CONCERT)).await;
        let (first, _) = world.change_of_tick(Queue::DEFAULT).await.unwrap();
        let (second, _) = world.change_of_tick(OTHER_QUEUE).await.unwrap();
        for result in world.commit_both(commit_order, &first, &second).await {
            assert_committed(&result, "another queue");
        }
    }
}

/// P5: a hold that extends a token, and a tick that ends it by a clock that runs ahead: one wins, by the token's version.
pub async fn a_hold_and_a_tick_by_a_fast_clock_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        world.joined(BEN).await;
        let hold = world.a_hold(ada, SCHEDULE, &[1]);
        let holding = world.change_of(&hold).await;
        world.pass_seconds(120);
        let (tick, ticked) = world.change_of_tick(Queue::DEFAULT).await.unwrap();
        assert_eq!((ticked.lapsed, ticked.admitted), (1, 1));
        world.pass_seconds(-120);
        match world.assert_one_wins(commit_order, &holding, &tick).await {
            Winner::First => {
                assert!(world.token(ada.token.unwrap()).await.is_live(), "the hold extends the token");
                assert_eq!(world.ports.tokens.live(Queue::DEFAULT, 1, 1).await.unwrap()[0].status(world.now()), TokenStatus::Waiting);
            }
            Winner::Second => assert!(world.run(&hold).await.is_err()),
        }
        world.assert_audit_is_clean().await;
    }
}

/// P5: a hold decided in time that would extend a token, and a tick decided at the token's deadline: the tick wins in every commit order.
pub async fn a_late_hold_loses_to_a_tick(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        world.joined(BEN).await;
        let hold = world.change_of(&world.a_hold(ada, SCHEDULE, &[1])).await;
        world.pass_seconds(120);
        let (tick, _) = world.change_of_tick(Queue::DEFAULT).await.unwrap();
        let [late, in_time] = world.commit_both(commit_order, &hold, &tick).await;
        assert_conflict(&late, "a hold at its token's deadline");
        assert_committed(&in_time, "the tick");
        assert_eq!(world.seats(SCHEDULE, &[1]).await[0].reservation(), None);
        world.assert_audit_is_clean().await;
    }
}

/// A tick that admits a user, and the user's leave: one wins.
pub async fn a_tick_and_a_leave_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let token = world.joined(ADA).await;
        let leave = world.a_leave(ADA, token);
        let (leaving, (tick, _)) = (world.change_of(&leave).await, world.change_of_tick(Queue::DEFAULT).await.unwrap());
        match world.assert_one_wins(commit_order, &leaving, &tick).await {
            Winner::First => assert!(world.change_of_tick(Queue::DEFAULT).await.is_none(), "no user waits"),
            Winner::Second => world.run(&leave).await.map(|_| ()).unwrap(),
        }
        assert!(!world.token(token).await.is_live());
        world.assert_audit_is_clean().await;
    }
}

/// A first claim and a leave of one token: one wins.
pub async fn a_claim_and_a_leave_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada: Pass = world.admitted(ADA).await;
        let (claim, leave) = (world.a_claim(ada, None), world.a_leave(ADA, ada.token.unwrap()));
        match world.race(commit_order, &claim, &leave).await {
            Winner::First => world.run(&leave).await.map(|_| ()).unwrap(),
            Winner::Second => assert_eq!(world.run(&claim).await.unwrap_err(), Refusal::TokenExpired(domain::ExpiryReason::Left)),
        }
    }
}
