-- Everything that 0003_operators.up.sql made, in the opposite order. What operators did is forgotten; dates that were called off take
-- place again.

DROP INDEX users_name;
DROP TABLE deeds;
ALTER TABLE schedules DROP COLUMN cancelled_at;
ALTER TABLE concerts DROP COLUMN max_seats_per_user;
