DROP INDEX queue_tokens_active;
CREATE INDEX queue_tokens_active ON queue_tokens (queue_id, expires_at) WHERE state = 'ACTIVE';

ALTER TABLE queue_admissions RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE queue_counters RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE log_extent RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE event_log RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay);
ALTER TABLE idempotency_keys RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay);
