//! The order in which the items of a cache were last used, and their sizes: the least recently used ones are evicted when all together exceed
//! a limit of bytes.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// The sizes of items by their keys, in the order of their last use. The items themselves are kept by the cache.
#[derive(Debug)]
pub struct Recency<K> {
    limit: usize,
    bytes: usize,
    uses: u64,
    items: HashMap<K, Item>,
    order: BTreeMap<u64, K>,
}

#[derive(Debug, Clone, Copy)]
struct Item {
    used: u64,
    bytes: usize,
}

impl<K: Copy + Eq + Hash> Recency<K> {
    /// Creates an empty order for items of at most `limit` bytes in total.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit, bytes: 0, uses: 0, items: HashMap::new(), order: BTreeMap::new() }
    }

    /// Returns the total size of all items.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Returns the number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether an item of `bytes` can be added without evicting another.
    #[must_use]
    pub const fn has_room(&self, bytes: usize) -> bool {
        self.bytes.saturating_add(bytes) <= self.limit
    }

    /// Records the use of an item, if there is one with this key.
    pub fn touch(&mut self, key: K) {
        let Some(item) = self.items.get_mut(&key) else { return };
        self.order.remove(&item.used);
        self.uses += 1;
        item.used = self.uses;
        self.order.insert(item.used, key);
    }

    /// Adds an item, or changes its size, and records its use. Returns the keys of the items that the cache must remove, the least recently
    /// used first; an item that is larger than the limit is itself among them.
    #[must_use = "the cache must remove the evicted items"]
    pub fn set(&mut self, key: K, bytes: usize) -> Vec<K> {
        self.remove(key);
        self.uses += 1;
        self.items.insert(key, Item { used: self.uses, bytes });
        self.order.insert(self.uses, key);
        self.bytes = self.bytes.saturating_add(bytes);
        let mut evicted = Vec::new();
        while self.bytes > self.limit
            && let Some((_, least)) = self.order.first_key_value()
        {
            let least = *least;
            self.remove(least);
            evicted.push(least);
        }
        evicted
    }

    /// Removes an item, if there is one with this key.
    pub fn remove(&mut self, key: K) {
        if let Some(Item { used, bytes }) = self.items.remove(&key) {
            self.order.remove(&used);
            self.bytes -= bytes;
        }
    }

    /// Removes all items.
    pub fn clear(&mut self) {
        (self.items, self.order, self.bytes) = (HashMap::new(), BTreeMap::new(), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_items_are_evicted() {
        let mut recency = Recency::new(10);
        assert_eq!([recency.set('a', 4), recency.set('b', 4)], [vec![], vec![]]);
        recency.touch('a');
        assert!(recency.has_room(2) && !recency.has_room(3));
        assert_eq!(recency.set('c', 4), ['b']);
        assert_eq!(recency.set('d', 9), ['a', 'c']);
        assert_eq!(recency.bytes(), 9);
    }

    #[test]
    fn an_item_has_its_last_size() {
        let mut recency = Recency::new(10);
        assert_eq!([recency.set('a', 4), recency.set('a', 6), recency.set('b', 3)], [vec![], vec![], vec![]]);
        assert_eq!(recency.bytes(), 9);
        recency.remove('a');
        recency.remove('x');
        assert_eq!((recency.bytes(), recency.len()), (3, 1));
        recency.clear();
        assert!(recency.is_empty() && recency.bytes() == 0 && recency.has_room(10));
    }

    #[test]
    fn an_item_larger_than_the_limit_is_not_kept() {
        let mut recency = Recency::new(10);
        assert_eq!(recency.set('a', 4), []);
        assert_eq!(recency.set('b', 11), ['a', 'b']);
        assert_eq!(recency.bytes(), 0);
    }
}
