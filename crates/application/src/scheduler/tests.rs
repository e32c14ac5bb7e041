mod place_free;

use domain::need::Standing;
use domain::token::NewToken;
use domain::{
    ConcertId, Currency, Money, Need, Queue, QueuePolicy, QueueToken, Rows, Schedule, ScheduleId, TokenId, UserId, Version, Versioned, Zone,
};
use uuid::Uuid;

use super::*;
use crate::ports::{Clock, Committed, MockStore, MockTokens};
use crate::testing::{a_queue_called, a_waiting_room, an_empty_programme};

const OWN: QueueId = QueueId(Uuid::from_u128(9));
const DAY: Duration = Duration::from_hours(24);

/// A clock that goes as tokio's does, which a test may pause.
struct TestClock(Instant);

impl Clock for TestClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + self.0.elapsed()
    }
}

fn rules() -> Rules {
    let (span, amount) = (time::Duration::MINUTE, Money::new(1).unwrap());
    Rules {
        hold: span,
        max_seats_per_user: 4,
        currency: "KRW".parse::<Currency>().unwrap(),
        charging: domain::Charging::Open,
        max_charge: amount,
        max_balance: amount,
        queue: QueuePolicy { capacity: 1, batch: 1, active: span, claim: span, max_waiting: None },
        key_retention: span,
    }
}

fn a_token() -> Versioned<QueueToken> {
    let (id, user) = (TokenId(Uuid::nil()), UserId(Uuid::nil()));
    let new = NewToken { id, queue: OWN, user, concert: None, joined_at: OffsetDateTime::UNIX_EPOCH };
    Versioned::new(Version::FIRST, new.numbered(1))
}

/// What a tick sees at `now`: somebody waits, and the sale opens at `sale_opens_at`.
fn the_rows(now: OffsetDateTime, sale_opens_at: OffsetDateTime) -> Rows {
    let (id, concert, starts_at) = (ScheduleId(Uuid::nil()), ConcertId(Uuid::nil()), sale_opens_at + DAY);
    let schedule = Schedule::new(id, concert, starts_at, Zone::new("UTC").unwrap(), sale_opens_at..starts_at);
    let mut rows = Rows::at(now).with(the_queue()).with(a_token());
    rows.add_standing(OWN, Standing { admission: Version::FIRST, waiting: 1, active: Some(0) });
    rows.add_offer(OWN, Some((schedule.id, true)));
    rows.with(Versioned::new(Version::FIRST, schedule))
}

fn the_queue() -> Versioned<Queue> {
    a_queue_called(OWN)
}

#[tokio::test(start_paused = true)]
async fn a_queue_is_ticked_at_the_instant_at_which_its_sale_opens() {
    let clock = Arc::new(TestClock(Instant::now()));
    let opens_at = clock.now() + Duration::from_mins(7);
    let admitted = Arc::new(Mutex::new(Vec::new()));
    let mut store = MockStore::new();
    let (read, committed, stop) = (clock.clone(), admitted.clone(), CancellationToken::new());
    store.expect_load().returning(move |needs| match needs {
        [Need::Line(_)] => Ok(the_rows(read.now(), opens_at)),
        _ => Ok(Rows::at(read.now())),
    });
    let (written, done) = (clock.clone(), stop.clone());
    store.expect_commit().returning(move |changes| {
        committed.lock().unwrap().push((written.now(), changes.len()));
        done.cancel();
        vec![Ok(Committed::default())]
    });
    let room = Arc::new(a_waiting_room(Arc::new(MockTokens::new()), Arc::new(an_empty_programme()), clock.clone()));
    room.meet(&a_token());
    let tools = Tools {
        committer: Arc::new(Committer::new(Arc::new(store), Vec::new())),
        room,
        rules: Arc::new(rules()),
        place_free: Arc::default(),
    };
    let rhythm = Rhythm { tick: DAY, sweep: DAY };

    Scheduler::new(tools, rhythm).run(stop).await;

    let [(at, 1)] = admitted.lock().unwrap()[..] else { panic!("one tick admits: {admitted:?}") };
    assert!(opens_at <= at && at < opens_at + Duration::from_millis(50), "{at} for {opens_at}");
}
