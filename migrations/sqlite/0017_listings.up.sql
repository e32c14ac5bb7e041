-- What the public catalogue shows of a concert, and the first instant at which it is public; null: it is public.
ALTER TABLE concerts ADD COLUMN description TEXT;
ALTER TABLE concerts ADD COLUMN image_url TEXT;
ALTER TABLE concerts ADD COLUMN venue_name TEXT;
ALTER TABLE concerts ADD COLUMN venue_city TEXT CHECK ((venue_city IS NULL) = (venue_name IS NULL));
ALTER TABLE concerts ADD COLUMN venue_zone TEXT CHECK ((venue_zone IS NULL) = (venue_name IS NULL));
ALTER TABLE concerts ADD COLUMN publishes_at INTEGER;
