//! Tests of the REST API on the memory store: one file per resource, with the whole stack except the network (which [`wire`] adds).

#![cfg(test)]

mod admin;
mod answer;
mod availability;
mod best_available;
mod boards;
mod cancellations;
mod concerts;
mod credentials;
mod docs;
mod document;
mod early_birds;
mod edge;
mod events;
mod examples;
mod external_issuers;
mod faults;
mod forge;
mod generators;
mod health;
mod hostile;
mod languages;
mod layouts;
mod limits;
mod log;
mod payments;
mod plan;
mod queue_tokens;
mod queues;
mod rankings;
mod refunds;
mod reservations;
mod schedules;
mod seats;
mod sessions;
mod shop;
mod stopped_store;
mod story;
mod stream_tickets;
mod tickets;
mod users;
mod wallet;
mod wire;
mod wire_events;
