//! The body of a layout.

use application::HashedLayout;
use domain::Currency;
use domain::layout::{Category, Colour, Geometry, Layout, Point, Row, SeatKind, Section, SectionGeometry};
use serde::Serialize;
use utoipa::ToSchema;

use crate::response::MoneyBody;

/// The colours of categories without one.
const COLOURS: [&str; 10] = ["#d81b60", "#1e88e5", "#ffc107", "#00897b", "#8e24aa", "#f4511e", "#43a047", "#3949ab", "#6d4c41", "#546e7a"];

/// A point: x to the right, y away from the stage, in tenths of the distance between two seats.
type PointBody = [i32; 2];

/// The layout of the seats of a schedule. A seat's index in the availability of the schedule is its place in the ascending order of all seat
/// numbers.
#[derive(Serialize, ToSchema)]
#[schema(as = Layout)]
pub(super) struct LayoutBody<'a> {
    /// The hash that identifies the layout.
    hash: String,
    /// The number of seats.
    seats: u64,
    categories: Vec<CategoryBody<'a>>,
    /// The outline of the stage.
    #[schema(value_type = Vec<Vec<i32>>)]
    stage: Vec<PointBody>,
    sections: Vec<SectionBody<'a>>,
}

/// A price category of a layout.
#[derive(Serialize, ToSchema)]
#[schema(as = LayoutCategory)]
struct CategoryBody<'a> {
    #[schema(example = "vip")]
    id: &'a str,
    #[schema(example = "VIP")]
    name: &'a str,
    #[schema(example = "#d81b60")]
    colour: String,
    price: MoneyBody,
}

/// A section of a layout.
#[derive(Serialize, ToSchema)]
#[schema(as = LayoutSection)]
struct SectionBody<'a> {
    #[schema(example = "Stalls")]
    name: &'a str,
    /// The outline of the section.
    #[schema(value_type = Vec<Vec<i32>>)]
    outline: Vec<PointBody>,
    /// The rows, the one nearest to the stage first.
    rows: Vec<RowBody<'a>>,
}

/// A row of neighbouring seats of a layout. A row whose seats differ is several rows with the same name and consecutive numbers.
#[derive(Serialize, ToSchema)]
#[schema(as = LayoutRow)]
struct RowBody<'a> {
    #[schema(example = "A")]
    name: &'a str,
    /// The number of its first seat.
    #[schema(example = 1)]
    from: u32,
    /// The number of its last seat.
    #[schema(example = 20)]
    to: u32,
    /// The place of its first seat; it increases by 1 with each seat.
    #[schema(example = 1)]
    first_place: u32,
    /// The id of the category of its seats.
    #[schema(example = "vip")]
    category: &'a str,
    /// Whether its seats are wheelchair spaces; false if omitted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    accessible: bool,
    /// Whether its seats are for companions of wheelchair users; false if omitted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    companion: bool,
    /// The template of its seats' labels, with `{section}`, `{row}`, `{place}` and `{number}`; `{section} {row} {place}` if omitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    label: Option<&'a str>,
    /// The line along which the seats are distributed evenly, like the `curve` of a seat map.
    #[schema(value_type = Vec<Vec<i32>>)]
    curve: Vec<PointBody>,
}

impl<'a> LayoutBody<'a> {
    pub(super) fn new(HashedLayout { hash, layout }: &'a HashedLayout, currency: Currency) -> Self {
        let Geometry { stage, sections } = Geometry::of(layout);
        Self {
            hash: hash.to_string(),
            seats: layout.size(),
            categories: categories(layout, currency),
            stage: points(&stage),
            sections: layout.sections.iter().zip(&sections).map(|(section, geometry)| SectionBody::new(section, geometry)).collect(),
        }
    }
}

fn categories(layout: &Layout, currency: Currency) -> Vec<CategoryBody<'_>> {
    let colour = |own: Option<Colour>, index: usize| own.map_or_else(|| COLOURS[index % COLOURS.len()].to_owned(), |own| own.to_string());
    let body = |(index, category): (usize, &'_ Category)| (colour(category.colour, index), MoneyBody::new(category.price, currency));
    let all = layout.categories.iter().zip(layout.categories.iter().enumerate().map(body));
    all.map(|(Category { id, name, .. }, (colour, price))| CategoryBody { id: id.as_str(), name: name.as_str(), colour, price }).collect()
}

impl<'a> SectionBody<'a> {
    fn new(section: &'a Section, geometry: &SectionGeometry) -> Self {
        let rows = section.rows.iter().zip(&geometry.rows).map(|(row, curve)| RowBody::new(row, curve.points())).collect();
        Self { name: section.name.as_str(), outline: points(&geometry.outline), rows }
    }
}

impl<'a> RowBody<'a> {
    fn new(row: &'a Row, curve: &[Point]) -> Self {
        Self {
            name: row.name.as_str(),
            from: row.from.get(),
            to: row.to.get(),
            first_place: row.first_place,
            category: row.category.as_str(),
            accessible: row.kind == SeatKind::Accessible,
            companion: row.kind == SeatKind::Companion,
            label: Some(row.label.as_str()).filter(|label| *label != Layout::LABEL),
            curve: points(curve),
        }
    }
}

fn points(points: &[Point]) -> Vec<PointBody> {
    points.iter().map(|point| [point.x, point.y]).collect()
}
