-- Everything that a batch of loads names, and everything that this leads to, in one statement and so in one snapshot.
-- A row may come more than once. The wanted keys come as arrays:
--   $1 now, unless it is the database's   $2 $3 $4 keys   $5 users   $6 tokens   $7 concerts   $8 schedules   $9 wallets
--   $10 payments   $11 reservations   $12 tokens whose holds are wanted   $13 $14 seats   $15 $16 users' reservations for the
--   concert of a schedule   $17 $18 users who join the queue of a concert, or the default one   $19 $20 $21 ticks: load, queue,
--   at most   $22 $23 lapsed holds: load, at most
WITH
-- now() is the moment at which the statement arrived: not later than its snapshot.
clock AS MATERIALIZED (SELECT coalesce($1::bigint, (extract(epoch FROM now()) * 1000000)::bigint) AS now),
lapsed AS MATERIALIZED (
    SELECT k.load, t.* FROM unnest($19::bigint[], $20::uuid[], $21::bigint[]) k (load, wanted_queue, at_most)
    CROSS JOIN LATERAL (
        SELECT * FROM queue_tokens t
        WHERE t.queue_id = k.wanted_queue AND t.state = 'ACTIVE' AND t.expires_at <= (SELECT now FROM clock)
        ORDER BY t.expires_at LIMIT k.at_most) t),
foremost AS MATERIALIZED (
    SELECT k.load, t.* FROM unnest($19::bigint[], $20::uuid[], $21::bigint[]) k (load, wanted_queue, at_most)
    CROSS JOIN LATERAL (
        SELECT * FROM queue_tokens t
        WHERE t.queue_id = k.wanted_queue AND t.state = 'WAITING'
        ORDER BY t.number LIMIT k.at_most) t),
lapsed_holds AS MATERIALIZED (
    SELECT k.load, r.id FROM unnest($22::bigint[], $23::bigint[]) k (load, at_most)
    CROSS JOIN LATERAL (
        SELECT id FROM reservations
        WHERE state = 'HELD' AND expires_at <= (SELECT now FROM clock)
        ORDER BY expires_at LIMIT k.at_most) r),
named_tokens AS MATERIALIZED (SELECT t.* FROM unnest($6::uuid[]) k (id) JOIN queue_tokens t ON t.id = k.id),
named_seats AS MATERIALIZED (
    SELECT s.* FROM unnest($13::uuid[], $14::bigint[]) k (schedule_id, number)
    JOIN seats s ON s.schedule_id = k.schedule_id AND s.number = k.number),
named_payments AS MATERIALIZED (SELECT p.* FROM unnest($10::uuid[]) k (id) JOIN payments p ON p.id = k.id),
named_schedules AS MATERIALIZED (SELECT d.* FROM unnest($8::uuid[]) k (id) JOIN schedules d ON d.id = k.id),
holds AS MATERIALIZED (
    SELECT r.* FROM (
        SELECT id FROM unnest($11::uuid[]) k (id)
        UNION SELECT r.id FROM unnest($12::uuid[]) k (id) JOIN reservations r ON r.token_id = k.id AND r.state = 'HELD'
        UNION SELECT s.reservation_id FROM named_seats s WHERE s.state = 'HELD'
        UNION SELECT r.id FROM unnest($15::uuid[], $16::uuid[]) k (user_id, schedule_id)
              JOIN named_schedules d ON d.id = k.schedule_id
              JOIN reservations r ON r.user_id = k.user_id AND r.concert_id = d.concert_id AND r.state <> 'CANCELLED'
        UNION SELECT p.reservation_id FROM named_payments p
        UNION SELECT id FROM lapsed_holds
    ) k JOIN reservations r ON r.id = k.id),
held_seats AS MATERIALIZED (
    SELECT o.reservation_id AS of_reservation, o.number AS of_number, o.label AS of_label, o.price AS of_price, s.*
    FROM holds h
    JOIN reservation_seats o ON o.reservation_id = h.id
    JOIN seats s ON s.schedule_id = o.schedule_id AND s.number = o.number),
all_schedules AS MATERIALIZED (
    SELECT * FROM named_schedules
    UNION SELECT d.* FROM (SELECT DISTINCT h.schedule_id FROM named_payments p JOIN holds h ON h.id = p.reservation_id) k
          JOIN schedules d ON d.id = k.schedule_id),
all_concerts AS MATERIALIZED (
    SELECT c.* FROM (
        SELECT id FROM unnest($7::uuid[]) k (id)
        UNION SELECT concert_id FROM named_schedules
        UNION SELECT concert_id FROM holds
    ) k JOIN concerts c ON c.id = k.id),
joins AS MATERIALIZED (
    SELECT k.user_id, CASE WHEN k.concert_id IS NULL THEN '0f207207-0000-7000-8000-000000000001' ELSE c.queue_id END AS queue_id
    FROM unnest($17::uuid[], $18::uuid[]) k (user_id, concert_id)
    LEFT JOIN concerts c ON c.id = k.concert_id),
places AS MATERIALIZED (
    SELECT t.* FROM joins j
    JOIN queue_tokens t ON t.queue_id = j.queue_id AND t.user_id = j.user_id AND t.state <> 'EXPIRED'),
all_queues AS MATERIALIZED (
    SELECT q.* FROM (
        SELECT queue_id AS id FROM named_tokens
        UNION SELECT queue_id FROM joins
        UNION SELECT id FROM unnest($20::uuid[]) k (id)
    ) k JOIN queues q ON q.id = k.id),
standings AS MATERIALIZED (
    SELECT a.queue_id, a.version AS admission, c.waiting,
           CASE WHEN a.queue_id = ANY ($20::uuid[])
                THEN (SELECT count(*) FROM queue_tokens t WHERE t.queue_id = a.queue_id AND t.state = 'ACTIVE')
                ELSE 0 END AS active
    FROM (SELECT queue_id FROM joins UNION SELECT id FROM unnest($20::uuid[]) k (id)) k
    JOIN queue_admissions a ON a.queue_id = k.queue_id
    JOIN queue_counters c ON c.queue_id = a.queue_id)
SELECT 'now' AS kind, now AS load, NULL AS content FROM clock
UNION ALL
SELECT 'key', NULL, row_to_json(k)::text FROM (
    SELECT t.user_id, t.route, t.request_key, t.version, encode(t.fingerprint, 'hex') AS fingerprint, t.outcome::text AS outcome,
           t.recorded_at, t.expires_at
    FROM unnest($2::uuid[], $3::text[], $4::text[]) k (user_id, route, request_key)
    JOIN idempotency_keys t ON t.user_id = k.user_id AND t.route = k.route AND t.request_key = k.request_key) k
UNION ALL SELECT 'user', NULL, row_to_json(u)::text FROM unnest($5::uuid[]) k (id) JOIN users u ON u.id = k.id
UNION ALL SELECT 'wallet', NULL, row_to_json(w)::text FROM unnest($9::uuid[]) k (id) JOIN wallets w ON w.user_id = k.id
UNION ALL
SELECT 'wallet', NULL, row_to_json(w)::text FROM (SELECT DISTINCT user_id FROM named_payments) k JOIN wallets w ON w.user_id = k.user_id
UNION ALL SELECT 'payment', NULL, row_to_json(p)::text FROM named_payments p
UNION ALL SELECT 'concert', NULL, row_to_json(c)::text FROM all_concerts c
UNION ALL SELECT 'schedule', NULL, row_to_json(d)::text FROM all_schedules d
UNION ALL SELECT 'queue', NULL, row_to_json(q)::text FROM all_queues q
UNION ALL SELECT 'standing', NULL, row_to_json(s)::text FROM standings s
UNION ALL SELECT 'token', NULL, row_to_json(t)::text FROM named_tokens t
UNION ALL SELECT 'token', NULL, row_to_json(t)::text FROM places t
UNION ALL SELECT 'due_token', t.load, row_to_json(t)::text FROM lapsed t
UNION ALL SELECT 'due_token', t.load, row_to_json(t)::text FROM foremost t
UNION ALL SELECT 'due_hold', load, to_json(id)::text FROM lapsed_holds
UNION ALL SELECT 'seat', NULL, row_to_json(s)::text FROM named_seats s
UNION ALL SELECT 'seat', NULL, row_to_json(s)::text FROM held_seats s
UNION ALL
SELECT 'hold', NULL, row_to_json(h)::text FROM (
    SELECT h.*, (SELECT coalesce(json_agg(json_build_object('number', o.of_number, 'label', o.of_label, 'price', o.of_price)), '[]')
                 FROM held_seats o WHERE o.of_reservation = h.id) AS seats
    FROM holds h) h
