//! Races for places.

use domain::change::Admission;
use domain::decide::admission::Pass;
use domain::decide::join::Joined;
use domain::{Change, Queue, QueueToken, Refusal, TokenStatus};

use crate::Adapter;
use crate::world::{ADA, BEN, Meeting, OTHER_CONCERT, OTHER_QUEUE, SCHEDULE, Won, World, assert_committed, assert_conflict, guest};

/// P6: two joins of one user: one wins, the other gets the same place; one number is taken.
pub async fn of_two_joins_of_one_user_one_wins(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        world.charged(ADA, 1).await;
        let (first, second) = (world.a_join(ADA, None), world.a_join(ADA, None));
        let won = world.rivals(meeting, &first, &second).await;
        let (winner, loser) = won.winner_and_loser(first, second);
        match world.run(&loser).await.unwrap().outcome {
            Joined::Live(token) => assert_eq!((token.id(), token.number()), (winner.token, 1)),
            Joined::New(_) => panic!("a second place"),
        }
        assert_eq!(world.join(BEN, None).await.number(), 2);
        world.assert_audit_is_clean().await;
    }
}

/// P6: two joins that both end the user's lapsed token: one wins.
pub async fn of_two_joins_that_end_one_lapsed_token_one_wins(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        world.admitted(ADA).await;
        world.pass_seconds(120);
        let (first, second) = (world.a_join(ADA, None), world.a_join(ADA, None));
        let won = world.rivals(meeting, &first, &second).await;
        let (winner, loser) = won.winner_and_loser(first, second);
        assert!(matches!(world.run(&loser).await.unwrap().outcome, Joined::Live(token) if token.id() == winner.token));
        assert_eq!(world.join(BEN, None).await.number(), 3);
        world.assert_audit_is_clean().await;
    }
}

/// A join that ends the user's lapsed token, and a tick that ends it: one wins.
pub async fn of_a_join_and_a_tick_that_end_one_token_one_wins(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        let old = world.admitted(ADA).await.token.unwrap();
        world.pass_seconds(120);
        let join = world.a_join(ADA, None);
        let (joining, (tick, _)) = (world.change_of(&join).await, world.change_of_tick(Queue::DEFAULT).await.unwrap());
        if world.one_wins(meeting, &joining, &tick).await == Won::Second {
            world.run(&join).await.unwrap();
        }
        assert!(!world.token(old).await.is_live());
        assert_eq!(world.token(join.token).await.number(), 2);
        world.assert_audit_is_clean().await;
    }
}

/// P5: two ticks that share nothing but the queue: one wins, and no more are let in than there are places.
pub async fn of_two_ticks_one_wins(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        for user in 0..8 {
            world.join(guest(10 + user), Some(OTHER_CONCERT)).await;
        }
        assert_eq!(world.tick(OTHER_QUEUE).await.admitted, 2);
        world.pass_seconds(120);
        let (tick, ticked) = world.change_of_tick(OTHER_QUEUE).await.unwrap();
        assert_eq!((ticked.lapsed, ticked.admitted), (2, 2));
        // Each ends one of the two that have lapsed: only the admission version stands between them.
        let part = |index: usize| {
            let (admission, token) = (*tick.row::<Admission>().unwrap(), tick.rows::<QueueToken>().nth(index).unwrap().clone());
            Change { events: vec![], writes: vec![admission.into(), token.into()], ..tick.clone() }
        };
        world.one_wins(meeting, &part(0), &part(1)).await;

        let (first, second) = (world.change_of_tick(OTHER_QUEUE).await.unwrap().0, world.change_of_tick(OTHER_QUEUE).await.unwrap().0);
        world.one_wins(meeting, &first, &second).await;
        world.tick(OTHER_QUEUE).await;
        let tokens = world.ports.tokens.live(OTHER_QUEUE, 0, 100).await.unwrap();
        let active = tokens.iter().filter(|token| token.status(world.now()) == TokenStatus::Active).count();
        assert_eq!(active, 3, "as many as there are places");
        assert_eq!(world.tick(OTHER_QUEUE).await.admitted, 0);
        world.assert_audit_is_clean().await;
    }
}

/// P5: ticks of different queues don't disturb each other.
pub async fn ticks_of_different_queues_both_win(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        world.join(ADA, None).await;
        world.join(BEN, Some(OTHER_CONCERT)).await;
        let (first, _) = world.change_of_tick(Queue::DEFAULT).await.unwrap();
        let (second, _) = world.change_of_tick(OTHER_QUEUE).await.unwrap();
        for result in world.meet(meeting, &first, &second).await {
            assert_committed(&result, "another queue");
        }
    }
}

/// P5: a hold that extends a token and a tick that ends it by a clock that runs ahead: one wins, by the token's version.
pub async fn of_a_hold_and_a_hasty_tick_one_wins(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        world.joined(BEN).await;
        let hold = world.a_hold(ada, SCHEDULE, &[1]);
        let holding = world.change_of(&hold).await;
        world.pass_seconds(120);
        let (tick, ticked) = world.change_of_tick(Queue::DEFAULT).await.unwrap();
        assert_eq!((ticked.lapsed, ticked.admitted), (1, 1));
        world.pass_seconds(-120);
        match world.one_wins(meeting, &holding, &tick).await {
            Won::First => {
                assert!(world.token(ada.token.unwrap()).await.is_live(), "the hold extends it");
                assert_eq!(world.ports.tokens.live(Queue::DEFAULT, 1, 1).await.unwrap()[0].status(world.now()), TokenStatus::Waiting);
            }
            Won::Second => assert!(world.run(&hold).await.is_err()),
        }
        world.assert_audit_is_clean().await;
    }
}

/// P5: a hold decided in time that would extend a token, and a tick decided at its deadline: the tick wins, whoever comes first.
pub async fn of_a_late_hold_and_a_tick_the_tick_wins(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        world.joined(BEN).await;
        let hold = world.change_of(&world.a_hold(ada, SCHEDULE, &[1])).await;
        world.pass_seconds(120);
        let (tick, _) = world.change_of_tick(Queue::DEFAULT).await.unwrap();
        let [late, in_time] = world.meet(meeting, &hold, &tick).await;
        assert_conflict(&late, "a hold at its token's deadline");
        assert_committed(&in_time, "the tick");
        assert_eq!(world.seats(SCHEDULE, &[1]).await[0].reservation(), None);
        world.assert_audit_is_clean().await;
    }
}

/// A tick that lets a user in, and the user's leaving the line: one wins.
pub async fn of_a_tick_and_a_leave_one_wins(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        let token = world.joined(ADA).await;
        let leave = world.a_leave(ADA, token);
        let (leaving, (tick, _)) = (world.change_of(&leave).await, world.change_of_tick(Queue::DEFAULT).await.unwrap());
        match world.one_wins(meeting, &leaving, &tick).await {
            Won::First => assert!(world.change_of_tick(Queue::DEFAULT).await.is_none(), "nobody waits"),
            Won::Second => world.run(&leave).await.map(|_| ()).unwrap(),
        }
        assert!(!world.token(token).await.is_live());
        world.assert_audit_is_clean().await;
    }
}

/// A first claim and a leave of one token: one wins.
pub async fn of_a_claim_and_a_leave_one_wins(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada: Pass = world.admitted(ADA).await;
        let (claim, leave) = (world.a_claim(ada, None), world.a_leave(ADA, ada.token.unwrap()));
        match world.rivals(meeting, &claim, &leave).await {
            Won::First => world.run(&leave).await.map(|_| ()).unwrap(),
            Won::Second => assert_eq!(world.run(&claim).await.unwrap_err(), Refusal::TokenExpired(domain::ExpiryReason::Left)),
        }
    }
}
