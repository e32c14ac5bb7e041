//! The contract of a persistence adapter, as tests that any adapter can run.
