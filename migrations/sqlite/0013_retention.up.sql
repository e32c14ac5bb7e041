-- Retention of reservations that ended without a payment, and of registrations that were never used.

-- The reservations that may be deleted: a purchase doesn't write here.
CREATE INDEX reservations_unpaid ON reservations (expires_at) WHERE state = 'CANCELLED' AND payment_id IS NULL;
-- SQLite looks here for references to a reservation that is deleted.
CREATE INDEX seats_of_reservation ON seats (reservation_id) WHERE reservation_id IS NOT NULL;

-- Whether the user has a wallet entry, a token or a reservation, as found when the user was checked: not checked again until one of the
-- user's tokens or reservations is deleted.
ALTER TABLE users ADD COLUMN kept INTEGER NOT NULL DEFAULT 0 CHECK (kept IN (0, 1));
-- The registrations that may be deleted. Users of external issuers have no name.
CREATE INDEX users_unchecked ON users (created_at) WHERE name IS NOT NULL AND kept = 0;
-- The rows of a user that is deleted, and those that keep a user.
CREATE INDEX user_search_keys_of_user ON user_search_keys (user_id);
CREATE INDEX queue_tokens_of_user ON queue_tokens (user_id);
