-- The same rows as an application writes them that decides inside an interactive transaction: it locks and reads what it needs,
-- decides, and writes row by row.
\set i :i + 1
\set n :first + (:i - 1) * 32 + :client_id + 1
\set date (:n - 1) / 30000
\set number (:n - 1) % 30000 + 1
BEGIN;
SELECT user_id, concert_id, gen_random_uuid() AS reservation, clock_micros() AS now, clock_micros() + 300000000 AS until
FROM queue_tokens WHERE id = lpad(to_hex(:n::bigint), 32, '0')::uuid AND state = 'ACTIVE' FOR UPDATE \gset
SELECT label, price FROM seats
WHERE schedule_id = lpad(:date::text, 32, '0')::uuid AND number = :number::bigint AND state = 'AVAILABLE' FOR UPDATE \gset
UPDATE queue_tokens SET version = version + 1, claimed = true, expires_at = greatest(expires_at, :until::bigint)
WHERE id = lpad(to_hex(:n::bigint), 32, '0')::uuid;
UPDATE seats SET version = version + 1, state = 'HELD', reservation_id = :reservation, held_until = :until
WHERE schedule_id = lpad(:date::text, 32, '0')::uuid AND number = :number::bigint;
INSERT INTO reservations (id, version, user_id, token_id, concert_id, schedule_id, amount, held_at, expires_at, state)
VALUES (:reservation, 1, :user_id, lpad(to_hex(:n::bigint), 32, '0')::uuid, :concert_id, lpad(:date::text, 32, '0')::uuid, :price, :now,
        :until, 'HELD');
INSERT INTO reservation_seats (reservation_id, number, schedule_id, label, price, live)
VALUES (:reservation, :number, lpad(:date::text, 32, '0')::uuid, :label, :price, true);
INSERT INTO idempotency_keys (user_id, route, request_key, version, fingerprint, outcome, recorded_at, expires_at)
VALUES (:user_id, 'RESERVATIONS', 'hold', 1, '\x0000000000000000000000000000000000000000000000000000000000000000',
        '{"kind": "HELD","reservation": {"id": "00000000-0000-0000-0000-000000000000","version": 1,"user_id": "00000000-0000-0000-0000-000000000000","token_id": "00000000-0000-0000-0000-000000000000","concert_id": "00000000-0000-0000-0000-000000000000","schedule_id": "00000000-0000-0000-0000-000000000000","amount": 60000,"held_at": 1790000000000000,"expires_at": 1790000300000000,"state": "HELD","cancel_reason": null,"payment_id": null,"seats": [{"number": 12345,"label": "Section A Row 494 Seat 21","price": 60000}]},"created": true}',
        :now, :now::bigint + 86400000000);
INSERT INTO outbox (at, kind, payload)
VALUES (:now, 'SEATS_HELD',
        '{"reservation_id": "00000000-0000-0000-0000-000000000000","schedule_id": "00000000-0000-0000-0000-000000000000","user_id": "00000000-0000-0000-0000-000000000000","seats": [12345],"expires_at_micros": 1790000300000000}');
COMMIT;
