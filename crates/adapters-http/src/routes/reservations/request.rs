//! The seats that a request names, or leaves to the service.

use std::num::NonZeroU32;

use domain::best_available::Wish;
use domain::layout::CategoryId;
use domain::seat_selection::SeatSelection;
use domain::{ScheduleId, SeatNumber};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::extract::{BoundedText, FromBody};
use crate::problem::FieldError;
use crate::settings::HttpSettings;

/// The seats to hold: either `seat_numbers` or `best_available`.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewReservation)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReservationBody {
    #[schema(example = "0f207207-0000-7000-8000-0000000c1b01")]
    schedule_id: Uuid,
    /// The numbers of the seats, without duplicates.
    #[schema(example = json!([7, 8]), min_items = 1, max_items = 100)]
    seat_numbers: Option<Vec<u32>>,
    best_available: Option<BestAvailableBody>,
}

/// The seats to hold, if the service chooses them: neighbours near the centre of the stage, so that no single seat remains free if that can
/// be avoided.
#[derive(Deserialize, ToSchema)]
#[schema(as = BestAvailable)]
#[serde(deny_unknown_fields)]
pub(super) struct BestAvailableBody {
    /// How many seats.
    #[schema(example = 2, minimum = 1, maximum = 100)]
    count: u32,
    /// The id of their category; any, if it is omitted.
    #[schema(example = "standard", min_length = 1, max_length = 40)]
    category: Option<String>,
    /// The name of their section; any, if it is omitted.
    #[schema(value_type = Option<String>, example = "Stalls", min_length = 1, max_length = 200)]
    section: Option<BoundedText<200>>,
    /// Whether they must be neighbours in one row. Otherwise they are in as few parts as possible.
    #[serde(default = "together")]
    #[schema(default = true)]
    together: bool,
    /// Whether one of them must be a wheelchair space; the others are then wheelchair spaces or companions' seats.
    #[serde(default)]
    #[schema(default = false)]
    accessible: bool,
}

const fn together() -> bool {
    true
}

/// The seats to hold instead of others.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewSeats)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSeatsBody {
    #[schema(example = "0f207207-0000-7000-8000-0000000c1b01")]
    schedule_id: Uuid,
    /// The numbers of the seats, without duplicates.
    #[schema(example = json!([7, 8]), min_items = 1, max_items = 100)]
    seat_numbers: Vec<u32>,
}

/// A request for seats.
pub(super) struct NewReservation {
    pub(super) schedule: ScheduleId,
    pub(super) seats: WantedSeats,
}

/// Which seats are requested.
pub(super) enum WantedSeats {
    Named(SeatSelection),
    Best(Wish),
}

/// A request for other seats.
pub(super) struct NewSeats {
    pub(super) schedule: ScheduleId,
    pub(super) seats: SeatSelection,
}

impl FromBody for NewReservation {
    type Wire = NewReservationBody;

    fn read(wire: NewReservationBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        let seats = match (wire.seat_numbers, wire.best_available) {
            (Some(numbers), None) => WantedSeats::Named(read_numbers(numbers)?),
            (None, Some(wish)) => WantedSeats::Best(wish.read()?),
            (None, None) => return Err(vec![FieldError::at("/seat_numbers", "either seat_numbers or best_available is required")]),
            (Some(_), Some(_)) => {
                return Err(vec![FieldError::at("/best_available", "either seat_numbers or best_available is allowed, not both")]);
            }
        };
        Ok(Self { schedule: ScheduleId(wire.schedule_id), seats })
    }
}

impl FromBody for NewSeats {
    type Wire = NewSeatsBody;

    fn read(wire: NewSeatsBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        Ok(Self { schedule: ScheduleId(wire.schedule_id), seats: read_numbers(wire.seat_numbers)? })
    }
}

fn read_numbers(wire: Vec<u32>) -> Result<SeatSelection, Vec<FieldError>> {
    let (mut numbers, mut field_errors) = (Vec::new(), Vec::new());
    for (index, number) in wire.into_iter().enumerate() {
        match SeatNumber::new(number) {
            Ok(number) => numbers.push(number),
            Err(error) => field_errors.push(FieldError::at(format!("/seat_numbers/{index}"), error)),
        }
    }
    if !field_errors.is_empty() {
        return Err(field_errors);
    }
    SeatSelection::new(numbers).map_err(|error| vec![FieldError::at("/seat_numbers", error)])
}

impl BestAvailableBody {
    fn read(self) -> Result<Wish, Vec<FieldError>> {
        let mut field_errors = Vec::new();
        let mut error =
            |field: &str, error: &dyn std::fmt::Display| field_errors.push(FieldError::at(format!("/best_available/{field}"), error));
        let max = SeatSelection::MAX;
        let count = NonZeroU32::new(self.count).filter(|count| usize::try_from(count.get()).is_ok_and(|count| count <= max));
        if count.is_none() {
            error("count", &format_args!("must be from 1 to {max}"));
        }
        let category = self.category.map(|id| CategoryId::new(&id)).transpose().unwrap_or_else(|invalid| {
            error("category", &invalid);
            None
        });
        let section = self.section.map(|BoundedText(name)| name);
        let wish = count.map(|count| Wish { count, together: self.together, accessible: self.accessible, category, section });
        wish.filter(|_| field_errors.is_empty()).ok_or(field_errors)
    }
}
