//! The store in memory: the executable specification of persistence.
