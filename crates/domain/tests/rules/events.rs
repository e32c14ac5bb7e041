//! Events: their published names and their subjects.

use std::collections::BTreeSet;

use domain::{CancelReason, Event, ExpiryReason, Fact, Version};

use crate::fixtures::*;

/// Returns every fact with its name and its subject.
fn one_of_each() -> [(Fact, &'static str, &'static str); 10] {
    let (token, queue, user, number) = (TOKEN.digest(), QUEUE, ADA, 4);
    let (reservation, schedule, seats, payment, amount) = (RESERVATION, SCHEDULE, vec![seat_number(7)], PAYMENT, won(50));
    [
        (Fact::UserRegistered { user }, "user.registered", "users/00000000-0000-0001-0000-000000000001"),
        (
            Fact::QueueJoined { token, queue, user, concert: Some(CONCERT) },
            "queue_token.created",
            "queue-tokens/5c65d9cc-22ae-3e6f-154a-e91ef0b6ad4f",
        ),
        (Fact::TokenActivated { token, queue, user, number }, "queue_token.activated", "queue-tokens/5c65d9cc-22ae-3e6f-154a-e91ef0b6ad4f"),
        (
            Fact::TokenExpired { token, queue, user, number, reason: ExpiryReason::Left },
            "queue_token.expired",
            "queue-tokens/5c65d9cc-22ae-3e6f-154a-e91ef0b6ad4f",
        ),
        (
            Fact::SeatsHeld { reservation, schedule, user, seats: seats.clone(), expires_at: NOW },
            "reservation.held",
            "reservations/00000000-0000-0006-0000-000000000001",
        ),
        (
            Fact::ReservationCancelled { reservation, schedule, user, seats, reason: CancelReason::Released },
            "reservation.cancelled",
            "reservations/00000000-0000-0006-0000-000000000001",
        ),
        (Fact::WalletCharged { user, amount, balance: amount }, "wallet.charged", "wallets/00000000-0000-0001-0000-000000000001"),
        (
            Fact::PaymentCompleted { payment, reservation, user, amount },
            "payment.completed",
            "payments/00000000-0000-0007-0000-000000000001",
        ),
        (Fact::PaymentRefunded { payment, reservation, user, amount }, "payment.refunded", "payments/00000000-0000-0007-0000-000000000001"),
        (
            Fact::TicketUsed { reservation, schedule, user, seat: seat_number(7), checked_in_by: BEN },
            "ticket.used",
            "reservations/00000000-0000-0006-0000-000000000001",
        ),
    ]
}

#[test]
fn each_fact_has_its_name_and_its_subject() {
    for (fact, name, subject) in one_of_each() {
        assert_eq!((fact.name(), fact.subject().to_string().as_str()), (name, subject), "{fact:?}");
    }
}

#[test]
fn the_catalogue_lists_the_name_of_each_fact_once() {
    assert_eq!(one_of_each().map(|(_, name, _)| name), Fact::NAMES);
    assert_eq!(BTreeSet::from(Fact::NAMES).len(), 10, "{:?}", Fact::NAMES);
}

#[test]
fn no_fact_contains_the_id_of_a_token() {
    for (fact, ..) in one_of_each() {
        assert!(!format!("{fact:?}").contains(&TOKEN.0.to_string()), "{fact:?}");
    }
}

#[test]
fn an_event_is_a_fact_at_a_version_of_its_subject() {
    for (fact, ..) in one_of_each() {
        assert_eq!(fact.clone().at(Version(7)), Event { version: Version(7), fact });
    }
}
