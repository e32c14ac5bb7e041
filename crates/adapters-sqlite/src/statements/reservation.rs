//! Statements on reservations, each with its seats.

/// Selects reservations from the table alias `r`, with the given clauses.
macro_rules! select {
    ($($rest:literal)*) => {
        concat!(
            "SELECT r.*, (SELECT json_group_array(json_object('number', s.number, 'label', s.label, 'price', s.price, 'used_at', s.used_at))
                          FROM reservation_seats s WHERE s.reservation_id = r.id) AS seats ",
            $($rest),*
        )
    };
}

/// The reservation with an id.
pub(crate) const SELECT_ONE: &str = select!("FROM reservations r WHERE r.id = ?1");

/// A user's reservations, highest id first, below an id if one is given.
pub(crate) const SELECT_PAGE: &str = select!(
    "FROM reservations r WHERE r.user_id = ?1 AND r.id < coalesce(?2, x'ffffffffffffffffffffffffffffffffff') ORDER BY r.id DESC LIMIT ?3"
);

/// The HELD and CONFIRMED reservations of a schedule (1), with a limit (2).
pub(crate) const SELECT_LIVE: &str = concat!(
    "WITH wanted (id) AS (
        SELECT DISTINCT reservation_id FROM seats WHERE schedule_id = ?1 AND reservation_id IS NOT NULL LIMIT ?2
    ) ",
    select!("FROM wanted w CROSS JOIN reservations r ON r.id = w.id")
);

/// Reservations by id (1).
pub(crate) const SELECT_BY_ID: &str = concat!(
    "WITH wanted (id) AS (SELECT DISTINCT unhex(value, '-') FROM jsonb_each(?1)) ",
    select!("FROM wanted w CROSS JOIN reservations r ON r.id = w.id")
);

/// Selects those of the reservations `wanted` that have one of the states HELD, CONFIRMED and CANCELLED (4 to 6), unless null a seat whose
/// ticket was used or not (7), and unless null a user with a search key that has a prefix (8), by id, with a limit (3).
macro_rules! select_matching {
    ($wanted:literal) => {
        concat!(
            "WITH wanted (id) AS (",
            $wanted,
            ") ",
            select!(
                "FROM wanted w CROSS JOIN reservations r ON r.id = w.id
                 WHERE (r.state = 'HELD' AND ?4 OR r.state = 'CONFIRMED' AND ?5 OR r.state = 'CANCELLED' AND ?6)
                   AND (?7 IS NULL
                        OR EXISTS (SELECT 1 FROM reservation_seats o WHERE o.reservation_id = r.id AND (o.used_at IS NOT NULL) = ?7))
                   AND (?8 IS NULL
                        OR EXISTS (SELECT 1 FROM user_search_keys n
                                   WHERE n.user_id = r.user_id AND +n.search_key >= ?8 AND +n.search_key < ?8 || char(0x10ffff)))
                 ORDER BY r.id LIMIT ?3"
            )
        )
    };
}

/// The reservations of a schedule (1) that are HELD, CONFIRMED or refunded, after an id (2) unless that is null, with these conditions.
pub(crate) const SELECT_OF_SCHEDULE: &str = select_matching!(
    "SELECT reservation_id FROM seats WHERE schedule_id = ?1 AND reservation_id > coalesce(?2, x'')
     UNION
     SELECT id FROM reservations
     WHERE schedule_id = ?1 AND state = 'CANCELLED' AND payment_id IS NOT NULL AND id > coalesce(?2, x'')"
);

/// The reservation that has a seat of a schedule (1, 9), with the same conditions.
pub(crate) const SELECT_OF_SEAT: &str =
    select_matching!("SELECT reservation_id FROM seats WHERE schedule_id = ?1 AND number = ?9 AND reservation_id > coalesce(?2, x'')");

/// The latest deadline of the holds of each of these concerts, except holds of cancelled schedules. It scans the index of deadlines
/// backwards.
pub(crate) const SELECT_HELD_UNTIL: &str = "
    SELECT k.key AS position, (SELECT r.expires_at FROM reservations r
                               CROSS JOIN schedules d ON d.id = r.schedule_id AND d.cancelled_at IS NULL
                               WHERE r.state = 'HELD' AND r.expires_at > 0 AND r.concert_id = unhex(k.value, '-')
                               ORDER BY r.expires_at DESC LIMIT 1) AS until
    FROM jsonb_each(?1) k";

/// Reservations, each once: by id (1); HELD ones by token (2) and by schedule and seat number (3); HELD and CONFIRMED ones by user and the
/// concert of a schedule (4); by payment (5).
pub(crate) const SELECT_WANTED: &str = concat!(
    "WITH wanted (id) AS (
        SELECT unhex(value, '-') FROM jsonb_each(?1)
        UNION
        SELECT r.id FROM jsonb_each(?2) k CROSS JOIN reservations r ON r.token_id = unhex(k.value, '-') AND r.state = 'HELD'
        UNION
        SELECT r.id FROM jsonb_each(?3) k
        CROSS JOIN reservation_seats s ON s.schedule_id = unhex(k.value ->> 0, '-') AND s.number = k.value ->> 1 AND s.live = 1
        CROSS JOIN reservations r ON r.id = s.reservation_id AND r.state = 'HELD'
        UNION
        SELECT r.id FROM jsonb_each(?4) k
        CROSS JOIN schedules d ON d.id = unhex(k.value ->> 1, '-')
        CROSS JOIN reservations r ON r.user_id = unhex(k.value ->> 0, '-') AND r.concert_id = d.concert_id AND r.state <> 'CANCELLED'
        UNION
        SELECT p.reservation_id FROM jsonb_each(?5) k CROSS JOIN payments p ON p.id = unhex(k.value, '-')
    ) ",
    select!("FROM wanted w CROSS JOIN reservations r ON r.id = w.id")
);

/// The ids of the HELD rows whose deadline has passed, earliest first.
pub(crate) const SELECT_LAPSED: &str = "SELECT id FROM reservations WHERE state = 'HELD' AND expires_at <= ?1 ORDER BY expires_at LIMIT ?2";

/// The ids of HELD rows of schedules that were cancelled after an instant (1), and whose deadline has not passed at another (2), with a
/// limit (3). They are found by their live reserved seats.
pub(crate) const SELECT_CANCELLED: &str = "
    SELECT DISTINCT r.id FROM schedules d
    CROSS JOIN reservation_seats s ON s.schedule_id = d.id AND s.live = 1
    CROSS JOIN reservations r ON r.id = s.reservation_id AND r.state = 'HELD' AND r.expires_at > ?2
    WHERE d.cancelled_at > ?1 LIMIT ?3";

pub(crate) const INSERT: &str = "
    INSERT INTO reservations (id, version, user_id, token_id, concert_id, schedule_id, amount, held_at, expires_at,
                              state, cancel_reason, payment_id)
    SELECT unhex(value ->> 'id', '-'), value ->> 'version', unhex(value ->> 'user_id', '-'), unhex(value ->> 'token_id', '-'),
           unhex(value ->> 'concert_id', '-'), unhex(value ->> 'schedule_id', '-'), value ->> 'amount', value ->> 'held_at',
           value ->> 'expires_at', value ->> 'state', value ->> 'cancel_reason', unhex(value ->> 'payment_id', '-')
    FROM jsonb_each(?1)";

/// Writes the columns that a transition of a reservation changes; of its seats, only the use of their tickets changes.
pub(crate) const UPDATE: &str = "
    UPDATE reservations SET
        version = new.value ->> 'version', state = new.value ->> 'state', cancel_reason = new.value ->> 'cancel_reason',
        payment_id = unhex(new.value ->> 'payment_id', '-')
    FROM jsonb_each(?1) new
    WHERE reservations.id = unhex(new.value ->> 'id', '-') AND version = (new.value ->> 'version') - 1";

/// The reservations that ended without a payment and whose deadline is before an instant (1), earliest first, with a limit (2). The
/// conditions are those of the partial index.
pub(crate) const SELECT_UNPAID: &str = "
    SELECT id, token_id, user_id FROM reservations
    WHERE state = 'CANCELLED' AND payment_id IS NULL AND expires_at < ?1 ORDER BY expires_at LIMIT ?2";

/// Deletes reservations by id.
pub(crate) const DELETE: &str = "DELETE FROM reservations WHERE id IN (SELECT unhex(value, '-') FROM jsonb_each(?1))";

/// The first deadline of the reservations that ended without a payment.
pub(crate) const OLDEST_UNPAID: &str = "
    SELECT expires_at AS at FROM reservations WHERE state = 'CANCELLED' AND payment_id IS NULL ORDER BY expires_at LIMIT 1";
