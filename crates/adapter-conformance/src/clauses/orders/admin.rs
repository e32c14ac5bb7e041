//! Operators' queries about sales and users.

use std::collections::BTreeMap;

use application::PageRequest;
use application::ports::{QueueTotals, ReservationFilter, ScheduleTotals};
use domain::decide::admin::block;
use domain::decide::admin::seat_map::LayOut;
use domain::decide::register;
use domain::{Layout, Money, NamePrefix, Queue, Reservation, UserId, UserName};
use time::Duration;

use crate::Adapter;
use crate::world::{
    ADA, ALL, BEN, CYD, DAN, MOMENT, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, SCHEDULE, SECOND_SCHEDULE, World, guest, seat_number,
    seat_price, won,
};

/// `queue_totals`: counts the users who were ever admitted, and those of them who never claimed their token, whatever ended the token and
/// even if it was deleted.
pub async fn queue_totals_count_admissions_and_no_shows(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let queue_totals = async |queue| world.ports.admin.queue_totals(queue).await.unwrap();
    assert_eq!(queue_totals(OTHER_QUEUE).await, QueueTotals::default());
    let ada = world.admitted_to(ADA, OTHER_CONCERT).await;
    let ben = world.admitted_to(BEN, OTHER_CONCERT).await;
    let cyd = world.admitted_to(CYD, OTHER_CONCERT).await;
    let waiting = world.join(DAN, Some(OTHER_CONCERT)).await;
    world.claimed(ada).await;
    world.left(CYD, cyd.token.unwrap()).await;
    world.left(DAN, waiting.id()).await;
    assert_eq!(
        queue_totals(OTHER_QUEUE).await,
        QueueTotals { admitted: 3, no_shows: 0 },
        "a user who left while waiting was never admitted"
    );
    world.admitted_to(guest(60), OTHER_CONCERT).await;
    world.pass_seconds(120);
    world.join(guest(60), Some(OTHER_CONCERT)).await;
    assert_eq!(queue_totals(OTHER_QUEUE).await, QueueTotals { admitted: 4, no_shows: 1 }, "a join that ends an unclaimed token counts it");
    world.left(BEN, ben.token.unwrap()).await;
    assert_eq!(queue_totals(OTHER_QUEUE).await, QueueTotals { admitted: 4, no_shows: 2 }, "leaving after the deadline counts as a no-show");
    world.tick(OTHER_QUEUE).await;
    world.pass_seconds(120);
    world.tick(OTHER_QUEUE).await;
    let totals = QueueTotals { admitted: 5, no_shows: 3 };
    assert_eq!(queue_totals(OTHER_QUEUE).await, totals, "ticks count the users that they admit, and the tokens that they end");
    assert!(world.prune(world.now() + Duration::SECOND, ALL).await.tokens >= 4);
    assert_eq!(queue_totals(OTHER_QUEUE).await, totals, "deleted tokens count");
    assert_eq!(queue_totals(Queue::DEFAULT).await, QueueTotals::default());
    assert_eq!(queue_totals(world.new_id()).await, QueueTotals::default());
    world.assert_audit_is_clean().await;
}

/// `schedule_totals`: counts the seats of each schedule by state, and sums the prices of CONFIRMED reservations at the time of their holds;
/// nothing for an unknown schedule.
pub async fn schedule_totals_count_seats_and_sum_confirmed_reservations(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 9).await;
    let unknown = world.new_id();
    let totals = async || {
        let totals = world.ports.admin.schedule_totals(&[SCHEDULE, unknown, SECOND_SCHEDULE], world.now()).await.unwrap();
        assert!(totals.keys().all(|schedule| [SCHEDULE, SECOND_SCHEDULE].contains(schedule)), "only the requested schedules with seats");
        (totals[&SCHEDULE], totals[&SECOND_SCHEDULE])
    };
    let nothing_sold = ScheduleTotals { available: 9, ..ScheduleTotals::default() };
    assert_eq!(totals().await, (nothing_sold, nothing_sold));
    assert_eq!(world.ports.admin.schedule_totals(&[], world.now()).await.unwrap(), BTreeMap::new());
    world.bought(ADA, SCHEDULE, &[1, 2]).await;
    let (_, payment) = world.bought(BEN, SCHEDULE, &[3]).await;
    world.bought(CYD, SECOND_SCHEDULE, &[4]).await;
    let block = block::Command { order: world.an_order(DAN), schedule: SCHEDULE, seats: vec![seat_number(8)], blocked: true };
    world.run(&block).await.unwrap();
    let hold = world.held(world.admitted(DAN).await, SCHEDULE, &[5, 6]).await;
    let revenue = |numbers: &[u32]| Money::sum(numbers.iter().map(|number| seat_price(*number))).unwrap();
    let first = ScheduleTotals { available: 3, held: 2, lapsed: 0, reserved: 3, blocked: 1, revenue: revenue(&[1, 2, 3]) };
    let second = ScheduleTotals { available: 8, reserved: 1, revenue: revenue(&[4]), ..ScheduleTotals::default() };
    assert_eq!(totals().await, (first, second));
    world.clock.advance(hold.expires_at() - world.now() - MOMENT);
    assert_eq!(totals().await.0, first, "a moment before the deadline");
    world.clock.advance(MOMENT);
    assert_eq!(totals().await.0, ScheduleTotals { held: 0, lapsed: 2, ..first }, "at the deadline");
    world.refunded(BEN, payment.id()).await;
    let repriced = Layout::of([(seat_number(9), "Row A 9", won(1), false)]).unwrap();
    world.run(&LayOut::new(world.an_order(DAN), SCHEDULE, repriced).unwrap()).await.unwrap();
    let refunded = ScheduleTotals { available: 4, held: 0, lapsed: 2, reserved: 2, blocked: 1, revenue: revenue(&[1, 2]) };
    assert_eq!(totals().await.0, refunded);
}

/// `reservations_of_schedule`: the HELD, CONFIRMED and refunded reservations of a schedule, filtered by seat, name, state and use, by id.
pub async fn reservations_of_a_schedule_are_filtered_and_paged(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 9).await;
    let ana = world.a_registration("Ana-María Núñez", None);
    let bo = world.a_registration("Bo Lee", None);
    for registration in [&ana, &bo] {
        world.run(registration).await.unwrap();
    }
    let (anas, _) = world.bought(ana.user, SCHEDULE, &[1, 2]).await;
    let (bos, payment) = world.bought(bo.user, SCHEDULE, &[3]).await;
    let held = world.held(world.admitted(CYD).await, SCHEDULE, &[4, 5]).await;
    let released = world.held(world.admitted(DAN).await, SCHEDULE, &[6]).await;
    world.released(DAN, released.id()).await;
    world.bought(BEN, SECOND_SCHEDULE, &[1]).await;
    world.refunded(bo.user, payment.id()).await;
    let used = world.checked_in(anas.id(), 2).await;
    assert_eq!(used.seat.used_at, Some(world.now()));
    let list = async |wanted: ReservationFilter, after, size| {
        world.ports.admin.reservations_of_schedule(SCHEDULE, &wanted, PageRequest { after, size }).await.unwrap()
    };
    let ids = async |wanted| list(wanted, None, ALL).await.iter().map(Reservation::id).collect::<Vec<_>>();
    let all = ReservationFilter::ALL;
    let in_order = |reservations: &[&Reservation]| {
        let mut ids: Vec<_> = reservations.iter().map(|reservation| reservation.id()).collect();
        ids.sort();
        ids
    };
    let everything = in_order(&[&anas, &bos, &held]);
    assert_eq!(ids(all.clone()).await, everything, "a released hold is left out");
    let found = list(all.clone(), None, ALL).await;
    let of_ana = found.iter().find(|reservation| reservation.id() == anas.id()).unwrap();
    assert_eq!(of_ana.seats().iter().map(|seat| seat.used_at).collect::<Vec<_>>(), [None, used.seat.used_at]);

    let none = ReservationFilter { held: false, confirmed: false, refunded: false, ..all.clone() };
    assert_eq!(ids(none.clone()).await, []);
    assert_eq!(ids(ReservationFilter { held: true, ..none.clone() }).await, [held.id()]);
    assert_eq!(ids(ReservationFilter { confirmed: true, ..none.clone() }).await, [anas.id()]);
    assert_eq!(ids(ReservationFilter { refunded: true, ..none }).await, [bos.id()]);

    let at_seat = async |number| ids(ReservationFilter { seat: Some(seat_number(number)), ..all.clone() }).await;
    assert_eq!((at_seat(2).await, at_seat(5).await), (vec![anas.id()], vec![held.id()]));
    assert_eq!((at_seat(3).await, at_seat(6).await, at_seat(9).await), (vec![], vec![], vec![]), "nobody has these seats");
    let of_other = ReservationFilter { seat: Some(seat_number(2)), name: NamePrefix::new("lee").ok(), ..all.clone() };
    assert_eq!(ids(of_other).await, [], "all conditions apply");

    let named = async |name| ids(ReservationFilter { name: NamePrefix::new(name).ok(), ..all.clone() }).await;
    assert_eq!((named("nuñ").await, named("ANA MARIA").await), (vec![anas.id()], vec![anas.id()]));
    assert_eq!((named("lee").await, named("unez").await), (vec![bos.id()], vec![]));

    let with_use = async |used| ids(ReservationFilter { used: Some(used), ..all.clone() }).await;
    assert_eq!(with_use(true).await, [anas.id()]);
    assert_eq!(with_use(false).await, everything, "each has a seat whose ticket wasn't used");

    for size in 1..=3 {
        let mut paged = Vec::new();
        loop {
            let page = list(all.clone(), paged.last().copied(), size).await;
            assert!(page.len() <= usize::try_from(size).unwrap());
            if page.is_empty() {
                break;
            }
            paged.extend(page.iter().map(Reservation::id));
        }
        assert_eq!(paged, everything, "pages of {size}");
    }
    let at_seat = ReservationFilter { seat: Some(seat_number(2)), ..all };
    assert_eq!(list(at_seat, Some(anas.id()), ALL).await, [], "the cursor applies to the reservation of a seat, too");
}

/// `live_reservations` and `count_live_reservations`: HELD and CONFIRMED rows of the schedule, lapsed or not, each once, up to `at_most`.
pub async fn live_reservations_are_held_or_confirmed(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 9).await;
    let (bought, _) = world.bought(ADA, SCHEDULE, &[1, 2]).await;
    let held = world.held(world.admitted(BEN).await, SCHEDULE, &[3, 4]).await;
    world.pass_seconds(301);
    let (elsewhere, _) = world.bought(CYD, SECOND_SCHEDULE, &[1]).await;
    let released = world.held(world.admitted(DAN).await, SCHEDULE, &[5]).await;
    world.released(DAN, released.id()).await;
    let live = async |schedule, at_most| {
        let mut ids: Vec<_> = world.ports.admin.live_reservations(schedule, at_most).await.unwrap().iter().map(Reservation::id).collect();
        ids.sort();
        ids
    };
    assert_eq!(live(SCHEDULE, ALL).await, [bought.id(), held.id()], "a lapsed hold is live until its row is updated");
    assert_eq!((live(SCHEDULE, 1).await.len(), live(SECOND_SCHEDULE, ALL).await), (1, vec![elsewhere.id()]));
    let all = world.ports.admin.live_reservations(SCHEDULE, ALL).await.unwrap();
    assert!(all.iter().all(|row| row.seats().len() == 2), "reservations must have their seats");
    let count = async |schedule| world.ports.admin.count_live_reservations(schedule).await.unwrap();
    assert_eq!((count(SCHEDULE).await, count(SECOND_SCHEDULE).await, count(OTHER_SCHEDULE).await), (2, 1, 0));
}

/// `users`: returns users whose name matches by any of its words, ignoring case and accents, ordered by id, after the page's cursor, up to
/// its size; without a name all users.
pub async fn users_are_found_by_any_word_of_their_names(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 2).await;
    let names = [
        "Ada Lovelace",
        "ADAM",
        "Ådam",
        "A\u{30a}dam",
        "Ad%",
        "A_a",
        "Béla 🎵",
        "Ana-María Núñez",
        "Nuno 🎵 Ada",
        "김철수",
        "🎵",
        "Straße",
    ];
    for (number, name) in (1..).zip(names) {
        let command = register::Command { user: guest(number), name: UserName::new(name).unwrap(), idempotency: None };
        world.run(&command).await.unwrap();
    }
    world.charged(guest(13), 5).await;
    let found = async |name: Option<&str>, after: Option<UserId>, size| {
        let name = name.map(|name| NamePrefix::new(name).unwrap());
        let users = world.ports.admin.users(name, PageRequest { after, size }).await.unwrap();
        users.into_iter().map(|user| user.id).collect::<Vec<_>>()
    };
    let guests = |numbers: &[u128]| numbers.iter().map(|number| guest(*number)).collect::<Vec<_>>();
    for (name, numbers) in [
        ("ada", &[1, 2, 3, 4, 9][..]),
        ("ÅDAM", &[2, 3, 4]),
        ("a\u{30a}dam", &[2, 3, 4]),
        ("LOVE", &[1]),
        ("lovelace ada", &[]),
        ("nun", &[8, 9]),
        ("maria nu", &[8]),
        ("Bela", &[7]),
        ("김", &[10]),
        ("🎵", &[11]),
        ("STRASSE", &[12]),
        ("Zoe", &[]),
    ] {
        assert_eq!(found(Some(name), None, ALL).await, guests(numbers), "{name}");
    }
    assert_eq!(found(Some("%"), None, ALL).await, [], "there are no wildcards");
    assert_eq!(found(Some("_"), None, ALL).await, []);
    assert_eq!(found(Some("a"), Some(guest(1)), 2).await, guests(&[2, 3]));
    assert_eq!(found(Some("a"), Some(guest(5)), 2).await, guests(&[6, 8]), "a user is found once, however many words match");
    assert_eq!(found(Some("a"), Some(guest(8)), ALL).await, guests(&[9]));
    assert_eq!(found(Some("n"), None, 1).await, guests(&[8]));
    assert_eq!(found(None, None, ALL).await, guests(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]), "also users without a name");
    assert_eq!(found(None, Some(guest(11)), ALL).await, guests(&[12, 13]));
}

/// `tokens_of`: returns the user's live tokens and those under which they made a reservation, the latest join first, up to `at_most`.
pub async fn tokens_of_a_user_are_live_or_have_reservations(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    world.bought(ADA, SCHEDULE, &[1]).await;
    world.pass_seconds(1);
    let idle = world.joined(ADA).await;
    world.left(ADA, idle).await;
    world.pass_seconds(1);
    let waiting = world.joined(ADA).await;
    world.pass_seconds(1);
    let active = world.admitted_to(ADA, OTHER_CONCERT).await;
    world.joined(BEN).await;
    let tokens = world.ports.admin.tokens_of(ADA, ALL).await.unwrap();
    assert_eq!(tokens.len(), 3, "without the ended token that has no reservation");
    assert_eq!((Some(tokens[0].id()), tokens[1].id(), tokens[2].is_live()), (active.token, waiting, false));
    assert_eq!(world.ports.admin.tokens_of(ADA, 1).await.unwrap().len(), 1);
    assert_eq!(world.ports.admin.tokens_of(CYD, ALL).await.unwrap(), []);
}
