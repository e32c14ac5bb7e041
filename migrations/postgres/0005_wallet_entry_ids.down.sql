-- Everything that 0005_wallet_entry_ids.up.sql made.

DROP INDEX wallet_entries_id;
