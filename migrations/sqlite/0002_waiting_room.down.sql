-- Everything that 0002_waiting_room.up.sql made, in the opposite order. Tokens that were deleted stay so: the audit of what came before
-- finds their numbers missing.

DROP INDEX reservations_of_token;
DROP INDEX queue_tokens_ended;
ALTER TABLE queue_tokens DROP COLUMN kept;
ALTER TABLE queue_counters DROP COLUMN pruned;
DROP INDEX seats_sellable;
DROP INDEX concerts_of_queue;
