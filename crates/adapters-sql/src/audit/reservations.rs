//! P1: a seat has at most one live reservation, and seats and reservations agree. P6: users reserve only with their own tokens.

use application::ports::Invariant;

pub(super) const INVARIANTS: &[(Invariant, &str)] = &[
    (
        Invariant::SeatHasAtMostOneLiveReservation,
        "SELECT count(*) AS violations FROM (
                  SELECT 1 FROM reservation_seats s JOIN reservations r ON r.id = s.reservation_id
                  WHERE r.state <> 'CANCELLED' GROUP BY s.schedule_id, s.number HAVING count(*) > 1) doubled",
    ),
    (
        Invariant::TakenSeatNamesItsLiveReservation,
        "SELECT count(*) AS violations FROM seats s
              WHERE (s.state IN ('HELD', 'RESERVED') OR s.reservation_id IS NOT NULL) AND NOT EXISTS (
                  SELECT 1 FROM reservations r JOIN reservation_seats o ON o.reservation_id = r.id
                  WHERE r.id = s.reservation_id AND o.schedule_id = s.schedule_id AND o.number = s.number
                    AND (r.state = 'HELD' AND s.state = 'HELD' AND s.held_until = r.expires_at
                         OR r.state = 'CONFIRMED' AND s.state = 'RESERVED'))",
    ),
    (
        Invariant::LiveReservationHasItsSeats,
        "SELECT count(*) AS violations FROM reservations r
              WHERE r.state <> 'CANCELLED' AND (
                  NOT EXISTS (SELECT 1 FROM reservation_seats o WHERE o.reservation_id = r.id)
                  OR EXISTS (
                      SELECT 1 FROM reservation_seats o
                      LEFT JOIN seats s ON s.schedule_id = o.schedule_id AND s.number = o.number AND s.reservation_id = r.id
                      WHERE o.reservation_id = r.id AND NOT coalesce(
                          o.schedule_id = r.schedule_id
                          AND (r.state = 'HELD' AND s.state = 'HELD' AND s.held_until = r.expires_at
                               OR r.state = 'CONFIRMED' AND s.state = 'RESERVED'), FALSE)))",
    ),
    (
        Invariant::ClaimIsLiveWithItsReservation,
        "SELECT count(*) AS violations FROM reservation_seats o LEFT JOIN reservations r ON r.id = o.reservation_id
              WHERE r.id IS NULL OR o.live <> (r.state <> 'CANCELLED')",
    ),
    (
        Invariant::TokenHasAtMostOneHold,
        "SELECT count(*) AS violations FROM (
                  SELECT 1 FROM reservations WHERE state = 'HELD' GROUP BY token_id HAVING count(*) > 1) doubled",
    ),
    (
        Invariant::ReservationCostsWhatItsSeatsCost,
        "SELECT count(*) AS violations FROM reservations r
              WHERE r.amount <> (SELECT coalesce(sum(o.price), 0) FROM reservation_seats o WHERE o.reservation_id = r.id)",
    ),
    (
        Invariant::ReservationHasItsTokensOwner,
        "SELECT count(*) AS violations FROM reservations r LEFT JOIN queue_tokens t ON t.id = r.token_id
              WHERE t.user_id IS DISTINCT FROM r.user_id",
    ),
];
