//! The club of the demo data: 50 seats around a piano.

use domain::layout::{Category, CategoryId, Colour, Curve, Point, Polygon, Row, SeatKind, Section};
use domain::{Layout, Money, SeatNumber, Title};

const CATEGORY: &str = "standard";
const LABEL: &str = "Row {row} Seat {place}";
/// The rows, the one nearest to the piano first, and the seats of each.
const ROWS: [&str; 5] = ["A", "B", "C", "D", "E"];
const SEATS: u32 = 10;

/// Returns the layout of the club, at this price for each seat.
pub(super) fn layout(price: Money) -> anyhow::Result<Layout> {
    let category =
        Category { id: CategoryId::new(CATEGORY)?, name: Title::new("Standard")?, colour: Some(Colour([0x70, 0x48, 0xe8])), price };
    let mut rows = Vec::new();
    for (index, name) in (0..).zip(ROWS) {
        let from = u32::try_from(index)? * SEATS + 1;
        // Each row is wider and further away than the one before it, and bends around the piano.
        let (half, y) = (70 + 12 * index, 20 * index);
        rows.push(Row {
            name: Title::new(name)?,
            from: SeatNumber::new(from)?,
            to: SeatNumber::new(from + SEATS - 1)?,
            first_place: 1,
            category: CategoryId::new(CATEGORY)?,
            kind: SeatKind::Regular,
            label: Title::new(LABEL)?,
            curve: Some(Curve::new(&[Point { x: -half, y }, Point { x: 0, y: y + 56 }, Point { x: half, y }])?),
        });
    }
    let outline = [(-92, -14), (0, 34), (92, -14), (142, 88), (0, 132), (-142, 88)].map(|(x, y)| Point { x, y });
    let section = Section { name: Title::new("Club")?, outline: Some(Polygon::new(outline.to_vec())?), rows };
    let piano = [(-34, -62), (34, -62), (40, -26), (-40, -26)].map(|(x, y)| Point { x, y });
    Ok(Layout { categories: vec![category], sections: vec![section], stage: Some(Polygon::new(piano.to_vec())?) })
}
