//! The cost of updates of a seat.

use crate::world::World;

/// A hall of a hundred seats.
const HALL: &str = "
    INSERT INTO concerts VALUES ('00000000-0000-0000-0000-0000000000cc', 1, 'Club Night', 'Frontrow', '0f207207-0000-7000-8000-000000000001');
    INSERT INTO schedules VALUES ('00000000-0000-0000-0000-0000000000dd', 1, '00000000-0000-0000-0000-0000000000cc', 3, 'UTC', 1, 2);
    INSERT INTO seats SELECT '00000000-0000-0000-0000-0000000000dd', n, 1, 'A ' || n, 5, 'AVAILABLE' FROM generate_series(1, 100) n";

/// Returns how many of ten seats `update` updates, and how many of these get no new index entries: their new versions fit on the same page.
fn count_updates(world: &World, update: &str) -> String {
    let written = "SELECT n_tup_upd || ' ' || n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'seats'";
    world.sql(&format!("{update} WHERE number % 10 = 0; {written}")).trim().to_owned()
}

#[tokio::test]
async fn a_hold_and_its_release_write_no_index_of_seats_but_a_sale_does() {
    const HOLD: &str = "UPDATE seats SET version = version + 1, state = 'HELD', reservation_id = gen_random_uuid(), held_until = 9";
    const RELEASE: &str = "UPDATE seats SET version = version + 1, state = 'AVAILABLE', reservation_id = NULL, held_until = NULL";
    const SELL: &str = "UPDATE seats SET version = version + 1, state = 'RESERVED', held_until = NULL";
    let world = World::empty().await;
    world.sql(HALL);
    for update in [HOLD, RELEASE, HOLD] {
        assert_eq!(count_updates(&world, update), "10 10", "{update}");
        world.sql("VACUUM seats");
    }
    assert_eq!(count_updates(&world, SELL), "10 0");
}
