//! redb as the engine of a store: one table, which is an ordered map from bytes to bytes.

use std::ops::Range;
use std::path::Path;

use redb::{AccessGuard, Database, ReadableDatabase, ReadableTable, Table, TableDefinition};
use store_kit::{Engine, EngineError, Entries, EntriesMut, EntryIter, Order};

const MAP: TableDefinition<&[u8], &[u8]> = TableDefinition::new("frontrow");

/// A database in one file, which one process at a time may open.
#[derive(Debug)]
pub struct Redb(Database);

impl Redb {
    /// Opens the database at `path`, or creates it.
    pub fn open(path: &Path) -> Result<Self, redb::Error> {
        let database = Database::create(path)?;
        let transaction = database.begin_write()?;
        transaction.open_table(MAP)?;
        transaction.commit()?;
        Ok(Self(database))
    }
}

impl Engine for Redb {
    fn read<T, E: From<EngineError>>(&self, work: impl FnOnce(&dyn Entries) -> Result<T, E>) -> Result<T, E> {
        let transaction = self.0.begin_read().map_err(EngineError::failed)?;
        let table = transaction.open_table(MAP).map_err(EngineError::failed)?;
        work(&Map(table))
    }

    fn write<T, E: From<EngineError>>(&self, work: impl FnOnce(&mut dyn EntriesMut) -> Result<T, E>) -> Result<T, E> {
        // A transaction that is dropped without a commit is rolled back.
        let transaction = self.0.begin_write().map_err(EngineError::failed)?;
        let table = transaction.open_table(MAP).map_err(EngineError::failed)?;
        let done = work(&mut Map(table))?;
        transaction.commit().map_err(EngineError::unknown)?;
        Ok(done)
    }
}

type Bytes<'a> = AccessGuard<'a, &'static [u8]>;

/// The table, in a read or write transaction.
struct Map<T>(T);

impl<T: ReadableTable<&'static [u8], &'static [u8]>> Entries for Map<T> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        let value = self.0.get(key).map_err(EngineError::failed)?;
        Ok(value.map(|value| value.value().to_vec()))
    }

    fn range(&self, keys: Range<&[u8]>, order: Order) -> Result<EntryIter<'_>, EngineError> {
        let entries = self.0.range::<&[u8]>(keys).map_err(EngineError::failed)?;
        let owned = |entry: Result<(Bytes<'_>, Bytes<'_>), redb::StorageError>| {
            let (key, value) = entry.map_err(EngineError::failed)?;
            Ok((key.value().to_vec(), value.value().to_vec()))
        };
        Ok(match order {
            Order::Ascending => Box::new(entries.map(owned)),
            Order::Descending => Box::new(entries.rev().map(owned)),
        })
    }
}

impl EntriesMut for Map<Table<'_, &'static [u8], &'static [u8]>> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), EngineError> {
        self.0.insert(key, value).map_err(EngineError::failed)?;
        Ok(())
    }

    fn remove(&mut self, key: &[u8]) -> Result<(), EngineError> {
        self.0.remove(key).map_err(EngineError::failed)?;
        Ok(())
    }
}
