//! Statements on reserved seats: every seat that a reservation ever had, at its price.

/// Inserts the seats of new reservations.
pub(crate) const INSERT: &str = "
    INSERT INTO reservation_seats (reservation_id, number, schedule_id, label, price, live)
    SELECT unhex(value ->> 'reservation_id', '-'), value ->> 'number', unhex(value ->> 'schedule_id', '-'), value ->> 'label',
           value ->> 'price', value ->> 'live'
    FROM jsonb_each(?1)";

/// Releases the seats of reservations, by reservation.
pub(crate) const FREE: &str = "
    UPDATE reservation_seats SET live = 0 FROM jsonb_each(?1) ended WHERE reservation_id = unhex(ended.value, '-') AND live = 1";

/// Records the use of tickets.
pub(crate) const USE: &str = "
    UPDATE reservation_seats SET used_at = used.value ->> 'used_at' FROM jsonb_each(?1) used
    WHERE reservation_id = unhex(used.value ->> 'reservation_id', '-') AND number = used.value ->> 'number'";

/// Deletes the seats of reservations, by reservation.
pub(crate) const DELETE: &str = "DELETE FROM reservation_seats WHERE reservation_id IN (SELECT unhex(value, '-') FROM jsonb_each(?1))";
