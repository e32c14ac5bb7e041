ALTER TABLE schedules DROP COLUMN layout_hash;
DROP TABLE layouts;
