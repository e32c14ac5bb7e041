BEGIN IMMEDIATE;
UPDATE queue_tokens SET version = version + 1, claimed = 1, expires_at = 2 WHERE id = ?1 AND version = 1;
INSERT INTO reservations (id, version, user_id, token_id, concert_id, schedule_id, amount, held_at, expires_at, state)
VALUES (?1, 1, ?1, ?1, x'0f207207000070008000000000bbbbbb', ?3, 60000, 1, 2, 'HELD');
UPDATE seats SET version = version + 1, state = 'HELD', reservation_id = ?1, held_until = 2
WHERE schedule_id = ?3 AND number = ?2 AND version = 1;
INSERT INTO reservation_seats VALUES (?1, ?2, ?3, 'Section A Row 1 Seat 1', 60000, 1);
INSERT INTO idempotency_keys VALUES (?1, 'RESERVATIONS', 'hold', 1, zeroblob(32), printf('{"held":"%0450d"}', ?2), 1, 2);
INSERT INTO outbox (at, kind, payload) VALUES (1, 'SEATS_HELD', printf('{"held":"%0180d"}', ?2));
COMMIT;
