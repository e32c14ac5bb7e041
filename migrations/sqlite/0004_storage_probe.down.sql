-- Everything that 0004_storage_probe.up.sql made.

DROP TABLE storage_probe;
