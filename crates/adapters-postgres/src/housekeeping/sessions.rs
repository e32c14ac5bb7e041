//! Pruning of sessions that have ended.

use super::turn::{check_users_again, in_turn};

/// Deletes the sessions ($2) that ended first, before an instant ($1). Their users are checked again. Sessions that a commit is just
/// replacing are skipped.
pub(crate) const SESSIONS: &str = in_turn!(
    "old AS MATERIALIZED (
        SELECT ctid AS place FROM sessions
        WHERE ends_at < $1::bigint AND EXISTS (SELECT 1 FROM turn)
        ORDER BY ends_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM sessions s USING old WHERE s.ctid = old.place RETURNING s.user_id), ",
    check_users_again!("gone"),
    " SELECT (SELECT count(*) FROM turn) AS turns, (SELECT count(*) FROM old) AS looked, (SELECT count(*) FROM gone) AS gone,
             (SELECT count(*) FROM again) AS again"
);
