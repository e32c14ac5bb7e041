-- An on-sale in full swing: 300,000 free seats on ten dates, and as many users who have been admitted, each with a token.
-- Token n may take seat n: number (n - 1) % 30,000 + 1 of date (n - 1) / 30,000.

INSERT INTO concerts (id, version, name, host, queue_id) VALUES ('0f207207-0000-7000-8000-0000000bbbbb', 1, 'Bench Night', 'Frontrow', '0f207207-0000-7000-8000-000000000001');

INSERT INTO schedules
SELECT lpad(date::text, 32, '0')::uuid, 1, '0f207207-0000-7000-8000-0000000bbbbb', clock_micros() + 30 * 86400000000, 'Asia/Seoul',
       clock_micros() - 86400000000, clock_micros() + 30 * 86400000000
FROM generate_series(0, 9) date;

INSERT INTO seats (schedule_id, number, version, label, price, state)
SELECT lpad(date::text, 32, '0')::uuid, number, 1, format('Section A Row %s Seat %s', number / 25 + 1, number % 25 + 1), 60000, 'AVAILABLE'
FROM generate_series(0, 9) date, generate_series(1, 30000) number;

INSERT INTO queue_tokens (id, version, queue_id, user_id, concert_id, number, joined_at, state, activated_at, claimed, expires_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, 1, '0f207207-0000-7000-8000-000000000001', gen_random_uuid(), '0f207207-0000-7000-8000-0000000bbbbb',
       n, clock_micros(), 'ACTIVE', clock_micros(), false, clock_micros() + 600000000
FROM generate_series(1::bigint, 300000) n;

CREATE SEQUENCE join_numbers START 300001;
