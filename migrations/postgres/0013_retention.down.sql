-- Everything that 0013_retention.up.sql created, in the opposite order. Deleted rows are not restored.

DROP TABLE pruning_rounds;
DROP INDEX queue_tokens_unnamed;
DROP INDEX queue_tokens_live;
CREATE UNIQUE INDEX queue_tokens_live ON queue_tokens (queue_id, user_id) WHERE state <> 'EXPIRED';
DROP INDEX user_search_keys_of_user;
DROP INDEX users_unchecked;
ALTER TABLE users DROP COLUMN kept;
DROP INDEX reservations_unpaid_of_token;
DROP INDEX reservations_unpaid;
