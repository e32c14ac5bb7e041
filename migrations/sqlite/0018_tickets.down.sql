-- Everything that 0018_tickets.up.sql created, in the opposite order. The times of use are lost.

DROP INDEX reservations_refunded;
ALTER TABLE reservation_seats DROP COLUMN used_at;
