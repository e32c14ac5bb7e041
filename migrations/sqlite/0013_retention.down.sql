-- Everything that 0013_retention.up.sql created, in the opposite order. Deleted rows are not restored.

DROP INDEX queue_tokens_of_user;
DROP INDEX user_search_keys_of_user;
DROP INDEX users_unchecked;
ALTER TABLE users DROP COLUMN kept;
DROP INDEX seats_of_reservation;
DROP INDEX reservations_unpaid;
