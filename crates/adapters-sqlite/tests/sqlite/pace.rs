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

/// What a sale at full rate leaves behind: users without purchases, with one released hold each.
const LEFT_BEHIND: &str = "
    CREATE TEMP TABLE n AS WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000) SELECT n, randomblob(16) AS u,
        randomblob(16) AS t, randomblob(16) AS r FROM n;
    INSERT INTO users (id, name, created_at) SELECT u, 'Ada Lovelace', n FROM n;
    INSERT INTO wallets SELECT u, 1, 0, 0 FROM n;
    INSERT INTO user_search_keys SELECT 'ada lovelace', u FROM n UNION ALL SELECT 'lovelace', u FROM n;
    INSERT INTO queue_tokens (id, version, queue_id, user_id, number, joined_at, state, reason, expired_at)
    SELECT t, 2, x'0f207207000070008000000000000001', u, n, n, 'EXPIRED', 'LEFT', n FROM n;
    UPDATE queue_counters SET last_number = 100000;
    INSERT INTO reservations SELECT r, 2, u, t, (SELECT id FROM concerts), (SELECT id FROM schedules), 5, n, n, 'CANCELLED', 'RELEASED', NULL FROM n;
    INSERT INTO reservation_seats SELECT r, 1 + n % 100, (SELECT id FROM schedules), 'A 1', 5, 0 FROM n;
    INSERT INTO idempotency_keys SELECT u, 'RESERVATIONS', 'key', 1, zeroblob(32), '{}', n, n FROM n;";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a test"]
async fn pace_of_pruning() {
    use application::ports::{Clock, Housekeeping, Prunable};
    for size in [1_000, 8_000] {
        let world = World::with_a_hall_of(100).await;
        let db = world.checked_pool().await;
        sea_orm::sqlx::raw_sql(LEFT_BEHIND).execute(&db).await.unwrap();
        let before = world.clock.now();
        for what in [
            Prunable::Keys,
            Prunable::Tokens { before },
            Prunable::Reservations { before },
            Prunable::Tokens { before },
            Prunable::Users { before },
        ] {
            let (began, mut rounds, mut deleted) = (Instant::now(), 0, 0);
            loop {
                let pruned = world.store.prune(what, size).await.unwrap();
                rounds += 1;
                deleted += usize::try_from(pruned.rows).unwrap();
                if !pruned.more {
                    break;
                }
            }
            println!("{what:?}: {rounds} rounds of {size} in {:?}", began.elapsed());
            print_rate("deletions", deleted, began);
        }
        assert_eq!(world.violated().await, Vec::<&str>::new());
    }
}
