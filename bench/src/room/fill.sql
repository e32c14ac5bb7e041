-- :waiting users in the default queue. The ids follow from the numbers and are as scattered as random ones.

INSERT INTO users (id, created_at)
SELECT md5('user ' || n)::uuid, clock_micros() FROM generate_series(1, :waiting) n;

INSERT INTO queue_tokens (id, version, queue_id, user_id, number, joined_at, state)
SELECT md5('token ' || n)::uuid, 1, '0f207207-0000-7000-8000-000000000001', md5('user ' || n)::uuid, n, clock_micros(), 'WAITING'
FROM generate_series(1, :waiting) n;

UPDATE queue_counters SET last_number = :waiting, waiting = :waiting;
