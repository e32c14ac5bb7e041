//! The cases for which the lanes check the mocks: each of these tests passed when the lanes dropped the mocks.

use domain::testing::NOW;
use domain::{Change, Command, Decision, User, UserId, Verdict, Write};
use time::OffsetDateTime;
use uuid::Uuid;

use super::*;

struct Touch;

impl Command for Touch {
    type Outcome = ();
    type Needs = ();

    fn needs(&self) {}

    fn decide(&self, now: OffsetDateTime, (): (), _: &Rules) -> Verdict<()> {
        let user = User { id: UserId(Uuid::nil()), name: None, created_at: now };
        Ok(Decision::commit((), Change::default().writing(Write::insert(user)), now))
    }
}

fn a_store(commits: usize) -> MockStore {
    let mut store = MockStore::new();
    store.expect_load().returning(|_| Ok(Rows::at(NOW)));
    store.expect_commit().times(commits).returning(|_| vec![Ok(Committed::default())]);
    store
}

fn an_observer(commits: usize) -> MockObserver {
    let mut observer = MockObserver::new();
    observer.expect_committed().times(commits).return_const(());
    observer.expect_doubtful().return_const(());
    observer
}

async fn touch(store: MockStore, observer: MockObserver) {
    let _ = MockedLanes::over(store).observed_by(observer).run(async |commits| commits.run(Touch).await).await;
}

#[tokio::test]
async fn mocks_that_are_called_as_expected_pass() {
    touch(a_store(1), an_observer(1)).await;
}

#[tokio::test]
#[should_panic(expected = "fewer than expected 5")]
async fn a_store_that_is_called_too_rarely_fails_the_test() {
    touch(a_store(5), an_observer(1)).await;
}

#[tokio::test]
#[should_panic(expected = "the store's mock panicked in a lane")]
async fn a_store_that_is_called_too_often_fails_the_test() {
    touch(a_store(0), an_observer(0)).await;
}

#[tokio::test]
#[should_panic(expected = "fewer than expected 2")]
async fn an_observer_that_is_notified_too_rarely_fails_the_test() {
    touch(a_store(1), an_observer(2)).await;
}

#[tokio::test]
#[should_panic(expected = "an observer's mock panicked in a lane")]
async fn an_observer_that_is_notified_too_often_fails_the_test() {
    touch(a_store(1), an_observer(0)).await;
}

#[tokio::test]
#[should_panic(expected = "the store's mock panicked in a lane")]
async fn an_assertion_that_fails_in_a_mock_fails_the_test() {
    let mut store = MockStore::new();
    store.expect_load().returning(|loads| panic!("{} loads", loads.len()));
    touch(store, an_observer(0)).await;
}
