-- The schema of Frontrow on SQLite.
--
-- Ids are 16 bytes, so that their order is the order of the UUIDs. Instants are microseconds since 1970, UTC. Money is
-- in minor units. A check constraint mirrors each state and the data that belongs to it; what crosses rows is carried by
-- named unique indexes, most of them partial. What guards a promise says which.

CREATE TABLE users (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name       TEXT    CHECK (length(name) BETWEEN 1 AND 100),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Queues. A queue's row is an operator's; who has been admitted, and the numbers, are kept apart from it.

CREATE TABLE queues (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version       INTEGER NOT NULL CHECK (version >= 1),
    name          TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('OPEN', 'PAUSED', 'CLOSED')),
    capacity      INTEGER CHECK (capacity BETWEEN 0 AND 4294967295),
    batch         INTEGER CHECK (batch BETWEEN 0 AND 4294967295),
    active_micros INTEGER,
    claim_micros  INTEGER,
    max_waiting   INTEGER CHECK (max_waiting BETWEEN 0 AND 4294967295),
    message       TEXT
) STRICT, WITHOUT ROWID;

-- The version under which a queue admits: a tick guards and bumps it.
CREATE TABLE queue_admissions (
    queue_id BLOB    NOT NULL PRIMARY KEY REFERENCES queues (id),
    version  INTEGER NOT NULL CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

-- The last number handed out, and how many tokens are WAITING (kept by the triggers on queue_tokens). Without version:
-- joins don't collide.
CREATE TABLE queue_counters (
    queue_id    BLOB    NOT NULL PRIMARY KEY REFERENCES queues (id),
    last_number INTEGER NOT NULL DEFAULT 0 CHECK (last_number >= 0),
    waiting     INTEGER NOT NULL DEFAULT 0 CHECK (waiting >= 0)
) STRICT, WITHOUT ROWID;

-- The catalogue.

CREATE TABLE concerts (
    id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version  INTEGER NOT NULL CHECK (version >= 1),
    name     TEXT    NOT NULL,
    host     TEXT    NOT NULL,
    queue_id BLOB    NOT NULL REFERENCES queues (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE schedules (
    id             BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version        INTEGER NOT NULL CHECK (version >= 1),
    concert_id     BLOB    NOT NULL REFERENCES concerts (id),
    starts_at      INTEGER NOT NULL,
    zone           TEXT    NOT NULL,
    sale_opens_at  INTEGER NOT NULL,
    sale_closes_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX schedules_of_concert ON schedules (concert_id, starts_at, id);

-- Tokens.

CREATE TABLE queue_tokens (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version      INTEGER NOT NULL CHECK (version >= 1),
    queue_id     BLOB    NOT NULL REFERENCES queues (id),
    user_id      BLOB    NOT NULL REFERENCES users (id),
    concert_id   BLOB    REFERENCES concerts (id),
    number       INTEGER NOT NULL CHECK (number >= 1),
    joined_at    INTEGER NOT NULL,
    state        TEXT    NOT NULL,
    activated_at INTEGER,
    claimed      INTEGER CHECK (claimed IN (0, 1)),
    expires_at   INTEGER,
    reason       TEXT    CHECK (reason IN ('PAID', 'TIMED_OUT', 'UNCLAIMED', 'LEFT')),
    expired_at   INTEGER,
    CONSTRAINT queue_tokens_state CHECK (CASE state
        WHEN 'WAITING' THEN activated_at IS NULL AND claimed IS NULL AND expires_at IS NULL AND reason IS NULL AND expired_at IS NULL
        WHEN 'ACTIVE' THEN activated_at IS NOT NULL AND claimed IS NOT NULL AND expires_at IS NOT NULL AND reason IS NULL AND expired_at IS NULL
        WHEN 'EXPIRED' THEN claimed IS NULL AND expires_at IS NULL AND reason IS NOT NULL AND expired_at IS NOT NULL
        ELSE 0 END)
) STRICT, WITHOUT ROWID;

-- P5: a number is handed out once.
CREATE UNIQUE INDEX queue_tokens_number ON queue_tokens (queue_id, number);
-- P6: one live token a user and queue.
CREATE UNIQUE INDEX queue_tokens_live ON queue_tokens (queue_id, user_id) WHERE state <> 'EXPIRED';
CREATE INDEX queue_tokens_waiting ON queue_tokens (queue_id, number) WHERE state = 'WAITING';
CREATE INDEX queue_tokens_active ON queue_tokens (queue_id, expires_at) WHERE state = 'ACTIVE';

CREATE TRIGGER queue_tokens_joins AFTER INSERT ON queue_tokens WHEN NEW.state = 'WAITING' BEGIN
    UPDATE queue_counters SET waiting = waiting + 1 WHERE queue_id = NEW.queue_id;
END;
CREATE TRIGGER queue_tokens_steps AFTER UPDATE OF state ON queue_tokens WHEN (OLD.state = 'WAITING') <> (NEW.state = 'WAITING') BEGIN
    UPDATE queue_counters SET waiting = waiting + (NEW.state = 'WAITING') - (OLD.state = 'WAITING') WHERE queue_id = NEW.queue_id;
END;
CREATE TRIGGER queue_tokens_goes AFTER DELETE ON queue_tokens WHEN OLD.state = 'WAITING' BEGIN
    UPDATE queue_counters SET waiting = waiting - 1 WHERE queue_id = OLD.queue_id;
END;

-- Reservations and seats. A seat's row names the reservation that has it; reservation_seats keeps every seat that a
-- reservation ever had, at its price, live while the reservation is HELD or CONFIRMED.

CREATE TABLE reservations (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version       INTEGER NOT NULL CHECK (version >= 1),
    user_id       BLOB    NOT NULL REFERENCES users (id),
    token_id      BLOB    NOT NULL REFERENCES queue_tokens (id),
    concert_id    BLOB    NOT NULL REFERENCES concerts (id),
    schedule_id   BLOB    NOT NULL REFERENCES schedules (id),
    amount        INTEGER NOT NULL CHECK (amount >= 0),
    held_at       INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    state         TEXT    NOT NULL,
    cancel_reason TEXT,
    -- Reservation and payment name each other: judged at the end of the transaction.
    payment_id    BLOB    REFERENCES payments (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT reservations_state CHECK (CASE state
        WHEN 'HELD' THEN cancel_reason IS NULL AND payment_id IS NULL
        WHEN 'CONFIRMED' THEN cancel_reason IS NULL AND payment_id IS NOT NULL
        WHEN 'CANCELLED' THEN coalesce(cancel_reason, '') IN ('EXPIRED', 'RELEASED', 'REFUNDED')
                          AND (cancel_reason = 'REFUNDED') = (payment_id IS NOT NULL)
        ELSE 0 END)
) STRICT, WITHOUT ROWID;

-- A token has one hold at a time.
CREATE UNIQUE INDEX reservations_held ON reservations (token_id) WHERE state = 'HELD';
CREATE INDEX reservations_lapsing ON reservations (expires_at) WHERE state = 'HELD';
CREATE INDEX reservations_owned ON reservations (user_id, concert_id) WHERE state <> 'CANCELLED';
CREATE INDEX reservations_of_user ON reservations (user_id, id);

CREATE TABLE seats (
    schedule_id    BLOB    NOT NULL REFERENCES schedules (id),
    number         INTEGER NOT NULL CHECK (number BETWEEN 1 AND 1000000),
    version        INTEGER NOT NULL CHECK (version >= 1),
    label          TEXT    NOT NULL,
    price          INTEGER NOT NULL CHECK (price >= 0),
    state          TEXT    NOT NULL,
    reservation_id BLOB    REFERENCES reservations (id),
    held_until     INTEGER,
    PRIMARY KEY (schedule_id, number),
    CONSTRAINT seats_state CHECK (CASE state
        WHEN 'AVAILABLE' THEN reservation_id IS NULL AND held_until IS NULL
        WHEN 'HELD' THEN reservation_id IS NOT NULL AND held_until IS NOT NULL
        WHEN 'RESERVED' THEN reservation_id IS NOT NULL AND held_until IS NULL
        WHEN 'BLOCKED' THEN reservation_id IS NULL AND held_until IS NULL
        ELSE 0 END)
) STRICT, WITHOUT ROWID;

CREATE TABLE reservation_seats (
    reservation_id BLOB    NOT NULL REFERENCES reservations (id),
    number         INTEGER NOT NULL,
    schedule_id    BLOB    NOT NULL,
    label          TEXT    NOT NULL,
    price          INTEGER NOT NULL CHECK (price >= 0),
    live           INTEGER NOT NULL CHECK (live IN (0, 1)),
    PRIMARY KEY (reservation_id, number),
    FOREIGN KEY (schedule_id, number) REFERENCES seats (schedule_id, number)
) STRICT, WITHOUT ROWID;

-- P1: one live reservation a seat.
CREATE UNIQUE INDEX reservation_seats_live ON reservation_seats (schedule_id, number) WHERE live = 1;

-- Money.

CREATE TABLE payments (
    id             BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version        INTEGER NOT NULL CHECK (version >= 1),
    reservation_id BLOB    NOT NULL REFERENCES reservations (id),
    user_id        BLOB    NOT NULL REFERENCES users (id),
    amount         INTEGER NOT NULL CHECK (amount >= 0),
    paid_at        INTEGER NOT NULL,
    state          TEXT    NOT NULL,
    refunded_at    INTEGER,
    CONSTRAINT payments_state CHECK (CASE state
        WHEN 'COMPLETED' THEN refunded_at IS NULL
        WHEN 'CANCELLED' THEN refunded_at IS NOT NULL
        ELSE 0 END)
) STRICT, WITHOUT ROWID;

-- P3: one payment a reservation.
CREATE UNIQUE INDEX payments_of_reservation ON payments (reservation_id);
CREATE INDEX payments_of_user ON payments (user_id, id);

CREATE TABLE wallets (
    user_id       BLOB    NOT NULL PRIMARY KEY REFERENCES users (id),
    version       INTEGER NOT NULL CHECK (version >= 1),
    balance       INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL CHECK (last_sequence >= 0),
    -- P2: nobody owes.
    CONSTRAINT wallets_balance CHECK (balance >= 0)
) STRICT, WITHOUT ROWID;

-- P2: a sequence is used once, so that a lost update is an error.
CREATE TABLE wallet_entries (
    user_id    BLOB    NOT NULL REFERENCES wallets (user_id),
    sequence   INTEGER NOT NULL CHECK (sequence >= 1),
    id         BLOB    NOT NULL CHECK (length(id) = 16),
    kind       TEXT    NOT NULL,
    payment_id BLOB    REFERENCES payments (id),
    amount     INTEGER NOT NULL CHECK (amount >= 0),
    balance    INTEGER NOT NULL CHECK (balance >= 0),
    at         INTEGER NOT NULL,
    PRIMARY KEY (user_id, sequence),
    CONSTRAINT wallet_entries_kind CHECK (CASE kind
        WHEN 'CHARGE' THEN payment_id IS NULL
        WHEN 'PAYMENT' THEN payment_id IS NOT NULL
        WHEN 'REFUND' THEN payment_id IS NOT NULL
        ELSE 0 END)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX wallet_entries_id ON wallet_entries (id);
-- P3: a payment is debited once and refunded once.
CREATE UNIQUE INDEX wallet_entries_of_payment ON wallet_entries (payment_id, kind) WHERE payment_id IS NOT NULL;

-- P2: what is in a book stays in it.
CREATE TRIGGER wallet_entries_stay BEFORE UPDATE ON wallet_entries BEGIN
    SELECT RAISE(ABORT, 'wallet entries are never changed');
END;
CREATE TRIGGER wallet_entries_remain BEFORE DELETE ON wallet_entries BEGIN
    SELECT RAISE(ABORT, 'wallet entries are never deleted');
END;

-- P3: one answer a user, route and key. An operator's key may belong to nobody who is registered: no reference.
CREATE TABLE idempotency_keys (
    user_id     BLOB    NOT NULL CHECK (length(user_id) = 16),
    route       TEXT    NOT NULL CHECK (route IN ('RESERVATIONS', 'CHARGES', 'PAYMENTS', 'REFUNDS')),
    request_key TEXT    NOT NULL CHECK (length(request_key) BETWEEN 1 AND 255),
    version     INTEGER NOT NULL CHECK (version >= 1),
    fingerprint BLOB    NOT NULL CHECK (length(fingerprint) = 32),
    outcome     TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    PRIMARY KEY (user_id, route, request_key)
) STRICT;

CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

-- Events for those outside, in the order of their commits.
CREATE TABLE outbox (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    payload TEXT    NOT NULL CHECK (json_valid(payload))
) STRICT;

CREATE INDEX outbox_age ON outbox (at);

CREATE TABLE secrets (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The default queue: every store has it from the start.
INSERT INTO queues (id, version, name, state) VALUES (x'0f207207000070008000000000000001', 1, 'Default', 'OPEN');
INSERT INTO queue_admissions (queue_id, version) VALUES (x'0f207207000070008000000000000001', 1);
INSERT INTO queue_counters (queue_id) VALUES (x'0f207207000070008000000000000001');
-- The waiting room: whether a line's concerts still have something to sell, and forgetting tokens that have ended.

-- The concerts that a queue admits to.
CREATE INDEX concerts_of_queue ON concerts (queue_id);
-- The seats that are free, or may be again.
CREATE INDEX seats_sellable ON seats (schedule_id) WHERE state IN ('AVAILABLE', 'HELD');

-- How many tokens were deleted: their numbers stay given.
ALTER TABLE queue_counters ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0 CHECK (pruned BETWEEN 0 AND last_number);
-- Whether a reservation was found that names the ended token: then it is never deleted, and not looked at again.
ALTER TABLE queue_tokens ADD COLUMN kept INTEGER NOT NULL DEFAULT 0 CHECK (kept IN (0, 1));
-- The ended tokens that may be deleted. Who paid has a reservation.
CREATE INDEX queue_tokens_ended ON queue_tokens (expired_at) WHERE state = 'EXPIRED' AND reason <> 'PAID' AND kept = 0;
-- A token that is deleted is looked for here, by the reference and by us.
CREATE INDEX reservations_of_token ON reservations (token_id);
-- The operator's desk: limits of a concert, dates that are called off, and what operators did.

-- Null: as many seats a user as of any concert.
ALTER TABLE concerts ADD COLUMN max_seats_per_user INTEGER CHECK (max_seats_per_user BETWEEN 1 AND 100);
-- Null: it takes place.
ALTER TABLE schedules ADD COLUMN cancelled_at INTEGER;

-- Who did what to which thing. `changes` is an array of {name, before, after}.
CREATE TABLE deeds (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    at           INTEGER NOT NULL,
    operator_id  BLOB    NOT NULL CHECK (length(operator_id) = 16),
    act          TEXT    NOT NULL CHECK (act IN ('CREATE', 'CHANGE', 'PAUSE', 'RESUME', 'CLOSE', 'OPEN', 'ADMIT', 'CANCEL', 'LAY_OUT', 'BLOCK',
                                                 'UNBLOCK', 'RELEASE', 'REFUND')),
    subject_kind TEXT    NOT NULL CHECK (subject_kind IN ('QUEUE', 'CONCERT', 'SCHEDULE', 'RESERVATION', 'PAYMENT')),
    subject_id   BLOB    NOT NULL CHECK (length(subject_id) = 16),
    reason       TEXT,
    changes      TEXT    NOT NULL CHECK (json_valid(changes))
) STRICT, WITHOUT ROWID;

CREATE INDEX deeds_of_subject ON deeds (subject_id, id);
CREATE INDEX deeds_of_operator ON deeds (operator_id, id);

-- What was done stays done.
CREATE TRIGGER deeds_stay BEFORE UPDATE ON deeds BEGIN
    SELECT RAISE(ABORT, 'deeds are never changed');
END;
CREATE TRIGGER deeds_remain BEFORE DELETE ON deeds BEGIN
    SELECT RAISE(ABORT, 'deeds are never deleted');
END;

-- Users are looked for by how their names begin.
CREATE INDEX users_name ON users (name, id);
