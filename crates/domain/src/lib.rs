//! The business rules of Frontrow as pure functions: no async, no I/O, no clock, no randomness.
//!
//! Each aggregate is a module with its state machine ([`seat`], [`reservation`], [`token`], …). Rules that span several aggregates are the
//! functions of [`decide`]: they take a command and the rows that it [needs](need), and return a [`Change`] or a [`Refusal`]. A `Change` is
//! plain data; an adapter makes it durable.
//!
//! A hold or a token has *lapsed* when its deadline has passed but its row hasn't been updated. It has expired all the same: every rule
//! goes by the status at an instant, not by the state of the row.

pub mod admission;
pub mod audit_entry;
pub mod availability;
pub mod best_available;
pub mod change;
pub mod concert;
pub mod concert_list;
pub mod concert_summary;
pub mod decide;
pub mod event;
pub mod fault;
pub mod field;
pub mod id;
pub mod idempotency;
pub mod layout;
pub mod listing;
pub mod loaded;
pub mod log;
pub mod moment;
pub mod money;
pub mod name_search;
pub mod need;
pub mod payment;
pub mod queue;
pub mod refusal;
pub mod reservation;
pub mod rules;
pub mod sales;
pub mod schedule;
pub mod schedule_state;
pub mod seat;
pub mod seat_selection;
pub mod session;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod text;
pub mod ticket;
pub mod token;
pub mod user;
pub mod version;
pub mod wallet;
pub mod zone;

pub use audit_entry::{AuditEntry, OperatorOrder};
pub use availability::{Availability, Offer, Sale, Stock};
pub use change::{Change, Guard, NewToken, RowWrite, Write};
pub use concert::Concert;
pub use concert_list::{ConcertFilter, ConcertQuery, ListPosition, ListedConcert};
pub use concert_summary::{ConcertSummary, ScheduleSummary};
pub use decide::{Command, Decision, Verdict};
pub use event::{Event, Fact};
pub use fault::Fault;
pub use field::{Field, PolicyField, ScheduleField};
pub use id::{
    AuditEntryId, ConcertId, EventId, PaymentId, QueueId, ReservationId, ScheduleId, SessionId, TokenDigest, TokenId, UserId, WalletEntryId,
};
pub use idempotency::{Fingerprint, IdempotencyKey, IdempotencyRecord, IdempotencyScope, Operation, Outcome};
pub use layout::{Layout, LayoutHash};
pub use listing::{Description, ImageUrl, Listing, Venue};
pub use log::{LoggedRow, LoggedToken};
pub use moment::Moment;
pub use money::{Currency, Money};
pub use name_search::NamePrefix;
pub use need::{Need, Needs, Rows};
pub use payment::{Payment, PaymentState};
pub use queue::{Queue, QueuePolicy, QueueState, QueueTransition};
pub use refusal::Refusal;
pub use reservation::{CancelReason, Reservation, ReservationState, ReservedSeat};
pub use rules::{Charging, Rules, SessionRules};
pub use sales::{PaidSeats, RankedSchedule, Rankings, SalesEvent, ScheduleOffer, ScheduleSales, SoldOut};
pub use schedule::{Cancellation, Schedule};
pub use schedule_state::{OfferedSeats, PriceRange, ScheduleState};
pub use seat::{Seat, SeatNumber, SeatState, SeatStatus};
pub use session::Session;
pub use text::{Note, Title};
pub use ticket::{Ticket, TicketId, TicketStatus};
pub use token::{ExpiryReason, QueueToken, TokenState, TokenStatus};
pub use user::{User, UserName};
pub use version::{Version, Versioned};
pub use wallet::{Wallet, WalletEntry, WalletEntryKind};
pub use zone::Zone;
