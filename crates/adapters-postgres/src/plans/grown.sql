-- Makes the planner assume that each large table has four million rows: twenty thousand of them exist.
INSERT INTO queues (id, version, name, state) SELECT md5('queue ' || n)::uuid, 1, 'Queue', 'OPEN' FROM generate_series(1, 50) n;
INSERT INTO queue_admissions (queue_id, version) SELECT md5('queue ' || n)::uuid, 1 FROM generate_series(1, 50) n;
INSERT INTO queue_counters (queue_id) SELECT md5('queue ' || n)::uuid FROM generate_series(1, 50) n;
INSERT INTO concerts (id, version, name, host, queue_id)
SELECT md5('concert ' || n)::uuid, 1, 'Concert', 'House', '0f207207-0000-7000-8000-000000000001' FROM generate_series(1, 50) n;
INSERT INTO schedules (id, version, concert_id, starts_at, zone, sale_opens_at, sale_closes_at)
SELECT md5('schedule ' || n)::uuid, 1, md5('concert ' || (n % 50 + 1))::uuid, n, 'UTC', 0, n FROM generate_series(1, 200) n;
INSERT INTO users (id, name, created_at) SELECT md5('user ' || n)::uuid, 'User ' || n, n FROM generate_series(1, 20000) n;
INSERT INTO wallets (user_id, version, balance, last_sequence)
SELECT md5('user ' || n)::uuid, 1, 5, 1 FROM generate_series(1, 20000) n;
INSERT INTO wallet_entries (user_id, sequence, id, kind, payment_id, amount, balance, at)
SELECT md5('user ' || n)::uuid, 1, gen_random_uuid(), 'CHARGE', NULL, 5, 5, n FROM generate_series(1, 20000) n;
INSERT INTO seats (schedule_id, number, version, label, price, state)
SELECT md5('schedule ' || (n % 200 + 1))::uuid, n, 1, 'A ' || n, 5, 'AVAILABLE' FROM generate_series(1, 20000) n;
INSERT INTO queue_tokens (id, version, queue_id, user_id, number, joined_at, state, activated_at, claimed, expires_at, reason, expired_at)
SELECT md5('token ' || n)::uuid, 1, '0f207207-0000-7000-8000-000000000001', md5('user ' || n)::uuid, n, n,
       (ARRAY['WAITING', 'ACTIVE', 'EXPIRED'])[n % 3 + 1], CASE n % 3 WHEN 1 THEN n END, CASE n % 3 WHEN 1 THEN true END,
       CASE n % 3 WHEN 1 THEN n END, CASE n % 3 WHEN 2 THEN 'LEFT' END, CASE n % 3 WHEN 2 THEN n END
FROM generate_series(1, 20000) n;
INSERT INTO reservations (id, version, user_id, token_id, concert_id, schedule_id, amount, held_at, expires_at, state, cancel_reason, payment_id)
SELECT md5('reservation ' || n)::uuid, 1, md5('user ' || n)::uuid, md5('token ' || n)::uuid, md5('concert ' || (n % 50 + 1))::uuid,
       md5('schedule ' || (n % 200 + 1))::uuid, 5, n, n, (ARRAY['HELD', 'CONFIRMED', 'CANCELLED'])[n % 3 + 1],
       CASE n % 3 WHEN 2 THEN 'EXPIRED' END, CASE n % 3 WHEN 1 THEN md5('payment ' || n)::uuid END
FROM generate_series(1, 20000) n;
INSERT INTO reservation_seats (reservation_id, number, schedule_id, label, price, live)
SELECT md5('reservation ' || n)::uuid, n, md5('schedule ' || (n % 200 + 1))::uuid, 'A ' || n, 5, n % 3 < 2 FROM generate_series(1, 20000) n;
INSERT INTO payments (id, version, reservation_id, user_id, amount, paid_at, state)
SELECT md5('payment ' || n)::uuid, 1, md5('reservation ' || n)::uuid, md5('user ' || n)::uuid, 5, n, 'COMPLETED' FROM generate_series(1, 20000) n;
INSERT INTO idempotency_keys (user_id, route, idempotency_key, version, fingerprint, outcome, recorded_at, expires_at)
SELECT md5('user ' || n)::uuid, 'CHARGES', 'key ' || n, 1, sha256('x'), '{}', n, n FROM generate_series(1, 20000) n;
INSERT INTO audit_entries (id, at, operator_id, action, subject_kind, subject_id, changes)
SELECT gen_random_uuid(), n, md5('user ' || n % 9)::uuid, 'PAUSE', 'QUEUE', md5('queue ' || n % 9)::uuid, '[]' FROM generate_series(1, 20000) n;
INSERT INTO layouts (hash, content) SELECT encode(sha256(n::text::bytea), 'hex'), '{}' FROM generate_series(1, 20000) n;
UPDATE schedules SET layout_hash = encode(sha256('1'), 'hex');
INSERT INTO sessions (user_id, slot, version, id, roles, created_at, state, reason, ends_at)
SELECT md5('user ' || n)::uuid, 0, 1, gen_random_uuid(), '', n, 'ENDED', 'SIGNED_OUT', n FROM generate_series(1, 20000) n;
INSERT INTO event_log (position, positions, at, events, rows) SELECT n, 1, n, '[]', '{}' FROM generate_series(1, 20000) n;
UPDATE log_extent SET end_position = 20000;
ANALYZE;
UPDATE pg_class SET reltuples = reltuples * 200
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i') AND reltuples >= 5000;
