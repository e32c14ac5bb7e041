use std::collections::HashSet;

use super::super::SeatKind;
use super::super::tests::{number, plan, row, title};
use super::*;

fn point(x: i32, y: i32) -> Point {
    Point::new(x, y).unwrap_or_else(|error| panic!("{error}"))
}

fn polygon(points: &[(i32, i32)]) -> Polygon {
    Polygon::new(points.iter().map(|(x, y)| point(*x, *y)).collect()).unwrap_or_else(|error| panic!("{error}"))
}

fn curve(points: &[(i32, i32)]) -> Curve {
    let points: Vec<_> = points.iter().map(|(x, y)| point(*x, *y)).collect();
    Curve::new(&points).unwrap_or_else(|error| panic!("{error}"))
}

fn section(name: &str, rows: Vec<Row>) -> Section {
    Section { name: title(name), ..plan(rows).sections.remove(0) }
}

#[test]
fn invalid_coordinates_are_refused() {
    assert!(Point::new(Point::MAX, -Point::MAX).is_ok());
    for (x, y) in [(Point::MAX + 1, 0), (0, -Point::MAX - 1), (i32::MIN, 0)] {
        assert_eq!(Point::new(x, y), Err(InvalidGeometry::OutOfRange));
    }
    assert_eq!(Polygon::new(vec![point(0, 0); 2]), Err(InvalidGeometry::Polygon));
    assert_eq!(Polygon::new(vec![point(0, 0); 101]), Err(InvalidGeometry::Polygon));
    assert_eq!(Curve::new(&[point(0, 0)]), Err(InvalidGeometry::Curve));
    assert_eq!(Curve::new(&[point(0, 0); 4]), Err(InvalidGeometry::Curve));
}

#[test]
fn seats_are_distributed_evenly_along_the_curve_of_their_row() {
    let line = curve(&[(0, 0), (40, 20)]);
    assert_eq!([0, 1, 2].map(|index| line.seat(index, 3)), [point(0, 0), point(20, 10), point(40, 20)]);
    assert_eq!(line.seat(0, 1), point(20, 10), "the only seat is in the middle");
    let arc = curve(&[(0, 0), (50, 40), (100, 0)]);
    assert_eq!([0, 1, 2].map(|index| arc.seat(index, 3)), [point(0, 0), point(50, 20), point(100, 0)]);
    let far = curve(&[(-Point::MAX, 0), (0, Point::MAX), (Point::MAX, 0)]);
    assert_eq!(far.seat(99_999, 100_000), point(Point::MAX, 0), "without overflow");
}

#[test]
fn generated_blocks_stand_side_by_side_in_front_of_the_stage_and_no_two_seats_coincide() {
    let mut layout = plan(vec![]);
    let names = ["A", "B", "C", "D", "E", "F", "G"];
    layout.sections = (0..7_u32)
        .map(|at| {
            let first = at * 100 + 1;
            section(names[at as usize], vec![row("1", first, first + 9 + at), row("2", first + 50, first + 55)])
        })
        .collect();
    let geometry = Geometry::of(&layout);
    assert_eq!(geometry, Geometry::of(&layout));
    let seats: Vec<_> = geometry.seats(&layout).collect();
    assert_eq!(seats.len() as u64, layout.size());
    assert_eq!(seats.iter().map(|(_, place)| (place.x, place.y)).collect::<HashSet<_>>().len(), seats.len());
    let stage = Bounds::of(&geometry.stage).unwrap_or_else(|| panic!("no stage"));
    assert!(seats.iter().all(|(_, place)| place.y > stage.max.y), "the stage is in front of all seats");
    let bounds: Vec<_> = geometry.sections.iter().filter_map(|section| Bounds::of(&section.outline)).collect();
    for (index, one) in bounds.iter().enumerate() {
        for other in &bounds[index + 1..] {
            let apart = one.max.x < other.min.x || other.max.x < one.min.x || one.max.y < other.min.y || other.max.y < one.min.y;
            assert!(apart, "sections overlap");
        }
    }
}

#[test]
fn rows_that_continue_each_other_are_on_one_line() {
    let wheelchairs = Row { kind: SeatKind::Accessible, first_place: 3, ..row("A", 3, 4) };
    let layout = plan(vec![row("A", 1, 2), wheelchairs, row("B", 5, 8)]);
    let places: Vec<_> = Geometry::of(&layout).seats(&layout).map(|(number, place)| (number, place.x, place.y)).collect();
    let expected = [(1, -15, 0), (2, -5, 0), (3, 5, 0), (4, 15, 0), (5, -15, 12), (6, -5, 12), (7, 5, 12), (8, 15, 12)];
    assert_eq!(places, expected.map(|(at, x, y)| (number(at), x, y)));
}

#[test]
fn the_operators_coordinates_are_kept_and_generated_ones_are_behind_them() {
    let (stage, outline) = (polygon(&[(0, 0), (9, 0), (9, 9)]), polygon(&[(0, 100), (400, 100), (400, 200), (0, 200)]));
    let arc = curve(&[(0, 300), (200, 350), (400, 300)]);
    let mut layout = plan(vec![row("A", 1, 4), row("B", 5, 6)]);
    layout.stage = Some(stage.clone());
    layout.sections[0].outline = Some(outline.clone());
    layout.sections.push(section("Circle", vec![Row { curve: Some(arc), ..row("A", 11, 14) }]));
    layout.sections.push(section("Gallery", vec![row("A", 21, 24)]));
    let geometry = Geometry::of(&layout);
    assert_eq!((geometry.stage.as_slice(), geometry.stage_centre()), (stage.points(), point(4, 4)));
    let [stalls, circle, gallery] = &geometry.sections[..] else { panic!("{geometry:?}") };
    assert_eq!(stalls.outline, outline.points());
    assert_eq!(stalls.rows, [curve(&[(50, 125), (350, 125)]), curve(&[(100, 175), (300, 175)])]);
    assert_eq!(circle.rows, [arc]);
    assert!(gallery.outline.iter().all(|corner| corner.y > 350), "{gallery:?}");
}
