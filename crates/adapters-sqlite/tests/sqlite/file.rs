//! Audits and copies of a database file, with or without a running server.

use std::path::{Path, PathBuf};

use adapters_sqlite::{BackupError, OpenError, SqliteFile, SqliteStore};
use application::ports::Users;
use sea_orm::sqlx;
use tempfile::TempDir;

use crate::world::World;

async fn open(path: &Path) -> Result<SqliteFile, OpenError> {
    SqliteFile::open(path.to_str().unwrap()).await
}

async fn violated(path: &Path) -> Vec<&'static str> {
    let findings = open(path).await.unwrap().audit().await.unwrap();
    findings.iter().filter(|finding| finding.violations > 0).map(|finding| finding.invariant.name()).collect()
}

fn within(folder: &TempDir, name: &str) -> PathBuf {
    folder.path().join(name)
}

#[tokio::test]
async fn a_file_without_a_store_is_refused_by_the_audit_and_not_changed() {
    let folder = TempDir::new().unwrap();
    let (missing, empty, foreign) = (within(&folder, "missing.db"), within(&folder, "empty.db"), within(&folder, "foreign.db"));
    std::fs::write(&empty, "").unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&foreign).create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::raw_sql("CREATE TABLE letters (id INTEGER)").execute(&pool).await.unwrap();
    pool.close().await;

    assert!(matches!(open(&missing).await, Err(OpenError::Missing(_))));
    for file in [&empty, &foreign] {
        let refused = open(file).await.unwrap_err();
        assert!(matches!(&refused, OpenError::Unfit(_, reason) if reason.to_string() == "it contains no store"), "{refused:?}");
    }
    assert_eq!(std::fs::metadata(&empty).unwrap().len(), 0);
    assert!(!missing.exists());
}

#[tokio::test]
async fn a_file_of_another_release_is_refused_by_the_audit() {
    for (change, expected) in [
        (
            "DELETE FROM seaql_migrations WHERE version = '0003_operators'",
            "its schema is older than this release, which needs 0003_operators",
        ),
        ("INSERT INTO seaql_migrations VALUES ('2999_flying_cars', 0)", "its schema is newer than this release: it has 2999_flying_cars"),
    ] {
        let world = World::empty().await;
        sqlx::raw_sql(change).execute(&world.unchecked_pool().await).await.unwrap();
        let refused = open(Path::new(&world.path())).await.unwrap_err();
        assert!(matches!(&refused, OpenError::Unfit(_, reason) if reason.to_string().starts_with(expected)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_copy_without_its_write_ahead_log_violates_invariants() {
    let world = World::with_a_hall_of(4).await;
    let folder = TempDir::new().unwrap();
    // Like a copy by `cp` while the server runs: changes that are still in the write-ahead log are not in the file.
    let torn = within(&folder, "torn.db");
    std::fs::copy(world.path(), &torn).unwrap();
    match open(&torn).await {
        Err(OpenError::Unfit(..) | OpenError::Database(..)) => {}
        Err(error) => panic!("{error:?}"),
        Ok(file) => {
            let audited = file.audit().await;
            assert!(audited.is_err() || !violated(&torn).await.is_empty(), "{audited:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_running_store_is_complete_and_private() {
    let world = World::with_a_hall_of(20).await;
    let guest = world.guest().await;
    world.charge(guest.user, 50_000).await;
    let held = world.hold(guest, &[1, 2]).await;
    world.pay(guest, &held).await;
    let folder = TempDir::new().unwrap();
    let target = within(&folder, "copy.db");
    let source = open(Path::new(&world.path())).await.unwrap();
    let backing_up = tokio::spawn({
        let target = target.clone();
        async move { source.back_up(&target).await }
    });
    while !backing_up.is_finished() {
        world.user().await;
    }
    let size = backing_up.await.unwrap().unwrap();

    assert_eq!(std::fs::metadata(&target).unwrap().len(), size);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "the folder contains only the backup");
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&target).unwrap().permissions()) & 0o777, 0o600);
    assert_eq!(violated(&target).await, Vec::<&str>::new());
    let copy = SqliteStore::open(target.to_str().unwrap(), world.clock.clone()).await.unwrap();
    assert_eq!(copy.reads().user(guest.user).await.unwrap(), world.store.reads().user(guest.user).await.unwrap());
}

#[tokio::test]
async fn a_backup_does_not_overwrite_files() {
    let world = World::empty().await;
    let folder = TempDir::new().unwrap();
    let source = open(Path::new(&world.path())).await.unwrap();
    let (taken, unfinished) = (within(&folder, "taken.db"), within(&folder, "other.db.unfinished"));
    for path in [&taken, &unfinished] {
        std::fs::write(path, "Dear Sir or Madam").unwrap();
    }
    for target in [&taken, &within(&folder, "other.db")] {
        assert!(matches!(source.back_up(target).await, Err(BackupError::Exists(_))));
    }
    assert!(matches!(source.back_up(&within(&folder, "no/folder.db")).await, Err(BackupError::Io(..))));
    for path in [&taken, &unfinished] {
        assert_eq!(std::fs::read(path).unwrap(), b"Dear Sir or Madam");
    }
}

#[tokio::test]
async fn the_migrations_name_all_objects_of_the_schema() {
    let world = World::empty().await;
    assert_eq!(violated(Path::new(&world.path())).await, Vec::<&str>::new(), "all objects that the migrations name exist");
    let rows = sqlx::query_scalar("SELECT name FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name");
    let there: Vec<String> = rows.fetch_all(&world.unchecked_pool().await).await.unwrap();
    let named = migrations::SQLITE.objects();
    let unnamed: Vec<_> = there.iter().filter(|name| !named.contains_key(name.as_str()) && *name != "seaql_migrations").collect();
    assert_eq!(unnamed, Vec::<&String>::new(), "the migrations name all objects that exist");
}
