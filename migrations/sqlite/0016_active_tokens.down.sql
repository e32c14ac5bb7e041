DROP INDEX queue_tokens_active;
CREATE INDEX queue_tokens_active ON queue_tokens (queue_id, expires_at) WHERE state = 'ACTIVE';
