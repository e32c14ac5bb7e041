-- Everything that 0004_wallet_entry_ids.up.sql made.

DROP INDEX wallet_entries_id;
