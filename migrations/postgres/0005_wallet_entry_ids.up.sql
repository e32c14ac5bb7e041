-- A wallet entry's id is used once, as SQLite's schema has had it from the start: a client that is shown an entry can rely on its name.

CREATE UNIQUE INDEX wallet_entries_id ON wallet_entries (id);
