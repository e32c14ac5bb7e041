-- Selects the rows that a batch of needs refers to, and the rows that those refer to, in one statement and so in one snapshot.
-- A row may be returned more than once. OFFSET 0 keeps the order of the joins: from the few keys to the index, even if the table was
-- empty when this was planned. The wanted keys are arrays:
--   $1 now, unless the database's clock is used   $2 $3 $4 idempotency keys   $5 users with their wallets   $6 tokens
--   $7 concerts with their schedules   $8 schedules   $9 payments   $10 reservations   $11 tokens whose holds are wanted
--   $12 $13 seats   $14 $15 users' reservations for the concert of a schedule   $16 $17 live tokens of users in the queue of a
--   concert, or in the default queue   $18 $19 queues with their first tokens: queue, at most   $20 $21 lapsed holds: at most,
--   maximum duration of a hold   $22 queues   $23 concerts for which it must be known whether they are in use
--   $24 $25 labels of a schedule's seats   $26 schedules whose layouts are wanted   $27 users whose sessions are wanted
WITH
-- now() is the time at which the statement was received: not later than its snapshot.
clock AS MATERIALIZED (SELECT coalesce($1::bigint, (extract(epoch FROM now()) * 1000000)::bigint) AS now),
lapsed AS MATERIALIZED (
    SELECT t.* FROM unnest($18::uuid[], $19::bigint[]) k (wanted_queue, at_most)
    CROSS JOIN LATERAL (
        SELECT * FROM queue_tokens t
        WHERE t.queue_id = k.wanted_queue AND t.state = 'ACTIVE' AND t.expires_at <= (SELECT now FROM clock)
        ORDER BY t.expires_at LIMIT k.at_most) t),
-- Waiting tokens have higher numbers than the last admitted one: the search starts there, behind the entries of admitted tokens.
foremost AS MATERIALIZED (
    SELECT t.* FROM unnest($18::uuid[], $19::bigint[]) k (wanted_queue, at_most)
    CROSS JOIN LATERAL (SELECT last_admitted FROM queue_admissions a WHERE a.queue_id = k.wanted_queue OFFSET 0) a
    CROSS JOIN LATERAL (
        SELECT * FROM queue_tokens t
        WHERE t.queue_id = k.wanted_queue AND t.state = 'WAITING' AND t.number > a.last_admitted
        ORDER BY t.number LIMIT k.at_most) t),
lapsed_holds AS MATERIALIZED (
    SELECT k.need, r.id FROM unnest($20::bigint[]) WITH ORDINALITY k (at_most, need)
    CROSS JOIN LATERAL (
        SELECT id FROM reservations
        WHERE state = 'HELD' AND expires_at > 0 AND expires_at <= (SELECT now FROM clock)
        ORDER BY expires_at LIMIT k.at_most) r),
-- Holds of schedules that were cancelled recently, found by their live reserved seats.
cancelled_holds AS MATERIALIZED (
    SELECT k.need, r.id FROM unnest($20::bigint[], $21::bigint[]) WITH ORDINALITY k (at_most, longest, need)
    CROSS JOIN LATERAL (
        SELECT DISTINCT r.id
        FROM (SELECT d.id FROM schedules d WHERE d.cancelled_at > (SELECT now FROM clock) - k.longest OFFSET 0) d
        CROSS JOIN LATERAL (SELECT o.reservation_id FROM reservation_seats o WHERE o.schedule_id = d.id AND o.live OFFSET 0) o
        CROSS JOIN LATERAL (SELECT r.id, r.state, r.expires_at FROM reservations r WHERE r.id = o.reservation_id OFFSET 0) r
        WHERE r.state = 'HELD' AND r.expires_at > (SELECT now FROM clock)
        LIMIT greatest(k.at_most - (SELECT count(*) FROM lapsed_holds l WHERE l.need = k.need), 0)) r),
named_tokens AS MATERIALIZED (
    SELECT t.* FROM unnest($6::uuid[]) k (id)
    CROSS JOIN LATERAL (SELECT * FROM queue_tokens t WHERE t.id = k.id OFFSET 0) t),
named_seats AS MATERIALIZED (
    SELECT s.* FROM unnest($12::uuid[], $13::bigint[]) k (schedule_id, number)
    CROSS JOIN LATERAL (SELECT * FROM seats s WHERE s.schedule_id = k.schedule_id AND s.number = k.number OFFSET 0) s),
named_payments AS MATERIALIZED (
    SELECT p.* FROM unnest($9::uuid[]) k (id)
    CROSS JOIN LATERAL (SELECT * FROM payments p WHERE p.id = k.id OFFSET 0) p),
named_schedules AS MATERIALIZED (
    SELECT d.* FROM unnest($8::uuid[]) k (id)
    CROSS JOIN LATERAL (SELECT * FROM schedules d WHERE d.id = k.id OFFSET 0) d),
holds AS MATERIALIZED (
    SELECT r.* FROM (
        SELECT id FROM unnest($10::uuid[]) k (id)
        UNION SELECT r.id FROM unnest($11::uuid[]) k (id)
              CROSS JOIN LATERAL (SELECT id FROM reservations r WHERE r.token_id = k.id AND r.state = 'HELD' OFFSET 0) r
        UNION SELECT s.reservation_id FROM named_seats s WHERE s.state = 'HELD'
        UNION SELECT r.id FROM unnest($14::uuid[], $15::uuid[]) k (user_id, schedule_id)
              JOIN named_schedules d ON d.id = k.schedule_id
              CROSS JOIN LATERAL (
                  SELECT id FROM reservations r
                  WHERE r.user_id = k.user_id AND r.concert_id = d.concert_id AND r.state <> 'CANCELLED' OFFSET 0) r
        UNION SELECT p.reservation_id FROM named_payments p
        UNION SELECT id FROM lapsed_holds
        UNION SELECT id FROM cancelled_holds
    ) k CROSS JOIN LATERAL (SELECT * FROM reservations r WHERE r.id = k.id OFFSET 0) r),
held_seats AS MATERIALIZED (
    SELECT s.* FROM holds h
    CROSS JOIN LATERAL (SELECT * FROM reservation_seats o WHERE o.reservation_id = h.id OFFSET 0) o
    CROSS JOIN LATERAL (SELECT * FROM seats s WHERE s.schedule_id = o.schedule_id AND s.number = o.number OFFSET 0) s),
-- The schedules of the queues ($18) with waiting tokens, and whether they have seats; a concert without schedules, once.
offered AS MATERIALIZED (
    SELECT c.queue_id, d.id AS schedule_id, s.schedule_id IS NOT NULL AS has_seats
    FROM unnest($18::uuid[]) k (id)
    CROSS JOIN LATERAL (
        SELECT queue_id FROM queue_counters c
        WHERE c.queue_id = k.id AND c.waiting > 0 AND c.queue_id <> '0f207207-0000-7000-8000-000000000001' OFFSET 0) c
    CROSS JOIN LATERAL (SELECT id FROM concerts o WHERE o.queue_id = c.queue_id OFFSET 0) o
    LEFT JOIN LATERAL (SELECT id FROM schedules d WHERE d.concert_id = o.id OFFSET 0) d ON true
    LEFT JOIN LATERAL (SELECT s.schedule_id FROM seats s WHERE s.schedule_id = d.id AND s.sellable LIMIT 1) s ON true),
all_schedules AS MATERIALIZED (
    SELECT * FROM named_schedules
    UNION SELECT d.* FROM (SELECT schedule_id AS id FROM holds UNION SELECT schedule_id FROM offered) k
          CROSS JOIN LATERAL (SELECT * FROM schedules d WHERE d.id = k.id OFFSET 0) d
    UNION SELECT d.* FROM unnest($7::uuid[]) k (id)
          CROSS JOIN LATERAL (SELECT * FROM schedules d WHERE d.concert_id = k.id OFFSET 0) d),
all_concerts AS MATERIALIZED (
    SELECT c.* FROM (
        SELECT id FROM unnest($7::uuid[]) k (id)
        UNION SELECT concert_id FROM named_schedules
        UNION SELECT concert_id FROM holds
    ) k CROSS JOIN LATERAL (SELECT * FROM concerts c WHERE c.id = k.id OFFSET 0) c),
joins AS MATERIALIZED (
    SELECT k.user_id, CASE WHEN k.concert_id IS NULL THEN '0f207207-0000-7000-8000-000000000001' ELSE c.queue_id END AS queue_id
    FROM unnest($16::uuid[], $17::uuid[]) k (user_id, concert_id)
    LEFT JOIN LATERAL (SELECT queue_id FROM concerts c WHERE c.id = k.concert_id OFFSET 0) c ON true),
places AS MATERIALIZED (
    SELECT t.* FROM joins j
    CROSS JOIN LATERAL (
        SELECT * FROM queue_tokens t
        WHERE t.queue_id = j.queue_id AND t.user_id = j.user_id AND t.state <> 'EXPIRED' OFFSET 0) t),
all_queues AS MATERIALIZED (
    SELECT q.* FROM (
        SELECT queue_id AS id FROM named_tokens
        UNION SELECT queue_id FROM joins
        UNION SELECT id FROM unnest($18::uuid[]) k (id)
        UNION SELECT id FROM unnest($22::uuid[]) k (id)
    ) k CROSS JOIN LATERAL (SELECT * FROM queues q WHERE q.id = k.id OFFSET 0) q),
standings AS MATERIALIZED (
    SELECT a.queue_id, a.version AS admission, a.last_admitted, a.admitted, c.waiting,
           CASE WHEN c.waiting > 0 AND a.queue_id = ANY ($18::uuid[])
                THEN (SELECT count(*) FROM queue_tokens t WHERE t.queue_id = a.queue_id AND t.state = 'ACTIVE') END AS active
    FROM (SELECT queue_id FROM joins UNION SELECT id FROM unnest($18::uuid[]) k (id)) k
    CROSS JOIN LATERAL (SELECT * FROM queue_admissions a WHERE a.queue_id = k.queue_id OFFSET 0) a
    CROSS JOIN LATERAL (SELECT * FROM queue_counters c WHERE c.queue_id = k.queue_id OFFSET 0) c)
SELECT 'now' AS kind, now::text AS content FROM clock
UNION ALL
SELECT 'key', row_to_json(k)::text FROM (
    SELECT t.user_id, t.route, t.idempotency_key, t.version, encode(t.fingerprint, 'hex') AS fingerprint, t.outcome::text AS outcome,
           t.recorded_at, t.expires_at
    FROM unnest($2::uuid[], $3::text[], $4::text[]) k (user_id, route, idempotency_key)
    CROSS JOIN LATERAL (
        SELECT * FROM idempotency_keys t
        WHERE t.user_id = k.user_id AND t.route = k.route AND t.idempotency_key = k.idempotency_key OFFSET 0) t) k
UNION ALL
SELECT 'user', row_to_json(u)::text FROM unnest($5::uuid[]) k (id)
CROSS JOIN LATERAL (SELECT * FROM users u WHERE u.id = k.id OFFSET 0) u
UNION ALL
SELECT 'wallet', row_to_json(w)::text FROM (SELECT id FROM unnest($5::uuid[]) k (id) UNION SELECT user_id FROM named_payments) k
CROSS JOIN LATERAL (SELECT * FROM wallets w WHERE w.user_id = k.id OFFSET 0) w
UNION ALL SELECT 'payment', row_to_json(p)::text FROM named_payments p
UNION ALL SELECT 'concert', row_to_json(c)::text FROM all_concerts c
UNION ALL SELECT 'schedule', row_to_json(d)::text FROM all_schedules d
UNION ALL SELECT 'queue', row_to_json(q)::text FROM all_queues q
UNION ALL SELECT 'standing', row_to_json(s)::text FROM standings s
UNION ALL SELECT 'offered', row_to_json(o)::text FROM offered o
UNION ALL SELECT 'token', row_to_json(t)::text FROM named_tokens t
UNION ALL SELECT 'token', row_to_json(t)::text FROM places t
UNION ALL SELECT 'token', row_to_json(t)::text FROM lapsed t
UNION ALL SELECT 'token', row_to_json(t)::text FROM foremost t
UNION ALL SELECT 'seat', row_to_json(s)::text FROM named_seats s
UNION ALL SELECT 'seat', row_to_json(s)::text FROM held_seats s
UNION ALL
SELECT 'seat', row_to_json(s)::text FROM unnest($24::uuid[], $25::text[]) k (schedule_id, label)
CROSS JOIN LATERAL (SELECT * FROM seats s WHERE s.schedule_id = k.schedule_id AND s.label = k.label OFFSET 0) s
UNION ALL
SELECT 'hold', row_to_json(h)::text FROM (
    SELECT h.*, (SELECT coalesce(json_agg(json_build_object('number', o.number, 'label', o.label, 'price', o.price, 'used_at', o.used_at)), '[]')
                 FROM reservation_seats o WHERE o.reservation_id = h.id) AS seats
    FROM holds h) h
UNION ALL
SELECT 'held', to_json(k.id)::text FROM unnest($23::uuid[]) k (id)
WHERE EXISTS (SELECT 1 FROM (SELECT r.schedule_id FROM reservations r
                             WHERE r.state = 'HELD' AND r.expires_at > 0 AND r.expires_at > (SELECT now FROM clock) AND r.concert_id = k.id
                             OFFSET 0) r
              CROSS JOIN LATERAL (SELECT 1 FROM schedules d WHERE d.id = r.schedule_id AND d.cancelled_at IS NULL OFFSET 0) d)
UNION ALL
SELECT 'layout', row_to_json(l)::text FROM unnest($26::uuid[]) k (id)
CROSS JOIN LATERAL (SELECT layout_hash FROM schedules d WHERE d.id = k.id OFFSET 0) d
CROSS JOIN LATERAL (SELECT * FROM layouts l WHERE l.hash = d.layout_hash OFFSET 0) l
UNION ALL
SELECT 'session', row_to_json(s)::text FROM unnest($27::uuid[]) k (id)
CROSS JOIN LATERAL (SELECT * FROM sessions s WHERE s.user_id = k.id OFFSET 0) s
UNION ALL
SELECT 'awaited', to_json(k.id)::text FROM unnest($23::uuid[]) k (id)
CROSS JOIN LATERAL (SELECT queue_id FROM concerts c WHERE c.id = k.id OFFSET 0) c
WHERE EXISTS (SELECT 1 FROM queue_tokens t WHERE t.queue_id = c.queue_id AND t.state = 'WAITING' AND t.concert_id = k.id OFFSET 0)
   OR EXISTS (SELECT 1 FROM queue_tokens t WHERE t.queue_id = c.queue_id AND t.state = 'ACTIVE' AND t.expires_at > (SELECT now FROM clock)
                                             AND t.concert_id = k.id OFFSET 0)
