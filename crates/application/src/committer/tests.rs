use std::sync::Mutex;

use domain::testing::NOW;
use domain::{User, UserId, Write};
use uuid::Uuid;

use super::*;

/// What a [`Scripted`] store returns for a group of changes.
type Results = Vec<Result<Committed, CommitError>>;

/// A store that returns what it is told to, or panics.
struct Scripted(fn(&[Change]) -> Results);

#[async_trait::async_trait]
impl Store for Scripted {
    async fn load(&self, _: &[Need]) -> Result<Rows, ReadError> {
        Ok(Rows::at(NOW))
    }

    async fn commit(&self, changes: &[Change]) -> Results {
        (self.0)(changes)
    }
}

/// Notes what it is notified of, and panics when it is notified of the commit of user `panics_at`.
#[derive(Default)]
struct Notes {
    panics_at: u128,
    committed: Mutex<Vec<u128>>,
    doubtful: Mutex<Vec<u128>>,
}

fn number(change: &Change) -> u128 {
    change.row::<User>().unwrap().row.id.0.as_u128()
}

impl Observer for Notes {
    fn committed(&self, change: &Change, _: &Committed) {
        assert_ne!(number(change), self.panics_at, "an observer panics");
        self.committed.lock().unwrap().push(number(change));
    }

    fn doubtful(&self, change: &Change) {
        self.doubtful.lock().unwrap().push(number(change));
    }
}

fn changes(users: &[u128]) -> Vec<Change> {
    let user = |number: &u128| User { id: UserId(Uuid::from_u128(*number)), name: None, created_at: NOW };
    users.iter().map(|number| Change::default().writing(Write::insert(user(number)))).collect()
}

/// What becomes of users 1 to 3, and what observers get to know: those committed, and those in doubt.
async fn commit(store: fn(&[Change]) -> Results, observers: &[Arc<Notes>]) -> Results {
    let observing = observers.iter().map(|observer| observer.clone() as Arc<dyn Observer>).collect();
    Committer::new(Arc::new(Scripted(store)), observing).commit(&changes(&[1, 2, 3])).await
}

fn notes_of(observer: &Notes) -> (Vec<u128>, Vec<u128>) {
    (observer.committed.lock().unwrap().clone(), observer.doubtful.lock().unwrap().clone())
}

#[tokio::test]
async fn each_observer_is_notified_of_what_is_committed_and_of_what_is_in_doubt_and_of_nothing_else() {
    let observers = [Arc::new(Notes::default()), Arc::default()];
    let mixed = |_: &[Change]| vec![Ok(Committed::default()), Err(CommitError::Conflict), Err(CommitError::Unknown("no answer".into()))];
    let results = commit(mixed, &observers).await;
    assert!(matches!(results[..], [Ok(_), Err(CommitError::Conflict), Err(CommitError::Unknown(_))]), "{results:?}");
    for observer in &observers {
        assert_eq!(notes_of(observer), (vec![1], vec![3]));
    }
}

#[tokio::test]
async fn what_is_surely_not_written_is_in_no_doubt() {
    let observer = Arc::new(Notes::default());
    let refused = |_: &[Change]| {
        vec![Err(CommitError::Rejected("a constraint".into())), Err(CommitError::Unavailable("away".into())), Err(CommitError::Conflict)]
    };
    let _ = commit(refused, std::slice::from_ref(&observer)).await;
    assert_eq!(notes_of(&observer), (vec![], vec![]));
}

#[tokio::test]
async fn a_group_that_is_lost_to_a_panic_of_the_store_is_in_doubt() {
    let observer = Arc::new(Notes::default());
    let results = commit(|_| panic!("the store panics"), std::slice::from_ref(&observer)).await;
    assert!(results.iter().all(|result| matches!(result, Err(CommitError::Unknown(_)))) && results.len() == 3, "{results:?}");
    assert_eq!(notes_of(&observer), (vec![], vec![1, 2, 3]));
}

#[tokio::test]
async fn with_a_result_too_few_or_too_many_all_of_the_group_is_in_doubt() {
    let stores: [fn(&[Change]) -> Results; 2] = [|_| committed_times(2), |_| committed_times(4)];
    for store in stores {
        let observer = Arc::new(Notes::default());
        let results = commit(store, std::slice::from_ref(&observer)).await;
        assert!(results.iter().all(|result| matches!(result, Err(CommitError::Unknown(_)))) && results.len() == 3, "{results:?}");
        assert_eq!(notes_of(&observer), (vec![], vec![1, 2, 3]));
    }
}

fn committed_times(count: usize) -> Results {
    (0..count).map(|_| Ok(Committed::default())).collect()
}

#[tokio::test]
async fn an_observer_that_panics_keeps_no_other_from_being_notified_and_the_change_is_in_doubt() {
    let observers = [Arc::new(Notes { panics_at: 2, ..Notes::default() }), Arc::default()];
    let results = commit(|changes| committed_times(changes.len()), &observers).await;
    assert!(results.iter().all(Result::is_ok), "it is committed all the same: {results:?}");
    assert_eq!(notes_of(&observers[0]), (vec![1, 3], vec![2]));
    assert_eq!(notes_of(&observers[1]), (vec![1, 2, 3], vec![2]));
}
