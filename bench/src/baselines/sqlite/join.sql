INSERT INTO queue_tokens (id, version, queue_id, user_id, number, joined_at, state)
VALUES (randomblob(16), 1, x'0f207207000070008000000000000001', ?1, ?4, 1, 'WAITING');
