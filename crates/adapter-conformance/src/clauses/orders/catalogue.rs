//! Operators' changes of queues, concerts, schedules and seats.

use domain::decide::admin::concert::{self, ChangeConcert, ListingPatch};
use domain::decide::admin::queue::{self, ChangeQueue, PolicyPatch};
use domain::decide::admin::schedule::{ChangeSchedule, NewSchedule};
use domain::decide::admin::seat_map::LayOut;
use domain::decide::admin::{block, schedule};
use domain::layout::{Category, Row, SeatKind, Section};
use domain::need::QueueHead;
use domain::queue::PolicyOverrides;
use domain::{
    AuditEntry, Cancellation, Change, Command, Concert, ConcertId, Guard, Layout, Listing, Note, Queue, QueueId, QueueState,
    QueueTransition, Refusal, RowWrite, Schedule, ScheduleId, SeatState, Title, Write, Zone,
};

use crate::Adapter;
use crate::clauses::committing::alter;
use crate::world::{
    ADA, BEN, CONCERT, CYD, CommitOrder, DAN, NEIGHBOUR, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, SCHEDULE, SECOND_SCHEDULE, Winner,
    World, assert_committed, assert_conflict, needs_of, seat_number, won,
};

fn title(text: &str) -> Title {
    Title::new(text).unwrap()
}

/// Returns the plan of a hall with one row.
pub(in crate::clauses) fn a_plan(seats: u32, price: i64) -> Layout {
    let (name, label, category) = (title("A"), title(Layout::LABEL), Category::of_price(won(price)).unwrap());
    let (from, to, kind) = (seat_number(1), seat_number(seats), SeatKind::Regular);
    let row = Row { name, from, to, first_place: 1, category: category.id.clone(), kind, label, curve: None };
    Layout { categories: vec![category], sections: vec![Section { name: title("Stalls"), outline: None, rows: vec![row] }], stage: None }
}

fn a_new_schedule(world: &World, id: ScheduleId, seats: Option<Layout>) -> NewSchedule {
    let (starts_at, zone) = (world.now() + time::Duration::DAY * 9, Zone::new("Asia/Seoul").unwrap());
    NewSchedule { id, starts_at, zone, sale_opens_at: world.now(), sale_closes_at: starts_at, seats }
}

fn a_new_queue(world: &World) -> queue::Create {
    let overrides = PolicyOverrides { capacity: Some(1), max_waiting: Some(50), ..PolicyOverrides::default() };
    queue::Create { order: world.an_order(CYD), id: world.new_id(), name: title("Tour"), overrides, message: Note::new("soon").ok() }
}

fn a_new_concert(world: &World, queue: QueueId, schedules: Vec<NewSchedule>) -> concert::Create {
    let (order, id, name, host) = (world.an_order(CYD), world.new_id(), title("Tour"), title("Hall"));
    concert::Create { order, id, name, host, queue, max_seats_per_user: Some(2), listing: Listing::default(), schedules }
}

fn another_queue(world: &World, concert: ConcertId, queue: QueueId) -> ChangeConcert {
    let order = world.an_order(CYD);
    let listing = ListingPatch::default();
    ChangeConcert { order, id: concert, expected: None, name: None, host: None, queue: Some(queue), max_seats_per_user: None, listing }
}

/// `commit`: a new queue has an admission version and numbers of its own; a concert is created with its schedules and seats, and can be
/// sold.
pub async fn a_created_concert_is_complete_and_can_be_sold(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let queue = world.run(&a_new_queue(&world)).await.unwrap().outcome;
    assert_eq!(world.queue(queue.id()).await, Some(queue.clone()));
    let [first, second] = [world.new_id(), world.new_id()];
    let schedules = vec![a_new_schedule(&world, first, Some(a_plan(3, 700))), a_new_schedule(&world, second, None)];
    let (concert, schedules) = world.run(&a_new_concert(&world, queue.id(), schedules)).await.unwrap().outcome;
    assert_eq!(world.concert(concert.id()).await, Some(concert.clone()));
    assert_eq!(world.ports.catalogue.schedules(concert.id()).await.unwrap(), schedules);
    let seats = world.ports.catalogue.seats(first).await.unwrap();
    assert_eq!(seats.iter().map(|seat| seat.label()).collect::<Vec<_>>(), ["Stalls A 1", "Stalls A 2", "Stalls A 3"]);
    assert_eq!(world.ports.catalogue.seats(second).await.unwrap(), []);

    let pass = world.admitted_to(ADA, concert.id()).await;
    assert_eq!(world.token(pass.token.unwrap()).await.number(), 1);
    world.join(BEN, Some(concert.id())).await;
    assert_eq!(world.find(QueueHead { queue: queue.id(), at_most: 9 }).await.unwrap().active, 1);
    world.charged(ADA, 5_000).await;
    let hold = world.held(pass, first, &[2, 3]).await;
    assert_eq!(world.paid(pass, hold.id()).await.amount(), won(1_400));
    let too_many = world.run(&world.a_hold(world.admitted_to(ADA, concert.id()).await, first, &[1])).await;
    assert!(too_many.is_err(), "the limit of the concert is two seats");
    world.assert_audit_is_clean().await;
}

/// `commit`: a conflict if any row to be created exists; nothing of the change is written.
pub async fn an_existing_row_is_not_created_again(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let queue = world.change_of(&a_new_queue(&world)).await;
    let concert =
        world.change_of(&a_new_concert(&world, OTHER_QUEUE, vec![a_new_schedule(&world, world.new_id(), Some(a_plan(2, 5)))])).await;
    for change in [&queue, &concert] {
        assert_committed(&world.commit(change).await, "the rows are new");
    }
    let again = |change: &Change| {
        let mut change = change.clone();
        change.rows_mut::<AuditEntry>().for_each(|audit_entry| audit_entry.row.id = world.new_id());
        change
    };
    let (new_concert, new_schedule) = (ConcertId(world.new_id()), ScheduleId(world.new_id()));
    let mut other_concert = again(&concert);
    alter::<Concert>(&mut other_concert, |concert| concert.with_id(new_concert));
    let mut other_schedule = other_concert.clone();
    alter::<Schedule>(&mut other_schedule, |schedule| schedule.with_id(new_schedule));
    other_schedule.writes.retain(|write| !matches!(write, RowWrite::Concert(_)));
    let mut same_seats = concert.clone();
    same_seats.writes.retain(|write| matches!(write, RowWrite::Seat(_)));
    world.track([&other_concert, &other_schedule, &same_seats]);
    let before = world.everything().await;
    for (change, what) in [
        (again(&queue), "the queue"),
        (again(&concert), "the concert"),
        (other_concert, "the schedule"),
        (other_schedule, "the seats"),
        (same_seats, "only the seats"),
    ] {
        assert_conflict(&world.commit(&change).await, what);
    }
    assert_eq!(world.everything().await, before);
}

/// `commit`: a queue, a concert or a schedule is changed under the version that the decision was based on.
pub async fn an_operators_change_is_written_once_per_version(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let order = || world.an_order(CYD);
    let policy = PolicyPatch { capacity: Some(None), batch: Some(Some(9)), ..PolicyPatch::default() };
    let renamed = ChangeQueue { order: order(), id: OTHER_QUEUE, expected: None, name: Some(title("Big")), policy, message: Some(None) };
    let mut moved = another_queue(&world, CONCERT, OTHER_QUEUE);
    moved.max_seats_per_user = Some(Some(1));
    let later = ChangeSchedule {
        order: order(),
        id: SCHEDULE,
        expected: None,
        starts_at: Some(world.now() + time::Duration::DAY * 99),
        zone: Zone::new("UTC").ok(),
        sale_opens_at: None,
        sale_closes_at: None,
    };
    let cancel = schedule::Cancel { order: order(), id: SECOND_SCHEDULE };
    let queue = world.change_of(&renamed).await;
    let concert = world.change_of(&moved).await;
    let [schedule, cancel] = [world.change_of(&later).await, world.change_of(&cancel).await];
    for (change, what) in [(&queue, "queue"), (&concert, "concert"), (&schedule, "schedule"), (&cancel, "cancelled schedule")] {
        assert_committed(&world.commit(change).await, what);
    }
    let after = world.queue(OTHER_QUEUE).await.unwrap();
    let overrides = PolicyOverrides { batch: Some(9), ..PolicyOverrides::default() };
    assert_eq!((after.name(), after.overrides(), after.message(), after.version.0), ("Big", overrides, None, 2));
    let after = world.concert(CONCERT).await.unwrap();
    assert_eq!((after.queue(), after.max_seats_per_user(), after.version.0), (OTHER_QUEUE, Some(1), 2));
    let after = world.schedule(SCHEDULE).await.unwrap();
    assert_eq!((after.zone().as_str(), after.starts_at(), after.version.0), ("UTC", world.now() + time::Duration::DAY * 99, 2));
    let cancelled = Cancellation { at: world.now(), reason: None };
    assert_eq!(world.schedule(SECOND_SCHEDULE).await.unwrap().cancellation(), Some(&cancelled));
    let before = world.everything().await;
    for (mut change, what) in [(queue, "queue"), (concert, "concert"), (schedule, "schedule"), (cancel, "cancelled schedule")] {
        change.rows_mut::<AuditEntry>().for_each(|audit_entry| audit_entry.row.id = world.new_id());
        assert_conflict(&world.commit(&change).await, what);
    }
    assert_eq!(world.everything().await, before);
}

/// `commit`: a conflict if an operator has changed the queue, the concert or the schedule that a decision relied on, also for a tick.
pub async fn a_decision_on_a_row_that_an_operator_changed_is_a_conflict(adapter: &dyn Adapter) {
    for commit_order in [CommitOrder::FirstThenSecond, CommitOrder::SecondThenFirst] {
        let world = World::with_halls(adapter, 3).await;
        world.join(BEN, Some(OTHER_CONCERT)).await;
        let close = queue::Take { order: world.an_order(CYD), id: OTHER_QUEUE, step: QueueTransition::Close };
        let tick = world.change_of_tick(OTHER_QUEUE).await.unwrap().0;
        let [close, join] = [world.change_of(&close).await, world.change_of(&world.a_join(DAN, Some(OTHER_CONCERT))).await];
        let ada = world.admitted(ADA).await;
        let cancel = world.change_of(&schedule::Cancel { order: world.an_order(CYD), id: SCHEDULE }).await;
        let hold = world.change_of(&world.a_hold(ada, SCHEDULE, &[1])).await;
        for (order, relies) in [(&cancel, &hold), (&close, &join)] {
            let [ordered, relied] = world.commit_both(commit_order, order, relies).await;
            assert_committed(&ordered, "the rows that the order relies on are unchanged");
            match commit_order {
                CommitOrder::SecondThenFirst => assert_committed(&relied, "it was committed before the order"),
                CommitOrder::FirstThenSecond | CommitOrder::Concurrent => assert_conflict(&relied, "the row that it relied on has changed"),
            }
        }
        assert_conflict(&world.commit(&tick).await, "its queue was closed");
        assert_eq!(world.queue(OTHER_QUEUE).await.unwrap().state(), QueueState::Closed);
        world.assert_audit_is_clean().await;
    }
}

/// `commit`: a conflict if a reservation of a [`Guard::NoLiveHold`] is HELD by its row and within its deadline; a race of a hold and a
/// change of the concert's queue has one winner.
pub async fn a_live_hold_prevents_a_change_of_the_concerts_queue(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        let hold = world.a_hold(ada, SCHEDULE, &[1]);
        let moving = another_queue(&world, CONCERT, OTHER_QUEUE);
        match world.race(commit_order, &hold, &moving).await {
            Winner::First => {
                assert_eq!(world.run(&moving).await.unwrap_err(), Refusal::LiveHoldsExist);
                let decided_before = world.concert(CONCERT).await.unwrap();
                let row = decided_before.row.clone().move_to(OTHER_QUEUE);
                let blind = Change::default().writing(Write::update(&decided_before, row)).relying_on(Guard::NoLiveHold(CONCERT));
                assert_conflict(&world.commit(&blind).await, "seats are held");
                let elsewhere = Change::default().relying_on(Guard::NoLiveHold(OTHER_CONCERT));
                assert_committed(&world.commit(&elsewhere).await, "the other concert has no holds");
                world.pass_seconds(300);
                assert_committed(&world.commit(&blind).await, "the hold has lapsed");
            }
            Winner::Second => assert_eq!(world.run(&hold).await.unwrap_err(), Refusal::TokenMismatch),
        }
        world.assert_audit_is_clean().await;
    }
}

/// `commit`: a conflict if a token that a [`Guard::NoLiveToken`] excludes is live; a race of a join and a change of the concert's queue has
/// one winner.
pub async fn a_live_token_prevents_a_change_of_the_concerts_queue(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        world.join(BEN, Some(NEIGHBOUR)).await;
        world.joined(CYD).await;
        let join = world.a_join(ADA, Some(CONCERT));
        let moving = another_queue(&world, CONCERT, OTHER_QUEUE);
        match world.race(commit_order, &join, &moving).await {
            Winner::First => {
                assert_eq!(world.run(&moving).await.unwrap_err(), Refusal::LiveTokensExist);
                let blind = async |queue| {
                    let found = world.concert(CONCERT).await.unwrap();
                    let row = found.row.clone().move_to(OTHER_QUEUE);
                    Change::default().writing(Write::update(&found, row)).relying_on(Guard::NoLiveToken(queue, CONCERT))
                };
                assert_conflict(&world.commit(&blind(Queue::DEFAULT).await).await, "Ada waits");
                while world.tick(Queue::DEFAULT).await.admitted > 0 {}
                assert_conflict(&world.commit(&blind(Queue::DEFAULT).await).await, "Ada is active");
                let elsewhere = Change::default().relying_on(Guard::NoLiveToken(OTHER_QUEUE, CONCERT));
                assert_committed(&world.commit(&elsewhere).await, "the concert has no token in another queue");
                world.pass_seconds(120);
                assert_committed(&world.commit(&blind(Queue::DEFAULT).await).await, "Ada's deadline has passed");
            }
            Winner::Second => assert_eq!(world.join(ADA, Some(CONCERT)).await.queue(), OTHER_QUEUE, "Ada joins the new queue"),
        }
        world.assert_audit_is_clean().await;
    }
}

/// `commit`: seats are blocked, unblocked, relabelled, repriced and created under their versions; a lapsed hold of a blocked seat ends with
/// all of its seats.
pub async fn seats_are_blocked_and_laid_out(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let ada = world.admitted(ADA).await;
    let old = world.held(ada, SCHEDULE, &[1, 2]).await;
    world.pass_seconds(300);
    let blocking = |blocked| block::Command { order: world.an_order(CYD), schedule: SCHEDULE, seats: vec![seat_number(1)], blocked };
    assert_eq!(world.run(&blocking(true)).await.unwrap().outcome, 1);
    let states: Vec<_> = world.seats(SCHEDULE, &[1, 2, 3]).await.iter().map(|seat| seat.state()).collect();
    assert_eq!(states, [SeatState::Blocked, SeatState::Available, SeatState::Available]);
    assert!(!world.ports.reservations.reservation(old.id()).await.unwrap().unwrap().occupies());
    world.run(&blocking(false)).await.unwrap();

    let plan = LayOut::new(world.an_order(CYD), SCHEDULE, a_plan(5, 900)).unwrap();
    let summary = world.run(&plan).await.unwrap().outcome;
    assert_eq!((summary.created, summary.changed, summary.unchanged), (2, 3, 0));
    let seats = world.seats(SCHEDULE, &[1, 2, 3, 4, 5]).await;
    assert!(
        seats.iter().all(|seat| seat.price() == won(900) && seat.label().starts_with("Stalls A ") && !seat.is_accessible()),
        "{seats:?}"
    );
    let rival = world.change_of(&LayOut::new(world.an_order(CYD), OTHER_SCHEDULE, a_plan(3, 1)).unwrap()).await;
    world.held(world.admitted_to(BEN, OTHER_CONCERT).await, OTHER_SCHEDULE, &[3]).await;
    assert_conflict(&world.commit(&rival).await, "one of the seats is held in the meantime");
    world.assert_audit_is_clean().await;
}

/// `commit`: if two seat maps that were decided on the same version of a schedule would give one label to two seats, one is a conflict, and
/// refused when it is decided again.
pub async fn two_seat_maps_with_one_label_have_one_winner(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let map = |number: u32| {
        let plan = Layout::of([(seat_number(number), "Box 1", won(900), false)]).unwrap();
        LayOut::new(world.an_order(CYD), SCHEDULE, plan).unwrap()
    };
    let (first, second) = (map(11), map(12));
    let [one, other] = [world.change_of(&first).await, world.change_of(&second).await];
    assert_committed(&world.commit(&one).await, "the schedule is unchanged");
    assert_conflict(&world.commit(&other).await, "the labels have changed since the decision");
    let refused = world.run(&second).await.unwrap_err();
    assert!(matches!(&refused, Refusal::Contradiction { field: domain::Field::Seats, .. }), "{refused:?}");
    assert_eq!(world.ports.catalogue.seats(SCHEDULE).await.unwrap().len(), 4);
}

/// `commit`: a seat map of 50,000 seats is one change.
pub async fn a_hall_of_50000_seats_is_laid_out(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 1).await;
    let plan = LayOut::new(world.an_order(CYD), SCHEDULE, a_plan(50_000, 900)).unwrap();
    let summary = world.run(&plan).await.unwrap().outcome;
    assert_eq!((summary.created, summary.changed), (49_999, 1));
    assert_eq!(world.ports.catalogue.seats(SCHEDULE).await.unwrap().len(), 50_000);
    let again = LayOut::new(world.an_order(CYD), SCHEDULE, a_plan(50_000, 900)).unwrap();
    assert_eq!(world.run(&again).await.unwrap().outcome.unchanged, 50_000);
}

/// `Ports::orders`: the same store; two halls of 50,000 seats each are one atomic change.
pub async fn two_halls_of_50000_seats_are_created_in_one_change(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let schedules: [ScheduleId; 2] = [world.new_id(), world.new_id()];
    let halls = schedules.map(|schedule| a_new_schedule(&world, schedule, Some(a_plan(50_000, 900))));
    let command = a_new_concert(&world, Queue::DEFAULT, halls.into());
    let rows = world.ports.operator_store.load(&needs_of(&command.needs())).await.unwrap();
    let change = command.decide_by(&rows, &world.rules).unwrap().unwrap().change.unwrap();
    assert_committed(&world.ports.operator_store.commit(&[change]).await.remove(0), "a hundred thousand seats");
    assert!(world.concert(command.id).await.is_some());
    for schedule in schedules {
        assert_eq!(world.ports.catalogue.seats(schedule).await.unwrap().len(), 50_000);
    }
}
