-- What the public catalogue shows of a concert, and the first instant at which it is public; null: it is public.
ALTER TABLE concerts ADD COLUMN description text;
ALTER TABLE concerts ADD COLUMN image_url text;
ALTER TABLE concerts ADD COLUMN venue_name text;
ALTER TABLE concerts ADD COLUMN venue_city text CHECK ((venue_city IS NULL) = (venue_name IS NULL));
ALTER TABLE concerts ADD COLUMN venue_zone text CHECK ((venue_zone IS NULL) = (venue_name IS NULL));
ALTER TABLE concerts ADD COLUMN publishes_at bigint;
