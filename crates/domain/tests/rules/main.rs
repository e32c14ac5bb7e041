//! Tests of the business rules. They are one program: it is linked once, and the compiler reports fixtures that no test uses.

mod fixtures;

mod reservation_table;
mod seat_table;
mod session_table;
mod ticket_table;
mod token_table;

mod decide_admit;
mod decide_charge;
mod decide_check_in;
mod decide_claim;
mod decide_exchange;
mod decide_hold;
mod decide_hold_admission;
mod decide_hold_best;
mod decide_hold_takeover;
mod decide_join;
mod decide_lapse;
mod decide_leave;
mod decide_pay;
mod decide_refund;
mod decide_register;
mod decide_release;
mod decide_sessions;

mod admin_concert;
mod admin_queue;
mod admin_schedule;
mod admin_seats;
mod admin_users;

mod needs;
mod needs_unreadable;

mod changes;
mod collisions;
mod events;
mod logged;
mod sequences;
