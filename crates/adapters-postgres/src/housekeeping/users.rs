//! Pruning of registrations that were never used.

use super::turn::in_turn;

/// Checks the registrations ($2) that are the oldest, before an instant ($1), and may be pruned. Used ones are marked as kept; the others
/// are deleted with their wallets and search keys. A wallet that is just being charged is skipped, and with it its user: the next round
/// checks them. A charge that comes later finds no wallet. Ended tokens without a mark, and live ones, are looked up here; any other token
/// has a reservation of the same user.
pub(crate) const USERS: &str = in_turn!(
    "old AS MATERIALIZED (
        SELECT id, ctid AS place FROM users
        WHERE name IS NOT NULL AND NOT kept AND created_at < $1::bigint AND EXISTS (SELECT 1 FROM turn)
        ORDER BY created_at LIMIT $2::bigint),
    looked AS MATERIALIZED (
        SELECT old.id, old.place, w.is_empty IS NULL OR l.named IS NOT NULL OR e.named IS NOT NULL OR r.named IS NOT NULL
               OR s.named IS NOT NULL AS is_used
        FROM old
        LEFT JOIN LATERAL (SELECT true AS is_empty FROM wallets w WHERE w.user_id = old.id AND w.last_sequence = 0 OFFSET 0) w ON true
        LEFT JOIN LATERAL (SELECT true AS named FROM queue_tokens t WHERE t.user_id = old.id AND t.state <> 'EXPIRED' LIMIT 1) l ON true
        LEFT JOIN LATERAL (
            SELECT true AS named FROM queue_tokens t
            WHERE t.user_id = old.id AND t.state = 'EXPIRED' AND t.reason <> 'PAID' AND NOT t.kept LIMIT 1) e ON true
        LEFT JOIN LATERAL (SELECT true AS named FROM reservations r WHERE r.user_id = old.id LIMIT 1) r ON true
        LEFT JOIN LATERAL (SELECT true AS named FROM sessions s WHERE s.user_id = old.id LIMIT 1) s ON true),
    keep AS (
        UPDATE users u SET kept = true FROM (SELECT place FROM looked WHERE is_used) o WHERE u.ctid = o.place RETURNING 1),
    unused AS MATERIALIZED (
        SELECT k.id, k.place, w.place AS wallet FROM (SELECT id, place FROM looked WHERE NOT is_used) k
        CROSS JOIN LATERAL (
            SELECT w.ctid AS place FROM wallets w WHERE w.user_id = k.id AND w.last_sequence = 0 OFFSET 0 FOR UPDATE SKIP LOCKED) w),
    wallets_gone AS (DELETE FROM wallets w USING unused WHERE w.ctid = unused.wallet RETURNING 1),
    keys_gone AS (
        DELETE FROM user_search_keys s
        USING (SELECT o.place FROM unused
               CROSS JOIN LATERAL (SELECT o.ctid AS place FROM user_search_keys o WHERE o.user_id = unused.id OFFSET 0) o) o
        WHERE s.ctid = o.place RETURNING 1),
    gone AS (DELETE FROM users u USING unused WHERE u.ctid = unused.place RETURNING 1)
    SELECT (SELECT count(*) FROM turn) AS turns, (SELECT count(*) FROM looked) AS looked, (SELECT count(*) FROM keep) AS kept, (SELECT count(*) FROM gone) AS gone,
           (SELECT count(*) FROM wallets_gone) AS wallets, (SELECT count(*) FROM keys_gone) AS keys"
);
