-- The rows of one hold in one statement: the least that PostgreSQL can be asked. Nothing is written unless the seat was free.
\set i :i + 1
\set n :first + (:i - 1) * 32 + :client_id + 1
\set date (:n - 1) / 30000
\set number (:n - 1) % 30000 + 1
WITH seat AS (
    UPDATE seats
    SET version = version + 1, state = 'HELD', reservation_id = gen_random_uuid(), held_until = clock_micros() + 300000000
    WHERE schedule_id = lpad(:date::text, 32, '0')::uuid AND number = :number::bigint AND version = 1 AND state = 'AVAILABLE'
    RETURNING schedule_id, number, label, price, reservation_id, held_until
), token AS (
    UPDATE queue_tokens
    SET version = version + 1, claimed = true, expires_at = greatest(expires_at, seat.held_until)
    FROM seat
    WHERE id = lpad(to_hex(:n::bigint), 32, '0')::uuid AND queue_tokens.version = 1 AND queue_tokens.state = 'ACTIVE'
    RETURNING id, user_id, concert_id, seat.*
), reservation AS (
    INSERT INTO reservations (id, version, user_id, token_id, concert_id, schedule_id, amount, held_at, expires_at, state)
    SELECT reservation_id, 1, user_id, id, concert_id, schedule_id, price, held_until - 300000000, held_until, 'HELD' FROM token
), reserved AS (
    INSERT INTO reservation_seats (reservation_id, number, schedule_id, label, price, live)
    SELECT reservation_id, number, schedule_id, label, price, true FROM token
), key AS (
    INSERT INTO idempotency_keys (user_id, route, request_key, version, fingerprint, outcome, recorded_at, expires_at)
    SELECT user_id, 'RESERVATIONS', 'hold', 1, '\x0000000000000000000000000000000000000000000000000000000000000000',
           '{"kind": "HELD","reservation": {"id": "00000000-0000-0000-0000-000000000000","version": 1,"user_id": "00000000-0000-0000-0000-000000000000","token_id": "00000000-0000-0000-0000-000000000000","concert_id": "00000000-0000-0000-0000-000000000000","schedule_id": "00000000-0000-0000-0000-000000000000","amount": 60000,"held_at": 1790000000000000,"expires_at": 1790000300000000,"state": "HELD","cancel_reason": null,"payment_id": null,"seats": [{"number": 12345,"label": "Section A Row 494 Seat 21","price": 60000}]},"created": true}',
           held_until - 300000000, held_until + 86400000000
    FROM token
)
INSERT INTO outbox (at, kind, payload)
SELECT held_until - 300000000, 'SEATS_HELD',
       '{"reservation_id": "00000000-0000-0000-0000-000000000000","schedule_id": "00000000-0000-0000-0000-000000000000","user_id": "00000000-0000-0000-0000-000000000000","seats": [12345],"expires_at_micros": 1790000300000000}'
FROM token;
