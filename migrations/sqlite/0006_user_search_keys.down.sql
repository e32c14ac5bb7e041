-- Everything that 0005_user_search_keys.up.sql made, in the opposite order.

CREATE INDEX users_name ON users (name, id);
DROP TABLE user_search_keys;
