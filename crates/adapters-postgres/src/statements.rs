//! The statements of the query ports.

use adapters_sql::ReadStatements;

/// Selects reservations from the alias `r`, each with its seats as JSON, with the given clauses.
macro_rules! reservations {
    ($($rest:expr),+) => {
        concat!(
            "SELECT r.*, (SELECT coalesce(json_agg(json_build_object('number', s.number, 'label', s.label, 'price', s.price,
                                                                     'used_at', s.used_at)), '[]')
                          FROM reservation_seats s WHERE s.reservation_id = r.id) AS seats FROM ",
            $($rest),+
        )
    };
}

/// The clauses for those of the reservations `wanted` that have one of the states HELD, CONFIRMED and CANCELLED (4 to 6), unless null a seat
/// whose ticket was used or not (7), and unless null a user with a search key that has a prefix (8), by id, with a limit (3).
macro_rules! matching {
    ($wanted:literal) => {
        concat!(
            "(",
            $wanted,
            ") k CROSS JOIN LATERAL (SELECT * FROM reservations r WHERE r.id = k.id OFFSET 0) r
            WHERE (r.state = 'HELD' AND $4::bigint = 1 OR r.state = 'CONFIRMED' AND $5::bigint = 1 OR r.state = 'CANCELLED' AND $6::bigint = 1)
              AND ($7::bigint IS NULL
                   OR EXISTS (SELECT 1 FROM reservation_seats o
                              WHERE o.reservation_id = r.id AND (o.used_at IS NOT NULL) = ($7::bigint = 1) OFFSET 0))
              AND ($8::text IS NULL
                   OR EXISTS (SELECT 1 FROM user_search_keys n WHERE n.user_id = r.user_id
                                  AND n.search_key >= $8::text AND n.search_key < $8::text || chr(1114111) OFFSET 0))
            ORDER BY k.id LIMIT $3::bigint"
        )
    };
}

pub(crate) const READ_STATEMENTS: ReadStatements = ReadStatements {
    reservation: reservations!("reservations r WHERE r.id = $1"),
    reservations_by_id: reservations!(
        "(SELECT DISTINCT value::uuid AS id FROM json_array_elements_text($1::json)) k
        CROSS JOIN LATERAL (SELECT * FROM reservations r WHERE r.id = k.id OFFSET 0) r"
    ),
    reservations: reservations!(
        "reservations r WHERE r.user_id = $1 AND ($2::uuid IS NULL OR r.id < $2) ORDER BY r.id DESC LIMIT $3::bigint"
    ),
    live_tokens: "
        (SELECT * FROM queue_tokens WHERE queue_id = $1 AND state = 'WAITING' AND number > $2 ORDER BY number LIMIT $3::bigint)
        UNION ALL
        (SELECT * FROM queue_tokens WHERE queue_id = $1 AND state = 'ACTIVE' AND number > $2 ORDER BY number LIMIT $3::bigint)
        ORDER BY number LIMIT $3::bigint",
    queue_totals: "
        SELECT a.admitted, c.no_shows FROM queue_admissions a JOIN queue_counters c ON c.queue_id = a.queue_id WHERE a.queue_id = $1",
    // Both tables are read in the order of their indexes on schedule and number, one schedule after the other.
    schedule_totals: "
        SELECT k.id AS schedule_id, t.* FROM (SELECT DISTINCT value::uuid AS id FROM json_array_elements_text($1::json)) k
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE s.state = 'AVAILABLE') AS available,
                   count(*) FILTER (WHERE s.state = 'HELD' AND s.held_until > $2::bigint) AS held,
                   count(*) FILTER (WHERE s.state = 'HELD' AND s.held_until <= $2::bigint) AS lapsed,
                   count(*) FILTER (WHERE s.state = 'RESERVED') AS reserved,
                   count(*) FILTER (WHERE s.state = 'BLOCKED') AS blocked,
                   coalesce(sum(o.price) FILTER (WHERE s.state = 'RESERVED'), 0)::bigint AS revenue
            FROM seats s LEFT JOIN reservation_seats o ON o.schedule_id = s.schedule_id AND o.number = s.number AND o.live
            WHERE s.schedule_id = k.id HAVING count(*) > 0) t",
    // As above, so that the size of a hall doesn't change the plan.
    offered_seats: "
        SELECT k.id AS schedule_id, t.* FROM (SELECT DISTINCT value::uuid AS id FROM json_array_elements_text($1::json)) k
        CROSS JOIN LATERAL (
            SELECT count(*) AS offered, count(*) FILTER (WHERE s.sellable) AS unsold, min(s.price) AS min_price, max(s.price) AS max_price
            FROM seats s WHERE s.schedule_id = k.id AND s.state <> 'BLOCKED' HAVING count(*) > 0) t",
    live_reservations: reservations!(
        "reservations r WHERE r.id IN (SELECT DISTINCT s.reservation_id FROM seats s
                        WHERE s.schedule_id = $1 AND s.reservation_id IS NOT NULL LIMIT $2::bigint)"
    ),
    reservations_of_schedule: reservations!(matching!(
        "SELECT id FROM (
            SELECT DISTINCT s.reservation_id AS id FROM seats s WHERE s.schedule_id = $1::uuid AND s.reservation_id IS NOT NULL
            UNION ALL
            SELECT r.id FROM reservations r WHERE r.schedule_id = $1::uuid AND r.state = 'CANCELLED' AND r.payment_id IS NOT NULL
        ) ids WHERE $2::uuid IS NULL OR id > $2::uuid ORDER BY id OFFSET 0"
    )),
    reservation_of_seat: reservations!(matching!(
        "SELECT s.reservation_id AS id FROM seats s
        WHERE s.schedule_id = $1::uuid AND s.number = $9::bigint AND s.reservation_id IS NOT NULL
          AND ($2::uuid IS NULL OR s.reservation_id > $2::uuid) OFFSET 0"
    )),
    count_live_reservations: "SELECT count(DISTINCT reservation_id) AS sum FROM seats WHERE schedule_id = $1",
    users_named: "
        SELECT t.* FROM (
            SELECT DISTINCT k.user_id FROM user_search_keys k
            WHERE k.search_key >= $1::text AND k.search_key < $1::text || chr(1114111)
              AND ($2::uuid IS NULL OR k.user_id > $2::uuid)
            ORDER BY k.user_id LIMIT $3::bigint
        ) wanted CROSS JOIN LATERAL (SELECT * FROM users t WHERE t.id = wanted.user_id OFFSET 0) t
        ORDER BY t.id",
    tokens_of: "
        SELECT t.* FROM (
            SELECT l.id FROM queues q
            CROSS JOIN LATERAL (
                SELECT id FROM queue_tokens l WHERE l.queue_id = q.id AND l.user_id = $1 AND l.state <> 'EXPIRED' OFFSET 0) l
            UNION SELECT r.token_id FROM reservations r WHERE r.user_id = $1
        ) k CROSS JOIN LATERAL (SELECT * FROM queue_tokens t WHERE t.id = k.id OFFSET 0) t
        ORDER BY t.joined_at DESC, t.number DESC LIMIT $2::bigint",
    audit_entries: "
        SELECT id, at, operator_id, action, subject_kind, subject_id, reason, changes::text AS changes FROM audit_entries
        WHERE ($1::uuid IS NULL OR subject_id = $1) AND ($2::uuid IS NULL OR operator_id = $2) AND ($3::uuid IS NULL OR id < $3)
        ORDER BY id DESC LIMIT $4::bigint",
};
