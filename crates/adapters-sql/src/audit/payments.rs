//! P3: no payment without the seat, no seat without the payment. P6: users pay only for their own reservations.

use application::ports::Invariant;

pub(super) const INVARIANTS: &[(Invariant, &str)] = &[
    (
        Invariant::CompletedPaymentHasConfirmedReservation,
        "SELECT count(*) AS violations FROM payments p
              WHERE p.state = 'COMPLETED' AND NOT EXISTS (
                  SELECT 1 FROM reservations r
                  WHERE r.id = p.reservation_id AND r.state = 'CONFIRMED' AND r.payment_id = p.id AND r.amount = p.amount)",
    ),
    (
        Invariant::ConfirmedReservationHasCompletedPayment,
        "SELECT count(*) AS violations FROM reservations r
              WHERE r.state = 'CONFIRMED' AND NOT EXISTS (
                  SELECT 1 FROM payments p WHERE p.id = r.payment_id AND p.reservation_id = r.id AND p.state = 'COMPLETED')",
    ),
    (
        Invariant::RefundedPaymentHasRefundedReservation,
        "SELECT (SELECT count(*) FROM payments p WHERE p.state = 'CANCELLED' AND NOT EXISTS (
                          SELECT 1 FROM reservations r
                          WHERE r.id = p.reservation_id AND r.cancel_reason = 'REFUNDED' AND r.payment_id = p.id))
                   + (SELECT count(*) FROM reservations r WHERE r.cancel_reason = 'REFUNDED' AND NOT EXISTS (
                          SELECT 1 FROM payments p WHERE p.id = r.payment_id AND p.reservation_id = r.id AND p.state = 'CANCELLED'))
                     AS violations",
    ),
    (
        Invariant::UsedTicketWasPaid,
        "SELECT count(*) AS violations FROM reservation_seats o JOIN reservations r ON r.id = o.reservation_id
              WHERE o.used_at IS NOT NULL AND r.payment_id IS NULL",
    ),
    (
        Invariant::ReservationHasAtMostOnePayment,
        "SELECT count(*) AS violations FROM (SELECT 1 FROM payments GROUP BY reservation_id HAVING count(*) > 1) doubled",
    ),
    (
        Invariant::PaymentHasOnePaymentEntry,
        "SELECT count(*) AS violations FROM payments p
              WHERE 1 <> (SELECT count(*) FROM wallet_entries e
                          WHERE e.user_id = p.user_id AND e.kind = 'PAYMENT' AND e.payment_id = p.id)",
    ),
    (
        Invariant::CancelledPaymentHasOneRefundEntry,
        "SELECT count(*) AS violations FROM payments p
              WHERE CASE p.state WHEN 'CANCELLED' THEN 1 ELSE 0 END <> (SELECT count(*) FROM wallet_entries e
                                                WHERE e.user_id = p.user_id AND e.kind = 'REFUND' AND e.payment_id = p.id)",
    ),
    (
        Invariant::EntryNamesItsPayment,
        "SELECT count(*) AS violations FROM wallet_entries e
              WHERE e.kind <> 'CHARGE' AND NOT EXISTS (
                  SELECT 1 FROM payments p WHERE p.id = e.payment_id AND p.user_id = e.user_id AND p.amount = e.amount)",
    ),
    (
        Invariant::PaymentHasItsReservationsOwner,
        "SELECT count(*) AS violations FROM payments p LEFT JOIN reservations r ON r.id = p.reservation_id
              WHERE r.user_id IS DISTINCT FROM p.user_id",
    ),
];
