use std::sync::Mutex;

use domain::testing::NOW;
use domain::{User, UserId, Write};
use uuid::Uuid;

use super::*;

/// The results that a [`Scripted`] store returns for a group of changes.
type Results = Vec<Result<Committed, CommitError>>;

/// A store that returns the results of a function, or panics.
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

/// An observer that records its notifications, and panics when it is notified of the commit of user `panics_at`.
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

/// Commits users 1 to 3 to `store`, and returns the results.
async fn commit(store: fn(&[Change]) -> Results, observers: &[Arc<Notes>]) -> Results {
    let observing = observers.iter().map(|observer| observer.clone() as Arc<dyn Observer>).collect();
    Committer::new(Arc::new(Scripted(store)), observing).commit(&changes(&[1, 2, 3])).await
}

fn notes_of(observer: &Notes) -> (Vec<u128>, Vec<u128>) {
    (observer.committed.lock().unwrap().clone(), observer.doubtful.lock().unwrap().clone())
}

#[tokio::test]
async fn observers_are_notified_of_committed_and_doubtful_changes_only() {
    let observers = [Arc::new(Notes::default()), Arc::default()];
    let mixed = |_: &[Change]| vec![Ok(Committed::default()), Err(CommitError::Conflict), Err(CommitError::Unknown("no response".into()))];
    let results = commit(mixed, &observers).await;
    assert!(matches!(results[..], [Ok(_), Err(CommitError::Conflict), Err(CommitError::Unknown(_))]), "{results:?}");
    for observer in &observers {
        assert_eq!(notes_of(observer), (vec![1], vec![3]));
    }
}

#[tokio::test]
async fn observers_are_not_notified_of_changes_that_are_not_written() {
    let observer = Arc::new(Notes::default());
    let refused = |_: &[Change]| {
        vec![
            Err(CommitError::Rejected("a constraint".into())),
            Err(CommitError::Unavailable("no connection".into())),
            Err(CommitError::Conflict),
        ]
    };
    let _ = commit(refused, std::slice::from_ref(&observer)).await;
    assert_eq!(notes_of(&observer), (vec![], vec![]));
}

#[tokio::test]
async fn a_group_is_doubtful_after_a_panic_of_the_store() {
    let observer = Arc::new(Notes::default());
    let results = commit(|_| panic!("the store panics"), std::slice::from_ref(&observer)).await;
    assert!(results.iter().all(|result| matches!(result, Err(CommitError::Unknown(_)))) && results.len() == 3, "{results:?}");
    assert_eq!(notes_of(&observer), (vec![], vec![1, 2, 3]));
}

#[tokio::test]
async fn a_group_is_doubtful_if_the_number_of_results_is_wrong() {
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
async fn a_panic_of_an_observer_does_not_affect_the_others_and_makes_the_change_doubtful() {
    let observers = [Arc::new(Notes { panics_at: 2, ..Notes::default() }), Arc::default()];
    let results = commit(|changes| committed_times(changes.len()), &observers).await;
    assert!(results.iter().all(Result::is_ok), "the changes should be committed nevertheless: {results:?}");
    assert_eq!(notes_of(&observers[0]), (vec![1, 3], vec![2]));
    assert_eq!(notes_of(&observers[1]), (vec![1, 2, 3], vec![2]));
}
