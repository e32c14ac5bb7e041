//! The arena of the demo data: 15,000 seats on a floor in front of the stage and in two tiers around it.

use std::ops::Range;

use domain::layout::{Category, CategoryId, Colour, Curve, Point, Polygon, Row, SeatKind, Section};
use domain::{Layout, Money, SeatNumber, Title};

/// The distance between two seats of a row, and between two rows.
const SEAT: f64 = 10.0;
const ROW: f64 = 13.0;
/// The width of an aisle.
const AISLE: f64 = 30.0;
const LABEL: &str = "Section {section} Row {row} Seat {place}";

const FLOOR: &str = "floor";
const LOWER_TIER: &str = "lower-tier";
const UPPER_TIER: &str = "upper-tier";

/// The sections of the floor, in columns and lines, of rows of seats.
const FLOOR_SECTIONS: [[char; 3]; 2] = [['A', 'B', 'C'], ['D', 'E', 'F']];
const FLOOR_ROWS: u32 = 20;
const FLOOR_SEATS: u32 = 25;

/// A tier around the floor: its sections, the seats in each, and the distance of the first row from the centre.
struct Tier {
    sections: &'static str,
    seats: u32,
    radius: f64,
    category: &'static str,
}

const TIERS: [Tier; 2] = [
    Tier { sections: "GHJKLMNP", seats: 625, radius: 570.0, category: LOWER_TIER },
    Tier { sections: "QRSTUVW", seats: 1_000, radius: 920.0, category: UPPER_TIER },
];
/// The centre of the tiers, and the angle that they enclose, from the right of the stage to its left.
const CENTRE: (f64, f64) = (0.0, 150.0);
const ANGLES: Range<f64> = -15.0..195.0;
/// The part of a section's angle that is an aisle, in degrees.
const GAP: f64 = 1.6;

/// Returns the layout of the arena.
pub(super) fn layout() -> anyhow::Result<Layout> {
    let category = |id, name, colour, price| {
        anyhow::Ok(Category { id: CategoryId::new(id)?, name: Title::new(name)?, colour: Some(Colour(colour)), price: Money::new(price)? })
    };
    let categories = vec![
        category(FLOOR, "Floor", [0xc2, 0x25, 0x5c], 165_000)?,
        category(LOWER_TIER, "Lower tier", [0x19, 0x71, 0xc2], 121_000)?,
        category(UPPER_TIER, "Upper tier", [0xf0, 0x8c, 0x00], 88_000)?,
    ];
    let mut numbers = Numbers(0);
    let mut sections = floor(&mut numbers)?;
    for tier in &TIERS {
        sections.extend(tier.sections(&mut numbers)?);
    }
    let stage = Polygon::new([(-210.0, -120.0), (210.0, -120.0), (170.0, -55.0), (-170.0, -55.0)].map(point).to_vec())?;
    Ok(Layout { categories, sections, stage: Some(stage) })
}

/// The numbers of the seats, section by section.
struct Numbers(u32);

impl Numbers {
    /// Returns a row of the next `length` seats.
    fn row(&mut self, name: u32, length: u32, first_place: u32, category: &str, curve: &[Point]) -> anyhow::Result<Row> {
        let from = self.0 + 1;
        self.0 += length;
        Ok(Row {
            name: Title::new(&name.to_string())?,
            from: SeatNumber::new(from)?,
            to: SeatNumber::new(self.0)?,
            first_place,
            category: CategoryId::new(category)?,
            kind: SeatKind::Regular,
            label: Title::new(LABEL)?,
            curve: Some(Curve::new(curve)?),
        })
    }
}

fn floor(numbers: &mut Numbers) -> anyhow::Result<Vec<Section>> {
    let (width, depth) = (f64::from(FLOOR_SEATS - 1) * SEAT, f64::from(FLOOR_ROWS - 1) * ROW);
    let mut sections = Vec::new();
    for (line, names) in (0..).map(f64::from).zip(FLOOR_SECTIONS) {
        for (column, name) in [-1.0, 0.0, 1.0].into_iter().zip(names) {
            let left = column * (width + AISLE) - width / 2.0;
            let top = line * (depth + AISLE);
            let mut rows = Vec::new();
            for row in 1..=FLOOR_ROWS {
                let y = top + f64::from(row - 1) * ROW;
                let is_last = row == FLOOR_ROWS && line > 0.0;
                // In the last row of all, wheelchair spaces, and their companions beside them.
                let parts: &[_] = if is_last {
                    &[(5, SeatKind::Accessible), (5, SeatKind::Companion), (FLOOR_SEATS - 10, SeatKind::Regular)]
                } else {
                    &[(FLOOR_SEATS, SeatKind::Regular)]
                };
                let mut place = 1;
                for (length, kind) in parts {
                    let start = left + f64::from(place - 1) * SEAT;
                    let curve = [(start, y), (start + f64::from(length - 1) * SEAT, y)].map(point);
                    rows.push(Row { kind: *kind, ..numbers.row(row, *length, place, FLOOR, &curve)? });
                    place += length;
                }
            }
            let (right, bottom) = (left + width, top + depth);
            let around = SEAT;
            let outline = [
                (left - around, top - around),
                (right + around, top - around),
                (right + around, bottom + around),
                (left - around, bottom + around),
            ];
            sections.push(section(name, outline.map(point).to_vec(), rows)?);
        }
    }
    Ok(sections)
}

impl Tier {
    fn sections(&self, numbers: &mut Numbers) -> anyhow::Result<Vec<Section>> {
        let count = f64::from(u32::try_from(self.sections.chars().count())?);
        let width = (ANGLES.end - ANGLES.start) / count;
        let mut sections = Vec::new();
        // From the left of the stage to its right.
        for (index, name) in (0..).map(f64::from).zip(self.sections.chars()) {
            let start = ANGLES.end - index * width - GAP / 2.0;
            let end = start - width + GAP;
            let (mut rows, mut left, mut radius) = (Vec::new(), self.seats, self.radius);
            while left > 0 {
                let length = seats_along((start - end).to_radians() * radius).min(left);
                // The last row may be shorter, and is in the middle.
                let half = (f64::from(length - 1) * SEAT / radius / 2.0).min((start - end).to_radians() / 2.0);
                let middle = f64::midpoint(start, end).to_radians();
                rows.push(numbers.row(
                    u32::try_from(rows.len())? + 1,
                    length,
                    1,
                    self.category,
                    &arc(radius, middle + half, middle - half),
                )?);
                left -= length;
                radius += ROW;
            }
            sections.push(section(name, outline(self.radius - ROW, radius, start, end), rows)?);
        }
        Ok(sections)
    }
}

fn section(name: char, outline: Vec<Point>, rows: Vec<Row>) -> anyhow::Result<Section> {
    Ok(Section { name: Title::new(&name.to_string())?, outline: Some(Polygon::new(outline)?), rows })
}

/// Returns the even number of seats that fit along an arc of this length.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some tens of seats")]
fn seats_along(length: f64) -> u32 {
    (length / SEAT / 2.0).floor() as u32 * 2
}

/// Returns the curve of an arc between two angles, in radians: its ends, and where their tangents meet.
fn arc(radius: f64, from: f64, to: f64) -> [Point; 3] {
    let (middle, half) = (f64::midpoint(from, to), (from - to) / 2.0);
    [at(radius, from), at(radius / half.cos(), middle), at(radius, to)]
}

/// Returns the outline of a section between two distances from the centre, and two angles in degrees.
fn outline(inner: f64, outer: f64, from: f64, to: f64) -> Vec<Point> {
    const STEPS: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
    let angle = |step: f64| (from + (to - from) * step).to_radians();
    let outward = STEPS.into_iter().map(|step| at(inner, angle(step)));
    outward.chain(STEPS.into_iter().rev().map(|step| at(outer, angle(step)))).collect()
}

fn at(radius: f64, angle: f64) -> Point {
    point((CENTRE.0 + radius * angle.cos(), CENTRE.1 + radius * angle.sin()))
}

#[expect(clippy::cast_possible_truncation, reason = "the arena is some thousand units wide")]
fn point((x, y): (f64, f64)) -> Point {
    Point { x: x.round() as i32, y: y.round() as i32 }
}

#[cfg(test)]
mod tests {
    use domain::ScheduleId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_arena_has_15_000_seats_at_three_prices() {
        let layout = layout().unwrap();
        let seats = layout.seats(ScheduleId(Uuid::from_u128(1))).unwrap();
        let priced = |price| seats.iter().filter(|seat| seat.price() == Money::new(price).unwrap()).count();
        assert_eq!([165_000, 121_000, 88_000].map(priced), [3_000, 5_000, 7_000]);
        assert_eq!(seats.len(), 15_000);
        assert_eq!(seats.iter().filter(|seat| seat.is_accessible()).count(), 15);
    }
}
