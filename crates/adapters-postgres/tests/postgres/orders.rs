//! Time limits of the statements of operators' commands and of users' requests.

use application::ports::{CommitError, Store};

use crate::world::World;

/// Makes each statement that inserts users take longer than the limit of users' requests.
const SLOW: &str = "
    CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(5.5); RETURN NULL; END $$;
    CREATE TRIGGER take_long AFTER INSERT ON users FOR EACH STATEMENT EXECUTE FUNCTION take_long()";

#[tokio::test]
async fn an_operators_command_may_take_longer_than_a_users_request() {
    let world = World::empty().await;
    world.sql(SLOW);
    let (crowds, operators) = (world.a_registration(1).await, world.a_registration(2).await);
    let orders = world.store.ports().operator_store;
    let (refused, done) = tokio::join!(world.store.commit(std::slice::from_ref(&crowds)), orders.commit(std::slice::from_ref(&operators)));
    assert!(matches!(refused[0], Err(CommitError::Unavailable(_))), "the statement of a user's request times out: {refused:?}");
    assert!(done[0].is_ok(), "{done:?}");
}
