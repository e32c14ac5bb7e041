-- The waiting room: whether a line's concerts still have something to sell, and forgetting tokens that have ended.

-- The concerts that a queue admits to.
CREATE INDEX concerts_of_queue ON concerts (queue_id);

-- Whether a seat is free, or may be again. A column of its own, and not a condition on the state: an update touches no index as long
-- as no column changes that an index has or asks for, and a hold changes the state.
ALTER TABLE seats ADD COLUMN sellable boolean NOT NULL GENERATED ALWAYS AS (state IN ('AVAILABLE', 'HELD')) STORED;
CREATE INDEX seats_sellable ON seats (schedule_id) WHERE sellable;

-- How many tokens were deleted: their numbers stay given.
ALTER TABLE queue_counters ADD COLUMN pruned bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT queue_counters_pruned CHECK (pruned BETWEEN 0 AND last_number);

-- Whether a reservation was found that names the ended token: then it is never deleted, and not looked at again.
ALTER TABLE queue_tokens ADD COLUMN kept boolean NOT NULL DEFAULT false;
-- The ended tokens that may be deleted. Who paid has a reservation, so a payment doesn't pay for this.
CREATE INDEX queue_tokens_ended ON queue_tokens (expired_at) WHERE state = 'EXPIRED' AND reason <> 'PAID' AND NOT kept;
