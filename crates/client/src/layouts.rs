//! Layouts: where the seats of a schedule are, and what they cost.

use serde::{Deserialize, Serialize};

use crate::call::{Call, encode};
use crate::ids::ScheduleId;
use crate::money::Money;

/// A point, to the right of the centre and away from the stage, in units of a tenth of the distance between two seats.
pub type Point = [i32; 2];

/// The seats of a schedule without their status. It never changes under its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// The hash that identifies the layout.
    pub hash: String,
    /// The number of seats.
    pub seats: u64,
    /// The price categories.
    pub categories: Vec<LayoutCategory>,
    /// The sections.
    pub sections: Vec<LayoutSection>,
    /// The outline of the stage.
    pub stage: Vec<Point>,
}

/// A price category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutCategory {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The colour, like `#d81b60`.
    pub colour: String,
    /// The price of a seat.
    pub price: Money,
}

/// A section of a hall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutSection {
    /// The name.
    pub name: String,
    /// The outline.
    pub outline: Vec<Point>,
    /// The rows, the one nearest to the stage first.
    pub rows: Vec<LayoutRow>,
}

/// A row of seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutRow {
    /// The name.
    pub name: String,
    /// The number of its first seat.
    pub from: u32,
    /// The number of its last seat.
    pub to: u32,
    /// The place of its first seat; it increases by 1 with each seat.
    pub first_place: u32,
    /// The id of the category of its seats.
    pub category: String,
    /// The line along which the seats are distributed evenly.
    pub curve: Vec<Point>,
    /// The template of its seats' labels; `{section} {row} {place}` if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether its seats are wheelchair spaces.
    #[serde(default, skip_serializing_if = "is_false")]
    pub accessible: bool,
    /// Whether its seats are for companions of wheelchair users.
    #[serde(default, skip_serializing_if = "is_false")]
    pub companion: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// Returns the layout of a schedule.
pub fn show_layout(schedule: ScheduleId) -> Call<Layout> {
    Call::get(format!("/v1/schedules/{schedule}/layout"))
}

/// Returns the layout of a schedule with this hash, as in [`Availability`](crate::availability::Availability).
pub fn show_layout_by_hash(schedule: ScheduleId, hash: &str) -> Call<Layout> {
    Call::get(format!("/v1/schedules/{schedule}/layouts/{}", encode(hash)))
}
