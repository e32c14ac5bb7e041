-- The ACTIVE tokens of a queue, by number instead of by deadline: a claim and a hold extend the deadline, and would write the index. A tick
-- reads all ACTIVE tokens of a queue anyway, to count them.
DROP INDEX queue_tokens_active;
CREATE INDEX queue_tokens_active ON queue_tokens (queue_id, number) WHERE state = 'ACTIVE';
