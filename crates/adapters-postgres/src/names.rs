//! Under which names this process's commits are in the event log.

use std::sync::{Arc, Mutex, PoisonError};

use application::RandomIds;
use application::ports::Ids;
use uuid::Uuid;

/// The name of this process's commits: a reader leaves those of its own process out, which it has taken in before.
///
/// That is wrong of a commit whose outcome is unknown, so the name is changed after one: should it become visible, at once or much later, then under a
/// name that isn't this process's any more, and it is read as any other process's.
#[derive(Debug, Clone)]
pub(crate) enum Names {
    /// One for many commits.
    Shared(Arc<Mutex<Uuid>>),
    /// Another for each commit: all of them are read. For commits that may take longer than a reader can go back.
    OneEach,
}

impl Names {
    /// A first name.
    pub(crate) fn shared() -> Self {
        Self::Shared(Arc::new(Mutex::new(RandomIds.secret())))
    }

    /// The name for the next commit.
    pub(crate) fn next(&self) -> Uuid {
        match self {
            Self::Shared(name) => *name.lock().unwrap_or_else(PoisonError::into_inner),
            Self::OneEach => RandomIds.secret(),
        }
    }

    /// Never uses `name` again: the outcome of a commit under it is unknown.
    pub(crate) fn give_up(&self, name: Uuid) {
        if let Self::Shared(current) = self {
            let mut current = current.lock().unwrap_or_else(PoisonError::into_inner);
            if *current == name {
                *current = RandomIds.secret();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_until_it_is_given_up_and_given_up_once() {
        let names = Names::shared();
        let first = names.next();
        assert_eq!(names.next(), first);
        names.give_up(first);
        let second = names.next();
        assert_ne!(second, first);
        names.give_up(first);
        assert_eq!(names.next(), second, "of two commits under one name the second changes nothing more");
    }

    #[test]
    fn commits_with_a_name_each_share_none() {
        assert_ne!(Names::OneEach.next(), Names::OneEach.next());
    }
}
