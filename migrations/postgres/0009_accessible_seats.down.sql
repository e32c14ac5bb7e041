ALTER TABLE seats DROP COLUMN accessible;
