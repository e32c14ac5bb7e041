//! Pruning of ended tokens that no reservation names.

use super::turn::{check_users_again, in_turn};

/// Checks the tokens ($2) that ended first, before an instant ($1), and may be pruned. Those that a reservation of their user names are
/// marked as kept; the others are deleted, and added to the counts of their queues, and their users are checked again. Tokens that ended
/// with a payment have a reservation that stays, also after a refund: they are not checked. Reservations are looked up by the token, as one
/// user may have made very many. Tokens are locked before counters, as in a commit.
pub(crate) const TOKENS: &str = in_turn!(
    "old AS MATERIALIZED (
        SELECT id, user_id FROM queue_tokens
        WHERE state = 'EXPIRED' AND reason <> 'PAID' AND NOT kept AND expired_at < $1::bigint AND EXISTS (SELECT 1 FROM turn)
        ORDER BY expired_at LIMIT $2::bigint),
    looked AS MATERIALIZED (
        SELECT old.id, u.named IS NOT NULL OR h.named IS NOT NULL OR c.named IS NOT NULL AS is_named FROM old
        LEFT JOIN LATERAL (
            SELECT true AS named FROM reservations r
            WHERE r.token_id = old.id AND r.state = 'CANCELLED' AND r.payment_id IS NULL LIMIT 1) u ON true
        LEFT JOIN LATERAL (SELECT true AS named FROM reservations r WHERE r.token_id = old.id AND r.state = 'HELD' LIMIT 1) h ON true
        LEFT JOIN LATERAL (
            SELECT true AS named FROM reservations r
            WHERE r.user_id = old.user_id AND r.state <> 'CANCELLED' AND r.token_id = old.id LIMIT 1) c ON true),
    keep AS (
        UPDATE queue_tokens t SET kept = true
        FROM (SELECT o.place FROM looked
              CROSS JOIN LATERAL (SELECT o.ctid AS place FROM queue_tokens o WHERE o.id = looked.id OFFSET 0) o
              WHERE is_named) o
        WHERE t.ctid = o.place RETURNING 1),
    gone AS (
        DELETE FROM queue_tokens t
        USING (SELECT o.place FROM (SELECT id FROM looked WHERE NOT is_named) k
               CROSS JOIN LATERAL (SELECT o.ctid AS place FROM queue_tokens o WHERE o.id = k.id OFFSET 0) o) o
        WHERE t.ctid = o.place RETURNING t.queue_id, t.user_id),
    counted AS (
        UPDATE queue_counters t SET pruned = t.pruned + gone.tokens
        FROM (SELECT queue_id, count(*) AS tokens FROM gone GROUP BY queue_id ORDER BY queue_id) gone
        WHERE t.queue_id = gone.queue_id RETURNING 1), ",
    check_users_again!("gone"),
    " SELECT (SELECT count(*) FROM turn) AS turns, (SELECT count(*) FROM looked) AS looked, (SELECT count(*) FROM keep) AS kept, (SELECT count(*) FROM gone) AS gone,
             (SELECT count(*) FROM counted) AS counted, (SELECT count(*) FROM again) AS again"
);
