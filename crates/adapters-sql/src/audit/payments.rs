//! P3: no charge without the seat, no seat without the charge. P6: nobody pays for another's reservation.

use super::Invariant;

pub(super) const INVARIANTS: &[Invariant] = &[
    Invariant {
        promise: "P3",
        name: "completed_payment_has_confirmed_reservation",
        sql: "SELECT count(*) AS violations FROM payments p
              WHERE p.state = 'COMPLETED' AND NOT EXISTS (
                  SELECT 1 FROM reservations r
                  WHERE r.id = p.reservation_id AND r.state = 'CONFIRMED' AND r.payment_id = p.id AND r.amount = p.amount)",
    },
    Invariant {
        promise: "P3",
        name: "confirmed_reservation_has_completed_payment",
        sql: "SELECT count(*) AS violations FROM reservations r
              WHERE r.state = 'CONFIRMED' AND NOT EXISTS (
                  SELECT 1 FROM payments p WHERE p.id = r.payment_id AND p.reservation_id = r.id AND p.state = 'COMPLETED')",
    },
    Invariant {
        promise: "P3",
        name: "refunded_payment_has_refunded_reservation",
        sql: "SELECT (SELECT count(*) FROM payments p WHERE p.state = 'CANCELLED' AND NOT EXISTS (
                          SELECT 1 FROM reservations r
                          WHERE r.id = p.reservation_id AND r.cancel_reason = 'REFUNDED' AND r.payment_id = p.id))
                   + (SELECT count(*) FROM reservations r WHERE r.cancel_reason = 'REFUNDED' AND NOT EXISTS (
                          SELECT 1 FROM payments p WHERE p.id = r.payment_id AND p.reservation_id = r.id AND p.state = 'CANCELLED'))
                     AS violations",
    },
    Invariant {
        promise: "P3",
        name: "reservation_has_at_most_one_payment",
        sql: "SELECT count(*) AS violations FROM (SELECT 1 FROM payments GROUP BY reservation_id HAVING count(*) > 1) doubled",
    },
    Invariant {
        promise: "P3",
        name: "payment_has_one_payment_entry",
        sql: "SELECT count(*) AS violations FROM payments p
              WHERE 1 <> (SELECT count(*) FROM wallet_entries e
                          WHERE e.user_id = p.user_id AND e.kind = 'PAYMENT' AND e.payment_id = p.id)",
    },
    Invariant {
        promise: "P3",
        name: "cancelled_payment_has_one_refund_entry",
        sql: "SELECT count(*) AS violations FROM payments p
              WHERE CASE p.state WHEN 'CANCELLED' THEN 1 ELSE 0 END <> (SELECT count(*) FROM wallet_entries e
                                                WHERE e.user_id = p.user_id AND e.kind = 'REFUND' AND e.payment_id = p.id)",
    },
    Invariant {
        promise: "P3",
        name: "entry_names_its_payment",
        sql: "SELECT count(*) AS violations FROM wallet_entries e
              WHERE e.kind <> 'CHARGE' AND NOT EXISTS (
                  SELECT 1 FROM payments p WHERE p.id = e.payment_id AND p.user_id = e.user_id AND p.amount = e.amount)",
    },
    Invariant {
        promise: "P6",
        name: "payment_has_its_reservations_owner",
        sql: "SELECT count(*) AS violations FROM payments p LEFT JOIN reservations r ON r.id = p.reservation_id
              WHERE r.user_id IS DISTINCT FROM p.user_id",
    },
];
