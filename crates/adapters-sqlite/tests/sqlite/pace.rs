//! How fast it is, for those who want to know: `cargo test -p adapters-sqlite --release -- --ignored --nocapture pace`.

use std::time::Instant;

use application::ports::{Load, Store};
use domain::decide::admission::Pass;
use domain::decide::hold;
use domain::{Change, TokenId, UserId};

use crate::world::{World, hold_load};

const GROUP: u32 = 256;
const GROUPS: u32 = 39;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a test"]
async fn pace_of_joins_and_holds() {
    let world = World::with_a_hall_of(GROUP * GROUPS).await;
    let users: Vec<UserId> = (0..GROUP * GROUPS).map(|_| UserId(application::ports::Ids::ordered(&world.ids))).collect();

    let mut passes = Vec::new();
    let began = Instant::now();
    for group in users.chunks(256) {
        let loads: Vec<Load> = group.iter().map(|user| Load::Join { user: *user, concert: None }).collect();
        let contexts = world.store.load(&loads).await;
        let mut changes: Vec<Change> = Vec::new();
        for (context, user) in contexts.into_iter().zip(group) {
            let token = TokenId(application::ports::Ids::secret(&world.ids));
            passes.push(Pass { user: *user, token: Some(token) });
            let command = domain::decide::join::Command { user: *user, concert: None, token };
            changes.push(domain::decide::join::decide(&context.unwrap(), &command, &world.rules).unwrap().change.unwrap());
        }
        assert!(world.store.commit(&changes).await.iter().all(Result::is_ok));
    }
    tell("joins", users.len(), began);
    let began = Instant::now();
    world.tick().await;
    tell("admissions", users.len(), began);

    let (mut loading, mut committing) = (std::time::Duration::ZERO, std::time::Duration::ZERO);
    let began = Instant::now();
    let mut seat = 0;
    for group in passes.chunks(256) {
        let commands: Vec<hold::Command> = group
            .iter()
            .map(|pass| {
                seat += 1;
                world.hold_command(*pass, &[seat])
            })
            .collect();
        let loads: Vec<Load> = commands.iter().map(hold_load).collect();
        let load_began = Instant::now();
        let contexts = world.store.load(&loads).await;
        loading += load_began.elapsed();
        let changes: Vec<Change> = contexts
            .into_iter()
            .zip(&commands)
            .map(|(context, command)| hold::decide(&context.unwrap(), command, &world.rules).unwrap().change.unwrap())
            .collect();
        let commit_began = Instant::now();
        assert!(world.store.commit(&changes).await.iter().all(Result::is_ok));
        committing += commit_began.elapsed();
    }
    tell("holds", passes.len(), began);
    println!("  of which loading {loading:?}, committing {committing:?}");
    assert_eq!(world.broken().await, Vec::<&str>::new());
}

fn tell(what: &str, how_many: usize, began: Instant) {
    let took = began.elapsed();
    #[expect(clippy::cast_precision_loss, reason = "a measurement")]
    let rate = how_many as f64 / took.as_secs_f64();
    println!("{how_many} {what} in {took:?}: {rate:.0} a second");
}
