ALTER TABLE schedules DROP COLUMN layout_hash;
DROP TABLE layouts;
DROP FUNCTION refuse_layout_change();
