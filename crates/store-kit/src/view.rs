//! The map as rows, for reading.

use std::ops::Range;

use serde::de::DeserializeOwned;

use crate::corrupt::Corrupt;
use crate::engine::{EngineError, Entries, Entry, Order};
use crate::fault::Fault;
use crate::key::Key;
use crate::stored::Stored;

/// A map for reading.
#[derive(Clone, Copy)]
pub(crate) struct View<'a>(&'a dyn Entries);

impl<'a> View<'a> {
    pub(crate) fn new(entries: &'a dyn Entries) -> Self {
        Self(entries)
    }

    /// Returns the row under `key`.
    pub(crate) fn get<T: Stored>(self, key: &Key) -> Result<Option<T::Found>, Fault> {
        self.value::<T::Model>(key)?.map(found::<T>).transpose()
    }

    /// Returns the rows under `keys`.
    pub(crate) fn rows<T: Stored + 'a>(
        self,
        keys: Range<Key>,
        order: Order,
    ) -> Result<impl Iterator<Item = Result<T::Found, Fault>> + 'a, Fault> {
        Ok(self.values::<T::Model>(keys, order)?.map(|model| found::<T>(model?)))
    }

    /// Returns the rows that the index entries under `keys` point to.
    pub(crate) fn led<T: Stored + 'a>(
        self,
        keys: Range<Key>,
        order: Order,
    ) -> Result<impl Iterator<Item = Result<T::Found, Fault>> + 'a, Fault> {
        Ok(self.led_models::<T>(keys, order)?.map(|model| found::<T>(model?)))
    }

    /// Like [`Self::led`], but returns the models.
    pub(crate) fn led_models<T: Stored + 'a>(
        self,
        keys: Range<Key>,
        order: Order,
    ) -> Result<impl Iterator<Item = Result<T::Model, Fault>> + 'a, Fault> {
        Ok(self.entries(keys, order)?.map(move |entry| {
            let (_, key) = entry?;
            self.value(&Key::kept(key))?.ok_or(Fault::Corrupt(Corrupt::new("entries", "index")))
        }))
    }

    /// Returns the value under `key`.
    pub(crate) fn value<V: DeserializeOwned>(self, key: &Key) -> Result<Option<V>, Fault> {
        self.0.get(key.as_bytes())?.map(|bytes| decoded(&bytes)).transpose()
    }

    /// Returns the values under `keys`.
    pub(crate) fn values<V: DeserializeOwned>(
        self,
        keys: Range<Key>,
        order: Order,
    ) -> Result<impl Iterator<Item = Result<V, Fault>> + 'a, Fault> {
        Ok(self.entries(keys, order)?.map(|entry| decoded(&entry?.1)))
    }

    /// Whether there is an entry under `keys`.
    pub(crate) fn has_any(self, keys: Range<Key>) -> Result<bool, Fault> {
        Ok(self.entries(keys, Order::Ascending)?.next().transpose()?.is_some())
    }

    /// Whether there is an entry under `key`.
    pub(crate) fn has(self, key: &Key) -> Result<bool, Fault> {
        Ok(self.0.get(key.as_bytes())?.is_some())
    }

    /// Returns the entries under `keys`.
    pub(crate) fn entries(self, keys: Range<Key>, order: Order) -> Result<impl Iterator<Item = Result<Entry, EngineError>> + 'a, Fault> {
        Ok(self.0.range(keys.start.as_bytes()..keys.end.as_bytes(), order)?)
    }
}

fn found<T: Stored>(model: T::Model) -> Result<T::Found, Fault> {
    T::Found::try_from(model).map_err(Fault::Corrupt)
}

fn decoded<V: DeserializeOwned>(bytes: &[u8]) -> Result<V, Fault> {
    serde_json::from_slice(bytes).map_err(|_| Fault::Corrupt(Corrupt::new("entries", "value")))
}
