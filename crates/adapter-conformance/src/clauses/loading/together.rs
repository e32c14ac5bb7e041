//! Many needs in one load.

use std::collections::HashSet;
use std::mem::discriminant;

use domain::decide::admin::schedule;
use domain::decide::admission::Pass;
use domain::need::{Account, HoldsOfToken, JoinTarget, OwnedBy, QueueHead, Reservation, Seats, Token};
use domain::{Command, IdempotencyScope, Need, Operation, Queue, need};
use fastrand::Rng;

use super::super::sessions::started;
use super::{numbered, with_queue, with_seats};
use crate::Adapter;
use crate::world::{
    ADA, ALL, BEN, CONCERT, CYD, DAN, NEIGHBOUR, NEIGHBOUR_SCHEDULE, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, SCHEDULE, SECOND_SCHEDULE,
    World, guest, needs_of,
};

/// Creates a world, and needs of every kind: of each kind some that find rows and some that don't, and some that share rows.
pub(super) async fn a_world_for_all_needs(adapter: &dyn Adapter) -> (World, Vec<Need>) {
    let world = World::with_halls(adapter, 6).await;
    let charge = world.a_charge(CYD, 5_000);
    world.run(&charge).await.unwrap();
    let (sold, payment) = world.bought(CYD, NEIGHBOUR_SCHEDULE, &[1]).await;
    let [ada, ben, eve] = [world.admitted(ADA).await, world.admitted(BEN).await, world.admitted(guest(20)).await];
    let fay = world.admitted_to(guest(21), OTHER_CONCERT).await;
    let lapsed = world.held(ada, SCHEDULE, &[1, 2]).await;
    world.pass_seconds(10);
    let later = world.held(ben, SECOND_SCHEDULE, &[3]).await;
    world.claimed(eve).await;
    world.claimed(fay).await;
    let dan = world.admitted(DAN).await;
    world.pass_seconds(310);
    let kept = world.held(eve, SCHEDULE, &[5]).await;
    let cancelled = world.held(fay, OTHER_SCHEDULE, &[2]).await;
    let mut waiting = Vec::new();
    for user in (30..34).map(guest) {
        waiting.push(world.joined(user).await);
        world.join(user, Some(if user == guest(33) { NEIGHBOUR } else { OTHER_CONCERT })).await;
    }
    world.join(ADA, Some(OTHER_CONCERT)).await;
    world.run(&schedule::Cancel { order: world.an_order(DAN), id: OTHER_SCHEDULE }).await.unwrap();

    let scope = charge.idempotency.scope;
    let keys = [scope.clone(), IdempotencyScope { user: ADA, ..scope.clone() }, IdempotencyScope { operation: Operation::Pay, ..scope }]
        .map(need::Key);
    let place = |user, concert| JoinTarget { user, concert };
    let places = [
        place(ADA, None),
        place(ADA, Some(CONCERT)),
        place(ADA, Some(OTHER_CONCERT)),
        place(guest(31), None),
        place(guest(31), Some(OTHER_CONCERT)),
        place(DAN, None),
        place(ADA, Some(world.new_id())),
    ];
    let line = |queue, at_most| QueueHead { queue, at_most };
    let default = Queue::DEFAULT;
    let lines =
        [line(default, 2), line(default, 0), line(default, ALL), line(OTHER_QUEUE, 1), line(OTHER_QUEUE, 2), line(world.new_id(), 3)];
    let tokens = [ada.token.unwrap(), dan.token.unwrap(), sold.token(), waiting[3], world.new_id()];
    let concerts = [CONCERT, OTHER_CONCERT, NEIGHBOUR, world.new_id()];
    let schedules = [SCHEDULE, SECOND_SCHEDULE, OTHER_SCHEDULE, world.new_id()];
    let seats = [
        numbered(SCHEDULE, &[2, 5, 6]),
        numbered(SCHEDULE, &[5]),
        numbered(SECOND_SCHEDULE, &[1, 3]),
        numbered(OTHER_SCHEDULE, &[]),
        numbered(SCHEDULE, &[99]),
    ];
    let labels = ["Row A 1", "Row A 4", "Row B 1"].map(String::from).to_vec();
    let labelled = [SCHEDULE, NEIGHBOUR_SCHEDULE, world.new_id()].map(|schedule| need::LabelledSeats { schedule, labels: labels.clone() });
    let reservations = [lapsed.id(), later.id(), kept.id(), sold.id(), cancelled.id(), world.new_id()];
    let owned = [
        (ADA, SCHEDULE),
        (ADA, SECOND_SCHEDULE),
        (BEN, SCHEDULE),
        (CYD, NEIGHBOUR_SCHEDULE),
        (guest(21), OTHER_SCHEDULE),
        (guest(99), SCHEDULE),
    ];
    let swept = [1, 2, ALL].map(|at_most| world.lapsed_holds(at_most));
    let no_longer = need::LapsedHolds { at_most: ALL, longest: time::Duration::ZERO };

    let mut needs = needs_of(&(Vec::from(keys), Vec::from(places), Vec::from(lines), Vec::from(seats), Vec::from(labelled)));
    needs.extend([ADA, CYD, world.new_id()].map(|user| Account(user).into()));
    needs.extend(tokens.into_iter().flat_map(|token| needs_of(&(Token(token), HoldsOfToken(token)))));
    needs.extend([default, OTHER_QUEUE, world.new_id()].map(|queue| need::Queue(queue).into()));
    needs.extend(concerts.into_iter().flat_map(|concert| needs_of(&(need::Concert(concert), need::ConcertInUse(concert)))));
    needs.extend(schedules.map(|schedule| need::Schedule(schedule).into()));
    needs.extend(reservations.map(|reservation| Reservation(reservation).into()));
    needs.extend(owned.map(|(user, schedule)| OwnedBy { user, schedule }.into()));
    needs.extend([payment.id(), world.new_id()].map(|payment| need::Payment(payment).into()));
    needs.extend(swept.map(Need::from).into_iter().chain([no_longer.into()]));
    for user in [ADA, ADA, BEN] {
        started(&world, user).await;
    }
    needs.extend([ADA, BEN, world.new_id()].map(|user| need::Sessions(user).into()));
    let kinds: HashSet<_> = needs.iter().map(discriminant).collect();
    assert_eq!(kinds.len(), 17, "there must be needs of every kind");
    (world, needs)
}

/// The number of random selections of needs that are loaded, multiplied by the soak factor.
const SELECTIONS: u32 = 60;

/// `load`: each of many needs has the same result as alone, in any order, once or twice.
pub async fn each_need_finds_the_same_alone_and_with_others(adapter: &dyn Adapter) {
    let (world, mut needs) = a_world_for_all_needs(adapter).await;
    let mut alone = Vec::new();
    for need in &needs {
        alone.extend(world.find_each(std::slice::from_ref(need)).await);
    }
    assert_eq!(world.find_each(&needs).await, alone, "all together");
    let twice = world.find_each(&[needs.clone(), needs.clone()].concat()).await;
    assert_eq!(twice, [alone.clone(), alone.clone()].concat(), "each twice");
    needs.reverse();
    alone.reverse();
    assert_eq!(world.find_each(&needs).await, alone, "in another order");

    let mut random = Rng::with_seed(7);
    for _ in 0..SELECTIONS * adapter.soak() {
        let selection: Vec<usize> = (0..random.usize(2..8)).map(|_| random.usize(..needs.len())).collect();
        let selected: Vec<Need> = selection.iter().map(|index| needs[*index].clone()).collect();
        let expected: Vec<_> = selection.iter().map(|index| alone[*index].clone()).collect();
        assert_eq!(world.find_each(&selected).await, expected, "{selected:#?}");
    }
}

/// `load`: a row that several needs refer to is found by each of them.
pub async fn a_shared_row_is_found_by_each_need(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let ada = world.admitted(ADA).await;
    let hold = world.held(ada, SCHEDULE, &[1, 2]).await;
    let token = ada.token.unwrap();
    let needs = (numbered(SCHEDULE, &[1, 2, 3]), HoldsOfToken(token), OwnedBy { user: ADA, schedule: SCHEDULE }, Reservation(hold.id()));
    let (seats, holds, owned, reservation) = world.find(needs).await;
    let expected = with_seats(&world, hold.id(), 1, &[1, 2]).await;
    assert_eq!((seats.seats, seats.holds), (world.seats(SCHEDULE, &[1, 2, 3]).await, vec![expected.clone()]), "by the seats");
    assert_eq!(holds, std::slice::from_ref(&expected), "by the token");
    let owned: Vec<_> = owned.into_iter().map(|owned| owned.reservation).collect();
    assert_eq!(owned, std::slice::from_ref(&expected.reservation), "by the concert");
    assert_eq!(reservation, Some((expected, world.concert(CONCERT).await.unwrap())), "by its id");

    let waiting = world.joined(BEN).await;
    for line_first in [true, false] {
        let (line, place) = (QueueHead { queue: Queue::DEFAULT, at_most: 9 }, JoinTarget { user: BEN, concert: None });
        let (line, place, found) = if line_first {
            world.find((line, place, Token(waiting))).await
        } else {
            let (found, place, line) = world.find((Token(waiting), place, line)).await;
            (line, place, found)
        };
        let (line, place) = (line.unwrap(), place.unwrap());
        assert_eq!((line.waiting, line.active, place.waiting), (1, 1, 1), "both needs must count the queue, the line first: {line_first}");
        let token = world.token(waiting).await;
        assert_eq!((line.first_waiting, place.token), (vec![token.clone()], Some(token)));
        assert_eq!(found, Some(with_queue(&world, waiting).await));
    }
}

/// `load`: the needs of one command may refer to different users, and each finds its own rows.
pub async fn each_need_of_a_payment_finds_its_own_rows(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 5).await;
    let (ada, ben) = (world.admitted(ADA).await, world.admitted_to(BEN, OTHER_CONCERT).await);
    let hold = world.held(ada, SECOND_SCHEDULE, &[1]).await;
    world.charged(BEN, 5).await;
    let (key, token, reservation, account) = world.find(world.a_payment(ben, hold.id()).needs()).await;
    assert_eq!(key, None);
    assert_eq!(token, Some(Some(with_queue(&world, ben.token.unwrap()).await)), "the queue is the token's, not the concert's");
    let adas = Some((with_seats(&world, hold.id(), 1, &[1]).await, world.concert(CONCERT).await.unwrap()));
    assert_eq!(reservation, adas, "the reservation is Ada's");
    assert_eq!(account.wallet, Some(world.wallet(BEN, 2).await), "the wallet is Ben's");

    let (_, token, reservation, account) = world.find(world.a_payment(Pass { token: None, ..ben }, hold.id()).needs()).await;
    assert_eq!((token, reservation, account.wallet), (None, adas, Some(world.wallet(BEN, 2).await)), "no token was sent");
    let (_, token, reservation, _) = world.find(world.a_payment(ben, world.new_id()).needs()).await;
    assert_eq!((token.flatten().map(|found| found.token.id()), reservation), (ben.token, None), "an unknown reservation");
    let unknown = Pass { user: CYD, token: Some(world.new_id()) };
    let (key, token, reservation, account) = world.find(world.a_payment(unknown, world.new_id()).needs()).await;
    assert_eq!((key, token, reservation, account.user, account.wallet), (None, Some(None), None, None, None), "no row exists");
}

/// `load`: if a need of a hold finds nothing, its other needs still find their rows.
pub async fn the_needs_of_a_hold_are_found_when_others_are_missing(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let ada = world.admitted_to(ADA, OTHER_CONCERT).await;
    let unknown = Pass { user: ADA, token: Some(world.new_id()) };
    let seat = world.seats(SCHEDULE, &[1]).await;
    for (what, pass, id, seats) in [
        ("all rows exist", ada, SCHEDULE, &[1][..]),
        ("no token was sent", Pass { token: None, ..ada }, SCHEDULE, &[1]),
        ("an unknown token", unknown, SCHEDULE, &[1]),
        ("an unknown seat", ada, SCHEDULE, &[1, 3]),
        ("an unknown schedule", ada, world.new_id(), &[1]),
        ("no row exists", unknown, world.new_id(), &[1]),
    ] {
        let (key, token, schedule, found, holds, owned) = world.find(world.a_hold(pass, id, seats).needs()).await;
        let (has_token, has_schedule) = (pass.token == ada.token, id == SCHEDULE);
        assert_eq!((key, holds.unwrap_or_default(), owned), (None, vec![], vec![]), "{what}");
        let queue = token.flatten().map(|found| found.queue.id());
        assert_eq!(queue, has_token.then_some(OTHER_QUEUE), "{what}: the queue is the token's, not the concert's");
        assert_eq!(schedule.map(|found| found.concert.id()), has_schedule.then_some(CONCERT), "{what}");
        assert_eq!(found.seats, if has_schedule { seat.clone() } else { vec![] }, "{what}");
    }
}

/// `load`: a batch may be as large as a lane's; each need finds its own rows.
pub async fn a_large_batch_of_needs_is_loaded(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 600).await;
    let without_token = Pass { user: ADA, token: None };
    let holds: Vec<_> = (1..=600).map(|number| world.a_hold(without_token, SCHEDULE, &[number]).needs()).collect();
    for ((_, token, schedule, found, holds, owned), number) in world.find(holds).await.into_iter().zip(1..) {
        let seats: Vec<u32> = found.seats.iter().map(|seat| seat.number().get()).collect();
        assert_eq!((seats, schedule.map(|found| found.schedule.id())), (vec![number], Some(SCHEDULE)));
        assert_eq!((token, holds, owned, found.holds), (None, None, vec![], vec![]));
    }
    let all: Vec<Seats> = (0..60).map(|part| numbered(SCHEDULE, &(part * 10 + 1..=part * 10 + 10).collect::<Vec<_>>())).collect();
    assert!(world.find(all).await.iter().all(|found| found.seats.len() == 10), "60 needs of 10 seats each");
}
