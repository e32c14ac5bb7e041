//! The statements of the reading ports.

use adapters_sql::ReadStatements;

/// Selects reservations called `r`, each with its seats as JSON, by what follows.
macro_rules! reservations {
    ($rest:literal) => {
        concat!(
            "SELECT r.*, (SELECT coalesce(json_agg(json_build_object('number', s.number, 'label', s.label, 'price', s.price)), '[]')
                          FROM reservation_seats s WHERE s.reservation_id = r.id) AS seats FROM reservations r ",
            $rest
        )
    };
}

pub(crate) const READ_STATEMENTS: ReadStatements = ReadStatements {
    reservation: reservations!("WHERE r.id = $1"),
    reservations: reservations!("WHERE r.user_id = $1 AND ($2::uuid IS NULL OR r.id < $2) ORDER BY r.id DESC LIMIT $3::bigint"),
    live_tokens: "
        (SELECT * FROM queue_tokens WHERE queue_id = $1 AND state = 'WAITING' AND number > $2 ORDER BY number LIMIT $3::bigint)
        UNION ALL
        (SELECT * FROM queue_tokens WHERE queue_id = $1 AND state = 'ACTIVE' AND number > $2 ORDER BY number LIMIT $3::bigint)
        ORDER BY number LIMIT $3::bigint",
};
