//! The reservations port.

use application::PageRequest;
use domain::{PaymentId, ReservationId, ReservationState};
use uuid::Uuid;

use crate::Adapter;
use crate::world::{ADA, ALL, BEN, SCHEDULE, SECOND_SCHEDULE, World};

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
