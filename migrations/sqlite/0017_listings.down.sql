ALTER TABLE concerts DROP COLUMN publishes_at;
ALTER TABLE concerts DROP COLUMN venue_zone;
ALTER TABLE concerts DROP COLUMN venue_city;
ALTER TABLE concerts DROP COLUMN venue_name;
ALTER TABLE concerts DROP COLUMN image_url;
ALTER TABLE concerts DROP COLUMN description;
