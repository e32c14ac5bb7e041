//! The use cases of Frontrow over ports: load, decide, commit.
