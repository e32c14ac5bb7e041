-- How many rows of each sort there are.
SELECT (SELECT count(*) FROM seats WHERE state = 'HELD' AND version = 2),
       (SELECT count(*) FROM queue_tokens WHERE claimed AND version = 2),
       (SELECT count(*) FROM reservations),
       (SELECT count(*) FROM reservation_seats),
       (SELECT count(*) FROM idempotency_keys),
       (SELECT count(*) FROM outbox),
       (SELECT count(*) FROM queue_tokens WHERE state = 'WAITING')
