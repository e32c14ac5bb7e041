-- :rows idempotency keys, ended queue tokens, cancelled reservations with a seat each, and their users with wallets, as a long sale leaves
-- them. The ids follow from the numbers and are as scattered as random ones.

INSERT INTO users (id, created_at) SELECT md5('old user ' || n)::uuid, clock_micros() FROM generate_series(1, :rows) n;

INSERT INTO wallets (user_id, version, balance, last_sequence) SELECT md5('old user ' || n)::uuid, 1, 0, 0 FROM generate_series(1, :rows) n;

WITH counter AS (
    UPDATE queue_counters SET last_number = last_number + :rows WHERE queue_id = '0f207207-0000-7000-8000-000000000001'
    RETURNING last_number - :rows AS first
)
INSERT INTO queue_tokens (id, version, queue_id, user_id, concert_id, number, joined_at, state, reason, expired_at)
SELECT md5('old token ' || n)::uuid, 3, '0f207207-0000-7000-8000-000000000001', md5('old user ' || n)::uuid,
       '0f207207-0000-7000-8000-00000be9f400', first + n, clock_micros() - 3600000000, 'EXPIRED', 'TIMED_OUT', clock_micros() - 1800000000
FROM counter, generate_series(1, :rows) n;

INSERT INTO reservations (id, version, user_id, token_id, concert_id, schedule_id, amount, held_at, expires_at, state, cancel_reason)
SELECT md5('old reservation ' || n)::uuid, 2, md5('old user ' || n)::uuid, md5('old token ' || n)::uuid,
       '0f207207-0000-7000-8000-00000be9f400', '0f207207-0000-7000-8000-00000be9f401', 60000, clock_micros() - 3000000000,
       clock_micros() - 2700000000, 'CANCELLED', 'EXPIRED'
FROM generate_series(1, :rows) n;

INSERT INTO reservation_seats (reservation_id, number, schedule_id, label, price, live)
SELECT md5('old reservation ' || n)::uuid, n % 20000 + 1, '0f207207-0000-7000-8000-00000be9f401', 'Section A Row 1 Seat 1', 60000, false
FROM generate_series(1, :rows) n;

INSERT INTO idempotency_keys (user_id, route, idempotency_key, version, fingerprint, outcome, recorded_at, expires_at)
SELECT md5('old user ' || n)::uuid, 'RESERVATIONS', 'hold-0', 1, decode(repeat('00', 32), 'hex'),
       ('{"kind": "HELD", "padding": "' || repeat(md5(n::text), 14) || '"}')::json, clock_micros() - 3000000000, clock_micros() + 86400000000
FROM generate_series(1, :rows) n;

VACUUM ANALYZE;

CHECKPOINT;
