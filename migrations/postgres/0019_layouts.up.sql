-- The layouts of schedules: sections, rows, price categories and coordinates, identified by the hash of their content. Schedules share them.
CREATE TABLE layouts (
    hash    text NOT NULL PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
    -- JSON.
    content text NOT NULL
);

-- A layout is immutable.
CREATE FUNCTION refuse_layout_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'layouts are never changed or deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER layouts_immutable BEFORE UPDATE OR DELETE ON layouts FOR EACH ROW EXECUTE FUNCTION refuse_layout_change();
CREATE TRIGGER layouts_no_truncate BEFORE TRUNCATE ON layouts FOR EACH STATEMENT EXECUTE FUNCTION refuse_layout_change();

-- The layout of the seats that a schedule has; NULL: it has none, or its seats were created earlier, and have the layout of their labels.
ALTER TABLE schedules ADD COLUMN layout_hash text REFERENCES layouts (hash);
