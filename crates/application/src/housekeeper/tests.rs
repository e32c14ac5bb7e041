//! Tests of the passes of the housekeeper, with mocks of the store.

use std::collections::BTreeMap;
use std::sync::Mutex;

use mockall::Sequence;

use super::*;
use crate::ports::{MockHousekeeping, MockTokens, ReadError};
use crate::testing::{StoppedClock, a_waiting_room, an_empty_catalogue};

const HOUR: Duration = Duration::from_hours(1);

fn housekeeper(housekeeping: MockHousekeeping) -> Housekeeper {
    let room = a_waiting_room(Arc::new(MockTokens::new()), Arc::new(an_empty_catalogue()), Arc::new(StoppedClock::default()));
    let retention = Retention {
        period: HOUR,
        events: HOUR,
        unread_events: 3 * HOUR,
        reservations: 4 * HOUR,
        tokens: 2 * HOUR,
        sessions: 6 * HOUR,
        unused_users: 5 * HOUR,
    };
    Housekeeper::new(Arc::new(housekeeping), Arc::new(room), retention)
}

/// Returns a mock of a store without a backlog.
fn without_backlog() -> MockHousekeeping {
    let mut housekeeping = MockHousekeeping::new();
    housekeeping.expect_backlog().returning(|_| Ok(Duration::ZERO));
    housekeeping
}

fn name(what: Prunable) -> &'static str {
    match what {
        Prunable::Keys => "keys",
        Prunable::Log { .. } => "log",
        Prunable::Reservations { .. } => "reservations",
        Prunable::Tokens { .. } => "tokens",
        Prunable::Sessions { .. } => "sessions",
        Prunable::Users { .. } => "users",
    }
}

#[tokio::test(start_paused = true)]
async fn each_kind_is_pruned_until_no_more_is_reported() {
    let rounds = Arc::new(Mutex::new(BTreeMap::new()));
    let mut housekeeping = without_backlog();
    let counted = rounds.clone();
    housekeeping.expect_prune().returning(move |what, at_most| {
        let mut rounds = counted.lock().unwrap();
        let round = rounds.entry(name(what)).or_insert(0);
        *round += 1;
        let more = *round < if what == Prunable::Keys { 4 } else { 2 };
        Ok(Pruned { rows: u64::from(at_most), more })
    });
    housekeeper(housekeeping).prune().await;
    assert_eq!(
        *rounds.lock().unwrap(),
        BTreeMap::from([("keys", 4), ("log", 2), ("reservations", 2), ("sessions", 2), ("tokens", 2), ("users", 2)])
    );
}

#[tokio::test(start_paused = true)]
async fn a_kind_that_fails_does_not_prevent_pruning_of_the_others() {
    let mut housekeeping = without_backlog();
    let mut order = Sequence::new();
    for failing in [true, false, true, false, true, false] {
        housekeeping
            .expect_prune()
            .times(1)
            .in_sequence(&mut order)
            .returning(move |_, _| if failing { Err(ReadError::Unavailable("no connection".into())) } else { Ok(Pruned::default()) });
    }
    let housekeeper = housekeeper(housekeeping);
    housekeeper.prune().await;
    // The mock is checked here, on the test's own thread.
    drop(housekeeper);
}

#[tokio::test(start_paused = true)]
async fn a_backlog_of_one_kind_does_not_delay_the_others() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut housekeeping = without_backlog();
    let seen = order.clone();
    housekeeping.expect_prune().returning(move |what, _| {
        let mut seen = seen.lock().unwrap();
        seen.push(name(what));
        Ok(Pruned { rows: 1, more: what == Prunable::Keys && seen.len() < 20 })
    });
    housekeeper(housekeeping).prune().await;
    assert_eq!(order.lock().unwrap()[..7], ["keys", "log", "reservations", "tokens", "sessions", "users", "keys"]);
}

#[tokio::test(start_paused = true)]
async fn each_kind_is_pruned_by_its_own_retention() {
    let mut housekeeping = without_backlog();
    let pruned = Arc::new(Mutex::new(Vec::new()));
    let seen = pruned.clone();
    housekeeping.expect_prune().returning(move |what, _| {
        seen.lock().unwrap().push(what);
        Ok(Pruned::default())
    });
    let housekeeper = housekeeper(housekeeping);
    housekeeper.prune().await;
    let ago = |hours: u32| housekeeper.room.now() - HOUR * hours;
    let expected = [
        Prunable::Keys,
        Prunable::Log { before: ago(1), unread_before: ago(3) },
        Prunable::Reservations { before: ago(4) },
        Prunable::Tokens { before: ago(2) },
        Prunable::Sessions { before: ago(6) },
        Prunable::Users { before: ago(5) },
    ];
    assert_eq!(*pruned.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn an_endless_backlog_of_one_kind_does_not_end_the_pruning_of_the_others() {
    let stop = CancellationToken::new();
    let (stopped, mut rounds) = (stop.clone(), 0);
    let mut housekeeping = without_backlog();
    housekeeping.expect_prune().returning(move |what, _| {
        rounds += u32::from(matches!(what, Prunable::Log { .. }));
        if rounds == 3 {
            stopped.cancel();
        }
        Ok(Pruned { rows: 1, more: what == Prunable::Keys })
    });
    let housekeeper = Housekeeper { housekeeping: Arc::new(Slow(housekeeping)), ..housekeeper(MockHousekeeping::new()) };
    tokio::time::timeout(HOUR * 4, housekeeper.run(stop)).await.expect("the log should be pruned in each pass");
}

/// Returns how long pruning pauses in total if 10 rounds of a second each leave `backlog`.
async fn pauses_with(backlog: Duration) -> Duration {
    let mut housekeeping = MockHousekeeping::new();
    housekeeping.expect_backlog().returning(move |_| Ok(backlog));
    let mut rounds = 0;
    housekeeping.expect_prune().returning(move |what, _| {
        rounds += u32::from(what == Prunable::Keys);
        Ok(Pruned { rows: 1, more: what == Prunable::Keys && rounds < 10 })
    });
    let began = Instant::now();
    let housekeeper = Housekeeper { housekeeping: Arc::new(Slow(housekeeping)), ..housekeeper(MockHousekeeping::new()) };
    housekeeper.prune().await;
    // One round of each other kind, too.
    began.elapsed().checked_sub(Duration::from_secs(15)).unwrap()
}

/// A store whose rounds take a second each.
struct Slow(MockHousekeeping);

#[async_trait::async_trait]
impl Housekeeping for Slow {
    async fn prune(&self, what: Prunable, at_most: u32) -> Result<Pruned, ReadError> {
        sleep(Duration::from_secs(1)).await;
        self.0.prune(what, at_most).await
    }

    async fn backlog(&self, what: Prunable) -> Result<Duration, ReadError> {
        self.0.backlog(what).await
    }
}

#[tokio::test(start_paused = true)]
async fn pruning_pauses_unless_rows_are_far_past_their_retention() {
    let usual = pauses_with(Duration::ZERO).await;
    assert!(
        (Duration::from_secs(14)..Duration::from_secs(15)).contains(&usual),
        "{usual:?}: half of the time, except after the last round"
    );
    let urgent = pauses_with(HOUR).await;
    assert!(urgent < Duration::from_millis(100), "{urgent:?}");
}

#[tokio::test(start_paused = true)]
async fn rounds_grow_while_a_full_round_is_short() {
    let sizes = Arc::new(Mutex::new(Vec::new()));
    let seen = sizes.clone();
    let mut housekeeping = without_backlog();
    housekeeping.expect_prune().returning(move |what, at_most| {
        if what != Prunable::Keys {
            return Ok(Pruned::default());
        }
        let mut sizes = seen.lock().unwrap();
        sizes.push(at_most);
        Ok(Pruned { rows: at_most.into(), more: sizes.len() < 5 })
    });
    housekeeper(housekeeping).prune().await;
    assert_eq!(*sizes.lock().unwrap(), [1_000, 2_000, 4_000, 8_000, 8_000]);
}

#[tokio::test(start_paused = true)]
async fn housekeeping_stops_during_an_endless_backlog() {
    let mut housekeeping = without_backlog();
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let mut rounds = 0;
    housekeeping.expect_prune().returning(move |_, _| {
        rounds += 1;
        if rounds == 50 {
            stopped.cancel();
        }
        Ok(Pruned { rows: 1, more: true })
    });
    housekeeper(housekeeping).run(stop).await;
}
