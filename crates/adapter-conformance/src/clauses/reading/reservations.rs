//! The reservations port.

use application::PageRequest;
use domain::{PaymentId, ReservationId, ReservationState};
use uuid::Uuid;

use crate::Adapter;
use crate::world::{ADA, ALL, BEN, CONCERT, SCHEDULE, SECOND_SCHEDULE, World};

/// `reservation`, `payment`: the row, if it exists, of any user.
pub async fn a_reservation_and_its_payment_are_found_by_id(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let (adas, adas_payment) = world.bought(ADA, SCHEDULE, &[1]).await;
    let (bens, bens_payment) = world.bought(BEN, SCHEDULE, &[2, 3]).await;
    for (hold, payment) in [(adas, adas_payment), (bens, bens_payment)] {
        let sold = hold.clone().restore(ReservationState::Confirmed { payment: payment.id() });
        assert_eq!(world.ports.reservations.reservation(hold.id()).await.unwrap(), Some(sold));
        assert_eq!(world.ports.reservations.payment(payment.id()).await.unwrap(), Some(payment));
    }
    assert_eq!(world.ports.reservations.reservation(world.new_id()).await.unwrap(), None);
    assert_eq!(world.ports.reservations.payment(world.new_id()).await.unwrap(), None);
}

/// `reservation`, `reservations`: rows are returned unchanged, whether or not their deadline has passed.
pub async fn a_lapsed_hold_is_returned_as_held(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let ada = world.admitted(ADA).await;
    let hold = world.held(ada, SCHEDULE, &[3, 1]).await;
    world.pass_seconds(3_600);
    assert_eq!(world.ports.reservations.reservation(hold.id()).await.unwrap(), Some(hold.clone()));
    let page = PageRequest { after: None, size: 10 };
    assert_eq!(world.ports.reservations.reservations(ADA, page).await.unwrap(), [hold]);
}

/// `reservations`, `payments`: a user's rows below the page's cursor, the highest id first, up to the page's size.
pub async fn reservations_and_payments_are_paged_by_descending_id(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 8).await;
    // Created in another order than that of their ids.
    let ids = [(1_u128 << 90) + 3, 1 << 127, 7 << 70, (1 << 90) + 1];
    for (number, id) in (1..).zip(ids) {
        let user = if number == 3 { BEN } else { ADA };
        let pass = world.admitted(user).await;
        let mut hold = world.a_hold(pass, if number == 4 { SECOND_SCHEDULE } else { SCHEDULE }, &[number]);
        hold.id = ReservationId(Uuid::from_u128(id));
        world.run(&hold).await.unwrap();
        world.charged(user, 20_000).await;
        let mut pay = world.a_payment(pass, hold.id);
        pay.id = PaymentId(Uuid::from_u128(id + 5));
        world.run(&pay).await.unwrap();
    }
    let reservations = &world.ports.reservations;
    let expected = [ids[1], ids[0], ids[3]];
    for size in 1..=4 {
        let (mut held, mut payments): (Vec<u128>, Vec<u128>) = (Vec::new(), Vec::new());
        loop {
            let after = held.last().map(|id| ReservationId(Uuid::from_u128(*id)));
            let page = reservations.reservations(ADA, PageRequest { after, size }).await.unwrap();
            let after = payments.last().map(|id| PaymentId(Uuid::from_u128(*id)));
            let paid = reservations.payments(ADA, PageRequest { after, size }).await.unwrap();
            assert!(page.len() <= usize::try_from(size).unwrap() && page.len() == paid.len());
            if page.is_empty() {
                break;
            }
            held.extend(page.iter().map(|reservation| reservation.id().0.as_u128()));
            payments.extend(paid.iter().map(|payment| payment.id().0.as_u128()));
            assert!(held.len() <= expected.len(), "pages of {size} don't end");
        }
        assert_eq!(held, expected, "pages of {size}");
        assert_eq!(payments, expected.map(|id| id + 5), "pages of {size}");
    }
    let everything = PageRequest { after: None, size: ALL };
    assert_eq!(reservations.reservations(world.new_id(), everything).await.unwrap(), [], "an unknown user has none");
    let everything = PageRequest { after: None, size: ALL };
    assert_eq!(reservations.payments(world.new_id(), everything).await.unwrap(), [], "an unknown user has none");
}

/// `reservations_by_id`, `payments_by_id`, `Users::users_by_id`, `Catalogue::concerts_by_id`: the rows with these ids that exist, each once.
pub async fn rows_are_found_by_their_ids(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 4).await;
    let (adas, adas_payment) = world.bought(ADA, SCHEDULE, &[1, 2]).await;
    let (bens, bens_payment) = world.bought(BEN, SECOND_SCHEDULE, &[3]).await;
    let ports = &world.ports;
    let all = [bens.id(), world.new_id(), adas.id(), adas.id()];
    let mut found = ports.reservations.reservations_by_id(&all).await.unwrap();
    found.sort_by_key(domain::Reservation::id);
    let sold = |hold: domain::Reservation, payment: &domain::Payment| hold.restore(ReservationState::Confirmed { payment: payment.id() });
    let mut expected = [sold(adas, &adas_payment), sold(bens, &bens_payment)];
    expected.sort_by_key(domain::Reservation::id);
    assert_eq!(found, expected);
    assert_eq!(ports.reservations.reservations_by_id(&[]).await.unwrap(), []);

    let all = [adas_payment.id(), world.new_id(), bens_payment.id(), adas_payment.id()];
    let mut found = ports.reservations.payments_by_id(&all).await.unwrap();
    found.sort_by_key(domain::Payment::id);
    let mut expected = [adas_payment, bens_payment];
    expected.sort_by_key(domain::Payment::id);
    assert_eq!(found, expected);
    assert_eq!(ports.reservations.payments_by_id(&[]).await.unwrap(), []);

    let mut found: Vec<_> = ports.users.users_by_id(&[BEN, world.new_id(), ADA, BEN]).await.unwrap().iter().map(|user| user.id).collect();
    found.sort();
    let mut expected = [ADA, BEN];
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(ports.users.users_by_id(&[]).await.unwrap(), []);

    let concert = ports.catalogue.concert(CONCERT).await.unwrap().unwrap();
    assert_eq!(ports.catalogue.concerts_by_id(&[CONCERT, world.new_id(), CONCERT]).await.unwrap(), [concert]);
    assert_eq!(ports.catalogue.concerts_by_id(&[]).await.unwrap(), []);
}
