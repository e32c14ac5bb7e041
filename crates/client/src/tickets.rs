//! Tickets: the rights to paid seats.

use std::fmt::{self, Display};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::call::{Call, encode};
use crate::ids::{ReservationId, ScheduleId};
use crate::page::Page;
use crate::reservations::ReservedSeat;
use crate::schedules::ReservedSchedule;
use crate::text_enum::text_enum;

text_enum! {
    /// The status of a ticket.
    pub enum TicketStatus {
        /// It admits one person.
        Valid = "VALID",
        /// It was used.
        Used = "USED",
        /// The payment was refunded, or the schedule is cancelled.
        Void = "VOID",
    }
}

text_enum! {
    /// Why a ticket admits nobody.
    pub enum InvalidTicketReason {
        /// The payment was refunded.
        Refunded = "REFUNDED",
        /// The schedule is cancelled.
        ScheduleCancelled = "SCHEDULE_CANCELLED",
        /// It is for another schedule.
        OtherSchedule = "OTHER_SCHEDULE",
    }
}

/// The id of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TicketId(pub String);

impl Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A ticket as its scanner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScannedTicket {
    /// The id.
    pub id: TicketId,
    /// The reservation.
    pub reservation_id: ReservationId,
    /// The seat.
    pub seat: ReservedSeat,
    /// The schedule, with its concert.
    pub schedule: ReservedSchedule,
    /// The status.
    pub status: TicketStatus,
    /// When it was used.
    #[serde(with = "time::serde::rfc3339::option")]
    pub used_at: Option<OffsetDateTime>,
}

/// A ticket as its buyer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The ticket.
    #[serde(flatten)]
    pub ticket: ScannedTicket,
    /// The code to scan.
    pub code: String,
}

/// The code of a ticket that was scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckIn {
    /// The code.
    pub code: String,
    /// The schedule at whose entrance it was scanned; any by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule_id: Option<ScheduleId>,
}

/// Lists the user's tickets.
pub fn list_tickets() -> Call<Page<Ticket>> {
    Call::get("/v1/tickets")
}

/// Returns a ticket.
pub fn show_ticket(ticket: &TicketId) -> Call<Ticket> {
    Call::get(path(ticket))
}

/// Returns the QR code of a ticket as an SVG image.
pub fn show_qr_code(ticket: &TicketId) -> Call<Bytes> {
    Call::download(format!("{}/qr", path(ticket)), "image/svg+xml")
}

/// Returns the QR code of a ticket as a PNG image.
pub fn show_qr_code_as_png(ticket: &TicketId) -> Call<Bytes> {
    Call::download(format!("{}/qr", path(ticket)), "image/png")
}

/// Uses a ticket, for the roles `scanner` and `operator`. A second scan is refused with the time of the first.
pub fn check_in_ticket(check_in: &CheckIn) -> Call<ScannedTicket> {
    Call::post("/v1/admin/tickets:check-in", check_in)
}

fn path(ticket: &TicketId) -> String {
    format!("/v1/tickets/{}", encode(&ticket.0))
}
