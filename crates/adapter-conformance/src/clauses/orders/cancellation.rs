//! Cancellations: their effects, and concurrent changes.

use domain::decide::admin::schedule::{self, NewSchedule};
use domain::decide::admin::{concert, release};
use domain::reservation::ReservationStatus;
use domain::{CancelReason, Cancellation, Note, Refusal, ReservationId, SeatNumber, SeatState, SeatStatus, Zone};

use crate::Adapter;
use crate::world::{
    ADA, BEN, CONCERT, CYD, CommitOrder, NEIGHBOUR, OTHER_CONCERT, OTHER_SCHEDULE, SCHEDULE, SECOND_SCHEDULE, World, assert_committed,
    assert_conflict,
};

const REASON: &str = "The singer has a cold — désolé";

fn cancelled() -> Refusal {
    Refusal::ScheduleCancelled { reason: Note::new(REASON).ok() }
}

impl World {
    /// Cancels [`SCHEDULE`].
    async fn cancel_the_schedule(&self) {
        self.run(&schedule::Cancel { order: self.an_order_because(CYD, REASON), id: SCHEDULE }).await.unwrap();
    }

    /// Returns the status of a reservation of [`SCHEDULE`].
    async fn status(&self, id: ReservationId) -> ReservationStatus {
        let (reservation, schedule) = (self.reservation(id, 0).await, self.schedule(SCHEDULE).await.unwrap());
        reservation.status(schedule.at(self.now()))
    }
}

/// The cancellation of a schedule or a concert is kept with its instant and its reason, and returned by loads and reads.
pub async fn a_cancellation_is_kept_with_its_reason(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    world.cancel_the_schedule().await;
    let first = Cancellation { at: world.now(), reason: Note::new(REASON).ok() };
    assert_eq!(world.schedule(SCHEDULE).await.unwrap().cancellation(), Some(&first));
    assert_eq!(world.concert(CONCERT).await.unwrap().cancellation(), None, "only the schedule is cancelled, not the concert");
    world.join(ADA, Some(CONCERT)).await;

    world.pass_seconds(60);
    let (concert, schedules) = world.run(&concert::Cancel { order: world.an_order(BEN), id: CONCERT }).await.unwrap().outcome;
    let second = Cancellation { at: world.now(), reason: None };
    let seen: Vec<_> =
        world.schedules(&[SCHEDULE, SECOND_SCHEDULE]).await.into_iter().map(|schedule| schedule.cancellation().cloned()).collect();
    assert_eq!(seen, [Some(first), Some(second.clone())], "a schedule is cancelled once");
    assert_eq!((Some(concert), schedules), (world.concert(CONCERT).await, world.schedules(&[SCHEDULE, SECOND_SCHEDULE]).await));
    assert_eq!(world.concert(CONCERT).await.unwrap().cancellation(), Some(&second));
    let refused = world.run(&world.a_join(BEN, Some(CONCERT))).await.unwrap_err();
    assert_eq!(refused, Refusal::ScheduleCancelled { reason: None });
    world.join(BEN, Some(NEIGHBOUR)).await;
    world.assert_audit_is_clean().await;
}

/// P3: a payment completes if it is committed before the cancellation; after it, the payment is a conflict, and then refused.
pub async fn a_payment_and_a_cancellation_take_effect_in_commit_order(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        world.charged(ADA, 100_000).await;
        let hold = world.held(ada, SCHEDULE, &[1]).await;
        let pay = world.a_payment(ada, hold.id());
        let paid = world.change_of(&pay).await;
        let cancel = world.change_of(&schedule::Cancel { order: world.an_order_because(CYD, REASON), id: SCHEDULE }).await;
        let [cancellation, paid] = world.commit_both(commit_order, &cancel, &paid).await;
        assert_committed(&cancellation, "a payment writes nothing that a cancellation relies on");
        match paid {
            Ok(_) => {
                assert_ne!(commit_order, CommitOrder::FirstThenSecond, "the payment was committed after the cancellation");
                assert_eq!(world.status(hold.id()).await, ReservationStatus::Confirmed);
                assert!(world.run(&pay).await.unwrap().replayed);
            }
            paid @ Err(_) => {
                assert_ne!(commit_order, CommitOrder::SecondThenFirst, "the payment was committed before the cancellation");
                assert_conflict(&paid, "the schedule is cancelled");
                assert_eq!(world.run(&pay).await.unwrap_err(), cancelled());
                assert_eq!(world.balance(ADA).await, 100_000);
            }
        }
        world.assert_audit_is_clean().await;
    }
}

/// From the commit of the cancellation on, every decision treats a hold as CANCELLED (EXPIRED) and its seats as AVAILABLE, although the
/// rows are HELD until a sweep or a command updates them.
pub async fn a_cancellation_ends_the_holds_of_its_schedule(adapter: &dyn Adapter) {
    let expired = ReservationStatus::Cancelled(CancelReason::Expired);
    for cleanup in ["a sweep", "a release", "an operator's release", "a leave", "a new hold"] {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        world.charged(ADA, 100_000).await;
        let hold = world.held(ada, SCHEDULE, &[1, 2]).await;
        world.cancel_the_schedule().await;
        assert_eq!(world.status(hold.id()).await, expired, "before {cleanup}");
        assert!(world.reservation(hold.id(), 0).await.occupies(), "the row must be unchanged");
        let schedule = world.schedule(SCHEDULE).await.unwrap();
        let free = world.seats(SCHEDULE, &[1, 2]).await.iter().all(|seat| seat.status(schedule.at(world.now())) == SeatStatus::Available);
        assert!(free, "before {cleanup}");
        for refused in [world.run(&world.a_payment(ada, hold.id())).await, world.run(&world.a_hold(ada, SCHEDULE, &[1, 2])).await] {
            assert_eq!(refused.unwrap_err(), cancelled());
        }
        match cleanup {
            "a sweep" => assert_eq!(world.sweep().await, 1),
            "a release" => world.released(ADA, hold.id()).await,
            "an operator's release" => {
                let ended = world.run(&release::Command { order: world.an_order(CYD), reservation: hold.id() }).await.unwrap().outcome;
                assert!(!ended.reservation.occupies());
            }
            "a leave" => world.left(ADA, ada.token.unwrap()).await,
            _ => {
                let next = world.held(ada, SECOND_SCHEDULE, &[1, 2, 3]).await;
                assert_eq!(next.numbers().map(SeatNumber::get).collect::<Vec<_>>(), [1, 2, 3], "the ended hold must not be counted");
            }
        }
        assert_eq!(world.status(hold.id()).await, expired, "after {cleanup}");
        assert!(!world.reservation(hold.id(), 0).await.occupies(), "after {cleanup}");
        assert!(world.seats(SCHEDULE, &[1, 2]).await.iter().all(|seat| seat.state() == SeatState::Available), "after {cleanup}");
        assert!(world.run(&world.a_payment(ada, hold.id())).await.is_err(), "after {cleanup}");
        assert_eq!(world.balance(ADA).await, 100_000);
        world.assert_audit_is_clean().await;
    }
}

/// `commit`: if a concert's cancellation and the addition of a schedule to it are decided concurrently in two processes, one is a conflict
/// and decided again: the new schedule is cancelled with the others, or not added. No schedule stays on sale.
pub async fn a_concert_cancellation_and_an_added_schedule_conflict(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let world = World::with_halls(adapter, 2).await;
        let beside = world.beside(adapter).await;
        let other = beside.as_ref().unwrap_or(&world);
        let (starts_at, zone) = (world.now() + time::Duration::DAY * 9, Zone::new("Asia/Seoul").unwrap());
        let (id, sale_opens_at) = (world.new_id(), world.now());
        let new = NewSchedule { id, starts_at, zone, sale_opens_at, sale_closes_at: starts_at, seats: None };
        let adding = schedule::Add { order: world.an_order(BEN), concert: OTHER_CONCERT, schedule: new };
        let cancelling = concert::Cancel { order: world.an_order_because(CYD, REASON), id: OTHER_CONCERT };

        let (first, second) = (world.change_of(&cancelling).await, other.change_of(&adding).await);
        match world.commit_both_with(other, commit_order, &first, &second).await {
            [Ok(_), loser @ Err(_)] => {
                assert_ne!(commit_order, CommitOrder::SecondThenFirst);
                assert_conflict(&loser, "the concert was cancelled");
                assert_eq!(other.run(&adding).await.unwrap_err(), cancelled());
            }
            [loser @ Err(_), Ok(_)] => {
                assert_ne!(commit_order, CommitOrder::FirstThenSecond);
                assert_conflict(&loser, "a schedule was added");
                world.run(&cancelling).await.unwrap();
            }
            results @ [Ok(_) | Err(_), Ok(_) | Err(_)] => panic!("{commit_order:?}: not exactly one winner: {results:?}"),
        }
        let schedules = world.ports.catalogue.schedules(OTHER_CONCERT).await.unwrap();
        assert!(schedules.iter().all(|schedule| schedule.is_cancelled()), "{commit_order:?}: {schedules:#?}");
        assert!(schedules.iter().any(|schedule| schedule.id() == OTHER_SCHEDULE));
        world.assert_audit_is_clean().await;
    }
}
