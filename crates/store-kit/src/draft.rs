//! The map as rows, for writing.

use domain::{Queue, QueueId, QueueToken, User, Versioned, Write};
use serde::Serialize;

use crate::corrupt::Corrupt;
use crate::engine::EntriesMut;
use crate::fault::Fault;
use crate::key::{self, Key};
use crate::queue_counters::QueueCounters;
use crate::stored::Stored;
use crate::view::View;

/// A map for reading and writing.
pub(crate) struct Draft<'a>(&'a mut dyn EntriesMut);

impl<'a> Draft<'a> {
    pub(crate) fn new(entries: &'a mut dyn EntriesMut) -> Self {
        Self(entries)
    }

    /// Returns a view that includes the changes so far.
    pub(crate) fn view(&self) -> View<'_> {
        View::new(&*self.0)
    }

    /// Writes a row and its index entries in place of the previous ones.
    pub(crate) fn save<T>(&mut self, write: &Write<T>) -> Result<(), Fault>
    where
        T: Stored<Found = Versioned<T>>,
        T::Model: for<'m> From<&'m Write<T>>,
    {
        let key = write.row.key();
        let indexes = write.row.indexes();
        if write.expected.is_some()
            && let Some(old) = self.view().get::<T>(&key)?
        {
            for index in old.indexes().iter().filter(|index| !indexes.contains(index)) {
                self.0.remove(index.as_bytes())?;
            }
        }
        self.keep(&key, &indexes, &T::Model::from(write))
    }

    /// Writes a row that has no version, and is thus never written again.
    pub(crate) fn insert<T>(&mut self, row: &T) -> Result<(), Fault>
    where
        T: Stored<Found = T>,
        T::Model: for<'m> From<&'m T>,
    {
        self.keep(&row.key(), &row.indexes(), &T::Model::from(row))
    }

    /// Removes a row and its index entries.
    pub(crate) fn remove<T: Stored>(&mut self, row: &T) -> Result<(), Fault> {
        for index in row.indexes() {
            self.0.remove(index.as_bytes())?;
        }
        self.take(&row.key())
    }

    /// Saves a queue, and its counters if it is new.
    pub(crate) fn save_queue(&mut self, write: &Write<Queue>) -> Result<(), Fault> {
        if self.view().queue_counters(write.row.id())?.is_none() {
            self.set(&key::queue_counters(write.row.id()), &QueueCounters::NEW)?;
        }
        self.save(write)
    }

    /// Saves a token and updates the counters of its queue.
    pub(crate) fn save_token(&mut self, write: &Write<QueueToken>) -> Result<(), Fault> {
        let token = &write.row;
        let old = self.view().token(token.id())?;
        self.update_counters(token.queue(), |counters| {
            if let Some(old) = &old {
                counters.subtract(old);
            }
            counters.add(token);
        })?;
        self.index_unused(token)?;
        self.save(write)
    }

    /// Inserts a user.
    pub(crate) fn insert_user(&mut self, user: &User) -> Result<(), Fault> {
        self.index_unchecked(user)?;
        self.insert(user)
    }

    /// Changes the counters of a queue and returns the new ones; fails if it has none.
    pub(crate) fn update_counters(&mut self, queue: QueueId, change: impl FnOnce(&mut QueueCounters)) -> Result<QueueCounters, Fault> {
        let mut counters = self.view().queue_counters(queue)?.ok_or(Fault::Corrupt(Corrupt::new("queue_counters", "queue_id")))?;
        change(&mut counters);
        self.set(&key::queue_counters(queue), &counters)?;
        Ok(counters)
    }

    /// Sets the value of `key`.
    pub(crate) fn set(&mut self, key: &Key, value: &impl Serialize) -> Result<(), Fault> {
        let value = serde_json::to_vec(value).map_err(|_| Corrupt::new("entries", "value"))?;
        self.put(key, &value)
    }

    pub(crate) fn put(&mut self, key: &Key, value: &[u8]) -> Result<(), Fault> {
        Ok(self.0.put(key.as_bytes(), value)?)
    }

    pub(crate) fn take(&mut self, key: &Key) -> Result<(), Fault> {
        Ok(self.0.remove(key.as_bytes())?)
    }

    fn keep(&mut self, key: &Key, indexes: &[Key], model: &impl Serialize) -> Result<(), Fault> {
        for index in indexes {
            self.put(index, key.as_bytes())?;
        }
        self.set(key, model)
    }
}
