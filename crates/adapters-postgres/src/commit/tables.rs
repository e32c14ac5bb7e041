//! The tables that a commit writes.

use adapters_sql::rows::{
    audit_entry, concert, entry, key, layout, payment, queue, reservation, reserved_seat, schedule, seat, session, token, user,
    user_search_key, wallet,
};

use super::table::{Table, columns};

pub(super) const QUEUES: Table<queue::Model> = Table {
    name: "queues",
    key: columns![queue::Model; id: "uuid"],
    set: columns![queue::Model; version: "bigint", name: "text", state: "text", capacity: "bigint", batch: "bigint",
                  active_micros: "bigint", claim_micros: "bigint", max_waiting: "bigint", message: "text"],
    rest: &[],
};

pub(super) const CONCERTS: Table<concert::Model> = Table {
    name: "concerts",
    key: columns![concert::Model; id: "uuid"],
    set: columns![concert::Model; version: "bigint", name: "text", host: "text", queue_id: "uuid", max_seats_per_user: "bigint",
                  cancelled_at: "bigint", cancellation_reason: "text", description: "text", image_url: "text",
                  venue_name: "text", venue_city: "text", venue_zone: "text", publishes_at: "bigint"],
    rest: &[],
};

pub(super) const SCHEDULES: Table<schedule::Model> = Table {
    name: "schedules",
    key: columns![schedule::Model; id: "uuid"],
    set: columns![schedule::Model; version: "bigint", starts_at: "bigint", zone: "text", sale_opens_at: "bigint",
                  sale_closes_at: "bigint", cancelled_at: "bigint", cancellation_reason: "text", layout_hash: "text"],
    rest: columns![schedule::Model; concert_id: "uuid"],
};

pub(super) const LAYOUTS: Table<layout::Model> =
    Table { name: "layouts", key: columns![layout::Model; hash: "text"], set: &[], rest: columns![layout::Model; content: "text"] };

pub(super) const AUDIT_ENTRIES: Table<audit_entry::Row> = Table {
    name: "audit_entries",
    key: columns![audit_entry::Row; id: "uuid"],
    set: &[],
    rest: columns![audit_entry::Row; at: "bigint", operator_id: "uuid", action: "text", subject_kind: "text", subject_id: "uuid", reason: "text",
                   changes: "json"],
};

pub(super) const ADMISSIONS: Table<queue::Admission> = Table {
    name: "queue_admissions",
    key: columns![queue::Admission; queue_id: "uuid"],
    set: columns![queue::Admission; version: "bigint", last_admitted: "bigint", admitted: "bigint"],
    rest: &[],
};

pub(super) const USERS: Table<user::Model> = Table {
    name: "users",
    key: columns![user::Model; id: "uuid"],
    set: &[],
    rest: columns![user::Model; name: "text", created_at: "bigint"],
};

pub(super) const USER_SEARCH_KEYS: Table<user_search_key::Row> =
    Table { name: "user_search_keys", key: columns![user_search_key::Row; search_key: "text", user_id: "uuid"], set: &[], rest: &[] };

pub(super) const TOKENS: Table<token::Model> = Table {
    name: "queue_tokens",
    key: columns![token::Model; id: "uuid"],
    set: columns![token::Model; version: "bigint", state: "text", activated_at: "bigint", claimed: "boolean", expires_at: "bigint",
                  reason: "text", expired_at: "bigint"],
    rest: columns![token::Model; queue_id: "uuid", user_id: "uuid", concert_id: "uuid", number: "bigint", joined_at: "bigint"],
};

pub(super) const SEATS: Table<seat::Model> = Table {
    name: "seats",
    key: columns![seat::Model; schedule_id: "uuid", number: "bigint"],
    set: columns![seat::Model; version: "bigint", label: "text", price: "bigint", accessible: "boolean", state: "text",
                  reservation_id: "uuid", held_until: "bigint"],
    rest: &[],
};

pub(super) const RESERVATIONS: Table<reservation::Row> = Table {
    name: "reservations",
    key: columns![reservation::Row; id: "uuid"],
    set: columns![reservation::Row; version: "bigint", state: "text", cancel_reason: "text", payment_id: "uuid"],
    rest: columns![reservation::Row; user_id: "uuid", token_id: "uuid", concert_id: "uuid", schedule_id: "uuid", amount: "bigint",
                   held_at: "bigint", expires_at: "bigint"],
};

pub(super) const RESERVED_SEATS: Table<reserved_seat::New> = Table {
    name: "reservation_seats",
    key: columns![reserved_seat::New; reservation_id: "uuid", number: "bigint"],
    set: &[],
    rest: columns![reserved_seat::New; schedule_id: "uuid", label: "text", price: "bigint", live: "boolean"],
};

pub(super) const PAYMENTS: Table<payment::Model> = Table {
    name: "payments",
    key: columns![payment::Model; id: "uuid"],
    set: columns![payment::Model; version: "bigint", state: "text", refunded_at: "bigint"],
    rest: columns![payment::Model; reservation_id: "uuid", user_id: "uuid", amount: "bigint", paid_at: "bigint"],
};

pub(super) const WALLETS: Table<wallet::Model> = Table {
    name: "wallets",
    key: columns![wallet::Model; user_id: "uuid"],
    set: columns![wallet::Model; version: "bigint", balance: "bigint", last_sequence: "bigint"],
    rest: &[],
};

pub(super) const ENTRIES: Table<entry::Model> = Table {
    name: "wallet_entries",
    key: columns![entry::Model; user_id: "uuid", sequence: "bigint"],
    set: &[],
    rest: columns![entry::Model; id: "uuid", kind: "text", payment_id: "uuid", amount: "bigint", balance: "bigint", at: "bigint"],
};

pub(super) const SESSIONS: Table<session::Model> = Table {
    name: "sessions",
    key: columns![session::Model; user_id: "uuid", slot: "bigint"],
    // All columns: a session may replace another one in its slot.
    set: columns![session::Model; version: "bigint", id: "uuid", roles: "text", device: "text", created_at: "bigint", state: "text",
                  token_digest: "text", former_digest: "text", former_nonce: "uuid", former_until: "bigint", used_at: "bigint",
                  idle_at: "bigint", expires_at: "bigint", reason: "text", ends_at: "bigint"],
    rest: &[],
};

pub(super) const KEYS: Table<key::Model> = Table {
    name: "idempotency_keys",
    key: columns![key::Model; user_id: "uuid", route: "text", idempotency_key: "text"],
    set: columns![key::Model; version: "bigint", fingerprint: "bytea", outcome: "json", recorded_at: "bigint", expires_at: "bigint"],
    rest: &[],
};
