-- Charges by operators and cashiers leave an audit entry, idempotency keys are honoured on more routes, and labels of seats are looked for.

ALTER TABLE deeds
    DROP CONSTRAINT deeds_act_check,
    ADD CONSTRAINT deeds_act_check CHECK (act IN ('CREATE', 'CHANGE', 'PAUSE', 'RESUME', 'CLOSE', 'OPEN', 'ADMIT', 'CANCEL', 'LAY_OUT', 'BLOCK',
                                                  'UNBLOCK', 'RELEASE', 'REFUND', 'CHARGE')),
    DROP CONSTRAINT deeds_subject_kind_check,
    ADD CONSTRAINT deeds_subject_kind_check CHECK (subject_kind IN ('QUEUE', 'CONCERT', 'SCHEDULE', 'RESERVATION', 'PAYMENT', 'USER'));

ALTER TABLE idempotency_keys
    DROP CONSTRAINT idempotency_keys_route_check,
    ADD CONSTRAINT idempotency_keys_route_check CHECK (route IN ('RESERVATIONS', 'CHARGES', 'PAYMENTS', 'REFUNDS', 'USERS', 'ADMISSIONS'));

-- Seats of a date by label. Not unique: an earlier release may have given one label to two seats.
CREATE INDEX seats_label ON seats (schedule_id, label);
