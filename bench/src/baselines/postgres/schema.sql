-- The schema of Frontrow on PostgreSQL, 15 or newer.
--
-- Instants are microseconds since 1970, UTC (`instant` shows them to people). Money is in minor units. A check constraint
-- mirrors each state and the data that belongs to it; what crosses rows is carried by named unique indexes, most of them
-- partial. What guards a promise says which.
--
-- The catalogue has foreign keys. What is written under load has none: each would be a query and a lock on a shared parent
-- for every row. Parents are never deleted and ids never change; `frontrow audit` checks that every row leads somewhere.
--
-- A fillfactor leaves room on the page for the next version of a row, so that an update touches no index.

CREATE FUNCTION instant(micros bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 'epoch'::timestamptz + micros * interval '1 microsecond';

-- The store's clock: the time, not the transaction's start.
CREATE FUNCTION clock_micros() RETURNS bigint LANGUAGE sql VOLATILE
    RETURN (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;

-- Ends the statement, and with it the whole group, unless a guard holds.
CREATE FUNCTION guard(holds boolean, what text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF holds IS NOT TRUE THEN
        RAISE EXCEPTION 'the guard of % failed', what USING ERRCODE = 'FR001';
    END IF;
END $$;

CREATE TABLE users (
    id         uuid   NOT NULL PRIMARY KEY,
    name       text   CHECK (length(name) BETWEEN 1 AND 100),
    created_at bigint NOT NULL
);

-- Queues. A queue's row is an operator's; who has been admitted, and the numbers, are kept apart from it.

CREATE TABLE queues (
    id            uuid   NOT NULL PRIMARY KEY,
    version       bigint NOT NULL CHECK (version >= 1),
    name          text   NOT NULL,
    state         text   NOT NULL CHECK (state IN ('OPEN', 'PAUSED', 'CLOSED')),
    capacity      bigint CHECK (capacity BETWEEN 0 AND 4294967295),
    batch         bigint CHECK (batch BETWEEN 0 AND 4294967295),
    active_micros bigint,
    claim_micros  bigint,
    max_waiting   bigint CHECK (max_waiting BETWEEN 0 AND 4294967295),
    message       text
);

-- The version under which a queue admits: a tick guards and bumps it.
CREATE TABLE queue_admissions (
    queue_id uuid   NOT NULL PRIMARY KEY REFERENCES queues (id),
    version  bigint NOT NULL CHECK (version >= 1)
) WITH (fillfactor = 20);

-- The last number handed out, and how many tokens are WAITING. Without version: joins don't collide.
CREATE TABLE queue_counters (
    queue_id    uuid   NOT NULL PRIMARY KEY REFERENCES queues (id),
    last_number bigint NOT NULL DEFAULT 0 CHECK (last_number >= 0),
    waiting     bigint NOT NULL DEFAULT 0 CHECK (waiting >= 0)
) WITH (fillfactor = 20);

-- The catalogue.

CREATE TABLE concerts (
    id       uuid   NOT NULL PRIMARY KEY,
    version  bigint NOT NULL CHECK (version >= 1),
    name     text   NOT NULL,
    host     text   NOT NULL,
    queue_id uuid   NOT NULL REFERENCES queues (id)
);

CREATE TABLE schedules (
    id             uuid   NOT NULL PRIMARY KEY,
    version        bigint NOT NULL CHECK (version >= 1),
    concert_id     uuid   NOT NULL REFERENCES concerts (id),
    starts_at      bigint NOT NULL,
    zone           text   NOT NULL,
    sale_opens_at  bigint NOT NULL,
    sale_closes_at bigint NOT NULL
);

CREATE INDEX schedules_of_concert ON schedules (concert_id, starts_at, id);

CREATE TABLE seats (
    schedule_id    uuid   NOT NULL REFERENCES schedules (id),
    number         bigint NOT NULL CHECK (number BETWEEN 1 AND 1000000),
    version        bigint NOT NULL CHECK (version >= 1),
    label          text   NOT NULL,
    price          bigint NOT NULL CHECK (price >= 0),
    state          text   NOT NULL,
    reservation_id uuid,
    held_until     bigint,
    PRIMARY KEY (schedule_id, number),
    CONSTRAINT seats_state CHECK (CASE state
        WHEN 'AVAILABLE' THEN reservation_id IS NULL AND held_until IS NULL
        WHEN 'HELD' THEN reservation_id IS NOT NULL AND held_until IS NOT NULL
        WHEN 'RESERVED' THEN reservation_id IS NOT NULL AND held_until IS NULL
        WHEN 'BLOCKED' THEN reservation_id IS NULL AND held_until IS NULL
        ELSE false END)
) WITH (fillfactor = 50);

-- Tokens.

CREATE TABLE queue_tokens (
    id           uuid   NOT NULL PRIMARY KEY,
    version      bigint NOT NULL CHECK (version >= 1),
    queue_id     uuid   NOT NULL,
    user_id      uuid   NOT NULL,
    concert_id   uuid,
    number       bigint NOT NULL CHECK (number >= 1),
    joined_at    bigint NOT NULL,
    state        text   NOT NULL,
    activated_at bigint,
    claimed      boolean,
    expires_at   bigint,
    reason       text   CHECK (reason IN ('PAID', 'TIMED_OUT', 'UNCLAIMED', 'LEFT')),
    expired_at   bigint,
    CONSTRAINT queue_tokens_state CHECK (CASE state
        WHEN 'WAITING' THEN activated_at IS NULL AND claimed IS NULL AND expires_at IS NULL AND reason IS NULL AND expired_at IS NULL
        WHEN 'ACTIVE' THEN activated_at IS NOT NULL AND claimed IS NOT NULL AND expires_at IS NOT NULL AND reason IS NULL AND expired_at IS NULL
        WHEN 'EXPIRED' THEN claimed IS NULL AND expires_at IS NULL AND reason IS NOT NULL AND expired_at IS NOT NULL
        ELSE false END)
) WITH (fillfactor = 70);

-- P5: a number is handed out once.
CREATE UNIQUE INDEX queue_tokens_number ON queue_tokens (queue_id, number);
-- P6: one live token a user and queue.
CREATE UNIQUE INDEX queue_tokens_live ON queue_tokens (queue_id, user_id) WHERE state <> 'EXPIRED';
CREATE INDEX queue_tokens_waiting ON queue_tokens (queue_id, number) WHERE state = 'WAITING';
CREATE INDEX queue_tokens_active ON queue_tokens (queue_id, expires_at) WHERE state = 'ACTIVE';

-- Reservations. A seat's row names the reservation that has it; reservation_seats keeps every seat that a reservation ever
-- had, at its price, live while the reservation is HELD or CONFIRMED.

CREATE TABLE reservations (
    id            uuid   NOT NULL PRIMARY KEY,
    version       bigint NOT NULL CHECK (version >= 1),
    user_id       uuid   NOT NULL,
    token_id      uuid   NOT NULL,
    concert_id    uuid   NOT NULL,
    schedule_id   uuid   NOT NULL,
    amount        bigint NOT NULL CHECK (amount >= 0),
    held_at       bigint NOT NULL,
    expires_at    bigint NOT NULL,
    state         text   NOT NULL,
    cancel_reason text,
    payment_id    uuid,
    CONSTRAINT reservations_state CHECK (CASE state
        WHEN 'HELD' THEN cancel_reason IS NULL AND payment_id IS NULL
        WHEN 'CONFIRMED' THEN cancel_reason IS NULL AND payment_id IS NOT NULL
        WHEN 'CANCELLED' THEN coalesce(cancel_reason, '') IN ('EXPIRED', 'RELEASED', 'REFUNDED')
                          AND (cancel_reason = 'REFUNDED') = (payment_id IS NOT NULL)
        ELSE false END)
) WITH (fillfactor = 80);

-- A token has one hold at a time.
CREATE UNIQUE INDEX reservations_held ON reservations (token_id) WHERE state = 'HELD';
-- Of no use for anything but the sweep: a search for a token's hold must not take it for a list of all holds.
CREATE INDEX reservations_lapsing ON reservations (expires_at) WHERE state = 'HELD' AND expires_at > 0;
CREATE INDEX reservations_owned ON reservations (user_id, concert_id) WHERE state <> 'CANCELLED';
CREATE INDEX reservations_of_user ON reservations (user_id, id);

CREATE TABLE reservation_seats (
    reservation_id uuid    NOT NULL,
    number         bigint  NOT NULL,
    schedule_id    uuid    NOT NULL,
    label          text    NOT NULL,
    price          bigint  NOT NULL CHECK (price >= 0),
    live           boolean NOT NULL,
    PRIMARY KEY (reservation_id, number)
);

-- P1: one live reservation a seat.
CREATE UNIQUE INDEX reservation_seats_live ON reservation_seats (schedule_id, number) WHERE live;

-- Money.

CREATE TABLE payments (
    id             uuid   NOT NULL PRIMARY KEY,
    version        bigint NOT NULL CHECK (version >= 1),
    reservation_id uuid   NOT NULL,
    user_id        uuid   NOT NULL,
    amount         bigint NOT NULL CHECK (amount >= 0),
    paid_at        bigint NOT NULL,
    state          text   NOT NULL,
    refunded_at    bigint,
    CONSTRAINT payments_state CHECK (CASE state
        WHEN 'COMPLETED' THEN refunded_at IS NULL
        WHEN 'CANCELLED' THEN refunded_at IS NOT NULL
        ELSE false END)
);

-- P3: one payment a reservation.
CREATE UNIQUE INDEX payments_of_reservation ON payments (reservation_id);
CREATE INDEX payments_of_user ON payments (user_id, id);

CREATE TABLE wallets (
    user_id       uuid   NOT NULL PRIMARY KEY,
    version       bigint NOT NULL CHECK (version >= 1),
    balance       bigint NOT NULL,
    last_sequence bigint NOT NULL CHECK (last_sequence >= 0),
    -- P2: nobody owes.
    CONSTRAINT wallets_balance CHECK (balance >= 0)
) WITH (fillfactor = 60);

-- P2: a sequence is used once, so that a lost update is an error.
CREATE TABLE wallet_entries (
    user_id    uuid   NOT NULL,
    sequence   bigint NOT NULL CHECK (sequence >= 1),
    id         uuid   NOT NULL,
    kind       text   NOT NULL,
    payment_id uuid,
    amount     bigint NOT NULL CHECK (amount >= 0),
    balance    bigint NOT NULL CHECK (balance >= 0),
    at         bigint NOT NULL,
    PRIMARY KEY (user_id, sequence),
    CONSTRAINT wallet_entries_kind CHECK (CASE kind
        WHEN 'CHARGE' THEN payment_id IS NULL
        WHEN 'PAYMENT' THEN payment_id IS NOT NULL
        WHEN 'REFUND' THEN payment_id IS NOT NULL
        ELSE false END)
);

-- P3: a payment is debited once and refunded once.
CREATE UNIQUE INDEX wallet_entries_of_payment ON wallet_entries (payment_id, kind) WHERE payment_id IS NOT NULL;

-- P2: what is in a book stays in it.
CREATE FUNCTION wallet_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'wallet entries are never changed or deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER wallet_entries_stay BEFORE UPDATE OR DELETE ON wallet_entries
    FOR EACH ROW EXECUTE FUNCTION wallet_entries_stay();
CREATE TRIGGER wallet_entries_remain BEFORE TRUNCATE ON wallet_entries
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_entries_stay();

-- P3: one answer a user, route and key. An operator's key may belong to nobody who is registered.
CREATE TABLE idempotency_keys (
    user_id     uuid   NOT NULL,
    route       text   NOT NULL CHECK (route IN ('RESERVATIONS', 'CHARGES', 'PAYMENTS', 'REFUNDS')),
    request_key text   NOT NULL CHECK (length(request_key) BETWEEN 1 AND 255),
    version     bigint NOT NULL CHECK (version >= 1),
    fingerprint bytea  NOT NULL CHECK (length(fingerprint) = 32),
    outcome     json   NOT NULL,
    recorded_at bigint NOT NULL,
    expires_at  bigint NOT NULL,
    PRIMARY KEY (user_id, route, request_key)
);

CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

-- Events for those outside. Ids follow the order of writing, not of commits.
CREATE TABLE outbox (
    id      bigint NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at      bigint NOT NULL,
    kind    text   NOT NULL,
    payload json   NOT NULL
);

-- The change feed: which tokens and seats a commit wrote, a row a group. Instances read what others wrote, to keep their
-- memory up to date; rows are deleted after a minute or so.
CREATE TABLE feed (
    xid          xid8     NOT NULL DEFAULT pg_current_xact_id(),
    at           bigint   NOT NULL DEFAULT clock_micros(),
    instance     uuid     NOT NULL,
    tokens       uuid[]   NOT NULL,
    schedule_ids uuid[]   NOT NULL,
    numbers      bigint[] NOT NULL
);

-- Ids don't compress.
ALTER TABLE feed ALTER tokens SET STORAGE EXTERNAL, ALTER schedule_ids SET STORAGE EXTERNAL, ALTER numbers SET STORAGE EXTERNAL;
CREATE INDEX feed_xid ON feed (xid);

CREATE TABLE secrets (
    name  text  NOT NULL PRIMARY KEY,
    value bytea NOT NULL
);

-- The default queue: every store has it from the start.
INSERT INTO queues (id, version, name, state) VALUES ('0f207207-0000-7000-8000-000000000001', 1, 'Default', 'OPEN');
INSERT INTO queue_admissions (queue_id, version) VALUES ('0f207207-0000-7000-8000-000000000001', 1);
INSERT INTO queue_counters (queue_id) VALUES ('0f207207-0000-7000-8000-000000000001');
-- The waiting room: whether a line's concerts still have something to sell, and forgetting tokens that have ended.

-- The concerts that a queue admits to.
CREATE INDEX concerts_of_queue ON concerts (queue_id);

-- Whether a seat is free, or may be again. A column of its own, and not a condition on the state: an update touches no index as long
-- as no column changes that an index has or asks for, and a hold changes the state.
ALTER TABLE seats ADD COLUMN sellable boolean NOT NULL GENERATED ALWAYS AS (state IN ('AVAILABLE', 'HELD')) STORED;
CREATE INDEX seats_sellable ON seats (schedule_id) WHERE sellable;

-- How many tokens were deleted: their numbers stay given.
ALTER TABLE queue_counters ADD COLUMN pruned bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT queue_counters_pruned CHECK (pruned BETWEEN 0 AND last_number);

-- Whether a reservation was found that names the ended token: then it is never deleted, and not looked at again.
ALTER TABLE queue_tokens ADD COLUMN kept boolean NOT NULL DEFAULT false;
-- The ended tokens that may be deleted. Who paid has a reservation, so a payment doesn't pay for this.
CREATE INDEX queue_tokens_ended ON queue_tokens (expired_at) WHERE state = 'EXPIRED' AND reason <> 'PAID' AND NOT kept;
-- The operator's desk: limits of a concert, dates that are called off, and what operators did.

-- Null: as many seats a user as of any concert.
ALTER TABLE concerts ADD COLUMN max_seats_per_user bigint CHECK (max_seats_per_user BETWEEN 1 AND 100);
-- Null: it takes place.
ALTER TABLE schedules ADD COLUMN cancelled_at bigint;

-- Who did what to which thing. `changes` is an array of {name, before, after}.
CREATE TABLE deeds (
    id           uuid   NOT NULL PRIMARY KEY,
    at           bigint NOT NULL,
    operator_id  uuid   NOT NULL,
    act          text   NOT NULL CHECK (act IN ('CREATE', 'CHANGE', 'PAUSE', 'RESUME', 'CLOSE', 'OPEN', 'ADMIT', 'CANCEL', 'LAY_OUT', 'BLOCK',
                                                'UNBLOCK', 'RELEASE', 'REFUND')),
    subject_kind text   NOT NULL CHECK (subject_kind IN ('QUEUE', 'CONCERT', 'SCHEDULE', 'RESERVATION', 'PAYMENT')),
    subject_id   uuid   NOT NULL,
    reason       text,
    changes      json   NOT NULL
);

CREATE INDEX deeds_of_subject ON deeds (subject_id, id);
CREATE INDEX deeds_of_operator ON deeds (operator_id, id);

-- What was done stays done.
CREATE FUNCTION deeds_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'deeds are never changed or deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER deeds_stay BEFORE UPDATE OR DELETE ON deeds FOR EACH ROW EXECUTE FUNCTION deeds_stay();
CREATE TRIGGER deeds_remain BEFORE TRUNCATE ON deeds FOR EACH STATEMENT EXECUTE FUNCTION deeds_stay();

-- Users are looked for by how their names begin.
CREATE INDEX users_name ON users (name COLLATE "C", id);

-- Whether a reservation of these concerts is HELD and within its deadline. It looks with a snapshot of its own: who holds the lock of a
-- concert's row sees all that was committed before.
CREATE FUNCTION is_held(concerts uuid[], now bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM reservations r WHERE r.state = 'HELD' AND r.expires_at > 0 AND r.expires_at > now AND r.concert_id = ANY (concerts));
END $$;
