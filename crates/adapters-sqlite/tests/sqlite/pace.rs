//! Measures the performance: `cargo test -p adapters-sqlite --release -- --ignored --nocapture pace`.

use std::time::Instant;

use application::ports::Store;
use domain::decide::admission::Pass;
use domain::decide::{hold, join};
use domain::{Change, Command, Need, Needs, TokenId, UserId};

use crate::world::World;

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
        let token = || TokenId(application::ports::Ids::secret(&world.ids));
        let commands: Vec<_> = group.iter().map(|user| join::Command { user: *user, concert: None, token: token() }).collect();
        passes.extend(commands.iter().map(|join| Pass { user: join.user, token: Some(join.token) }));
        let rows = world.store.load(&needs_of(&commands)).await.unwrap();
        let changes: Vec<Change> = commands.iter().map(|join| change_of(&world, join, &rows)).collect();
        assert!(world.store.commit(&changes).await.iter().all(Result::is_ok));
    }
    print_rate("joins", users.len(), began);
    let began = Instant::now();
    world.admit().await;
    print_rate("admissions", users.len(), began);

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
        let load_began = Instant::now();
        let rows = world.store.load(&needs_of(&commands)).await.unwrap();
        loading += load_began.elapsed();
        let changes: Vec<Change> = commands.iter().map(|hold| change_of(&world, hold, &rows)).collect();
        let commit_began = Instant::now();
        assert!(world.store.commit(&changes).await.iter().all(Result::is_ok));
        committing += commit_began.elapsed();
    }
    print_rate("holds", passes.len(), began);
    println!("  including loads of {loading:?} and commits of {committing:?}");
    assert_eq!(world.violated().await, Vec::<&str>::new());
}

fn needs_of<C: Command>(commands: &[C]) -> Vec<Need> {
    let mut needs = Vec::new();
    for command in commands {
        command.needs().add_to(&mut needs);
    }
    needs
}

fn change_of<C: Command>(world: &World, command: &C, rows: &domain::Rows) -> Change {
    command.decide_by(rows, &world.rules).unwrap().unwrap().change.unwrap()
}

fn print_rate(name: &str, count: usize, began: Instant) {
    let elapsed = began.elapsed();
    #[expect(clippy::cast_precision_loss, reason = "a measurement")]
    let rate = count as f64 / elapsed.as_secs_f64();
    println!("{count} {name} in {elapsed:?}: {rate:.0} per second");
}
