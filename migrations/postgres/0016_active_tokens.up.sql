-- The ACTIVE tokens of a queue, by number instead of by deadline: a claim and a hold extend the deadline, and would write every index of
-- queue_tokens. A tick reads all ACTIVE tokens of a queue anyway, to count them.
DROP INDEX queue_tokens_active;
CREATE INDEX queue_tokens_active ON queue_tokens (queue_id, number) WHERE state = 'ACTIVE';

-- Rows that every group, tick or reader updates: autovacuum must not wait until a fifth of a table has changed.
ALTER TABLE queue_admissions SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE queue_counters SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE log_extent SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
-- Tables from whose beginning rows are deleted at the rate at which others are added at the end.
ALTER TABLE event_log SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE idempotency_keys SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
