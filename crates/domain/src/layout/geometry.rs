//! Coordinates: those of the operator, and generated ones where the operator specified none.
//!
//! The unit is a tenth of the distance between two seats. The stage is at the top; `y` grows away from it.
//!
//! | section | its rows |
//! |---|---|
//! | every row has a curve | as specified |
//! | it has an outline | straight, distributed over the height of the outline |
//! | anything else | straight, in a block; the blocks are placed side by side, in as many tiers as needed |

use thiserror::Error;

use super::{Layout, Row, Section};
use crate::SeatNumber;

/// The distance between two seats of a row.
const SEAT: i32 = 10;
/// The distance between two rows.
const ROW: i32 = 12;
/// The distance between blocks.
const AISLE: i32 = 30;
/// The depth of a generated stage.
const STAGE: i32 = 40;

/// A point of a drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Away from the stage.
    pub y: i32,
}

/// The outline of a section or of the stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polygon(Vec<Point>);

/// The line along which the seats of a row are distributed evenly, from the first to the last: straight from point to point, or with a
/// third point in the middle, a quadratic Bézier curve that it controls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// A straight line.
    Line([Point; 2]),
    /// A quadratic Bézier curve: start, control point, end.
    Bezier([Point; 3]),
}

/// The error for invalid coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidGeometry {
    /// A coordinate is out of range.
    #[error("coordinates must be from -{max} to {max}", max = Point::MAX)]
    OutOfRange,
    /// A polygon has too few or too many points.
    #[error("an outline must have 3 to {} points", Polygon::MAX_POINTS)]
    Polygon,
    /// A curve has neither two nor three points.
    #[error("a curve must have 2 or 3 points")]
    Curve,
}

impl Point {
    /// The largest coordinate.
    pub const MAX: i32 = 1_000_000;

    /// Creates a point.
    ///
    /// # Errors
    /// [`InvalidGeometry::OutOfRange`] beyond [`Self::MAX`].
    pub const fn new(x: i32, y: i32) -> Result<Self, InvalidGeometry> {
        let is_valid = x.unsigned_abs() <= Self::MAX.unsigned_abs() && y.unsigned_abs() <= Self::MAX.unsigned_abs();
        if is_valid { Ok(Self { x, y }) } else { Err(InvalidGeometry::OutOfRange) }
    }
}

impl Polygon {
    /// The maximum number of points.
    pub const MAX_POINTS: usize = 100;

    /// Creates the polygon with these corners.
    ///
    /// # Errors
    /// [`InvalidGeometry::Polygon`] unless there are 3 to [`Self::MAX_POINTS`].
    pub fn new(points: Vec<Point>) -> Result<Self, InvalidGeometry> {
        if (3..=Self::MAX_POINTS).contains(&points.len()) { Ok(Self(points)) } else { Err(InvalidGeometry::Polygon) }
    }

    /// Returns the corners.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.0
    }
}

impl Curve {
    /// Creates the curve through or controlled by these points.
    ///
    /// # Errors
    /// [`InvalidGeometry::Curve`] unless there are two or three.
    pub fn new(points: &[Point]) -> Result<Self, InvalidGeometry> {
        match *points {
            [start, end] => Ok(Self::Line([start, end])),
            [start, control, end] => Ok(Self::Bezier([start, control, end])),
            _ => Err(InvalidGeometry::Curve),
        }
    }

    /// Returns its points.
    #[must_use]
    pub const fn points(&self) -> &[Point] {
        match self {
            Self::Line(points) => points,
            Self::Bezier(points) => points,
        }
    }

    /// Returns the place of the seat at `index` of `length`; the only seat of a row is in the middle.
    #[must_use]
    pub fn seat(&self, index: u32, length: u32) -> Point {
        // In halves of a step, so that the middle is a whole number, too.
        let steps = 2 * i64::from(length.max(2) - 1);
        let at = if length < 2 { 1 } else { 2 * i64::from(index.min(length - 1)) };
        let between = |part: fn(&Point) -> i32| {
            let part = |point: &Point| i64::from(part(point));
            let sum = match self {
                Self::Line([start, end]) => (part(start) * (steps - at) + part(end) * at) / steps,
                Self::Bezier([start, control, end]) => {
                    let rest = steps - at;
                    // At most 10^6 · 4 · (2 · 10^5)^2: within 64 bits.
                    (part(start) * rest * rest + 2 * part(control) * rest * at + part(end) * at * at) / (steps * steps)
                }
            };
            i32::try_from(sum).unwrap_or_default()
        };
        Point { x: between(|point| point.x), y: between(|point| point.y) }
    }
}

/// The coordinates of a layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Geometry {
    /// The outline of the stage.
    pub stage: Vec<Point>,
    /// The sections, as in the layout.
    pub sections: Vec<SectionGeometry>,
}

/// The coordinates of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionGeometry {
    /// Its outline.
    pub outline: Vec<Point>,
    /// The curve of each of its rows.
    pub rows: Vec<Curve>,
}

impl Geometry {
    /// Returns the coordinates of `layout`: the same for the same layout.
    #[must_use]
    pub fn of(layout: &Layout) -> Self {
        let fixed: Vec<_> = layout.sections.iter().map(SectionGeometry::specified).collect();
        let corners =
            || fixed.iter().flatten().flat_map(SectionGeometry::corners).chain(layout.stage.iter().flat_map(|stage| stage.0.iter()));
        let bounds = Bounds::of(corners());
        let blocks: Vec<_> =
            layout.sections.iter().zip(&fixed).filter(|(_, fixed)| fixed.is_none()).map(|(section, _)| Block::of(section)).collect();
        let mut placed = Block::place(&blocks, bounds.map_or((0, 0), |bounds| (bounds.centre_x(), bounds.max.y + AISLE))).into_iter();
        let sections: Vec<_> = fixed.into_iter().filter_map(|fixed| fixed.or_else(|| placed.next())).collect();
        let stage = layout.stage.as_ref().map(|stage| stage.0.clone());
        let stage = stage.unwrap_or_else(|| stage_before(Bounds::of(sections.iter().flat_map(SectionGeometry::corners))));
        Self { stage, sections }
    }

    /// Returns the centre of the stage: the middle of its bounds.
    #[must_use]
    pub fn stage_centre(&self) -> Point {
        Bounds::of(&self.stage)
            .map_or(Point { x: 0, y: 0 }, |bounds| Point { x: bounds.centre_x(), y: i32::midpoint(bounds.min.y, bounds.max.y) })
    }

    /// Returns the place of every seat of `layout`, whose coordinates these are, in the order of its rows.
    pub fn seats<'a>(&'a self, layout: &'a Layout) -> impl Iterator<Item = (SeatNumber, Point)> + 'a {
        let rows = layout.sections.iter().zip(&self.sections).flat_map(|(section, geometry)| section.rows.iter().zip(&geometry.rows));
        rows.flat_map(|(row, curve)| {
            let length = row.length();
            row.numbers().zip(0..).map(move |(number, index)| (number, curve.seat(index, length)))
        })
    }
}

impl SectionGeometry {
    /// Returns the coordinates of a section for which the operator specified enough of them.
    fn specified(section: &Section) -> Option<Self> {
        let curves: Option<Vec<Curve>> = section.rows.iter().map(|row| row.curve).collect();
        let outline = section.outline.as_ref().map(|outline| outline.0.clone());
        match (curves.filter(|curves| !curves.is_empty()), outline) {
            (Some(rows), Some(outline)) => Some(Self { outline, rows }),
            (Some(rows), None) => {
                let bounds = Bounds::of(rows.iter().flat_map(Curve::points))?;
                Some(Self { outline: bounds.with_margin().corners(), rows })
            }
            (None, Some(outline)) => {
                let bounds = Bounds::of(&outline)?;
                let lines = lines(&section.rows);
                let count = i32::try_from(lines.len()).unwrap_or(i32::MAX).max(1);
                let height = bounds.max.y - bounds.min.y;
                let rows = lines.iter().zip(0..).flat_map(|(line, index)| {
                    let offset = i64::from(height) * (2 * i64::from(index) + 1) / (2 * i64::from(count));
                    let y = bounds.min.y + i32::try_from(offset).unwrap_or_default();
                    let seats = i32::try_from(line.iter().map(Row::length).sum::<u32>()).unwrap_or(i32::MAX).max(1);
                    let step = ((bounds.max.x - bounds.min.x) / seats).max(1);
                    straight(line, bounds.min.x + step / 2, step, y)
                });
                Some(Self { rows: rows.collect(), outline })
            }
            (None, None) => None,
        }
    }

    fn corners(&self) -> impl Iterator<Item = &Point> {
        self.outline.iter().chain(self.rows.iter().flat_map(Curve::points))
    }
}

/// A section to be drawn as a block.
struct Block<'a> {
    lines: Vec<&'a [Row]>,
    width: i32,
    height: i32,
}

impl<'a> Block<'a> {
    fn of(section: &'a Section) -> Self {
        let lines = lines(&section.rows);
        let extent = |count: u32, distance: i32| i32::try_from(count).unwrap_or(i32::MAX).saturating_sub(1).max(0).saturating_mul(distance);
        let longest = lines.iter().map(|line| line.iter().map(Row::length).sum()).max().unwrap_or(0);
        let count = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        Self { lines, width: extent(longest, SEAT), height: extent(count, ROW) }
    }

    /// Places the blocks side by side in tiers about as wide as all of them are deep, from the middle of the first tier's front on.
    fn place(blocks: &[Self], (middle, mut front): (i32, i32)) -> Vec<SectionGeometry> {
        let area: i64 = blocks.iter().map(|block| i64::from(block.width + AISLE) * i64::from(block.height + AISLE)).sum();
        let widest = blocks.iter().map(|block| block.width).max().unwrap_or(0);
        let width = i32::try_from(area.isqrt() * 3 / 2).unwrap_or(i32::MAX).max(widest);
        let (mut placed, mut rest) = (Vec::with_capacity(blocks.len()), blocks);
        while !rest.is_empty() {
            let mut tier_width = 0;
            let fitting = rest.iter().take_while(|block| {
                tier_width += block.width + AISLE;
                tier_width - AISLE <= width
            });
            let (tier, others) = rest.split_at(fitting.count().max(1));
            let tier_width: i32 = tier.iter().map(|block| block.width + AISLE).sum::<i32>() - AISLE;
            let mut left = middle - tier_width / 2;
            for block in tier {
                placed.push(block.at(left, front));
                left += block.width + AISLE;
            }
            front += tier.iter().map(|block| block.height).max().unwrap_or(0) + AISLE;
            rest = others;
        }
        placed
    }

    /// Returns the coordinates of the block, whose corner nearest to the stage is at `left` and `front`; its rows are centred.
    fn at(&self, left: i32, front: i32) -> SectionGeometry {
        let rows = self.lines.iter().zip(0..).flat_map(|(line, index)| {
            let seats = i32::try_from(line.iter().map(Row::length).sum::<u32>()).unwrap_or(i32::MAX);
            let width = seats.saturating_sub(1).saturating_mul(SEAT);
            straight(line, left + (self.width - width) / 2, SEAT, front + ROW * index)
        });
        let bounds = Bounds { min: Point { x: left, y: front }, max: Point { x: left + self.width, y: front + self.height } };
        SectionGeometry { rows: rows.collect(), outline: bounds.with_margin().corners() }
    }
}

/// Returns the lines of a section: rows that continue each other are on one line.
fn lines(rows: &[Row]) -> Vec<&[Row]> {
    rows.chunk_by(Row::is_continued_by).collect()
}

/// Returns the curves of the rows of a line that begins at `x` and `y`.
fn straight(line: &[Row], mut x: i32, step: i32, y: i32) -> Vec<Curve> {
    let curve = |row: &Row| {
        let seats = i32::try_from(row.length()).unwrap_or(i32::MAX);
        let end = x.saturating_add(seats.saturating_sub(1).saturating_mul(step));
        let curve = Curve::Line([Point { x, y }, Point { x: end, y }]);
        x = end.saturating_add(step);
        curve
    };
    line.iter().map(curve).collect()
}

/// Returns a stage in front of the seats, half as wide as all of them.
fn stage_before(seats: Option<Bounds>) -> Vec<Point> {
    let Bounds { min, max } = seats.unwrap_or(Bounds { min: Point { x: 0, y: 0 }, max: Point { x: 0, y: 0 } });
    let quarter = ((max.x - min.x) / 4).max(SEAT);
    let middle = i32::midpoint(min.x, max.x);
    let front = min.y - AISLE;
    Bounds { min: Point { x: middle - quarter, y: front - STAGE }, max: Point { x: middle + quarter, y: front } }.corners()
}

/// The smallest rectangle around points.
#[derive(Clone, Copy)]
struct Bounds {
    min: Point,
    max: Point,
}

impl Bounds {
    fn of<'a>(points: impl IntoIterator<Item = &'a Point>) -> Option<Self> {
        points.into_iter().fold(None, |bounds: Option<Self>, point| {
            let Self { min, max } = bounds.unwrap_or(Self { min: *point, max: *point });
            let min = Point { x: min.x.min(point.x), y: min.y.min(point.y) };
            Some(Self { min, max: Point { x: max.x.max(point.x), y: max.y.max(point.y) } })
        })
    }

    const fn centre_x(self) -> i32 {
        i32::midpoint(self.min.x, self.max.x)
    }

    const fn with_margin(self) -> Self {
        let (min, max) = (self.min, self.max);
        Self { min: Point { x: min.x - SEAT, y: min.y - SEAT }, max: Point { x: max.x + SEAT, y: max.y + SEAT } }
    }

    fn corners(self) -> Vec<Point> {
        let Self { min, max } = self;
        vec![min, Point { x: max.x, y: min.y }, max, Point { x: min.x, y: max.y }]
    }
}

#[cfg(test)]
mod tests;
