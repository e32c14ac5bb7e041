-- Selects the versions of all rows that a group relies on, each with its table and its position in the array that contains its key; $1 is
-- now, unless the database's clock is used.
SELECT 'now' AS kind, 0::bigint AS position, coalesce($1::bigint, clock_micros()) AS version, NULL::uuid AS token
UNION ALL
SELECT 'queue', k.position, t.version, NULL FROM unnest($2::uuid[]) WITH ORDINALITY k (id, position) JOIN queues t ON t.id = k.id
UNION ALL
SELECT 'concert', k.position, t.version, NULL FROM unnest($3::uuid[]) WITH ORDINALITY k (id, position) JOIN concerts t ON t.id = k.id
UNION ALL
SELECT 'schedule', k.position, t.version, NULL FROM unnest($4::uuid[]) WITH ORDINALITY k (id, position) JOIN schedules t ON t.id = k.id
UNION ALL
SELECT 'admission', k.position, t.version, NULL
FROM unnest($5::uuid[]) WITH ORDINALITY k (id, position) JOIN queue_admissions t ON t.queue_id = k.id
UNION ALL
-- Users are inserted and never changed: they have no version.
SELECT 'user', k.position, 1, NULL FROM unnest($6::uuid[]) WITH ORDINALITY k (id, position) JOIN users t ON t.id = k.id
UNION ALL
SELECT 'token', k.position, t.version, NULL FROM unnest($7::uuid[]) WITH ORDINALITY k (id, position) JOIN queue_tokens t ON t.id = k.id
UNION ALL
SELECT 'place', k.position, t.version, t.id
FROM unnest($8::uuid[], $9::uuid[]) WITH ORDINALITY k (queue_id, user_id, position)
JOIN queue_tokens t ON t.queue_id = k.queue_id AND t.user_id = k.user_id AND t.state <> 'EXPIRED'
UNION ALL
SELECT 'seat', k.position, t.version, NULL
FROM unnest($10::uuid[], $11::bigint[]) WITH ORDINALITY k (schedule_id, number, position)
JOIN seats t ON t.schedule_id = k.schedule_id AND t.number = k.number
UNION ALL
SELECT 'reservation', k.position, t.version, NULL
FROM unnest($12::uuid[]) WITH ORDINALITY k (id, position) JOIN reservations t ON t.id = k.id
UNION ALL
SELECT 'payment', k.position, t.version, NULL FROM unnest($13::uuid[]) WITH ORDINALITY k (id, position) JOIN payments t ON t.id = k.id
UNION ALL
SELECT 'wallet', k.position, t.version, NULL FROM unnest($14::uuid[]) WITH ORDINALITY k (id, position) JOIN wallets t ON t.user_id = k.id
UNION ALL
SELECT 'key', k.position, t.version, NULL
FROM unnest($15::uuid[], $16::text[], $17::text[]) WITH ORDINALITY k (user_id, route, idempotency_key, position)
JOIN idempotency_keys t ON t.user_id = k.user_id AND t.route = k.route AND t.idempotency_key = k.idempotency_key
UNION ALL
SELECT 'session', k.position, t.version, NULL
FROM unnest($22::uuid[], $23::bigint[]) WITH ORDINALITY k (user_id, slot, position)
JOIN sessions t ON t.user_id = k.user_id AND t.slot = k.slot
UNION ALL
-- The numbers of waiting tokens.
SELECT 'line', k.position, t.waiting, NULL
FROM unnest($18::uuid[]) WITH ORDINALITY k (id, position) JOIN queue_counters t ON t.queue_id = k.id
UNION ALL
-- The latest deadline of the holds of a concert, except holds of cancelled schedules.
SELECT 'held', k.position,
       (SELECT max(r.expires_at) FROM reservations r
        WHERE r.state = 'HELD' AND r.expires_at > 0 AND r.concert_id = k.id
          -- Only deadlines that have not passed, which an index finds. A subquery, because clock_micros() itself cannot be used as an index
          -- key.
          AND r.expires_at > (SELECT coalesce($1::bigint, clock_micros()))
          AND NOT EXISTS (SELECT 1 FROM schedules d WHERE d.id = r.schedule_id AND d.cancelled_at IS NOT NULL)), NULL
FROM unnest($19::uuid[]) WITH ORDINALITY k (id, position)
UNION ALL
-- The latest end of the live tokens of a queue that name a concert; unlimited if one is waiting.
SELECT 'awaited', k.position,
       -- Not EXISTS, which may be planned as a hash of all waiting tokens.
       CASE WHEN (SELECT 1 FROM queue_tokens t
                  WHERE t.queue_id = k.queue_id AND t.state = 'WAITING' AND t.concert_id = k.concert_id LIMIT 1) IS NOT NULL
            THEN 9223372036854775807
            ELSE (SELECT max(t.expires_at) FROM queue_tokens t
                  WHERE t.queue_id = k.queue_id AND t.state = 'ACTIVE' AND t.concert_id = k.concert_id)
       END, NULL
FROM unnest($20::uuid[], $21::uuid[]) WITH ORDINALITY k (queue_id, concert_id, position)
