//! Every row that another row refers to exists. Not every store has foreign keys for all of them.

use application::ports::Invariant;

pub(super) const INVARIANTS: &[(Invariant, &str)] = &[
    (
        Invariant::ReferencesExist,
        "SELECT (SELECT count(*) FROM reservations r
                      WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = r.user_id)
                         OR NOT EXISTS (SELECT 1 FROM schedules d WHERE d.id = r.schedule_id AND d.concert_id = r.concert_id))
                   + (SELECT count(*) FROM reservation_seats o
                      WHERE NOT EXISTS (SELECT 1 FROM seats s WHERE s.schedule_id = o.schedule_id AND s.number = o.number))
                     AS violations",
    ),
    (
        Invariant::TokensAndWalletsHaveOwners,
        "SELECT (SELECT count(*) FROM queue_tokens t
                      WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = t.user_id)
                         OR NOT EXISTS (SELECT 1 FROM queues q WHERE q.id = t.queue_id)
                         OR t.concert_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM concerts c WHERE c.id = t.concert_id))
                   + (SELECT count(*) FROM wallets w WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = w.user_id))
                     AS violations",
    ),
];
