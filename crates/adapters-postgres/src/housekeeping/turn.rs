//! Parts that statements of several kinds of rows share.

/// Returns a statement that has the turn: `turn` is empty if another round has begun since the number of rounds ($3) was read.
macro_rules! in_turn {
    ($($rest:tt)+) => {
        concat!(
            "WITH turn AS MATERIALIZED (
                 UPDATE pruning_rounds SET rounds = rounds + 1 WHERE single AND rounds = $3::bigint RETURNING 1), ",
            $($rest)+
        )
    };
}

/// Returns a part of a statement that removes the marks of the kept users whose ids are `user_id` in a table, unless their wallets have
/// entries. Users are found by their ids regardless of the statistics.
macro_rules! check_users_again {
    ($of:literal) => {
        concat!(
            "again AS (
                 UPDATE users u SET kept = false
                 FROM (SELECT o.place FROM (SELECT DISTINCT user_id FROM ",
            $of,
            ") k
                       CROSS JOIN LATERAL (SELECT o.ctid AS place FROM users o WHERE o.id = k.user_id AND o.kept OFFSET 0) o
                       CROSS JOIN LATERAL (SELECT 1 FROM wallets w WHERE w.user_id = k.user_id AND w.last_sequence = 0 OFFSET 0) w) o
                 WHERE u.ctid = o.place RETURNING 1)"
        )
    };
}
pub(super) use {check_users_again, in_turn};
