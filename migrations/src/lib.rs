//! The database schema: SQL files, one dialect a folder, forward and back.
