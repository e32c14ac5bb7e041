-- The waiting room: whether a line's concerts still have something to sell, and forgetting tokens that have ended.

-- The concerts that a queue admits to.
CREATE INDEX concerts_of_queue ON concerts (queue_id);
-- The seats that are free, or may be again.
CREATE INDEX seats_sellable ON seats (schedule_id) WHERE state IN ('AVAILABLE', 'HELD');

-- How many tokens were deleted: their numbers stay given.
ALTER TABLE queue_counters ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0 CHECK (pruned BETWEEN 0 AND last_number);
-- Whether a reservation was found that names the ended token: then it is never deleted, and not looked at again.
ALTER TABLE queue_tokens ADD COLUMN kept INTEGER NOT NULL DEFAULT 0 CHECK (kept IN (0, 1));
-- The ended tokens that may be deleted. Who paid has a reservation.
CREATE INDEX queue_tokens_ended ON queue_tokens (expired_at) WHERE state = 'EXPIRED' AND reason <> 'PAID' AND kept = 0;
-- A token that is deleted is looked for here, by the reference and by us.
CREATE INDEX reservations_of_token ON reservations (token_id);
