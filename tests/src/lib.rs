//! Acceptance, architecture and OpenAPI tests, against the real binary.
