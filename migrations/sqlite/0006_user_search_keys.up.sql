-- Users are found by any word of their names, whatever its case and accents. What a name is found by is written with it: the program
-- folds names (`domain::name_search`), the database compares bytes.
CREATE TABLE user_search_keys (
    search_key TEXT NOT NULL CHECK (length(search_key) BETWEEN 1 AND 64),
    user_id    BLOB NOT NULL REFERENCES users (id),
    PRIMARY KEY (search_key, user_id)
) STRICT, WITHOUT ROWID;

DROP INDEX users_name;
