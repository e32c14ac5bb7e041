//! Tokens, and users' positions in queues.

use domain::loaded::LoadedJoinTarget;
use domain::need::{Account, JoinTarget, Token};
use domain::{ConcertId, Queue, TokenId, UserId};

use super::{with_queue, with_schedules};
use crate::Adapter;
use crate::world::{
    ADA, BEN, CONCERT, CYD, DAN, NEIGHBOUR, NEIGHBOUR_SCHEDULE, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, SCHEDULE, SECOND_SCHEDULE,
    World,
};

/// [`Token`]: the token and its queue, in every state.
pub async fn a_token_has_its_queue_in_every_state(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let (ada, ben) = (world.joined(ADA).await, world.join(BEN, Some(OTHER_CONCERT)).await.id());
    for (token, queue) in [(ada, Queue::DEFAULT), (ben, OTHER_QUEUE)] {
        let expected = with_queue(&world, token).await;
        assert_eq!(expected.queue.id(), queue);
        assert_eq!(world.find(Token(token)).await, Some(expected), "a waiting token");
    }
    world.tick(Queue::DEFAULT).await;
    assert_eq!(world.find(Token(ada)).await, Some(with_queue(&world, ada).await), "an active token");
    world.pass_seconds(3_600);
    let lapsed = with_queue(&world, ada).await;
    assert!(lapsed.token.has_lapsed(world.now()));
    assert_eq!(world.find(Token(ada)).await, Some(lapsed), "a lapsed token");

    world.left(BEN, ben).await;
    let ended = with_queue(&world, ben).await;
    assert!(!ended.token.is_live());
    assert_eq!(world.find(Token(ben)).await, Some(ended), "an ended token");
    assert_eq!(world.find(Token(world.new_id())).await, None);
    assert_eq!(world.find(None::<Token>).await, None, "no token was sent");
}

/// [`JoinTarget`]: without a concert, the default queue and its number of waiting users.
pub async fn a_join_target_without_a_concert_is_the_default_queue(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let queue = world.queue(Queue::DEFAULT).await.unwrap();
    let empty = LoadedJoinTarget { concert: None, queue, waiting: 0, token: None };
    assert_eq!(world.find(JoinTarget { user: ADA, concert: None }).await, Some(empty.clone()), "no user has joined");

    world.joined(BEN).await;
    world.joined(CYD).await;
    world.join(DAN, Some(OTHER_CONCERT)).await;
    let two = LoadedJoinTarget { waiting: 2, ..empty };
    assert_eq!(world.find(JoinTarget { user: ADA, concert: None }).await, Some(two), "two users wait");
}

/// [`JoinTarget`]: the concert and its schedules, the concert's queue, and its number of waiting users.
pub async fn a_join_target_for_a_concert_is_its_queue(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    world.joined(BEN).await;
    let other = world.join(CYD, Some(OTHER_CONCERT)).await;
    world.join(DAN, Some(OTHER_CONCERT)).await;
    let find = |user: UserId, concert: ConcertId| world.find(JoinTarget { user, concert: Some(concert) });

    let (concert, queue) = (with_schedules(&world, OTHER_CONCERT, &[OTHER_SCHEDULE]).await, world.queue(OTHER_QUEUE).await.unwrap());
    let expected = LoadedJoinTarget { concert: Some(concert), queue, waiting: 2, token: None };
    assert_eq!(find(ADA, OTHER_CONCERT).await, Some(expected.clone()), "a queue of its own");
    let token = Some(world.token(other.id()).await);
    assert_eq!(find(CYD, OTHER_CONCERT).await, Some(LoadedJoinTarget { token, ..expected }), "Cyd's token in it");

    let (concert, queue) = (with_schedules(&world, NEIGHBOUR, &[NEIGHBOUR_SCHEDULE]).await, world.queue(Queue::DEFAULT).await.unwrap());
    let expected = LoadedJoinTarget { concert: Some(concert), queue, waiting: 1, token: None };
    assert_eq!(find(CYD, NEIGHBOUR).await, Some(expected.clone()), "the default queue, in which Cyd has no token");
    let concert = with_schedules(&world, CONCERT, &[SCHEDULE, SECOND_SCHEDULE]).await;
    assert_eq!(find(ADA, CONCERT).await, Some(LoadedJoinTarget { concert: Some(concert), ..expected }), "two schedules");
}

/// [`JoinTarget`]: nothing if the concert doesn't exist.
pub async fn an_unknown_concert_has_no_join_target(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    world.joined(BEN).await;
    for user in [ADA, BEN] {
        assert_eq!(world.find(JoinTarget { user, concert: Some(world.new_id()) }).await, None);
    }
}

/// [`JoinTarget`]: the user's token in that queue that isn't EXPIRED by its row, lapsed or not.
pub async fn a_join_target_has_the_users_token_unless_it_has_ended(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    world.charged(ADA, 1).await;
    let elsewhere = world.join(ADA, Some(OTHER_CONCERT)).await;
    let empty = LoadedJoinTarget { concert: None, queue: world.queue(Queue::DEFAULT).await.unwrap(), waiting: 0, token: None };
    // The needs of a join.
    let seen = async || {
        let (account, place) = world.find((Account(ADA), JoinTarget { user: ADA, concert: None })).await;
        assert_eq!(account.user, world.ports.users.user(ADA).await.unwrap());
        place.expect("the default queue")
    };
    let token = async |id: TokenId| Some(world.token(id).await);
    assert_eq!(seen().await, empty, "a token in another queue is not found");

    let first = world.joined(ADA).await;
    world.joined(BEN).await;
    assert_eq!(seen().await, LoadedJoinTarget { waiting: 2, token: token(first).await, ..empty.clone() }, "a waiting token");
    world.tick(Queue::DEFAULT).await;
    assert_eq!(seen().await, LoadedJoinTarget { token: token(first).await, ..empty.clone() }, "an active token");
    world.pass_seconds(120);
    assert!(world.token(first).await.has_lapsed(world.now()));
    assert_eq!(seen().await, LoadedJoinTarget { token: token(first).await, ..empty.clone() }, "a lapsed token");
    world.tick(Queue::DEFAULT).await;
    assert_eq!(seen().await, empty, "an ended token is not found");
    let second = world.joined(ADA).await;
    assert_eq!(seen().await, LoadedJoinTarget { waiting: 1, token: token(second).await, ..empty }, "a new token");

    let place = world.find(JoinTarget { user: ADA, concert: Some(OTHER_CONCERT) }).await.unwrap();
    assert_eq!(place.token, token(elsewhere.id()).await, "Ada still waits in the other queue");
}
