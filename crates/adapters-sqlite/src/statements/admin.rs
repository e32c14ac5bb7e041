//! Statements of the queries of operators.

/// The numbers of admitted tokens and of no-shows of a queue.
pub(crate) const QUEUE_TOTALS: &str = "
    SELECT count(*) FILTER (WHERE activated_at IS NOT NULL) AS admitted, count(*) FILTER (WHERE reason = 'UNCLAIMED') AS no_shows
    FROM queue_tokens WHERE queue_id = ?1";

/// The sum of the prices of the sold seats of a schedule.
pub(crate) const REVENUE: &str = "
    SELECT coalesce(sum(o.price), 0) AS sum FROM seats s
    CROSS JOIN reservation_seats o ON o.reservation_id = s.reservation_id AND o.number = s.number
    WHERE s.schedule_id = ?1 AND s.state = 'RESERVED'";

/// The number of reservations with live seats of a schedule.
pub(crate) const COUNT_LIVE: &str = "SELECT count(DISTINCT reservation_id) AS sum FROM seats WHERE schedule_id = ?1";

/// Users with a search key that has a prefix (1), by id, after an id (2) unless that is null, with a limit (3).
/// The unary plus excludes the index by user, which would be scanned from end to end.
pub(crate) const USERS_NAMED: &str = "
    SELECT t.* FROM (
        SELECT DISTINCT k.user_id FROM user_search_keys k
        WHERE k.search_key >= ?1 AND k.search_key < ?1 || char(0x10ffff) AND +k.user_id > coalesce(?2, x'')
        ORDER BY +k.user_id LIMIT ?3
    ) wanted CROSS JOIN users t ON t.id = wanted.user_id
    ORDER BY t.id";

/// The tokens of a user (1) that are live or have a reservation, last joined first, with a limit (2).
pub(crate) const TOKENS_OF: &str = "
    SELECT t.* FROM (
        SELECT l.id FROM queues q
        CROSS JOIN queue_tokens l ON l.queue_id = q.id AND l.user_id = ?1 AND l.state <> 'EXPIRED'
        UNION SELECT r.token_id FROM reservations r WHERE r.user_id = ?1
    ) k CROSS JOIN queue_tokens t ON t.id = k.id
    ORDER BY t.joined_at DESC, t.number DESC LIMIT ?2";
