//! The store on SQLite through SeaORM: the embedded default.
