-- Retention of reservations that ended without a payment, and of registrations that were never used.

-- The reservations that may be deleted: a purchase doesn't write here.
CREATE INDEX reservations_unpaid ON reservations (expires_at) WHERE state = 'CANCELLED' AND payment_id IS NULL;
-- Those of a token. Not by user: one user may have held and released seats any number of times.
CREATE INDEX reservations_unpaid_of_token ON reservations (token_id) WHERE state = 'CANCELLED' AND payment_id IS NULL;

-- Whether the user has a wallet entry, a token or a reservation, as found when the user was checked: not checked again until one of the
-- user's tokens or reservations is deleted.
ALTER TABLE users ADD COLUMN kept boolean NOT NULL DEFAULT false;
-- The registrations that may be deleted. Users of external issuers have no name.
CREATE INDEX users_unchecked ON users (created_at) WHERE name IS NOT NULL AND NOT kept;
-- By hash: an index in order would be scanned for the users whose names begin with a text, who are listed in order of their ids.
CREATE INDEX user_search_keys_of_user ON user_search_keys USING hash (user_id);

-- The live tokens of a user in any queue; in one queue, as before, there is at most one.
DROP INDEX queue_tokens_live;
CREATE UNIQUE INDEX queue_tokens_live ON queue_tokens (user_id, queue_id) WHERE state <> 'EXPIRED';
-- The ended tokens of a user without a reservation. All other ended tokens have reservations of the same user.
CREATE INDEX queue_tokens_unnamed ON queue_tokens (user_id) WHERE state = 'EXPIRED' AND reason <> 'PAID' AND NOT kept;

-- The number of rounds in which rows were pruned that keep other rows. A round writes it if no other round has since it was read: so a round
-- sees all rows that the rounds before it have deleted.
CREATE TABLE pruning_rounds (
    single boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (single),
    rounds bigint  NOT NULL DEFAULT 0
) WITH (fillfactor = 20);
INSERT INTO pruning_rounds DEFAULT VALUES;
