//! Seat maps, as operators write them down: sections, rows, ranges of numbers.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, put};
use domain::decide::admin::seat_map::LaidOut;
use domain::seat_plan::{Row, Section};
use domain::{ScheduleId, SeatPlan, Title};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::codes::{BODY, OPERATOR};
use super::by;
use crate::api::HttpSettings;
use crate::extract::{ApiRequest, Body, BoundedText, FromBody, Operator, PathId, PriceField, SeatNumberField};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::personal;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(show_seat_map).service(lay_out_seats);
}

/// The seats of a date: at most 100,000.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = SeatPlan)]
#[serde(deny_unknown_fields)]
pub(super) struct SeatPlanBody {
    sections: Vec<SectionBody>,
}

/// A part of the hall.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = SeatSection)]
#[serde(deny_unknown_fields)]
struct SectionBody {
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "Stalls")]
    name: BoundedText<200>,
    /// What each of its seats costs in minor units, unless its row says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 0, example = 60_000)]
    price: Option<PriceField>,
    rows: Vec<RowBody>,
}

/// Neighbouring seats.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = SeatRow)]
#[serde(deny_unknown_fields)]
struct RowBody {
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "A")]
    name: BoundedText<200>,
    numbers: RangeBody,
    /// The `{place}` of its first seat, 1 unless it is given; the next ones count on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uint32", maximum = 4_294_967_295_u32)]
    first_place: Option<u32>,
    /// What each of its seats costs in minor units; unless it is given, what its section says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 0)]
    price: Option<PriceField>,
    /// Whether its seats are places for wheelchairs; they are not unless it says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    accessible: bool,
    /// What is written on its seats, `{section} {row} {place}` unless it is given; there is also `{number}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    label: Option<BoundedText<200>>,
}

/// The numbers of a row's seats within the date.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = SeatNumbers)]
#[serde(deny_unknown_fields)]
struct RangeBody {
    /// The first one.
    #[schema(value_type = u32, minimum = 1, maximum = 1_000_000, example = 1)]
    from: SeatNumberField,
    /// The last one.
    #[schema(value_type = u32, minimum = 1, maximum = 1_000_000, example = 20)]
    to: SeatNumberField,
}

impl SeatPlanBody {
    /// The plan, or all that doesn't fit in the value at `pointer`.
    pub(super) fn read(self, pointer: &str) -> Result<SeatPlan, Vec<FieldError>> {
        let (mut sections, mut field_errors) = (Vec::with_capacity(self.sections.len()), Vec::new());
        for (index, SectionBody { name, price, rows }) in self.sections.into_iter().enumerate() {
            let mut section = Section { name: name.0, rows: Vec::with_capacity(rows.len()) };
            for (place, row) in rows.into_iter().enumerate() {
                match row.read(price, &format!("{pointer}/sections/{index}/rows/{place}")) {
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
    fn read(self, of_section: Option<PriceField>, pointer: &str) -> Result<Row, FieldError> {
        let Self { name, numbers, first_place, price, accessible, label } = self;
        let Some(PriceField(price)) = price.or(of_section) else {
            return Err(FieldError::at(format!("{pointer}/price"), "is required: neither the row nor its section has one"));
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

/// What goes without saying isn't said.
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

/// What became of the seats of a map.
#[derive(Serialize, ToSchema)]
#[schema(as = LaidOutSeats)]
struct LaidOutBody {
    /// Seats that are new.
    created: u32,
    /// Seats with another label, price or accessibility than before.
    changed: u32,
    /// Seats that were so before.
    unchanged: u32,
}

problems!(ShowProblems: OPERATOR, &[Code::NotFound]);
problems!(LayOutProblems: OPERATOR, BODY, &[Code::NotFound, Code::SeatUnavailable]);

/// The seats of a date, as a map that makes the same seats wherever it is put.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The date.")),
    responses((status = 200, description = "The map; neighbours whose labels count on are a row.", body = SeatPlanBody), ShowProblems),
)]
#[get("/v1/admin/schedules/{id:[^/:]+}/seat-map")]
async fn show_seat_map(call: ApiRequest<(Operator, PathId<ScheduleId>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, PathId(id)), .. } = call;
    let plan = api.ask(|ask| async move { ask.seats.plan(id).await }).await?;
    personal(StatusCode::OK, &SeatPlanBody::from(plan))
}

/// Give a date seats: those that are new are made, those that nobody has get label and price. None is removed.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The date.")),
    request_body = SeatPlanBody,
    responses((status = 200, description = "What became of the seats.", body = LaidOutBody), LayOutProblems),
)]
#[put("/v1/admin/schedules/{id:[^/:]+}/seat-map")]
async fn lay_out_seats(call: ApiRequest<(Operator, PathId<ScheduleId>, Body<Plan>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (Operator(operator), PathId(id), Body(Plan(plan))), .. } = call;
    let LaidOut { created, changed, unchanged } = api.ask(|ask| async move { ask.seats.lay_out(&by(operator), id, &plan).await }).await?;
    personal(StatusCode::OK, &LaidOutBody { created, changed, unchanged })
}
