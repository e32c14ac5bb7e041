//! What a step of a seat costs.

use crate::world::World;

/// A hall of a hundred seats.
const HALL: &str = "
    INSERT INTO concerts VALUES ('00000000-0000-0000-0000-0000000000cc', 1, 'Club Night', 'Frontrow', '0f207207-0000-7000-8000-000000000001');
    INSERT INTO schedules VALUES ('00000000-0000-0000-0000-0000000000dd', 1, '00000000-0000-0000-0000-0000000000cc', 3, 'UTC', 1, 2);
    INSERT INTO seats SELECT '00000000-0000-0000-0000-0000000000dd', n, 1, 'A ' || n, 5, 'AVAILABLE' FROM generate_series(1, 100) n";

/// How many of ten seats `step` writes, and how many of them take no new entry in any index: there is room for their next version on the page.
fn without_an_index(world: &World, step: &str) -> String {
    let written = "SELECT n_tup_upd || ' ' || n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'seats'";
    world.sql(&format!("{step} WHERE number % 10 = 0; {written}")).trim().to_owned()
}

#[tokio::test]
async fn a_hold_and_its_end_touch_no_index_of_the_seats_and_a_sale_does() {
    const HOLD: &str = "UPDATE seats SET version = version + 1, state = 'HELD', reservation_id = gen_random_uuid(), held_until = 9";
    const RELEASE: &str = "UPDATE seats SET version = version + 1, state = 'AVAILABLE', reservation_id = NULL, held_until = NULL";
    const SELL: &str = "UPDATE seats SET version = version + 1, state = 'RESERVED', held_until = NULL";
    let world = World::empty().await;
    world.sql(HALL);
    for step in [HOLD, RELEASE, HOLD] {
        assert_eq!(without_an_index(&world, step), "10 10", "{step}");
        world.sql("VACUUM seats");
    }
    assert_eq!(without_an_index(&world, SELL), "10 0");
}
