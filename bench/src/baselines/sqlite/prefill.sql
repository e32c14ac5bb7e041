-- The concert on sale as of the frozen schema: four schedules of 20,000 seats; and 60,000 users, each with an admitted token. Users and
-- tokens have the ticket's number as id; ticket n may take seat (n - 1) % 20,000 + 1 of schedule (n - 1) / 20,000.

INSERT INTO concerts (id, version, name, host, queue_id)
VALUES (x'0f207207000070008000000000bbbbbb', 1, 'Bench Night', 'Frontrow', x'0f207207000070008000000000000001');

INSERT INTO schedules (id, version, concert_id, starts_at, zone, sale_opens_at, sale_closes_at)
SELECT unhex(printf('%032x', column1)), 1, x'0f207207000070008000000000bbbbbb', unixepoch() * 1000000 + 30 * 86400000000, 'Asia/Seoul',
       unixepoch() * 1000000 - 86400000000, unixepoch() * 1000000 + 30 * 86400000000
FROM (VALUES (0), (1), (2), (3));

WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 20000)
INSERT INTO seats (schedule_id, number, version, label, price, state)
SELECT schedules.id, n, 1, 'Section A Row ' || (n / 25 + 1) || ' Seat ' || (n % 25 + 1), 60000, 'AVAILABLE' FROM schedules, s;

CREATE TEMP TABLE tickets AS WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 60000)
    SELECT n, unhex(printf('%032x', n)) AS id FROM t;

INSERT INTO users SELECT id, NULL, 1 FROM tickets;

-- Those who join have the next numbers.
INSERT INTO users
WITH RECURSIVE t (n) AS (SELECT 60001 UNION ALL SELECT n + 1 FROM t WHERE n < 360000)
SELECT unhex(printf('%032x', n)), NULL, 1 FROM t;

INSERT INTO queue_tokens (id, version, queue_id, user_id, concert_id, number, joined_at, state, activated_at, claimed, expires_at,
                          reason, expired_at)
SELECT id, 1, x'0f207207000070008000000000000001', id, NULL, n, 1, 'ACTIVE', 1, 0, 1, NULL, NULL FROM tickets;
