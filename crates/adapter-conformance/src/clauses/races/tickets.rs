//! Races for tickets: check-ins, refunds, cancellations.

use domain::ticket::TicketFlaw;
use domain::{Refusal, Reservation};
use time::OffsetDateTime;

use crate::Adapter;
use crate::world::{ADA, BEN, CommitOrder, SCHEDULE, Winner, World};

/// Creates a world in which Ada has bought seats 1 and 2.
async fn with_tickets(adapter: &dyn Adapter) -> (World, Reservation, domain::PaymentId) {
    let world = World::with_halls(adapter, 3).await;
    let (sold, payment) = world.bought(ADA, SCHEDULE, &[1, 2]).await;
    (world, sold, payment.id())
}

/// Returns when the tickets of a reservation were used.
async fn uses(world: &World, of: &Reservation) -> Vec<Option<OffsetDateTime>> {
    let found = world.ports.reservations.reservation(of.id()).await.unwrap().unwrap();
    found.seats().iter().map(|seat| seat.used_at).collect()
}

/// P3: two check-ins of one ticket: one wins, and the other is refused with the time of the first.
pub async fn two_check_ins_of_one_ticket_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let (world, sold, _) = with_tickets(adapter).await;
        let check_in = world.a_check_in(sold.id(), 2);
        world.race(commit_order, &check_in, &check_in).await;
        let used_at = uses(&world, &sold).await[1].unwrap();
        assert_eq!(uses(&world, &sold).await, [None, Some(used_at)]);
        world.pass_seconds(1);
        assert_eq!(world.run(&check_in).await.unwrap_err(), Refusal::TicketUsed { used_at });
        world.assert_audit_is_clean().await;
    }
}

/// P3: a check-in and a refund by the buyer: one wins, and the other is refused.
pub async fn a_check_in_and_a_refund_have_one_winner(adapter: &dyn Adapter) {
    for commit_order in CommitOrder::ALL {
        let (world, sold, payment) = with_tickets(adapter).await;
        let (check_in, refund) = (world.a_check_in(sold.id(), 1), world.a_refund(ADA, payment));
        match world.race(commit_order, &check_in, &refund).await {
            Winner::First => {
                let used_at = uses(&world, &sold).await[0].unwrap();
                assert_eq!(world.run(&refund).await.unwrap_err(), Refusal::TicketUsed { used_at });
            }
            Winner::Second => {
                assert_eq!(world.run(&check_in).await.unwrap_err(), Refusal::TicketNotValid(TicketFlaw::Refunded));
                assert_eq!(uses(&world, &sold).await, [None, None]);
            }
        }
        world.assert_audit_is_clean().await;
    }
}

/// P3: an operator refunds a reservation with a used ticket: it keeps the time of the use, and its seats can be sold again.
pub async fn a_refunded_reservation_keeps_the_uses_of_its_tickets(adapter: &dyn Adapter) {
    let (world, sold, payment) = with_tickets(adapter).await;
    let used = world.checked_in(sold.id(), 2).await;
    let refund = domain::decide::refund::Command { order: Some(world.an_order(BEN)), ..world.a_refund(BEN, payment) };
    world.run(&refund).await.unwrap();
    assert_eq!(uses(&world, &sold).await, [None, used.seat.used_at]);
    let (again, _) = world.bought(BEN, SCHEDULE, &[2]).await;
    assert_eq!(uses(&world, &again).await, [None], "the new reservation of the seat has a ticket of its own");
    world.checked_in(again.id(), 2).await;
    world.assert_audit_is_clean().await;
}
