DELETE FROM idempotency_keys WHERE route NOT IN ('RESERVATIONS', 'CHARGES', 'PAYMENTS', 'REFUNDS', 'USERS', 'ADMISSIONS');
ALTER TABLE idempotency_keys
    DROP CONSTRAINT idempotency_keys_route_check,
    ADD CONSTRAINT idempotency_keys_route_check CHECK (route IN ('RESERVATIONS', 'CHARGES', 'PAYMENTS', 'REFUNDS', 'USERS', 'ADMISSIONS'));
