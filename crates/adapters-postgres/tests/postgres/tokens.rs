//! The cost of updates of a token.

use crate::world::World;

/// A hundred active tokens.
const ACTIVE: &str = "
    INSERT INTO queue_tokens (id, version, queue_id, user_id, number, joined_at, state, activated_at, claimed, expires_at)
    SELECT gen_random_uuid(), 2, '0f207207-0000-7000-8000-000000000001', gen_random_uuid(), n, 0, 'ACTIVE', 1, false, 2 FROM generate_series(1, 100) n";

/// A claim, and the extension by a hold.
const EXTEND: &str = "UPDATE queue_tokens SET version = version + 1, claimed = true, expires_at = expires_at + 1 WHERE number % 10 = 0";

#[tokio::test]
async fn claims_and_holds_write_no_index_of_tokens() {
    const WRITTEN: &str = "SELECT n_tup_upd || ' ' || n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'queue_tokens'";
    let world = World::empty().await;
    world.sql(ACTIVE);
    assert_eq!(world.sql(&format!("{EXTEND}; {WRITTEN}")).trim(), "10 10");
}
