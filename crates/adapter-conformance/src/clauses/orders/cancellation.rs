//! What a cancellation ends, and what it meets.

use domain::decide::admin::schedule::{self, NewSchedule};
use domain::decide::admin::{concert, release};
use domain::reservation::ReservationStatus;
use domain::{CancelReason, Cancellation, Note, Refusal, ReservationId, SeatNumber, SeatState, SeatStatus, Zone};

use crate::Adapter;
use crate::world::{
    ADA, BEN, CONCERT, CYD, Meeting, NEIGHBOUR, OTHER_CONCERT, OTHER_SCHEDULE, SCHEDULE, SECOND_SCHEDULE, World, assert_committed,
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

    /// What a reservation of [`SCHEDULE`] is.
    async fn status(&self, id: ReservationId) -> ReservationStatus {
        let (reservation, schedule) = (self.reservation(id, 0).await, self.schedule(SCHEDULE).await.unwrap());
        reservation.status(schedule.at(self.now()))
    }
}

/// A cancellation is kept with its instant and its reason, of a date and of a concert, and so it is given to loads and readers.
pub async fn a_cancellation_is_kept_with_its_reason(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    world.cancel_the_schedule().await;
    let first = Cancellation { at: world.now(), reason: Note::new(REASON).ok() };
    assert_eq!(world.schedule(SCHEDULE).await.unwrap().cancellation(), Some(&first));
    assert_eq!(world.concert(CONCERT).await.unwrap().cancellation(), None, "of a date, not of the concert");
    world.join(ADA, Some(CONCERT)).await;

    world.pass_seconds(60);
    let (concert, schedules) = world.run(&concert::Cancel { order: world.an_order(BEN), id: CONCERT }).await.unwrap().outcome;
    let second = Cancellation { at: world.now(), reason: None };
    let seen: Vec<_> =
        world.schedules(&[SCHEDULE, SECOND_SCHEDULE]).await.into_iter().map(|schedule| schedule.cancellation().cloned()).collect();
    assert_eq!(seen, [Some(first), Some(second.clone())], "a date is cancelled once");
    assert_eq!((Some(concert), schedules), (world.concert(CONCERT).await, world.schedules(&[SCHEDULE, SECOND_SCHEDULE]).await));
    assert_eq!(world.concert(CONCERT).await.unwrap().cancellation(), Some(&second));
    let refused = world.run(&world.a_join(BEN, Some(CONCERT))).await.unwrap_err();
    assert_eq!(refused, Refusal::ScheduleCancelled { reason: None });
    world.join(BEN, Some(NEIGHBOUR)).await;
    world.assert_audit_is_clean().await;
}

/// P3: a payment and a cancellation: the payment completes if it was committed first; after the cancellation it is a conflict, and then
/// refused.
pub async fn of_a_payment_and_a_cancellation_the_first_counts(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        world.charged(ADA, 100_000).await;
        let hold = world.held(ada, SCHEDULE, &[1]).await;
        let pay = world.a_payment(ada, hold.id());
        let paid = world.change_of(&pay).await;
        let off = world.change_of(&schedule::Cancel { order: world.an_order_because(CYD, REASON), id: SCHEDULE }).await;
        let [off, paid] = world.meet(meeting, &off, &paid).await;
        assert_committed(&off, "a payment writes nothing that a cancellation relies on");
        match paid {
            Ok(_) => {
                assert_ne!(meeting, Meeting::FirstLeads, "the payment was committed after the cancellation");
                assert_eq!(world.status(hold.id()).await, ReservationStatus::Confirmed);
                assert!(world.run(&pay).await.unwrap().replayed);
            }
            paid @ Err(_) => {
                assert_ne!(meeting, Meeting::SecondLeads, "nothing was in the way of the payment");
                assert_conflict(&paid, "the date is cancelled");
                assert_eq!(world.run(&pay).await.unwrap_err(), cancelled());
                assert_eq!(world.balance(ADA).await, 100_000);
            }
        }
        world.assert_audit_is_clean().await;
    }
}

/// From the commit of the cancellation on a hold is CANCELLED (EXPIRED), and its seats are AVAILABLE, for every decision, though the rows
/// say HELD until somebody tidies them, whoever it is.
pub async fn a_hold_of_a_cancelled_schedule_is_no_more(adapter: &dyn Adapter) {
    let expired = ReservationStatus::Cancelled(CancelReason::Expired);
    for tidier in ["the sweep", "its user", "an operator", "its user's leaving", "its user's next hold"] {
        let world = World::with_halls(adapter, 3).await;
        let ada = world.admitted(ADA).await;
        world.charged(ADA, 100_000).await;
        let hold = world.held(ada, SCHEDULE, &[1, 2]).await;
        world.cancel_the_schedule().await;
        assert_eq!(world.status(hold.id()).await, expired, "before {tidier}");
        assert!(world.reservation(hold.id(), 0).await.occupies(), "the row is as it was");
        let schedule = world.schedule(SCHEDULE).await.unwrap();
        let free = world.seats(SCHEDULE, &[1, 2]).await.iter().all(|seat| seat.status(schedule.at(world.now())) == SeatStatus::Available);
        assert!(free, "before {tidier}");
        for refused in [world.run(&world.a_payment(ada, hold.id())).await, world.run(&world.a_hold(ada, SCHEDULE, &[1, 2])).await] {
            assert_eq!(refused.unwrap_err(), cancelled());
        }
        match tidier {
            "the sweep" => assert_eq!(world.sweep().await, 1),
            "its user" => world.released(ADA, hold.id()).await,
            "an operator" => {
                let ended = world.run(&release::Command { order: world.an_order(CYD), reservation: hold.id() }).await.unwrap().outcome;
                assert!(!ended.reservation.occupies());
            }
            "its user's leaving" => world.left(ADA, ada.token.unwrap()).await,
            _ => {
                let next = world.held(ada, SECOND_SCHEDULE, &[1, 2, 3]).await;
                assert_eq!(next.numbers().map(SeatNumber::get).collect::<Vec<_>>(), [1, 2, 3], "the ended hold doesn't count");
            }
        }
        assert_eq!(world.status(hold.id()).await, expired, "after {tidier}");
        assert!(!world.reservation(hold.id(), 0).await.occupies(), "after {tidier}");
        assert!(world.seats(SCHEDULE, &[1, 2]).await.iter().all(|seat| seat.state() == SeatState::Available), "after {tidier}");
        assert!(world.run(&world.a_payment(ada, hold.id())).await.is_err(), "after {tidier}");
        assert_eq!(world.balance(ADA).await, 100_000);
        world.assert_audit_is_clean().await;
    }
}

/// `commit`: of a concert's cancellation and the addition of a date to it, decided at once in two processes, one meets a conflict and is
/// decided again: the new date is cancelled with the others, or not added. No date is left on sale.
pub async fn of_a_cancellation_and_an_addition_one_is_decided_by_the_other(adapter: &dyn Adapter) {
    for meeting in Meeting::ALL {
        let world = World::with_halls(adapter, 2).await;
        let beside = world.beside(adapter).await;
        let other = beside.as_ref().unwrap_or(&world);
        let (starts_at, zone) = (world.now() + time::Duration::DAY * 9, Zone::new("Asia/Seoul").unwrap());
        let (id, sale_opens_at) = (world.new_id(), world.now());
        let new = NewSchedule { id, starts_at, zone, sale_opens_at, sale_closes_at: starts_at, seats: None };
        let adding = schedule::Add { order: world.an_order(BEN), concert: OTHER_CONCERT, schedule: new };
        let cancelling = concert::Cancel { order: world.an_order_because(CYD, REASON), id: OTHER_CONCERT };

        let (first, second) = (world.change_of(&cancelling).await, other.change_of(&adding).await);
        match world.meet_beside(other, meeting, &first, &second).await {
            [Ok(_), lost @ Err(_)] => {
                assert_ne!(meeting, Meeting::SecondLeads);
                assert_conflict(&lost, "the concert was cancelled");
                assert_eq!(other.run(&adding).await.unwrap_err(), cancelled());
            }
            [lost @ Err(_), Ok(_)] => {
                assert_ne!(meeting, Meeting::FirstLeads);
                assert_conflict(&lost, "a date was added");
                world.run(&cancelling).await.unwrap();
            }
            results @ [Ok(_) | Err(_), Ok(_) | Err(_)] => panic!("{meeting:?}: not one winner: {results:?}"),
        }
        let schedules = world.ports.catalogue.schedules(OTHER_CONCERT).await.unwrap();
        assert!(schedules.iter().all(|schedule| schedule.is_cancelled()), "{meeting:?}: {schedules:#?}");
        assert!(schedules.iter().any(|schedule| schedule.id() == OTHER_SCHEDULE));
        world.assert_audit_is_clean().await;
    }
}
