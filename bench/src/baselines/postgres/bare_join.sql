-- The row of one join: no number without gaps, no event, no user to be looked up.
INSERT INTO queue_tokens (id, version, queue_id, user_id, number, joined_at, state)
VALUES (gen_random_uuid(), 1, '0f207207-0000-7000-8000-000000000001', gen_random_uuid(), nextval('join_numbers'), clock_micros(), 'WAITING');
