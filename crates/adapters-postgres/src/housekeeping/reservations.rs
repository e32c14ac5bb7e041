//! Pruning of reservations that ended without a payment.

use super::turn::{check_users_again, in_turn};

/// Deletes the reservations ($2) with the earliest deadlines, before an instant ($1), that ended without a payment, with their seats. Their
/// tokens and users are checked again. Nothing else writes such a reservation, or a token that is marked as kept.
pub(crate) const RESERVATIONS: &str = in_turn!(
    "old AS MATERIALIZED (
        SELECT id, token_id, user_id, ctid AS place FROM reservations
        WHERE state = 'CANCELLED' AND payment_id IS NULL AND expires_at < $1::bigint AND EXISTS (SELECT 1 FROM turn)
        ORDER BY expires_at LIMIT $2::bigint),
    gone AS (DELETE FROM reservations r USING old WHERE r.ctid = old.place RETURNING 1),
    seats AS (
        DELETE FROM reservation_seats s
        USING (SELECT o.place FROM old
               CROSS JOIN LATERAL (SELECT o.ctid AS place FROM reservation_seats o WHERE o.reservation_id = old.id OFFSET 0) o) o
        WHERE s.ctid = o.place RETURNING 1),
    tokens AS (
        UPDATE queue_tokens t SET kept = false
        FROM (SELECT o.place FROM (SELECT DISTINCT token_id FROM old) k
              CROSS JOIN LATERAL (SELECT o.ctid AS place FROM queue_tokens o WHERE o.id = k.token_id AND o.kept OFFSET 0) o) o
        WHERE t.ctid = o.place RETURNING 1), ",
    check_users_again!("old"),
    " SELECT (SELECT count(*) FROM turn) AS turns, (SELECT count(*) FROM gone) AS gone, (SELECT count(*) FROM old) AS looked, (SELECT count(*) FROM seats) AS seats,
             (SELECT count(*) FROM tokens) AS tokens, (SELECT count(*) FROM again) AS again"
);
