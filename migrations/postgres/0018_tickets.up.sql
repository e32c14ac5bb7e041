-- Tickets: when the ticket of a paid seat was used. It is written once, at the entrance; holds and payments don't write here.
ALTER TABLE reservation_seats ADD COLUMN used_at bigint;

-- The refunded reservations of a schedule, for operators; those that are HELD or CONFIRMED are found by their seats.
CREATE INDEX reservations_refunded ON reservations (schedule_id, id) WHERE state = 'CANCELLED' AND payment_id IS NOT NULL;
