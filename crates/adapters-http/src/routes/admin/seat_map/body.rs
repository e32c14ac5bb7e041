//! The body of a seat map, and its conversion to and from a layout.

use std::collections::HashMap;

use domain::layout::{Category, CategoryId, Curve, Point, Polygon, Row, SeatKind, Section};
use domain::{Layout, Title};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::{BoundedText, CategoryField, ColourField, PointField, PriceField, SeatNumberField};
use crate::problem::FieldError;

/// The seats of a schedule, at most 100,000.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = SeatPlan)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeatPlanBody {
    /// The price categories that rows and sections refer to, at most 1,000. Rows with a price need none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    categories: Vec<CategoryBody>,
    /// The outline of the stage, if the sections have coordinates: at most 100 points.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Vec<i32>>>)]
    stage: Option<Vec<PointField>>,
    sections: Vec<SectionBody>,
}

/// A price category.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = PriceCategory)]
#[serde(deny_unknown_fields)]
struct CategoryBody {
    /// The id of the category, unique within the schedule.
    #[schema(value_type = String, min_length = 1, max_length = 40, pattern = "^[a-z0-9_-]+$", example = "vip")]
    id: CategoryField,
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "VIP")]
    name: BoundedText<200>,
    /// The colour of its seats on a drawing; chosen by the service if omitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^#[0-9a-fA-F]{6}$", example = "#d81b60")]
    colour: Option<ColourField>,
    /// The price of each seat in minor units.
    #[schema(value_type = i64, minimum = 0, example = 90_000)]
    price: PriceField,
}

/// A section of the venue.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = SeatSection)]
#[serde(deny_unknown_fields)]
struct SectionBody {
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "Stalls")]
    name: BoundedText<200>,
    /// The category of each seat, unless the row has its own category or price.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40)]
    category: Option<CategoryField>,
    /// The price of each seat in minor units, instead of a category, unless the row has its own category or price.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 0, example = 60_000)]
    price: Option<PriceField>,
    /// The outline of the section: 3 to 100 points. The unit is a tenth of the distance between two seats; the stage is at the top.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Vec<i32>>>)]
    outline: Option<Vec<PointField>>,
    /// The rows, the one nearest to the stage first.
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
    /// The category of each seat; by default that of the section.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40)]
    category: Option<CategoryField>,
    /// The price of each seat in minor units, instead of a category; by default the price of the section.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 0)]
    price: Option<PriceField>,
    /// Whether the seats are wheelchair spaces; false by default.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    accessible: bool,
    /// Whether the seats are for companions of wheelchair users; false by default.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    companion: bool,
    /// The template of the seats' labels, by default `{section} {row} {place}`; it may also contain `{number}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    label: Option<BoundedText<200>>,
    /// The line of the seats: start and end, or start, control point and end of a quadratic Bézier curve.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Vec<i32>>>)]
    curve: Option<Vec<PointField>>,
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

/// The category of seats: one of the operator's, or the one of a price.
#[derive(Clone, PartialEq, Eq)]
enum Pricing {
    Category(CategoryId),
    Price(PriceField),
}

impl Pricing {
    /// Returns the pricing that the members of the value at `pointer` specify.
    fn of(category: Option<CategoryField>, price: Option<PriceField>, pointer: &str) -> Result<Option<Self>, FieldError> {
        match (category, price) {
            (Some(_), Some(_)) => Err(FieldError::at(format!("{pointer}/price"), "must be omitted: the category has a price")),
            (Some(category), None) => Ok(Some(Self::Category(category.0))),
            (None, Some(price)) => Ok(Some(Self::Price(price))),
            (None, None) => Ok(None),
        }
    }

    /// Returns the members that specify the pricing.
    fn members(self) -> (Option<CategoryField>, Option<PriceField>) {
        match self {
            Self::Category(id) => (Some(CategoryField(id)), None),
            Self::Price(price) => (None, Some(price)),
        }
    }
}

/// A layout while it is read.
#[derive(Default)]
struct Reading {
    layout: Layout,
    field_errors: Vec<FieldError>,
}

impl SeatPlanBody {
    /// Converts the layout, or returns all errors in the value at `pointer`.
    pub(crate) fn read(self, pointer: &str) -> Result<Layout, Vec<FieldError>> {
        let mut reading = Reading::default();
        reading.layout.categories = self.categories.into_iter().map(Category::from).collect();
        reading.layout.stage = reading.keep(polygon(self.stage, &format!("{pointer}/stage"))).flatten();
        for (index, section) in self.sections.into_iter().enumerate() {
            reading.add_section(section, &format!("{pointer}/sections/{index}"));
        }
        let Reading { layout, field_errors } = reading;
        if field_errors.is_empty() { Ok(layout) } else { Err(field_errors) }
    }
}

impl Reading {
    fn keep<T>(&mut self, read: Result<T, FieldError>) -> Option<T> {
        read.map_err(|field_error| self.field_errors.push(field_error)).ok()
    }

    fn add_section(&mut self, SectionBody { name, category, price, outline, rows }: SectionBody, pointer: &str) {
        let of_section = self.keep(Pricing::of(category, price, pointer)).flatten();
        let outline = self.keep(polygon(outline, &format!("{pointer}/outline"))).flatten();
        let mut section = Section { name: name.0, outline, rows: Vec::with_capacity(rows.len()) };
        for (index, row) in rows.into_iter().enumerate() {
            let row = self.read_row(row, of_section.clone(), &format!("{pointer}/rows/{index}"));
            section.rows.extend(self.keep(row));
        }
        self.layout.sections.push(section);
    }

    fn read_row(&mut self, row: RowBody, of_section: Option<Pricing>, pointer: &str) -> Result<Row, FieldError> {
        let RowBody { name, numbers, first_place, category, price, accessible, companion, label, curve } = row;
        let pricing = Pricing::of(category, price, pointer)?.or(of_section).ok_or_else(|| {
            FieldError::at(format!("{pointer}/price"), "is required: neither the row nor its section has a price or a category")
        })?;
        let kind = match (accessible, companion) {
            (false, false) => SeatKind::Regular,
            (true, false) => SeatKind::Accessible,
            (false, true) => SeatKind::Companion,
            (true, true) => return Err(FieldError::at(format!("{pointer}/companion"), "must be false if `accessible` is true")),
        };
        let label = match label {
            Some(label) => label.0,
            None => Title::new(Layout::LABEL).map_err(|error| FieldError::at(format!("{pointer}/label"), error))?,
        };
        let curve = match curve {
            Some(curve) => Some(Curve::new(&points(curve)).map_err(|error| FieldError::at(format!("{pointer}/curve"), error))?),
            None => None,
        };
        let category = match pricing {
            Pricing::Category(id) => id,
            Pricing::Price(price) => self.category_of(price, pointer)?,
        };
        Ok(Row {
            name: name.0,
            from: numbers.from.0,
            to: numbers.to.0,
            first_place: first_place.unwrap_or(1),
            category,
            kind,
            label,
            curve,
        })
    }

    /// Returns the category of a price, which is added with its first row.
    fn category_of(&mut self, PriceField(price): PriceField, pointer: &str) -> Result<CategoryId, FieldError> {
        let category = Category::of_price(price).map_err(|error| FieldError::at(format!("{pointer}/price"), error))?;
        let id = category.id.clone();
        // Most rows have the price of the row before.
        if !self.layout.categories.iter().rev().any(|known| *known == category) {
            self.layout.categories.push(category);
        }
        Ok(id)
    }
}

impl From<CategoryBody> for Category {
    fn from(body: CategoryBody) -> Self {
        let CategoryBody { id, name, colour, price } = body;
        Self { id: id.0, name: name.0, colour: colour.map(|ColourField(colour)| colour), price: price.0 }
    }
}

fn points(points: Vec<PointField>) -> Vec<Point> {
    points.into_iter().map(|PointField(point)| point).collect()
}

fn polygon(corners: Option<Vec<PointField>>, pointer: &str) -> Result<Option<Polygon>, FieldError> {
    corners.map(|corners| Polygon::new(points(corners)).map_err(|error| FieldError::at(pointer, error))).transpose()
}

fn fields(points: &[Point]) -> Vec<PointField> {
    points.iter().copied().map(PointField).collect()
}

/// Default values are omitted, and the categories of rows with a price.
impl From<&Layout> for SeatPlanBody {
    fn from(layout: &Layout) -> Self {
        let is_of_price = |category: &Category| Category::of_price(category.price).is_ok_and(|of_price| of_price == *category);
        let pricings: HashMap<&CategoryId, Pricing> = layout
            .categories
            .iter()
            .map(|category| {
                let price = Pricing::Price(PriceField(category.price));
                (&category.id, if is_of_price(category) { price } else { Pricing::Category(category.id.clone()) })
            })
            .collect();
        let category = |Category { id, name, colour, price }: &Category| CategoryBody {
            id: CategoryField(id.clone()),
            name: BoundedText(name.clone()),
            colour: colour.map(ColourField),
            price: PriceField(*price),
        };
        Self {
            categories: layout.categories.iter().filter(|category| !is_of_price(category)).map(category).collect(),
            stage: layout.stage.as_ref().map(|stage| fields(stage.points())),
            sections: layout.sections.iter().map(|section| SectionBody::of(section, &pricings)).collect(),
        }
    }
}

impl SectionBody {
    fn of(section: &Section, pricings: &HashMap<&CategoryId, Pricing>) -> Self {
        let pricing = |row: &Row| pricings.get(&row.category).cloned();
        let of_section = section.rows.first().and_then(pricing);
        let row = |row: &Row| {
            let own = pricing(row).filter(|own| Some(own) != of_section.as_ref());
            let (category, price) = own.map_or((None, None), Pricing::members);
            RowBody {
                name: BoundedText(row.name.clone()),
                numbers: RangeBody { from: SeatNumberField(row.from), to: SeatNumberField(row.to) },
                first_place: Some(row.first_place).filter(|place| *place != 1),
                category,
                price,
                accessible: row.kind == SeatKind::Accessible,
                companion: row.kind == SeatKind::Companion,
                label: Some(row.label.clone()).filter(|label| label.as_str() != Layout::LABEL).map(BoundedText),
                curve: row.curve.map(|curve| fields(curve.points())),
            }
        };
        let rows = section.rows.iter().map(row).collect();
        let (category, price) = of_section.clone().map_or((None, None), Pricing::members);
        let outline = section.outline.as_ref().map(|outline| fields(outline.points()));
        Self { name: BoundedText(section.name.clone()), category, price, outline, rows }
    }
}
