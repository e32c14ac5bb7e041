use std::sync::Mutex;

use async_trait::async_trait;
use domain::testing::{a_token, user};
use domain::{LoggedRow, LoggedToken, Version, Versioned};

use super::*;
use crate::ports::{LogExtent, LogPage, MockLog, ReadError};

/// A read model that records its calls.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Notes {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

#[async_trait]
impl ReadModel for Notes {
    fn apply(&self, row: LoggedRow) {
        let LoggedRow::Token(token) = row else { panic!("expected only tokens") };
        self.0.lock().unwrap().push(format!("token {}", token.number));
    }

    async fn reload(&self) -> Result<(), Error> {
        self.0.lock().unwrap().push("rebuilt".to_owned());
        Ok(())
    }
}

fn token(number: u64) -> LoggedRow {
    let token = a_token(user(number)).numbered(number).row;
    LoggedRow::Token(Versioned::new(Version::FIRST, LoggedToken::from(&token)))
}

fn page(items: Vec<LoggedRow>, position: u64, end: u64) -> LogPage<LoggedRow> {
    LogPage { items, position: Position(position), end: Position(end) }
}

fn a_log(end: u64) -> MockLog {
    let mut log = MockLog::new();
    log.expect_extent().returning(move || Ok(LogExtent { start: Position(0), end: Position(end) }));
    log
}

async fn follower(log: MockLog, notes: &Arc<Notes>) -> Follower {
    Follower::start(Arc::new(log), vec![notes.clone()], Duration::from_millis(1)).await.unwrap()
}

#[tokio::test]
async fn commits_of_others_are_applied_page_by_page_from_the_last_position_on() {
    let mut log = a_log(5);
    for (after, rows, position, end) in [(5, vec![token(1)], 7, 9), (7, vec![token(2)], 9, 9), (9, vec![], 9, 9)] {
        log.expect_rows()
            .times(1)
            .withf(move |position, _| *position == Position(after))
            .return_once(move |_, _| Ok(Some(page(rows, position, end))));
    }
    let notes = Arc::new(Notes::default());
    let mut follower = follower(log, &notes).await;
    follower.follow().await.unwrap();
    assert_eq!(notes.take(), ["token 1", "token 2"]);
    follower.follow().await.unwrap();
    assert_eq!(notes.take(), [""; 0]);
}

#[tokio::test]
async fn a_page_that_cannot_be_read_is_requested_again() {
    let mut log = a_log(5);
    let mut calls = 0;
    log.expect_rows().times(2).returning(move |after, _| {
        assert_eq!(after, Position(5));
        calls += 1;
        if calls == 1 { Err(ReadError::Unavailable("no connection".into())) } else { Ok(Some(page(vec![token(1)], 6, 6))) }
    });
    let notes = Arc::new(Notes::default());
    let mut follower = follower(log, &notes).await;
    assert!(follower.follow().await.is_err());
    follower.follow().await.unwrap();
    assert_eq!(notes.take(), ["token 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_position_rebuilds_the_read_models_until_that_succeeds() {
    let mut log = MockLog::new();
    let mut calls = 0;
    log.expect_extent().times(3).returning(move || {
        calls += 1;
        if calls == 2 {
            Err(ReadError::Unavailable("no connection".into()))
        } else {
            Ok(LogExtent { start: Position(0), end: Position(calls * 10) })
        }
    });
    log.expect_rows().times(1).withf(|after, _| *after == Position(10)).returning(|_, _| Ok(None));
    log.expect_rows().times(1).withf(|after, _| *after == Position(30)).returning(|_, _| Ok(Some(page(vec![token(3)], 31, 31))));
    let notes = Arc::new(Notes::default());
    let mut follower = follower(log, &notes).await;
    assert!(follower.follow().await.is_err(), "the store should be unavailable");
    follower.follow().await.unwrap();
    assert!(notes.take().is_empty(), "the next attempt follows after a pause");
    tokio::time::advance(*PAUSES.start()).await;
    follower.follow().await.unwrap();
    assert_eq!(notes.take(), ["rebuilt"]);
    follower.follow().await.unwrap();
    assert_eq!(notes.take(), ["token 3"], "the rows committed since the end of the log was read");
}

#[tokio::test]
async fn a_corrupt_row_is_skipped_by_rebuilding_the_read_models() {
    let mut log = a_log(5);
    log.expect_rows().times(1).returning(|_, _| Err(ReadError::Corrupt("a row".to_owned())));
    log.expect_rows().times(1).returning(|_, _| Ok(Some(page(vec![], 5, 5))));
    let notes = Arc::new(Notes::default());
    let mut follower = follower(log, &notes).await;
    follower.follow().await.unwrap();
    follower.follow().await.unwrap();
    assert_eq!(notes.take(), ["rebuilt"]);
}

#[tokio::test]
async fn a_follower_that_is_20_000_groups_behind_reads_each_of_them_once() {
    const GROUPS: u64 = 20_000;
    let mut log = a_log(0);
    let (mut end, mut next) = (0, 0);
    log.expect_rows().returning(move |after, at_most| {
        // The other instances commit the groups while this one does nothing, and some more while it reads.
        end = if end == 0 { GROUPS } else { end + 1 };
        assert_eq!(after, Position(next), "the page after the last one");
        let last = end.min(after.0 + u64::from(at_most));
        next = last;
        Ok(Some(page((after.0 + 1..=last).map(token).collect(), last, end)))
    });
    let notes = Arc::new(Notes::default());
    follower(log, &notes).await.follow().await.unwrap();
    let applied = notes.take();
    assert!(applied.len() >= usize::try_from(GROUPS).unwrap());
    assert!(applied.iter().zip(1..).all(|(note, number)| *note == format!("token {number}")), "each once, in order");
}
