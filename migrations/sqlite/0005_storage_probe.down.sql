-- Everything that 0005_storage_probe.up.sql made.

DROP TABLE storage_probe;
