//! Statements of the queries of operators.

/// The numbers of admitted users and of no-shows of a queue.
pub(crate) const QUEUE_TOTALS: &str = "
    SELECT a.admitted, c.no_shows FROM queue_admissions a CROSS JOIN queue_counters c ON c.queue_id = a.queue_id WHERE a.queue_id = ?1";

/// The numbers of seats of schedules (1) by state, at an instant (2), and the sums of the prices of the sold ones.
pub(crate) const SCHEDULE_TOTALS: &str = "
    SELECT s.schedule_id,
           count(*) FILTER (WHERE s.state = 'AVAILABLE') AS available,
           count(*) FILTER (WHERE s.state = 'HELD' AND s.held_until > ?2) AS held,
           count(*) FILTER (WHERE s.state = 'HELD' AND s.held_until <= ?2) AS lapsed,
           count(*) FILTER (WHERE s.state = 'RESERVED') AS reserved,
           count(*) FILTER (WHERE s.state = 'BLOCKED') AS blocked,
           coalesce(sum(o.price), 0) AS revenue
    FROM (SELECT DISTINCT unhex(value, '-') AS id FROM json_each(?1)) wanted
    CROSS JOIN seats s ON s.schedule_id = wanted.id
    LEFT JOIN reservation_seats o ON s.state = 'RESERVED' AND o.reservation_id = s.reservation_id AND o.number = s.number
    GROUP BY s.schedule_id";

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
