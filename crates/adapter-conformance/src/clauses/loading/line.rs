//! What decisions about a line see.

use application::ports::Load;
use domain::decide::admission::Pass;
use domain::{Context, Offer, Queue, TokenId, Version};

use super::{assert_same, assert_sees_nothing};
use crate::Adapter;
use crate::world::{
    ADA, ALL, BEN, CONCERT, CYD, DAN, DATE, NEIGHBOUR, NEIGHBOUR_DATE, OTHER_CONCERT, OTHER_DATE, OTHER_QUEUE, SECOND_DATE, World, guest,
};

/// [`Load::Join`]: `queue`: the default one if none is named; `waiting` of that queue.
pub async fn a_join_load_without_a_concert_sees_the_default_queue(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let seen = world.load(Load::Join { user: ADA, concert: None }).await;
    let queue = world.queue(Queue::DEFAULT).await;
    assert_same(seen, Context { queue, ..Context::at(world.now()) }, "nobody has joined");

    world.joined(BEN).await;
    world.joined(CYD).await;
    world.join(DAN, Some(OTHER_CONCERT)).await;
    let seen = world.load(Load::Join { user: ADA, concert: None }).await;
    let queue = world.queue(Queue::DEFAULT).await;
    assert_same(seen, Context { queue, waiting: 2, ..Context::at(world.now()) }, "two wait");
}

/// [`Load::Join`]: `concert` if one is named, and as `schedules` its dates by start, then id; `queue`: the concert's; `waiting` of that
/// queue.
pub async fn a_join_load_with_a_concert_sees_the_concert_and_its_queue(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    world.joined(BEN).await;
    world.join(CYD, Some(OTHER_CONCERT)).await;
    world.join(DAN, Some(OTHER_CONCERT)).await;
    let seen = world.load(Load::Join { user: ADA, concert: Some(OTHER_CONCERT) }).await;
    let (queue, concert) = (world.queue(OTHER_QUEUE).await, world.concert(OTHER_CONCERT).await);
    let schedules = world.schedules(&[OTHER_DATE]).await;
    assert_same(seen, Context { queue, concert, schedules, waiting: 2, ..Context::at(world.now()) }, "a queue of its own");

    let seen = world.load(Load::Join { user: ADA, concert: Some(NEIGHBOUR) }).await;
    let (queue, concert) = (world.queue(Queue::DEFAULT).await, world.concert(NEIGHBOUR).await);
    let schedules = world.schedules(&[NEIGHBOUR_DATE]).await;
    let expected = Context { queue, concert, schedules, waiting: 1, ..Context::at(world.now()) };
    assert_same(seen, expected.clone(), "the default queue");

    let seen = world.load(Load::Join { user: ADA, concert: Some(CONCERT) }).await;
    let (concert, schedules) = (world.concert(CONCERT).await, world.schedules(&[DATE, SECOND_DATE]).await);
    assert_eq!(seen, Context { concert, schedules, ..expected }, "two dates");
}

/// [`Load::Join`]: no `queue` if the named concert doesn't exist; a row that doesn't exist is left out.
pub async fn a_join_load_of_an_unknown_concert_sees_no_queue(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    world.joined(BEN).await;
    assert_sees_nothing(&world, Load::Join { user: ADA, concert: Some(world.new_id()) }).await;
}

/// [`Load::Join`]: `user`; `tokens`: the user's token in that queue whose row is live, lapsed or not.
pub async fn a_join_load_sees_the_users_live_token_lapsed_or_not(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    world.charged(ADA, 1).await;
    let user = world.ports.users.user(ADA).await.unwrap();
    let elsewhere = world.join(ADA, Some(OTHER_CONCERT)).await;
    let queue = world.queue(Queue::DEFAULT).await;
    let load = Load::Join { user: ADA, concert: None };

    let expected = Context { user: user.clone(), queue: queue.clone(), ..Context::at(world.now()) };
    assert_same(world.load(load.clone()).await, expected, "a token in another queue doesn't count");

    let first = world.joined(ADA).await;
    world.joined(BEN).await;
    let tokens = vec![world.token(first).await];
    let expected = Context { user: user.clone(), queue: queue.clone(), tokens, waiting: 2, ..Context::at(world.now()) };
    assert_same(world.load(load.clone()).await, expected, "a waiting token");

    world.tick(Queue::DEFAULT).await;
    world.pass_seconds(120);
    let tokens = vec![world.token(first).await];
    assert!(tokens[0].has_lapsed(world.now()));
    let expected = Context { user: user.clone(), queue: queue.clone(), tokens, ..Context::at(world.now()) };
    assert_same(world.load(load.clone()).await, expected, "a lapsed token");

    world.tick(Queue::DEFAULT).await;
    let expected = Context { user: user.clone(), queue, ..Context::at(world.now()) };
    assert_same(world.load(load).await, expected, "an ended token is no more");

    let seen = world.load(Load::Join { user: ADA, concert: Some(OTHER_CONCERT) }).await;
    assert_eq!(seen.tokens, vec![world.token(elsewhere.id).await], "in the other queue she still waits");
}

/// [`Load::Token`]: `tokens`: the token; `queue`: the token's.
pub async fn a_token_load_sees_the_token_and_its_queue(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let (ada, ben) = (world.joined(ADA).await, world.join(BEN, Some(OTHER_CONCERT)).await.id);
    for (token, queue) in [(ada, Queue::DEFAULT), (ben, OTHER_QUEUE)] {
        let (tokens, queue) = (vec![world.token(token).await], world.queue(queue).await);
        let expected = Context { tokens, queue, ..Context::at(world.now()) };
        assert_same(world.load(Load::Token { token }).await, expected, "a waiting token");
    }

    world.tick(Queue::DEFAULT).await;
    world.pass_seconds(3_600);
    let (tokens, queue) = (vec![world.token(ada).await], world.queue(Queue::DEFAULT).await);
    let expected = Context { tokens, queue, ..Context::at(world.now()) };
    assert_same(world.load(Load::Token { token: ada }).await, expected, "a lapsed token");

    world.left(BEN, ben).await;
    let (tokens, queue) = (vec![world.token(ben).await], world.queue(OTHER_QUEUE).await);
    assert!(!tokens[0].is_live());
    let expected = Context { tokens, queue, ..Context::at(world.now()) };
    assert_same(world.load(Load::Token { token: ben }).await, expected, "an ended token");

    assert_sees_nothing(&world, Load::Token { token: world.new_id() }).await;
}

/// [`Load::Leave`]: `tokens`: the token; `reservations`: those made under it whose rows are HELD; `schedules`: their dates; `seats`: theirs.
pub async fn a_leave_load_sees_the_token_and_its_held_rows(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    let (ada, ben) = (world.admitted(ADA).await, world.admitted(BEN).await);
    let token = ada.token.unwrap();
    let given_back = world.held(ada, DATE, &[1]).await;
    world.released(ADA, given_back.id).await;
    world.held(ben, DATE, &[5]).await;
    let expected = Context { tokens: vec![world.token(token).await], ..Context::at(world.now()) };
    assert_same(world.load(Load::Leave { token }).await, expected, "what was given back is no hold");

    let hold = world.held(ada, DATE, &[2, 3]).await;
    for what in ["a live hold", "a lapsed hold"] {
        let expected = Context {
            tokens: vec![world.token(token).await],
            reservations: vec![world.reservation(hold.id, 1).await],
            schedules: world.schedules(&[DATE]).await,
            seats: world.seats(DATE, &[2, 3]).await,
            ..Context::at(world.now())
        };
        assert_same(world.load(Load::Leave { token }).await, expected, what);
        world.pass_seconds(300);
    }

    world.sweep().await;
    let expected = Context { tokens: vec![world.token(token).await], ..Context::at(world.now()) };
    assert_same(world.load(Load::Leave { token }).await, expected, "an ended hold");
    assert_sees_nothing(&world, Load::Leave { token: world.new_id() }).await;
}

/// [`Load::Leave`]: a hold that was paid is none.
pub async fn a_leave_load_leaves_out_what_is_sold(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    let (sold, _) = world.bought(ADA, DATE, &[1]).await;
    let expected = Context { tokens: vec![world.token(sold.token).await], ..Context::at(world.now()) };
    assert_same(world.load(Load::Leave { token: sold.token }).await, expected, "sold");
}

/// [`Load::Tick`]: `queue`; `admission`; `active`; `waiting`; `tokens`: the WAITING ones with the lowest numbers, at most so many.
pub async fn a_tick_load_counts_all_and_sees_the_foremost_waiting(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let empty = Context { queue: world.queue(Queue::DEFAULT).await, admission: Some(Version::FIRST), ..Context::at(world.now()) };
    assert_same(world.load(Load::Tick { queue: Queue::DEFAULT, at_most: 10 }).await, empty.clone(), "an empty line");

    let ada = world.admitted(ADA).await;
    world.admitted(BEN).await;
    let mut line = Vec::new();
    for number in 10..15 {
        line.push(world.joined(guest(number)).await);
        world.join(guest(number), Some(OTHER_CONCERT)).await;
    }
    world.left(guest(10), line[0]).await;
    let expected = Context {
        admission: Some(Version(3)),
        active: 2,
        waiting: 4,
        tokens: vec![world.token(line[1]).await, world.token(line[2]).await],
        ..empty
    };
    assert_same(world.load(Load::Tick { queue: Queue::DEFAULT, at_most: 2 }).await, expected.clone(), "two of four who wait");

    world.left(ADA, ada.token.unwrap()).await;
    let mut tokens = expected.tokens.clone();
    tokens.extend([world.token(line[3]).await, world.token(line[4]).await]);
    let expected = Context { active: 1, tokens, ..expected };
    assert_same(world.load(Load::Tick { queue: Queue::DEFAULT, at_most: ALL }).await, expected, "all who wait");

    let queue = world.queue(OTHER_QUEUE).await;
    let seen = world.load(Load::Tick { queue: OTHER_QUEUE, at_most: 0 }).await;
    let offers = Some(vec![Offer { schedule: world.schedule(OTHER_DATE).await.unwrap().row, has_seats: true }]);
    let expected = Context { queue, admission: Some(Version::FIRST), waiting: 5, offers, ..Context::at(world.now()) };
    assert_same(seen, expected, "none of five");
    assert_sees_nothing(&world, Load::Tick { queue: world.new_id(), at_most: 10 }).await;
}

/// [`Load::Tick`]: `tokens`: the ACTIVE rows of the queue whose deadline has passed, the earliest first, at most so many; `active`
/// counts rows, lapsed or not.
pub async fn a_tick_load_sees_the_lapsed_the_earliest_first(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let ada = world.admitted(ADA).await;
    world.claimed(ada).await;
    world.pass_seconds(10);
    let ben = world.admitted(BEN).await;
    world.pass_seconds(10);
    let cyd = world.admitted(CYD).await;
    world.admitted_to(DAN, OTHER_CONCERT).await;
    let waiting = world.joined(guest(9)).await;
    let deadline = |pass: Pass| {
        let world = &world;
        async move { world.token(pass.token.unwrap()).await.expires_at().unwrap() }
    };
    let load = |at_most| Load::Tick { queue: Queue::DEFAULT, at_most };
    let lapsed = |seen: Context| -> Vec<TokenId> {
        seen.tokens.iter().filter(|token| token.is_live() && token.id != waiting).map(|token| token.id).collect()
    };
    let to_ben = deadline(ben).await - world.now();

    world.clock.advance(to_ben - crate::world::MOMENT);
    let seen = world.load(load(10)).await;
    assert_eq!((lapsed(seen.clone()), seen.active, seen.waiting), (vec![], 3, 1), "a moment before the first deadline");
    world.clock.advance(crate::world::MOMENT);
    assert_eq!(lapsed(world.load(load(10)).await), vec![ben.token.unwrap()], "at its deadline a token has lapsed");

    world.pass_seconds(3_600);
    let (ada, ben, cyd) = (ada.token.unwrap(), ben.token.unwrap(), cyd.token.unwrap());
    assert_eq!(lapsed(world.load(load(1)).await), vec![ben], "the earliest");
    let mut two = lapsed(world.load(load(2)).await);
    two.sort();
    assert_eq!(
        two,
        {
            let mut expected = vec![ben, cyd];
            expected.sort();
            expected
        },
        "the two earliest, though Ada's number is lower"
    );
    let seen = world.load(load(10)).await;
    let tokens = vec![world.token(ada).await, world.token(ben).await, world.token(cyd).await, world.token(waiting).await];
    let queue = world.queue(Queue::DEFAULT).await;
    let expected = Context { queue, admission: Some(Version(4)), active: 3, waiting: 1, tokens, ..Context::at(world.now()) };
    assert_same(seen, expected, "all of them");
}
