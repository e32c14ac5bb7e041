//! Seat maps, as operators define them: sections, rows, ranges of seat numbers.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, put};
use domain::decide::admin::seat_map::LaidOut;
use domain::seat_plan::{Row, Section};
use domain::{ScheduleId, SeatPlan, Title};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::codes::{BODY, OPERATOR};
use super::actor::actor;
use crate::extract::{ApiRequest, Body, BoundedText, FromBody, Operator, PathId, PriceField, SeatNumberField};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::uncached_json;
use crate::settings::HttpSettings;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(show_seat_map).service(lay_out_seats);
}

/// The seats of a schedule, at most 100,000.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = SeatPlan)]
#[serde(deny_unknown_fields)]
pub(super) struct SeatPlanBody {
    sections: Vec<SectionBody>,
}

/// A section of the venue.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = SeatSection)]
#[serde(deny_unknown_fields)]
struct SectionBody {
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "Stalls")]
    name: BoundedText<200>,
    /// The price of each seat in minor units, unless the row has its own price.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 0, example = 60_000)]
    price: Option<PriceField>,
    rows: Vec<RowBody>,
}

/// A row of adjacent seats.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = SeatRow)]
#[serde(deny_unknown_fields)]
struct RowBody {
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "A")]
    name: BoundedText<200>,
    numbers: RangeBody,
    /// The `{place}` of the first seat, 1 by default; it increases by 1 with each seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uint32", maximum = 4_294_967_295_u32)]
    first_place: Option<u32>,
    /// The price of each seat in minor units; by default the price of the section.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 0)]
    price: Option<PriceField>,
    /// Whether the seats are wheelchair spaces; false by default.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    accessible: bool,
    /// The template of the seats' labels, by default `{section} {row} {place}`; it may also contain `{number}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    label: Option<BoundedText<200>>,
}

/// The range of a row's seat numbers, which are unique within the schedule.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = SeatNumbers)]
#[serde(deny_unknown_fields)]
struct RangeBody {
    /// The first number.
    #[schema(value_type = u32, minimum = 1, maximum = 1_000_000, example = 1)]
    from: SeatNumberField,
    /// The last number.
    #[schema(value_type = u32, minimum = 1, maximum = 1_000_000, example = 20)]
    to: SeatNumberField,
}

impl SeatPlanBody {
    /// Converts the plan, or returns all errors in the value at `pointer`.
    pub(super) fn read(self, pointer: &str) -> Result<SeatPlan, Vec<FieldError>> {
        let (mut sections, mut field_errors) = (Vec::with_capacity(self.sections.len()), Vec::new());
        for (index, SectionBody { name, price, rows }) in self.sections.into_iter().enumerate() {
            let mut section = Section { name: name.0, rows: Vec::with_capacity(rows.len()) };
            for (row_index, row) in rows.into_iter().enumerate() {
                match row.read(price, &format!("{pointer}/sections/{index}/rows/{row_index}")) {
                    Ok(row) => section.rows.push(row),
                    Err(field_error) => field_errors.push(field_error),
                }
            }
            sections.push(section);
        }
        if field_errors.is_empty() { Ok(SeatPlan { sections }) } else { Err(field_errors) }
    }
}

impl RowBody {
    fn read(self, section_price: Option<PriceField>, pointer: &str) -> Result<Row, FieldError> {
        let Self { name, numbers, first_place, price, accessible, label } = self;
        let Some(PriceField(price)) = price.or(section_price) else {
            return Err(FieldError::at(format!("{pointer}/price"), "is required: neither the row nor its section has a price"));
        };
        let label = match label {
            Some(label) => label.0,
            None => Title::new(SeatPlan::LABEL).map_err(|error| FieldError::at(format!("{pointer}/label"), error))?,
        };
        Ok(Row { name: name.0, from: numbers.from.0, to: numbers.to.0, first_place: first_place.unwrap_or(1), price, accessible, label })
    }
}

impl From<SeatPlan> for SeatPlanBody {
    fn from(plan: SeatPlan) -> Self {
        Self { sections: plan.sections.into_iter().map(SectionBody::from).collect() }
    }
}

/// Default values are omitted.
impl From<Section> for SectionBody {
    fn from(section: Section) -> Self {
        let Section { name, rows } = section;
        let price = rows.first().map(|row| row.price);
        let row = |row: Row| RowBody {
            name: BoundedText(row.name),
            numbers: RangeBody { from: SeatNumberField(row.from), to: SeatNumberField(row.to) },
            first_place: Some(row.first_place).filter(|place| *place != 1),
            price: Some(row.price).filter(|own| Some(*own) != price).map(PriceField),
            accessible: row.accessible,
            label: Some(row.label).filter(|label| label.as_str() != SeatPlan::LABEL).map(BoundedText),
        };
        Self { name: BoundedText(name), price: price.map(PriceField), rows: rows.into_iter().map(row).collect() }
    }
}

struct Plan(SeatPlan);

impl FromBody for Plan {
    type Wire = SeatPlanBody;

    fn read(wire: SeatPlanBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        wire.read("").map(Self)
    }
}

/// The result of applying a seat map.
#[derive(Serialize, ToSchema)]
#[schema(as = LaidOutSeats)]
struct LaidOutBody {
    /// The number of new seats.
    created: u32,
    /// The number of seats whose label, price or accessibility has changed.
    changed: u32,
    /// The number of unchanged seats.
    unchanged: u32,
}

problems!(ShowProblems: OPERATOR, &[Code::NotFound]);
problems!(LayOutProblems: OPERATOR, BODY, &[Code::NotFound, Code::SeatUnavailable]);

/// Get the seat map of a schedule
///
/// The map creates the same seats in any schedule that it is applied to.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The schedule.")),
    responses(
        (status = 200, description = "The map; adjacent seats with consecutive labels form a row.", body = SeatPlanBody),
        ShowProblems,
    ),
)]
#[get("/v1/admin/schedules/{id:[^/:]+}/seat-map")]
async fn show_seat_map(call: ApiRequest<(Operator, PathId<ScheduleId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id)), .. } = call;
    let plan = api.run(|use_cases| async move { use_cases.seats.plan(id).await }).await?;
    uncached_json(StatusCode::OK, &SeatPlanBody::from(plan))
}

/// Set the seat map of a schedule
///
/// New seats are created; seats that are neither held nor sold get the label and price of the map. No seat is removed.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The schedule.")),
    request_body = SeatPlanBody,
    responses((status = 200, description = "The numbers of created, changed and unchanged seats.", body = LaidOutBody), LayOutProblems),
)]
#[put("/v1/admin/schedules/{id:[^/:]+}/seat-map")]
async fn lay_out_seats(call: ApiRequest<(Operator, PathId<ScheduleId>, Body<Plan>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), Body(Plan(plan))), .. } = call;
    let LaidOut { created, changed, unchanged } =
        api.run(|use_cases| async move { use_cases.seats.lay_out(&actor(operator, None), id, &plan).await }).await?;
    uncached_json(StatusCode::OK, &LaidOutBody { created, changed, unchanged })
}
