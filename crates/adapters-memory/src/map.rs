//! A persistent ordered map: copies share their common parts. A reader reads a copy; a writer changes a copy and replaces the map by it.

use std::fmt;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use rpds::RedBlackTreeMapSync;
use store_kit::{Engine, EngineError, Entries, EntriesMut, EntryIter, Order};

type Map = RedBlackTreeMapSync<Vec<u8>, Vec<u8>>;

/// The current map, and a lock that serializes writers.
#[derive(Default)]
pub struct MemoryMap {
    current: Mutex<Map>,
    writing: Mutex<()>,
}

impl MemoryMap {
    fn copy(&self) -> Map {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Engine for MemoryMap {
    const BLOCKS: bool = false;

    fn read<T, E: From<EngineError>>(&self, work: impl FnOnce(&dyn Entries) -> Result<T, E>) -> Result<T, E> {
        work(&Copy(self.copy()))
    }

    fn write<T, E: From<EngineError>>(&self, work: impl FnOnce(&mut dyn EntriesMut) -> Result<T, E>) -> Result<T, E> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut copy = Copy(self.copy());
        let done = work(&mut copy)?;
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = copy.0;
        Ok(done)
    }
}

struct Copy(Map);

impl Entries for Copy {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        Ok(self.0.get(key).cloned())
    }

    fn range(&self, keys: Range<&[u8]>, order: Order) -> Result<EntryIter<'_>, EngineError> {
        let entries = self.0.range(keys.start.to_vec()..keys.end.to_vec());
        let owned = |(key, value): (&Vec<u8>, &Vec<u8>)| Ok((key.clone(), value.clone()));
        Ok(match order {
            Order::Ascending => Box::new(entries.map(owned)),
            Order::Descending => Box::new(entries.rev().map(owned)),
        })
    }
}

impl EntriesMut for Copy {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), EngineError> {
        self.0.insert_mut(key.to_vec(), value.to_vec());
        Ok(())
    }

    fn remove(&mut self, key: &[u8]) -> Result<(), EngineError> {
        self.0.remove_mut(key);
        Ok(())
    }
}

/// One line per entry: the key in hexadecimal digits, and the value, which is text or another key.
impl fmt::Display for MemoryMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.copy().iter().try_for_each(|(key, value)| {
            key.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
            writeln!(f, " {}", String::from_utf8_lossy(value))
        })
    }
}

impl fmt::Debug for MemoryMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryMap").finish_non_exhaustive()
    }
}
