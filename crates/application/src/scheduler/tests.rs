mod capacity_freed;

use domain::change::Admission;
use domain::need::QueueCounts;
use domain::testing::{ADA, OTHER_QUEUE, SCHEDULE, a_queue, a_schedule, a_token, rules};
use domain::{Need, QueueToken, Rows, Version, Versioned};

use super::*;
use crate::ports::{Clock, Committed, MockStore, MockTokens};
use crate::testing::{a_waiting_room, an_empty_catalogue};

const DAY: Duration = Duration::from_hours(24);

/// A clock that follows tokio's clock, which a test may pause.
struct TestClock(Instant);

impl Clock for TestClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + self.0.elapsed()
    }
}

/// Returns Ada's waiting token in a concert's own queue.
fn adas_token() -> Versioned<QueueToken> {
    a_token(ADA).with(|token| token.with_queue(OTHER_QUEUE))
}

/// Returns the rows of a tick at `now`: Ada waits, and the sale opens at `sale_opens_at`.
fn rows_of_tick(now: OffsetDateTime, sale_opens_at: OffsetDateTime) -> Rows {
    let closes_at = sale_opens_at + DAY;
    let schedule = a_schedule().with(|schedule| schedule.with_sale(sale_opens_at..closes_at).with_start(closes_at));
    let mut rows = Rows::at(now).with(a_queue().with(|queue| queue.with_id(OTHER_QUEUE))).with(adas_token()).with(schedule);
    rows.add_queue_counts(
        OTHER_QUEUE,
        QueueCounts { admission: Versioned::new(Version::FIRST, Admission::new(OTHER_QUEUE)), waiting: 1, active: Some(0) },
    );
    rows.add_offer(OTHER_QUEUE, Some((SCHEDULE, true)));
    rows
}

#[tokio::test(start_paused = true)]
async fn a_queue_is_ticked_when_its_sale_opens() {
    let clock = Arc::new(TestClock(Instant::now()));
    let opens_at = clock.now() + Duration::from_mins(7);
    let admitted = Arc::new(Mutex::new(Vec::new()));
    let mut store = MockStore::new();
    let (read, committed, stop) = (clock.clone(), admitted.clone(), CancellationToken::new());
    store.expect_load().returning(move |needs| match needs {
        [Need::QueueHead(_)] => Ok(rows_of_tick(read.now(), opens_at)),
        _ => Ok(Rows::at(read.now())),
    });
    let (written, done) = (clock.clone(), stop.clone());
    store.expect_commit().returning(move |changes| {
        committed.lock().unwrap().push((written.now(), changes.len()));
        done.cancel();
        vec![Ok(Committed::default())]
    });
    let room = Arc::new(a_waiting_room(Arc::new(MockTokens::new()), Arc::new(an_empty_catalogue()), clock.clone()));
    room.meet(&adas_token());
    let dependencies = Dependencies {
        committer: Arc::new(Committer::new(Arc::new(store), Vec::new())),
        room,
        rules: Arc::new(rules()),
        capacity_freed: Arc::default(),
    };
    let intervals = Intervals { tick: DAY, sweep: DAY };

    Scheduler::new(dependencies, intervals).run(stop).await;

    let [(at, 1)] = admitted.lock().unwrap()[..] else { panic!("exactly one tick should admit: {admitted:?}") };
    assert!(opens_at <= at && at < opens_at + Duration::from_millis(50), "ticked at {at}, the sale opens at {opens_at}");
}
