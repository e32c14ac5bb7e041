DROP TABLE secrets, feed, outbox, idempotency_keys, wallet_entries, wallets, payments, reservation_seats, reservations,
    queue_tokens, seats, schedules, concerts, queue_counters, queue_admissions, queues, users;
DROP FUNCTION wallet_entries_stay(), guard(boolean, text), clock_micros(), instant(bigint);
