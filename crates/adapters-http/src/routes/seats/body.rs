//! The body of a seat map.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::response::{MoneyBody, SeatStatusBody};

/// The seats of a schedule.
#[derive(Serialize, ToSchema)]
#[schema(as = SeatMap)]
pub(super) struct SeatMapBody<'a> {
    pub(super) schedule_id: Uuid,
    /// The version of the schedule's seats: it increases with each change of a seat.
    pub(super) version: u64,
    /// The number of available seats of the schedule, whether listed here or not.
    pub(super) available: u32,
    pub(super) seats: Vec<SeatBody<'a>>,
}

/// A seat.
#[derive(Serialize, ToSchema)]
#[schema(as = Seat)]
pub(super) struct SeatBody<'a> {
    /// The number of the seat, unique within the schedule.
    pub(super) number: u32,
    /// The label of the seat.
    #[schema(example = "Row A 7")]
    pub(super) label: &'a str,
    pub(super) status: SeatStatusBody,
    pub(super) price: MoneyBody,
    /// Whether the seat is a wheelchair space.
    pub(super) accessible: bool,
    /// The section of the seat; null if it is not known yet.
    #[schema(example = "Stalls")]
    pub(super) section: Option<&'a str>,
    /// The row of the seat.
    #[schema(example = "A")]
    pub(super) row: Option<&'a str>,
    /// The place of the seat in its row.
    #[schema(example = 7)]
    pub(super) place: Option<u32>,
    /// The id of the price category of the seat.
    #[schema(example = "vip")]
    pub(super) category: Option<&'a str>,
}
